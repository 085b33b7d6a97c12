// Package budgettest is what every budget must do: one suite, run on each.
package budgettest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/problem"
)

// Question is a synthetic one.
func Question() budget.Request {
	return budget.Request{
		Participant: "gov-pl", Officer: "o-1", Purpose: "MATCH", Query: "family\x00synthetic\x00", Child: "synthetic",
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
		"child":       {budget.Limits{Child: 3}, func(r *budget.Request) { r.Child = "another" }},
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
	t.Run("each way to ask for a child draws on its budget", func(t *testing.T) {
		b := open(t, budget.Limits{Query: 2, Child: 3})
		q := Question()
		for _, q.Query = range []string{"a", "b", "c"} {
			spend(t, b, q)
		}
		q.Query = "d"
		wantSpent(t, b, q, "child")
		q.Child = "" // a linked question has none
		spend(t, b, q)
	})
	t.Run("a large message is several of its participant, and one of its officer", func(t *testing.T) {
		b := open(t, budget.Limits{Participant: 5, Officer: 2})
		large := Question()
		large.Size = 4*16<<10 - 1
		spend(t, b, large) // four
		spend(t, b, Question())
		other := Question()
		other.Officer = "o-2"
		wantSpent(t, b, other, "participant")
		other.Participant = "gov-ca"
		spend(t, b, other)
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
	t.Run("a name that is tried out", func(t *testing.T) {
		b := open(t, budget.Limits{Variants: 4, Query: 100})
		for i := range 4 {
			spend(t, b, variant(i))
		}
		refused := 0
		for i := range 40 { // two may look alike, all do not
			if b.Spend(context.Background(), variant(4+i)) != nil {
				refused++
			}
		}
		if refused < 30 {
			t.Errorf("%d of 40 further names were refused", refused)
		}
		for i := range 4 {
			spend(t, b, variant(i)) // the same as before is nothing new
		}
		other := variant(5)
		other.Officer = "o-2"
		spend(t, b, other)
		other = variant(6)
		other.Rests = []string{"another child"}
		spend(t, b, other)
		tomorrow := variant(7)
		tomorrow.Now = tomorrow.Now.Add(24 * time.Hour)
		spend(t, b, tomorrow)
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

// variant asks for the i-th name with the same birth date; what stays is the date.
func variant(i int) budget.Request {
	q := Question()
	q.Query = fmt.Sprintf("born\x002014\x00family\x00synthetic %d\x00", i)
	q.Rests = []string{"born\x002014\x00", fmt.Sprintf("family\x00synthetic %d\x00", i)}
	return q
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
