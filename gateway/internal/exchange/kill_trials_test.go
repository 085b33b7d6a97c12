package exchange_test

import (
	"context"
	"crypto/sha256"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// trials are all chains, each of both sides.
func trials() map[string]trial {
	all := sightingTrials()
	maps.Copy(all, map[string]trial{
		"answer": {
			who: "gov-ua", takes: 20 * time.Millisecond,
			steps:   []string{"verified", "fresh", "admitted", "fetched", "released", "recorded", "sealed"},
			prepare: prepareAnswer, act: acting((*gatewaytest.Member).Answer, "gov-pl", "gov-ua"),
			check: once((*gatewaytest.Member).Answer, "gov-pl", "gov-ua", ledger.KindAnswered, "answered"),
		},
		"collect of links": {
			who: "gov-ua", takes: 10 * time.Millisecond,
			prepare: prepareCollect, act: acting(collectAt, "gov-pl", "gov-ua"),
			check: once(collectAt, "gov-pl", "gov-ua", ledger.KindCollected, "answered"),
		},
		"collect of what was pending": {
			who: "unicef", takes: 20 * time.Millisecond,
			prepare: preparePending, act: acting(collectAt, "gov-pl", "unicef"),
			check: once(collectAt, "gov-pl", "unicef", ledger.KindAnswered, "answered"),
		},
		"notice": {
			who: "gov-ua", takes: 10 * time.Millisecond,
			prepare: prepareNotice, act: acting((*gatewaytest.Member).Notify, "unicef", "gov-ua"),
			check: func(t *testing.T, f *gatewaytest.Federation, dir, given string) {
				once((*gatewaytest.Member).Notify, "unicef", "gov-ua", ledger.KindNoticed, "noticed")(t, f, dir, given)
				wantTold(t, f)
			},
		},
		"telling": {
			who: "unicef", takes: 20 * time.Millisecond, steps: []string{"sending", "replied", "delivered"},
			prepare: prepareTelling,
			act: func(f *gatewaytest.Federation, _ string) error {
				return f.Member("unicef").DeliverDue(context.Background())
			},
			check: checkTelling,
		},
		"ask": {
			who: "gov-pl", takes: 60 * time.Millisecond, steps: []string{"sending", "replied", "received"},
			prepare: prepareAsk, act: actAsk, check: checkAsk,
		},
	})
	return all
}

// receive is a chain that takes a message and answers it.
type receive func(m *gatewaytest.Member, ctx context.Context, peer, sealed string) (string, error)

func collectAt(m *gatewaytest.Member, ctx context.Context, peer, sealed string) (string, error) {
	return m.Exchange.Collect(ctx, peer, sealed)
}

// acting answers the given message, and leaves the answer.
func acting(chain receive, peer, self string) func(*gatewaytest.Federation, string) error {
	return func(f *gatewaytest.Federation, given string) error {
		reply, err := chain(f.Member(self), context.Background(), peer, given)
		if err != nil {
			return err
		}
		return leave(os.Getenv(killDir), "answer", reply)
	}
}

// once: no answer without its decision, and no second answer to one jti.
func once(chain receive, peer, self, kind, outcome string) func(*testing.T, *gatewaytest.Federation, string, string) {
	return func(t *testing.T, f *gatewaytest.Federation, dir, given string) {
		t.Helper()
		first := left(dir, "answer")
		if first != "" {
			recorded(t, f, peer, self, first)
		}
		reply, err := chain(f.Member(self), t.Context(), peer, given)
		must(t, err)
		if a := recorded(t, f, peer, self, reply); first != "" && a.Status == envelope.StatusAnswered {
			t.Error("two answers to one jti")
		}
		said := func(d ledger.Decision) bool { return d.Outcome == outcome }
		if n := len(decisions(t, f, self, kind, said)); n != 1 {
			t.Errorf("%d decisions answered this jti, want 1", n)
		}
	}
}

// recorded returns an answer whose decision must be on durable storage.
func recorded(t *testing.T, f *gatewaytest.Federation, peer, self, sealed string) envelope.Answer {
	t.Helper()
	answer, err := f.Member(peer).Inspect(self, sealed)
	must(t, err)
	row, err := f.Member(self).Store.Decision(t.Context(), answer.Decision)
	if err != nil {
		t.Errorf("an answer without its decision: %v", err)
		return answer
	}
	if leaf := ledger.Leaf(row.Salt, row.Content); envelope.Base64(leaf[:]) != answer.Leaf {
		t.Error("the stored decision is not the one that was promised")
	}
	return answer
}

func decisions(t *testing.T, f *gatewaytest.Federation, at, kind string, is func(ledger.Decision) bool) (found []ledger.Decision) {
	t.Helper()
	rows, err := f.Member(at).Store.Decisions(t.Context(), 0, 50)
	must(t, err)
	for _, r := range rows {
		d, err := ledger.ParseDecision(r.Content)
		must(t, err)
		if d.Kind == kind && is(d) {
			found = append(found, d)
		}
	}
	return found
}

// sentRecorded: what left the process as a message is recorded, in these very bytes.
func sentRecorded(t *testing.T, f *gatewaytest.Federation, dir string, typ envelope.Type, from, to, kind string) {
	t.Helper()
	sealed := left(dir, "sent-"+to)
	if sealed == "" {
		return
	}
	token, err := envelope.Open(sealed, typ, f.Member(to).SealKeys)
	must(t, err)
	v, err := envelope.Verify(token, envelope.Expect{
		Type: typ, Audience: to, Issuer: from, Keys: f.Registry(), Now: f.Clock.Now(), Uses: []envelope.Use{envelope.UseSign},
	})
	must(t, err)
	digest := sha256.Sum256(v.Payload())
	if len(decisions(t, f, from, kind, func(d ledger.Decision) bool { return d.ContentHash == envelope.Base64(digest[:]) })) != 1 {
		t.Errorf("a message went to %s without its record", to)
	}
}

func prepareAnswer(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
	f := gatewaytest.New(t, o)
	return f, sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))
}

func prepareCollect(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
	f := gatewaytest.New(t, o)
	ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
	jti := onlyHit(t, f).QueryJTI
	link(t, f, exchange.LinkRequest{QueryJTI: jti})
	return f, sealedCollect(t, f, "gov-ua", jti, "case_officer")
}

// preparePending leaves a promise of unicef, which the process then keeps.
func preparePending(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
	waiting := pendingEngine(t)
	f := gatewaytest.New(t, tuned(o, func(id string, d *exchange.Deps) {
		if id == "unicef" {
			d.Engine = decide.Fixed(waiting)
		}
	}))
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
	_, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	return f, sealedCollect(t, f, "unicef", askedJTI(t, f, id, "unicef"), "case_officer")
}

func prepareNotice(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
	f := gatewaytest.New(t, o)
	now := f.Clock.Now()
	payload, ds, err := envelope.NoticePayload(envelope.Notice{
		Claims: envelope.Claims{Issuer: "unicef", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
		Event:  "match_hit", Requester: "gov-pl", Purpose: "MATCH", Query: envelope.NewID(),
		Criteria: map[string]string{"family": f.Child.Original.Family}, Subject: "pseudonym", Schema: envelope.Schema,
	})
	must(t, err)
	return f, sealedAs(t, f, envelope.TypeNotice, "unicef", "gov-ua", payload, ds)
}

// wantTold: the authority of origin knows of unicef's hit, once.
func wantTold(t *testing.T, f *gatewaytest.Federation) {
	t.Helper()
	hits, err := f.Member("gov-ua").Store.Hits(t.Context(), 10)
	must(t, err)
	if told := slices.DeleteFunc(hits, func(h ledger.Hit) bool { return h.Holder != "unicef" }); len(told) != 1 {
		t.Errorf("the authority of origin was told of %d hits, want 1", len(told))
	}
}

func prepareTelling(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
	f := gatewaytest.New(t, o)
	ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
	return f, ""
}

// checkTelling: what was told is recorded, and told again until it is acknowledged; it counts once.
func checkTelling(t *testing.T, f *gatewaytest.Federation, dir, _ string) {
	t.Helper()
	sentRecorded(t, f, dir, envelope.TypeNotice, "unicef", "gov-ua", ledger.KindNotified)
	unicef := f.Member("unicef")
	must(t, unicef.DeliverDue(t.Context()))
	wantTold(t, f)
	due, err := unicef.Store.Due(t.Context(), f.Clock.Now().Add(24*time.Hour), 10)
	must(t, err)
	if len(due) != 0 {
		t.Errorf("%d notices wait although they were acknowledged", len(due))
	}
}

func prepareAsk(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
	f := gatewaytest.New(t, o)
	return f, link(t, f, exchange.LinkRequest{Leads: []string{"unicef", "icrc"}})
}

func actAsk(f *gatewaytest.Federation, given string) error {
	_, err := f.Member("gov-pl").Ask(context.Background(), agency(), &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: officer(), Basis: "GDPR 6(1)(e)", Links: []string{given},
	}, func(a *homewardv1.HolderAnswer) error {
		return leave(os.Getenv(killDir), "delivered-"+a.GetHolder(), a.GetDecisionId())
	})
	return err
}

// checkAsk: no query is sent without its record, and no answer delivered.
func checkAsk(t *testing.T, f *gatewaytest.Federation, dir, _ string) {
	t.Helper()
	for _, holder := range []string{"gov-ua", "unicef", "icrc"} {
		sentRecorded(t, f, dir, envelope.TypeQuery, "gov-pl", holder, ledger.KindAsked)
		theirs := left(dir, "delivered-"+holder)
		received := func(d ledger.Decision) bool { return d.TheirDecision == theirs }
		if theirs != "" && len(decisions(t, f, "gov-pl", ledger.KindReceived, received)) != 1 {
			t.Errorf("an answer of %s was delivered without its record", holder)
		}
		if theirs != "" {
			_, err := f.Member(holder).Store.Decision(t.Context(), theirs)
			must(t, err)
		}
	}
}
