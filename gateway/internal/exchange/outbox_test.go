package exchange_test

import (
	"slices"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
)

// A participant that asks a holder more than the authority of origin lets itself be told
// of in an hour keeps nobody else's child waiting: what others found is told in its turn.
func TestWhoAsksTooMuchKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			d.Budget = &budget.Memory{Limits: budget.Limits{Officer: 2}}
		}
	}})
	icrc := f.Member("icrc")
	ask := func(from string) {
		now := f.Clock.Now()
		payload, ds, err := envelope.QueryPayload(envelope.Query{
			Claims:  envelope.Claims{Issuer: from, Audience: "icrc", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: "FOUND", Present: true, Basis: "b", Schema: envelope.Schema,
			Criteria: map[string]string{"family": unknownChild().GetFamily(), "born": unknownChild().GetBorn()},
		})
		must(t, err)
		_, err = icrc.Answer(t.Context(), from, sealedAs(t, f, envelope.TypeQuery, from, "icrc", payload, ds))
		must(t, err)
	}
	const noise = 20 // more than are looked at in one round
	for range noise {
		ask("gov-pl")
	}
	f.Clock.Add(time.Second)
	ask("gov-ca")
	const rounds = 4
	deliver := func() {
		for range rounds {
			_ = icrc.DeliverDue(t.Context()) // what is refused is an error of it
			f.Clock.Add(time.Second)
		}
	}
	deliver()
	hits, err := f.Member("gov-ua").Hits(t.Context(), 50)
	must(t, err)
	if !slices.ContainsFunc(hits, func(h ledger.Hit) bool { return h.Requester == "gov-ca" }) {
		t.Errorf("after %d rounds %d hits are known, none of who asked once", rounds, len(hits))
	}
	sent, err := icrc.Store.Search(t.Context(), ledger.Query{Limit: 200, Kind: ledger.KindNotified})
	must(t, err)
	if n := len(sent.Found); n != 4 { // two, and one that was refused, and that of who asked once
		t.Errorf("%d notices were sent", n)
	}
	f.Clock.Add(time.Hour)
	deliver()
	hits, err = f.Member("gov-ua").Hits(t.Context(), 50)
	must(t, err)
	if len(hits) != 5 {
		t.Errorf("an hour later %d hits are known, want two more", len(hits))
	}
}
