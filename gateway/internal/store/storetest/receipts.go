package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
)

// owed commits a received answer of a holder, through Record.
func owed(t *testing.T, s ledger.Store, holder string) ledger.HolderReceipt {
	t.Helper()
	theirs := unique("theirs")
	r, err := ledger.New(s, func() time.Time { return start }).Record(context.Background(), []byte("answer"), ledger.Decision{
		Kind: ledger.KindReceived, Holder: holder, Requester: "gov-pl", Peer: holder, Outcome: "answered",
		TheirDecision: theirs, TheirLeaf: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
	}, ledger.Commit{})
	must(t, err)
	got, err := s.Receipt(context.Background(), r.ID())
	must(t, err)
	if got.Holder != holder || got.Theirs != theirs || got.Leaf[31] != 31 || got.State != ledger.ReceiptWaiting || !got.At.Equal(start.UTC().Truncate(time.Microsecond)) {
		t.Fatalf("owed: %+v", got)
	}
	return got
}

func receipts(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	one, two := owed(t, s, "gov-ua"), owed(t, s, "icrc")
	wantDue := func(now time.Time, want int) {
		t.Helper()
		due, err := again().ReceiptsDue(ctx, now, 10)
		must(t, err)
		if len(due) != want {
			t.Errorf("%d due at %v, want %d", len(due), now, want)
		}
	}
	wantDue(start.Add(ledger.FirstLook-time.Second), 0)
	wantDue(start.Add(2*ledger.FirstLook), 2)

	have := one
	have.State, have.Was, have.Index, have.Size, have.Path, have.Next, have.Checkpoint =
		ledger.ReceiptHave, one.State, 7, 32, make([]byte, 64), time.Time{}, []byte("note\n")
	must(t, s.PutReceipts(ctx, checkpoint.LogName("gov-ua"), []ledger.HolderReceipt{have}))
	late := two
	late.State, late.Was, late.Problem, late.Tries, late.Next = ledger.ReceiptOverdue, two.State, "unreachable", 3, start.Add(time.Hour)
	c := Decision(ledger.KindComplaint)
	c.Receipt = &late
	must(t, s.Commit(ctx, c))
	c = Decision(ledger.KindComplaint)
	c.Receipt = &late // whoever else complained meanwhile
	wantCode(t, s.Commit(ctx, c), ledger.CodeMoved)
	two.State = ledger.ReceiptHave
	two.Was, two.Size, two.Checkpoint = ledger.ReceiptWaiting, 32, []byte("note\n") // it is no longer
	must(t, s.PutReceipts(ctx, checkpoint.LogName("icrc"), []ledger.HolderReceipt{two}))

	// The next generation of a log has checkpoints of the same sizes.
	later := owed(t, s, "gov-ua")
	later.State, later.Was, later.Size, later.Next, later.Checkpoint = ledger.ReceiptHave, ledger.ReceiptWaiting, 32, time.Time{}, []byte("of the second\n")
	must(t, s.PutReceipts(ctx, checkpoint.Generation("gov-ua", 2), []ledger.HolderReceipt{later}))
	if r, err := s.Receipt(ctx, later.Decision); err != nil || string(r.Checkpoint) != "of the second\n" {
		t.Errorf("%q, %v", r.Checkpoint, err)
	}

	wantDue(start.Add(2*ledger.FirstLook), 0)
	wantDue(start.Add(time.Hour), 1)
	got, err := s.Receipt(ctx, one.Decision)
	must(t, err)
	have.Was = ""
	if diff := cmp.Diff(have, got); diff != "" {
		t.Error(diff)
	}
	all, err := s.Receipts(ctx, ledger.ReceiptQuery{})
	must(t, err)
	overdue, err := s.Receipts(ctx, ledger.ReceiptQuery{State: ledger.ReceiptOverdue, Holder: "icrc", Limit: 5})
	must(t, err)
	late.Was = ""
	if diff := cmp.Diff([]ledger.HolderReceipt{late}, overdue); diff != "" || len(all) != 3 {
		t.Error(len(all), diff)
	}
	counts, err := s.ReceiptCounts(ctx)
	must(t, err)
	if diff := cmp.Diff(map[string]int{ledger.ReceiptWaiting: 0, ledger.ReceiptOverdue: 1, ledger.ReceiptBad: 0}, counts); diff != "" {
		t.Error(diff)
	}
}
