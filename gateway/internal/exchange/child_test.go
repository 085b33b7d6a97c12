package exchange_test

import (
	"context"
	"sync"
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// spent remembers what was paid for.
type spent struct {
	mu   sync.Mutex
	last budget.Request
}

func (s *spent) Spend(_ context.Context, r budget.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = r
	return nil
}

// However a child is asked for, one budget is drawn on; the question's own is not
// the same.
func TestBudgetOfAChild(t *testing.T) {
	t.Parallel()
	var b spent
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			d.Budget = &b
		}
	}})
	paid := func(criteria map[string]string) budget.Request {
		_, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealedCriteria(t, f, homewardv1.Purpose_PURPOSE_MATCH, criteria))
		must(t, err)
		return b.last
	}
	first := paid(map[string]string{"family": "Синтетиченко", "born": "2014-03-09"})
	questions := map[string]bool{first.Query: true}
	for name, criteria := range map[string]map[string]string{
		"with its sex":        {"family": "Синтетиченко", "born": "2014-03-09", "sex": "female"},
		"by the year":         {"family": "Синтетиченко", "born": "2014"},
		"with a given name":   {"family": "Синтетиченко", "born": "2014", "given": "Олена"},
		"in Latin letters":    {"family": "SYNTETYCHENKO", "born": "2014-03"},
		"with a document too": {"family": "Синтетиченко", "born": "2014", "document": "AA123456"},
	} {
		r := paid(criteria)
		if r.Child != first.Child || questions[r.Query] {
			t.Errorf("%s: %q and %q", name, r.Child, first.Child)
		}
		questions[r.Query] = true
	}
	for name, criteria := range map[string]map[string]string{
		"another name": {"family": "Вигаданенко", "born": "2014"}, "another year": {"family": "Синтетиченко", "born": "2015"},
		"a document alone": {"document": "AA123456", "born": "2014"},
	} {
		if r := paid(criteria); r.Child == first.Child || r.Child == "" {
			t.Errorf("%s: %q", name, r.Child)
		}
	}
	full, turned := paid(map[string]string{"full": "Олена Синтетиченко", "born": "2014"}), paid(map[string]string{"full": "Синтетиченко Олена", "born": "2014", "sex": "female"})
	if full.Child != turned.Child {
		t.Errorf("%q and %q", full.Child, turned.Child)
	}
	if _, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))); err != nil || b.last.Child != "" {
		t.Errorf("a linked question: %q, %v", b.last.Child, err)
	}
}
