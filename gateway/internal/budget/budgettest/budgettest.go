// Package budgettest is what every budget must do: one suite, run on each.
package budgettest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/problem"
)

// Question is a synthetic one.
func Question() budget.Request {
	return budget.Request{
		Participant: "gov-pl", Officer: "o-1", Purpose: "MATCH", Query: "family\x00synthetic\x00",
		Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

// Run tries a budget; open makes one for each test, in which nothing is spent.
func Run(t *testing.T, open func(t *testing.T, l budget.Limits) budget.Budget) {
	for name, test := range map[string]struct {
		limits budget.Limits
		// other changes the question into one that draws on another counter.
		other func(*budget.Request)
	}{
		"participant": {budget.Limits{Participant: 3}, func(r *budget.Request) { r.Participant = "gov-ca" }},
		"officer":     {budget.Limits{Officer: 3}, func(r *budget.Request) { r.Officer = "o-2" }},
		"purpose":     {budget.Limits{Purpose: 3}, func(r *budget.Request) { r.Purpose = "TRACE" }},
		"query":       {budget.Limits{Query: 3}, func(r *budget.Request) { r.Query = "family\x00another\x00" }},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, test.limits)
			for range 3 {
				spend(t, b, Question())
			}
			wantSpent(t, b, Question(), name)
			other := Question()
			test.other(&other)
			spend(t, b, other)
			later := Question()
			later.Now = later.Now.Add(time.Hour)
			spend(t, b, later)
		})
	}
	t.Run("what one participant spends is its own", func(t *testing.T) {
		b := open(t, budget.Limits{Officer: 1, Purpose: 1, Query: 1})
		spend(t, b, Question())
		other := Question()
		other.Participant = "gov-ca"
		spend(t, b, other) // the same officer id, purpose and child
	})
	t.Run("a refusal spends nothing", func(t *testing.T) {
		b := open(t, budget.Limits{Participant: 4, Query: 2})
		for range 2 {
			spend(t, b, Question())
		}
		for range 5 {
			wantSpent(t, b, Question(), "query")
		}
		other := Question()
		other.Query = "family\x00another\x00"
		spend(t, b, other)
		spend(t, b, other)
		wantSpent(t, b, other, "participant")
	})
	t.Run("at once", func(t *testing.T) {
		b := open(t, budget.Limits{Query: 10})
		results := make(chan error, 200)
		for range cap(results) {
			go func() { results <- b.Spend(context.Background(), Question()) }()
		}
		granted := 0
		for range cap(results) {
			if <-results == nil {
				granted++
			}
		}
		if granted != 10 {
			t.Errorf("%d of 10 were granted", granted)
		}
	})
}

func spend(t *testing.T, b budget.Budget, r budget.Request) {
	t.Helper()
	if err := b.Spend(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

// wantSpent: the problem names the budget and says when to come back, and holds
// nothing of the question.
func wantSpent(t *testing.T, b budget.Budget, r budget.Request, name string) {
	t.Helper()
	err := b.Spend(context.Background(), r)
	p, ok := errors.AsType[*problem.Error](err)
	if !ok || p.Code != budget.CodeRateLimited {
		t.Fatalf("got %v, want it refused", err)
	}
	if p.Where != "budget "+name || !strings.Contains(p.Remedy, " s") {
		t.Errorf("got %+v", p)
	}
	if strings.Contains(err.Error()+p.Remedy, "synthetic") {
		t.Error("the problem quotes the question")
	}
}
