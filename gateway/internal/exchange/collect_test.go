package exchange_test

import (
	"errors"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A question exists for the client that asked it alone, in the role that asked.
func TestWhoAskedCollects(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		_, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
		link(t, f, exchange.LinkRequest{QueryJTI: onlyHit(t, f).QueryJTI})
		both := []string{"case_officer", "tracing_officer"}
		for _, c := range []struct {
			name, role string
			by         exchange.Client
			id         string
			code       problem.Code
		}{
			{"another client", "case_officer", exchange.Client{Name: "border-office", Roles: both}, id, problem.CodeNotFound},
			{"no client", "case_officer", exchange.Client{Roles: both}, id, problem.CodeNotFound},
			{"another role", "tracing_officer", exchange.Client{Name: agency().Name, Roles: both}, id, problem.CodeNotFound},
			{"another question", "case_officer", agency(), "AAAAAAAAAAAAAAAAAAAAAA", problem.CodeNotFound},
			{"who asked", "case_officer", agency(), id, ""},
		} {
			resp, err := f.Member("gov-pl").CollectAnswers(t.Context(), c.by, &homewardv1.CollectRequest{
				QueryId: c.id, Officer: &homewardv1.Officer{Id: "officer-2", Role: c.role},
			})
			if c.code != "" && !errors.Is(err, problem.New(c.code, "")) {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
			if c.code == "" && (err != nil || len(byHolder(resp)["gov-ua"].GetLinks()) != 1) {
				t.Errorf("%s: %v, %v", c.name, resp, err)
			}
		}
	})
}

func onlyHit(t *testing.T, f *gatewaytest.Federation) ledger.Hit {
	t.Helper()
	hits, err := f.Member("gov-ua").Store.Hits(t.Context(), 10)
	must(t, err)
	if len(hits) != 1 {
		t.Fatalf("%d hits, want 1", len(hits))
	}
	return hits[0]
}

// sealedCollect is a collect of gov-pl at a holder, made outside the chains.
func sealedCollect(t testing.TB, f *gatewaytest.Federation, holder, jti, role string) string {
	t.Helper()
	now := f.Clock.Now()
	payload, ds, err := envelope.CollectPayload(envelope.Collect{
		Claims:  envelope.Claims{Issuer: "gov-pl", Audience: holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
		Officer: envelope.Officer{ID: "officer-1", Role: role}, InReplyTo: jti, Schema: envelope.Schema,
	})
	must(t, err)
	return sealedAs(t, f, envelope.TypeCollect, "gov-pl", holder, payload, ds)
}

// sealedAs signs and seals any message from one member to another.
func sealedAs(t testing.TB, f *gatewaytest.Federation, typ envelope.Type, from, to string, payload []byte, ds []envelope.Disclosure) string {
	t.Helper()
	jws, err := envelope.Sign(payload, ds, typ, f.Member(from).Keys.Sign)
	must(t, err)
	sealed, err := envelope.Seal(jws, typ, f.Member(to).Keys.Seal.Public(to, envelope.UseSeal))
	must(t, err)
	return sealed
}

// collected is what a holder says to a collect.
func collected(t *testing.T, f *gatewaytest.Federation, holder, jti, role string) envelope.Answer {
	t.Helper()
	reply, err := f.Member(holder).Collect(t.Context(), "gov-pl", sealedCollect(t, f, holder, jti, role))
	must(t, err)
	a, err := f.Member("gov-pl").Inspect(holder, reply)
	must(t, err)
	return a
}

// The holder hands out what the policy of today lets be asked for, and says the
// same whether there was something or not.
func TestCollectIsWithinPolicy(t *testing.T) {
	t.Parallel()
	agreed := func(purposes ...string) func(r *trust.Registry) {
		return func(r *trust.Registry) { r.Agreements[0].Purposes = purposes }
	}
	for _, c := range []struct {
		name, role   string
		change       func(r *trust.Registry)
		links        int
		code, reason string
	}{
		{"as it was", "case_officer", nil, 1, "", ""},
		{"a role that may not ask", "reviewer", nil, 0, "", "SUP_ROLE"},
		{"no agreement for what the link is for", "case_officer", agreed("MATCH"), 0, "", "SUP_NO_AGREEMENT"},
		{"no agreement at all", "case_officer", func(r *trust.Registry) { r.Agreements = nil }, 0, string(exchange.CodeNoAgreement), string(exchange.CodeNoAgreement)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, gatewaytest.Options{})
			ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
			jti := onlyHit(t, f).QueryJTI
			link(t, f, exchange.LinkRequest{QueryJTI: jti})
			if c.change != nil {
				f.Change(t, c.change)
			}
			got, nothing := collected(t, f, "gov-ua", jti, c.role), collected(t, f, "gov-ua", envelope.NewID(), c.role)
			if len(got.Links) != c.links || got.Status != nothing.Status || (got.Problem == nil) != (c.code == "") || (nothing.Problem == nil) != (c.code == "") {
				t.Fatalf("%s with %d links, %+v; of nothing %s, %+v", got.Status, len(got.Links), got.Problem, nothing.Status, nothing.Problem)
			}
			if c.code != "" && (got.Problem.Code != c.code || nothing.Problem.Code != c.code) {
				t.Errorf("refused with %s and %s, want %s", got.Problem.Code, nothing.Problem.Code, c.code)
			}
			row, err := f.Member("gov-ua").Store.Decision(t.Context(), got.Decision)
			must(t, err)
			if d, err := ledger.ParseDecision(row.Content); err != nil || d.Reason != c.reason {
				t.Errorf("the ledger says %q, %v; want %q", d.Reason, err, c.reason)
			}
		})
	}
}

// Whom the registry or this holder refuses gets nothing of what waits, not even a signed no.
func TestCollectOfRefusedParticipant(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(t *testing.T, f *gatewaytest.Federation){
		"suspended": func(t *testing.T, f *gatewaytest.Federation) {
			change(t, f, func(p *trust.Participant) { p.Suspended = true })
		},
		"prohibited": func(t *testing.T, f *gatewaytest.Federation) {
			change(t, f, func(p *trust.Participant) { p.Prohibited = true })
		},
		"blocked": func(_ *testing.T, f *gatewaytest.Federation) { f.Registry().SetBlocked([]string{"gov-pl"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, gatewaytest.Options{})
			ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
			jti := onlyHit(t, f).QueryJTI
			link(t, f, exchange.LinkRequest{QueryJTI: jti})
			message := sealedCollect(t, f, "gov-ua", jti, "case_officer")
			refuse(t, f)
			if reply, err := f.Member("gov-ua").Collect(t.Context(), "gov-pl", message); err == nil {
				t.Errorf("a message of %d bytes went out", len(reply))
			}
		})
	}
}

// change edits gov-pl's entry in the registry.
func change(t *testing.T, f *gatewaytest.Federation, edit func(p *trust.Participant)) {
	t.Helper()
	f.Change(t, func(r *trust.Registry) {
		for i := range r.Participants {
			if r.Participants[i].ID == "gov-pl" {
				edit(&r.Participants[i])
			}
		}
	})
}

// What a person had to decide is completed for the role that asked it, and only
// while there is an agreement.
func TestPendingIsCollectedByItsRole(t *testing.T) {
	t.Parallel()
	waiting := pendingEngine(t)
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "unicef" {
			d.Engine = decide.Fixed(waiting)
		}
	}})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
	_, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	f.Member("unicef").Engine = f.Member("gov-ua").Engine
	jti := askedJTI(t, f, id, "unicef")
	if a := collected(t, f, "unicef", jti, "tracing_officer"); a.Status != envelope.StatusRefused || a.Problem.Code != string(exchange.CodePurposeRole) {
		t.Errorf("another role: %s with %+v", a.Status, a.Problem)
	}
	if a := collected(t, f, "unicef", jti, "case_officer"); a.Status != envelope.StatusAnswered || len(a.Records) != 1 {
		t.Errorf("the role that asked: %s with %d records", a.Status, len(a.Records))
	}
	f.Change(t, func(r *trust.Registry) { r.Agreements[0].Purposes = []string{"MATCH"} })
	if a := collected(t, f, "unicef", jti, "case_officer"); a.Status != envelope.StatusRefused || a.Problem.Code != string(exchange.CodeNoAgreement) {
		t.Errorf("after the agreement: %s with %+v", a.Status, a.Problem)
	}
}

func askedJTI(t *testing.T, f *gatewaytest.Federation, queryID, holder string) string {
	t.Helper()
	asked, err := f.Member("gov-pl").Store.AskedIn(t.Context(), queryID)
	must(t, err)
	for _, a := range asked {
		if a.Holder == holder {
			return a.JTI
		}
	}
	t.Fatalf("%s was not asked", holder)
	return ""
}
