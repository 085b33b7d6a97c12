package storetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// exchanges: what was said is stored with its decision and with nothing that was
// refused; what many say is put back; disclosures are erased alone.
func exchanges(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	written := make(map[string]ledger.Kept)
	for i := range 6 {
		c := Claimed("gov-pl", fmt.Sprint("said-", i), start)
		words := []byte(strings.Repeat("x", 2000))
		signed := append([]byte(fmt.Sprint("head-", i)), words...)
		c.Exchange = &ledger.Kept{
			Signed: append(signed, "tail"...), Shared: []ledger.Stretch{{From: len(signed) - len(words), To: len(signed)}},
			Disclosed: []byte(fmt.Sprint("sealed-", i)),
		}
		must(t, s.Commit(ctx, c))
		written[c.Row.ID] = ledger.Kept{Signed: c.Exchange.Signed, Disclosed: c.Exchange.Disclosed}
		replay := Claimed("gov-pl", fmt.Sprint("said-", i), start)
		replay.Exchange = c.Exchange
		wantCode(t, s.Commit(ctx, replay), ledger.CodeReplayed)
		_, err := s.Exchange(ctx, replay.Row.ID)
		wantCode(t, err, problem.CodeNotFound)
	}
	silent := Decision(ledger.KindAsked)
	must(t, s.Commit(ctx, silent))
	_, err := s.Exchange(ctx, silent.Row.ID)
	wantCode(t, err, problem.CodeNotFound)

	second := again()
	defer second.Close()
	for _, store := range []ledger.Store{s, second} {
		for id, want := range written {
			got, err := store.Exchange(ctx, id)
			must(t, err)
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(ledger.Kept{})); diff != "" {
				t.Errorf("what was said changed:\n%s", diff)
			}
		}
	}
	for id, want := range written {
		must(t, second.EraseExchanges(ctx, []string{id, "no such id"}))
		got, err := s.Exchange(ctx, id)
		must(t, err)
		if got.Disclosed != nil || !bytes.Equal(got.Signed, want.Signed) {
			t.Errorf("after the erasure: %q, %d bytes signed", got.Disclosed, len(got.Signed))
		}
		row, err := s.Decision(ctx, id)
		must(t, err)
		must(t, ledger.Verify(row))
	}
}
