package storetest

import (
	"testing"

	"homeward.example/gateway/internal/ledger"
)

// standing: what one process changes is found by the other's commit, not before,
// and what is decided on it is written.
func standing(t *testing.T, s ledger.Store, again func() ledger.Store) {
	other := again()
	defer other.Close()
	decide := func(s ledger.Store, version int64, m ...ledger.Matter) error {
		c := Decision(ledger.KindAnswered)
		c.Standing, c.Matters = version, m
		return s.Commit(t.Context(), c)
	}
	first := s.Standing()
	if first < 1 || other.Standing() != first {
		t.Fatalf("it starts at %d and %d", first, other.Standing())
	}
	must(t, decide(s, first, ledger.Matter{ID: "r1", Kind: ledger.MatterReview, State: "open", At: start}))
	must(t, decide(s, first, ledger.Matter{ID: "h1", Kind: ledger.MatterHold, State: "placed", At: start, Stands: true}))
	moved := s.Standing()
	if moved == first {
		t.Fatal("a hold moved nothing")
	}
	wantCode(t, decide(s, first), ledger.CodeMoved)
	wantCode(t, decide(other, first), ledger.CodeMoved)
	if other.Standing() != moved {
		t.Fatalf("the other process knows %d, not %d", other.Standing(), moved)
	}
	must(t, decide(other, moved))
	must(t, decide(other, 0))
	third := again()
	defer third.Close()
	if third.Standing() != moved {
		t.Errorf("a process that starts knows %d, not %d", third.Standing(), moved)
	}
}
