package budget

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"homeward.example/gateway/internal/problem"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func question(query string, now time.Time) Request {
	return Request{Participant: "gov-pl", Officer: "o-1", Purpose: "MATCH", Query: query, Now: now}
}

// The zero value has the default limits, and a setting of zero switches nothing off.
func TestZeroValue(t *testing.T) {
	t.Parallel()
	var m Memory
	for i := range 25 {
		err := m.Spend(context.Background(), question("same", start))
		if (err == nil) != (i < 20) {
			t.Fatalf("question %d: %v", i+1, err)
		}
	}
	if l := (Limits{Participant: -1}).OrDefaults(); l != (Limits{Participant: 5000, Officer: 300, Purpose: 5000, Query: 20, Child: 60, Window: time.Hour, Variants: 20}) {
		t.Errorf("got %+v", l)
	}
}

func TestFullRefuses(t *testing.T) {
	t.Parallel()
	m := Memory{limit: 8}
	now := start
	for i := range 10 {
		err := m.Spend(context.Background(), question(fmt.Sprint(i), now))
		if want := problem.New(problem.CodeUnavailable, ""); i >= 2 && !errors.Is(err, want) || i < 2 && err != nil {
			t.Fatalf("question %d: %v", i+1, err)
		}
	}
	if err := m.Spend(context.Background(), question("new", now.Add(time.Hour))); err != nil {
		t.Errorf("after the windows ended: %v", err)
	}
	if len(m.counters) != 4 {
		t.Errorf("%d counters are kept", len(m.counters))
	}
}

// A clock that steps back gives nothing back, and nobody waits longer for it than the window.
func TestClockStepsBack(t *testing.T) {
	t.Parallel()
	m := Memory{Limits: Limits{Query: 1}}
	spend := func(now time.Time) error { return m.Spend(context.Background(), question("q", now)) }
	if err := spend(start); err != nil {
		t.Fatal(err)
	}
	if err := spend(start.Add(-10 * time.Minute)); !errors.Is(err, problem.New(CodeRateLimited, "")) {
		t.Errorf("got %v", err)
	}
	if err := spend(start.Add(time.Hour)); err != nil {
		t.Errorf("got %v", err)
	}
}
