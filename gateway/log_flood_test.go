package gateway_test

import (
	"net/http"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/ledger"
)

// A participant that signs one history after the other cannot fill a witness's ledger
// with the proof of it.
func TestForksAreBounded(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	icrc := f.start("icrc", gateway.Deps{})
	config, err := gateway.Load(f.Member(demo.Requester).Config, nil, nil)
	ok(t, err)
	o, err := gateway.LogOptions(config, 1)
	ok(t, err)
	as := f.peer(icrc, demo.Requester)
	add := func(root byte) int {
		h := checkpoint.Head{Size: 32, Root: checkpoint.Leaf{root}}
		raw, err := note.Sign(&note.Note{Text: h.Body(o.Origin)}, o.Signer)
		ok(t, err)
		return as.do(as.two, http.MethodPost, "/tlog/add-checkpoint", "text/plain", append([]byte("old 0\n\n"), raw...)).status
	}
	if status := add(0); status != http.StatusOK {
		t.Fatalf("the first: %d", status)
	}
	const tried = 40
	for root := range byte(tried) {
		if status := add(root + 1); status != http.StatusConflict {
			t.Fatalf("a fork: %d", status)
		}
	}
	rows, err := icrc.Store().Decisions(t.Context(), 0, 2*tried)
	ok(t, err)
	forks := 0
	for _, r := range rows {
		if r.Kind == ledger.KindForked {
			forks++
		}
	}
	if forks == 0 || forks > 20 {
		t.Errorf("%d forks shown, %d recorded", tried, forks)
	}
}
