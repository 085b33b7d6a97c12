package gateway_test

import (
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/ledger"
)

// The receipt of an answer comes over the real listeners, from a log that three
// others cosigned; and one that does not come is complained of.
func TestReceiptsAreCollected(t *testing.T) {
	t.Parallel()
	f := newFederation(t, func(_ string, config map[string]any) {
		config["ledger"] = map[string]any{"checkpoints": "250ms"}
	})
	var ahead atomic.Int64 // of gov-pl's clock, once nothing of it is under way
	later := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	ua, pl := f.serve(demo.Origin, gateway.Deps{}), f.serve(demo.Requester, gateway.Deps{Now: later})
	for _, id := range []string{"unicef", "icrc"} {
		f.serve(id, gateway.Deps{})
	}
	ask := func() ledger.HolderReceipt {
		t.Helper()
		resp := call(t, f.agency(pl), "/v1/queries", object{
			"purpose": "PURPOSE_MATCH", "basis": "GDPR 6(1)(e)", "officer": person("pl-1", "case_officer"),
			"criteria": object{"given": f.Child.Original.Given, "family": f.Child.Original.Family, "born": f.Child.Original.Born},
		})
		if status, _ := verdictAt(resp, demo.Origin, ""); status != "STATUS_ANSWERED" {
			t.Fatalf("the answer: %v", resp)
		}
		owed, err := pl.Store().Receipts(t.Context(), ledger.ReceiptQuery{Holder: demo.Origin, State: ledger.ReceiptWaiting})
		ok(t, err)
		if len(owed) != 1 {
			t.Fatalf("%d receipts are owed, want 1", len(owed))
		}
		return owed[0]
	}
	first := ask()
	ahead.Store(int64(time.Minute))
	eventually(t, "the receipt is here", patience, func() bool {
		r, err := pl.Store().Receipt(t.Context(), first.Decision)
		return err == nil && r.State == ledger.ReceiptHave && len(r.Checkpoint) > 0
	})
	ahead.Store(0)
	second := ask()
	ok(t, ua.stop())
	ahead.Store(int64(3 * time.Hour))
	eventually(t, "a complaint is recorded", patience, func() bool {
		r, err := pl.Store().Receipt(t.Context(), second.Decision)
		return err == nil && r.State == ledger.ReceiptOverdue
	})
}
