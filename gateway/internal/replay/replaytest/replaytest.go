// Package replaytest is what every replay filter must do: one suite, run on each.
package replaytest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
)

// Run tries a filter; open makes an empty one for each test.
func Run(t *testing.T, open func(t *testing.T) replay.Filter) {
	ctx := context.Background()
	now := time.Now()
	end := now.Add(time.Minute)
	t.Run("a message is fresh once", func(t *testing.T) {
		f := open(t)
		if err := f.Claim(ctx, "gov-pl", "jti", now, end); err != nil {
			t.Fatal(err)
		}
		for _, expires := range []time.Time{end, end.Add(time.Hour)} {
			wantReplayed(t, f.Claim(ctx, "gov-pl", "jti", now, expires))
		}
	})
	t.Run("names are not joined", func(t *testing.T) {
		f := open(t)
		for _, m := range [][2]string{{"gov-pl", "jti"}, {"gov-p", "ljti"}, {"gov-ca", "jti"}, {"", "gov-pljti"}, {"gov-pl\x00", "jti"}, {"gov-pl", "\x00jti"}} {
			if err := f.Claim(ctx, m[0], m[1], now, end); err != nil {
				t.Errorf("%q: %v", m, err)
			}
		}
	})
	t.Run("of a thousand at once one is fresh", func(t *testing.T) {
		f := open(t)
		results := make(chan error, 1000)
		for range cap(results) {
			go func() { results <- f.Claim(ctx, "gov-pl", "jti", now, end) }()
		}
		fresh := 0
		for range cap(results) {
			if err := <-results; err == nil {
				fresh++
			} else {
				wantReplayed(t, err)
			}
		}
		if fresh != 1 {
			t.Errorf("%d were fresh", fresh)
		}
	})
	t.Run("many messages do not disturb each other", func(t *testing.T) {
		f := open(t)
		for round := range 2 {
			for i := range 500 {
				err := f.Claim(ctx, "gov-pl", fmt.Sprint("jti-", i), now, end)
				if (err == nil) != (round == 0) {
					t.Fatalf("round %d, message %d: %v", round, i, err)
				}
			}
		}
	})
}

func wantReplayed(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, problem.New(replay.CodeReplayed, "")) {
		t.Errorf("got %v, want a replay", err)
	}
}
