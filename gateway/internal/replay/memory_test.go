package replay

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"homeward.example/gateway/internal/problem"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func claim(m *Memory, jti string, expires time.Time) error {
	return m.Claim(context.Background(), "gov-pl", jti, start, expires)
}

func TestMemoryFull(t *testing.T) {
	t.Parallel()
	now := start
	m := NewMemory(func() time.Time { return now })
	m.limit = 3
	for i := range 3 {
		if err := claim(m, fmt.Sprint(i), now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if err := claim(m, "new", now.Add(time.Minute)); !errors.Is(err, problem.New(problem.CodeUnavailable, "")) {
		t.Errorf("a full filter said %v to a new message", err)
	}
	if err := claim(m, "0", now.Add(time.Minute)); !errors.Is(err, problem.New(CodeReplayed, "")) {
		t.Errorf("a full filter said %v to an old message", err)
	}
	now = now.Add(time.Minute + Skew + 2*time.Second)
	if err := claim(m, "new", now.Add(time.Minute)); err != nil {
		t.Errorf("after all ended: %v", err)
	}
	if len(m.seen) != 1 || len(m.ends) != 1 {
		t.Errorf("%d messages in %d seconds are kept", len(m.seen), len(m.ends))
	}
}

// Whatever the clock does, a message is remembered until the clock has passed its
// end and the skew.
func TestMemoryRemembers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now, highest := start, start
		m := NewMemory(func() time.Time { return now })
		type message struct {
			jti string
			end time.Time
		}
		var claimed []message
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(-int64(time.Minute), int64(2*time.Minute)).Draw(t, "step")))
			if now.After(highest) {
				highest = now
			}
			c := message{fmt.Sprint(i), now.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Minute)).Draw(t, "life")))}
			if err := claim(m, c.jti, c.end); err != nil {
				t.Fatalf("a new message: %v", err)
			}
			claimed = append(claimed, c)
			for _, c := range claimed {
				if c.end.Add(Skew).Before(highest) {
					continue
				}
				if err := claim(m, c.jti, c.end); !errors.Is(err, problem.New(CodeReplayed, "")) {
					t.Fatalf("forgotten %v before its end: %v", c.end.Sub(now), err)
				}
			}
		}
	})
}
