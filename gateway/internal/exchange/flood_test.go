package exchange_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
)

// A participant that sends what no message may say cannot fill a ledger with refusals:
// no budget is spent on those, and a refusal is kept with the message, however large.
func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("a", 600<<10)
	for typ, c := range map[envelope.Type]struct {
		payload func(envelope.Claims) ([]byte, []envelope.Disclosure, error)
		send    func(*exchange.Exchange, context.Context, string, string) (string, error)
	}{
		envelope.TypeQuery: {func(c envelope.Claims) ([]byte, []envelope.Disclosure, error) {
			return envelope.QueryPayload(envelope.Query{Claims: c, Purpose: "RETURN", Case: large, Schema: envelope.Schema})
		}, (*exchange.Exchange).Answer},
		envelope.TypeCollect: {func(c envelope.Claims) ([]byte, []envelope.Disclosure, error) {
			return envelope.CollectPayload(envelope.Collect{Claims: c, InReplyTo: large, Schema: envelope.Schema})
		}, (*exchange.Exchange).Collect},
		envelope.TypeNotice: {func(c envelope.Claims) ([]byte, []envelope.Disclosure, error) {
			return envelope.NoticePayload(envelope.Notice{Claims: c, Event: envelope.EventMatchHit, Requester: "gov-pl", Purpose: "MATCH", Query: large, Schema: envelope.Schema})
		}, (*exchange.Exchange).Notify},
		envelope.TypeSighting: {func(c envelope.Claims) ([]byte, []envelope.Disclosure, error) {
			return envelope.SightingPayload(envelope.Sighting{Claims: c, Event: envelope.EventSubmitted, Report: large, Schema: envelope.Schema})
		}, (*exchange.Exchange).Report},
	} {
		t.Run(string(typ), func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, gatewaytest.Options{})
			ua, told := f.Member("gov-ua"), 0
			for range 12 {
				now := f.Clock.Now()
				payload, ds, err := c.payload(envelope.Claims{
					Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
				})
				must(t, err)
				if _, err := c.send(ua.Exchange, t.Context(), "gov-pl", sealedAs(t, f, typ, "gov-pl", "gov-ua", payload, ds)); err == nil {
					told++
				}
			}
			page, err := ua.Store.Search(t.Context(), ledger.Query{Requester: "gov-pl", Limit: 50})
			must(t, err)
			if told == 0 || told > 6 || len(page.Found) != told {
				t.Errorf("%d of 12 were told why, %d are recorded", told, len(page.Found))
			}
			if _, err := ua.Answer(t.Context(), "gov-pl", sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))); err != nil {
				t.Errorf("a good question afterwards: %v", err)
			}
		})
	}
}

// weighed notes the size of what it is asked to spend on.
type weighed struct {
	budget.Budget
	size int
}

func (w *weighed) Spend(ctx context.Context, r budget.Request) error {
	w.size = r.Size
	return w.Budget.Spend(ctx, r)
}

// A large question is paid for as several: it is kept, and disks are not endless.
func TestLargeQuestionsArePaidForBySize(t *testing.T) {
	t.Parallel()
	spent := &weighed{}
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			spent.Budget, d.Budget = d.Budget, spent
		}
	}})
	sealed := sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))
	message, err := envelope.Open(sealed, envelope.TypeQuery, f.Member("gov-ua").SealKeys)
	must(t, err)
	_, err = f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealed)
	must(t, err)
	if spent.size != len(message) {
		t.Errorf("paid for %d bytes, kept are %d", spent.size, len(message))
	}
}

// So is one that is asked for again: each collect of it keeps it once more.
func TestLargeQuestionsArePaidForAgain(t *testing.T) {
	t.Parallel()
	spent := &weighed{}
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			spent.Budget, d.Budget = d.Budget, spent
		}
	}})
	now, large := f.Clock.Now(), 0
	for _, fields := range []int{0, 20_000} {
		q := envelope.Query{
			Claims:  envelope.Claims{Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: "FOUND", Present: true, Basis: "GDPR 6(1)(e)", Schema: envelope.Schema,
			Criteria: map[string]string{"family": unknownChild().GetFamily(), "born": unknownChild().GetBorn()},
			Fields:   slices.Repeat([]string{"name.family"}, fields),
		}
		payload, ds, err := envelope.QueryPayload(q)
		must(t, err)
		_, err = f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealedAs(t, f, envelope.TypeQuery, "gov-pl", "gov-ua", payload, ds))
		must(t, err)
		asked := spent.size
		collected(t, f, "gov-ua", q.ID, "case_officer")
		if fields == 0 && spent.size > budget.SizeOfOne || fields > 0 && spent.size != asked {
			t.Errorf("a question of %d bytes asked for again: paid for %d", asked, spent.size)
		}
		large = max(large, asked)
	}
	if large <= budget.SizeOfOne {
		t.Errorf("the large one has %d bytes", large)
	}
}
