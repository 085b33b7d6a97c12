package exchange_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// journey is a federation in which gov-pl is a transit mediator, and a case that
// was pushed to it with a go-ahead for names.
func journey(t *testing.T, r exchange.PushRequest) (*gatewaytest.Federation, casework.Push) {
	t.Helper()
	return longJourney(t, time.Hour, r)
}

func longJourney(t *testing.T, lasts time.Duration, r exchange.PushRequest) (*gatewaytest.Federation, casework.Push) {
	t.Helper()
	f := gatewaytest.New(t, gatewaytest.Options{Prepare: mediating})
	r.Link = link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(lasts)})
	r.GoAheads = []string{goAhead(t, f, "gov-ua", r.Link, func(g *exchange.GoAheadRequest) { g.Columns = []string{"names_birth"} })}
	r.Officer = envelope.Officer{ID: "ua-1", Role: "case_officer"}
	p, err := f.Member("gov-ua").Push(t.Context(), r)
	must(t, err)
	must(t, f.Member("gov-ua").DeliverDue(t.Context()))
	return f, p
}

func collectPush(t *testing.T, f *gatewaytest.Federation, id string) *homewardv1.HolderAnswer {
	t.Helper()
	resp, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: id, Officer: officer()})
	must(t, err)
	return byHolder(resp)["gov-ua"]
}

// A mediator gets what its link and the go-aheads open, once it was pushed to; both
// sides have it on record, and the holder sees that it was collected.
func TestPushToAMediator(t *testing.T) {
	t.Parallel()
	f, p := journey(t, exchange.PushRequest{Need: "medication"})
	waiting, err := f.Member("gov-pl").Pushes(t.Context())
	must(t, err)
	if len(waiting) != 1 || waiting[0].ID != p.ID || waiting[0].State != casework.PushCame || waiting[0].Peer != "gov-ua" || waiting[0].Link != "" {
		t.Fatalf("at the mediator: %+v", waiting)
	}
	got := collectPush(t, f, p.ID)
	for path, want := range map[string]homewardv1.Verdict{
		"name.family": shown, "physical.photo": kept, "documents.passport_no": kept, "family.guardian_status": kept,
		"record.record_id": homewardv1.Verdict_VERDICT_GENERALISED, "current.location": kept, "physical.health_group": shown,
	} {
		if v := verdict(got, path); v != want {
			t.Errorf("%s: %v, want %v", path, v, want)
		}
	}
	pushed := func(d ledger.Decision) bool { return d.QueryID == p.ID }
	for _, c := range []struct{ at, kind string }{
		{"gov-ua", ledger.KindPushed}, {"gov-ua", ledger.KindAnswered}, {"gov-pl", ledger.KindNoticed}, {"gov-pl", ledger.KindReceived},
	} {
		if n := len(decisions(t, f, c.at, c.kind, pushed)); n != 1 {
			t.Errorf("%s at %s: %d", c.kind, c.at, n)
		}
	}
	sent, err := f.Member("gov-ua").Pushes(t.Context())
	must(t, err)
	if len(sent) != 1 || sent[0].State != casework.PushCollected {
		t.Errorf("at the holder: %+v", sent)
	}
}

// What the holder takes back meanwhile is not sent: nobody is at the mediator's
// gateway but the id of the case.
func TestPushIsDecidedWhenItIsCollected(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(t *testing.T, f *gatewaytest.Federation, p casework.Push){
		"held": func(t *testing.T, f *gatewaytest.Federation, _ casework.Push) {
			_, err := f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Why: "synthetic", Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"}})
			must(t, err)
		},
		"link taken back": func(t *testing.T, f *gatewaytest.Federation, p casework.Push) {
			claims, err := envelope.ClaimsOf(p.Link)
			must(t, err)
			_, err = f.Member("gov-ua").RevokeLink(t.Context(), claims.ID, envelope.Officer{ID: "ua-1", Role: "case_officer"})
			must(t, err)
		},
		"ended": func(_ *testing.T, f *gatewaytest.Federation, _ casework.Push) { f.Clock.Add(2 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, p := journey(t, exchange.PushRequest{})
			take(t, f, p)
			resp, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: p.ID, Officer: officer()})
			if err == nil && len(byHolder(resp)["gov-ua"].GetRecords()) > 0 {
				t.Errorf("it was sent: %v", resp)
			}
		})
	}
}

// A go-ahead that has ended opens nothing more, and the case is sent without it.
func TestPushAfterAGoAheadEnded(t *testing.T) {
	t.Parallel()
	f, p := journey(t, exchange.PushRequest{})
	f.Clock.Add(45 * time.Minute) // the go-ahead was for 30, the link is for 60
	got := collectPush(t, f, p.ID)
	if verdict(got, "name.family") != kept || verdict(got, "record.record_id") != homewardv1.Verdict_VERDICT_GENERALISED {
		t.Errorf("%v", got)
	}
}

// A mediator that asks is not let in, with whatever it was given.
func TestAMediatorCannotAsk(t *testing.T) {
	t.Parallel()
	f, p := journey(t, exchange.PushRequest{})
	resp, err := f.Member("gov-pl").Ask(t.Context(), agency(), &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: p.Tokens(), Officer: officer(), Basis: "GDPR 6(1)(e)",
	}, nil)
	must(t, err)
	reply, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealedQuery(t, f, p.Link))
	must(t, err)
	answer, err := f.Member("gov-pl").Inspect("gov-ua", reply)
	must(t, err)
	if answer.Problem == nil || answer.Problem.Code != string(exchange.CodePurposeRole) || len(answer.Records) > 0 {
		t.Errorf("a mediator that asks past its own gateway: %+v", answer)
	}
	for _, a := range resp.GetAnswers() {
		if a.GetStatus() != homewardv1.Status_STATUS_NOT_ASKED {
			t.Errorf("%s: %v", a.GetHolder(), a.GetStatus())
		}
	}
}

// Whoever may ask is not pushed to; nobody but an officer of the holder pushes.
func TestPushRefused(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	officer := envelope.Officer{ID: "ua-1", Role: "case_officer"}
	_, err := f.Member("gov-ua").Push(t.Context(), exchange.PushRequest{Link: token, Officer: officer})
	wantProblemAt(t, err, exchange.CodePushRecipient, "aud")
	_, err = f.Member("gov-pl").Push(t.Context(), exchange.PushRequest{Link: token, Officer: officer})
	wantProblemAt(t, err, exchange.CodeNoRecords, "source")
	_, err = f.Member("gov-ua").Push(t.Context(), exchange.PushRequest{Link: token, Officer: envelope.Officer{ID: "ua-1", Role: "clerk"}})
	wantProblemAt(t, err, "forbidden", "role")
	_, err = f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: envelope.NewID(), Officer: &homewardv1.Officer{Id: "o", Role: "case_officer"}})
	wantProblemAt(t, err, "not_found", "query_id")
}

// A go-ahead may name a holder that no lead of the link names: it is asked then, is
// shown that it is named and nobody else, and is told of a hold like a lead.
func TestAGoAheadNamesAHolder(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Holders: 1})
	token := link(t, f, exchange.LinkRequest{})
	named := goAhead(t, f, "gov-ua", token, func(r *exchange.GoAheadRequest) { r.Holders = []string{"gov-ca", "gov-00"} })
	req := func(links ...string) *homewardv1.AskRequest {
		return &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: links}
	}
	if got := ask(t, f, req(token))["gov-ca"]; got.GetStatus() != homewardv1.Status_STATUS_NOT_ASKED {
		t.Errorf("without the go-ahead: %v", got)
	}
	if got := ask(t, f, req(token, named))["gov-ca"]; got.GetStatus() != homewardv1.Status_STATUS_ANSWERED {
		t.Errorf("with the go-ahead: %v", got)
	}
	_, err := f.Member("gov-ua").IssueGoAhead(t.Context(), exchange.GoAheadRequest{
		Link: token, Columns: []string{"photo"}, Holders: []string{"gov-pl"}, Until: f.Clock.Now().Add(time.Minute),
		Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	})
	wantProblemAt(t, err, exchange.CodeLinkTerms, "holders")
	held, err := f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{
		Child: f.Child.IDs["gov-ua"], Why: "synthetic", Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	})
	must(t, err)
	told := map[string]bool{}
	for _, n := range held.Told {
		told[n.Participant] = true
	}
	if !told["gov-ca"] || !told["gov-00"] {
		t.Errorf("told of the hold: %v", told)
	}
}

// An agreement of the registry may say whom somebody asks about any child; and
// nobody reviews without a mandate in one.
func TestWhatAgreementsSay(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	status := func(holder string, purpose homewardv1.Purpose, role string) string {
		t.Helper()
		resp, err := f.Member("gov-pl").Plan(t.Context(), &homewardv1.AskRequest{
			Purpose: purpose, Officer: &homewardv1.Officer{Id: "o", Role: role}, Basis: "b",
			Criteria: &homewardv1.Criteria{Family: "Зразкова", Given: "Тестина", Born: "2014"},
		})
		must(t, err)
		for _, h := range resp.GetHolders() {
			if h.GetHolder() == holder {
				return h.GetReason()
			}
		}
		return ""
	}
	if got := status("gov-ca", homewardv1.Purpose_PURPOSE_RETURN, "case_officer"); got != "no lead, go-ahead or agreement names it" {
		t.Error(got)
	}
	until := f.Clock.Now().Add(time.Hour)
	f.Change(t, func(r *trust.Registry) {
		r.Agreements = append(r.Agreements,
			trust.Agreement{Holder: "gov-ca", Recipient: "gov-pl", Purposes: []string{"RETURN"}, Until: until, Asked: true},
			trust.Agreement{Holder: trust.Anyone, Recipient: trust.Anyone, Purposes: []string{"AUDIT"}, Until: until, Mandates: []trust.Mandate{
				{Reviewer: "gov-pl", Covers: []string{"unicef"}},
			}})
	})
	for _, c := range []struct {
		holder  string
		purpose homewardv1.Purpose
		role    string
		want    string
	}{
		{"gov-ca", homewardv1.Purpose_PURPOSE_RETURN, "case_officer", "named by an agreement"},
		{"unicef", homewardv1.Purpose_PURPOSE_AUDIT, "legal_reviewer", "asked about every child"},
		{"gov-ua", homewardv1.Purpose_PURPOSE_AUDIT, "legal_reviewer", "no mandate to review this holder"},
	} {
		if got := status(c.holder, c.purpose, c.role); got != c.want {
			t.Errorf("%s for %v: %q, want %q", c.holder, c.purpose, got, c.want)
		}
	}
}

// Whom an agreement names as one to ask about any child is told of every hold: of a
// new one, and of those that stood when it was named.
func TestWhomAnAgreementNamesIsToldOfHolds(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Holders: 1})
	ua := f.Member("gov-ua")
	held, err := ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Why: "synthetic", Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"}})
	must(t, err)
	name := func(holder string, until time.Duration) {
		t.Helper()
		f.Change(t, func(r *trust.Registry) {
			r.Agreements = append(r.Agreements, trust.Agreement{Holder: holder, Recipient: "gov-pl", Purposes: []string{"RETURN"}, Until: f.Clock.Now().Add(until), Asked: true})
		})
	}
	told := func() (who []string) {
		t.Helper()
		must(t, ua.Housekeep(t.Context()))
		holds, err := ua.Holds(t.Context())
		must(t, err)
		for _, n := range holds[0].Told {
			who = append(who, n.Participant)
		}
		slices.Sort(who)
		return who
	}
	if got := told(); len(got) != len(held.Told) || slices.Contains(got, "gov-ca") {
		t.Errorf("before: %v", got)
	}
	name("gov-ca", time.Hour)
	name("gov-00", 0)
	for range 2 { // once
		if got := told(); len(got) != len(held.Told)+1 || !slices.Contains(got, "gov-ca") {
			t.Errorf("after: %v", got)
		}
	}
	_, err = ua.LiftHold(t.Context(), f.Child.IDs["gov-ua"], envelope.Officer{ID: "ua-1", Role: "case_officer"})
	must(t, err)
	again, err := ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Why: "synthetic", Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"}})
	if err != nil || !slices.ContainsFunc(again.Told, func(n casework.Told) bool { return n.Participant == "gov-ca" }) {
		t.Errorf("a new hold: %v, %v", again.Told, err)
	}
}

// A go-ahead for a child on hold would name holders who were not told of the hold;
// nothing is given for it, whoever placed the hold.
func TestNothingIsGivenForAHeldChild(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Holders: 1})
	ua, by := f.Member("gov-ua"), envelope.Officer{ID: "ua-1", Role: "case_officer"}
	token := link(t, f, exchange.LinkRequest{})
	until := f.Clock.Now().Add(30 * time.Minute)
	ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_FOUND, Present: true, Criteria: byName(f)})
	hits, err := ua.Hits(t.Context(), 10)
	must(t, err)
	found := ""
	for _, h := range hits {
		if h.Holder == "gov-ua" && h.Record != "" {
			found = h.ID
		}
	}
	_, err = ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Why: "synthetic", Officer: by})
	must(t, err)
	must(t, ua.DeliverDue(t.Context()))
	for name, r := range map[string]exchange.GoAheadRequest{
		"names a holder": {Link: token, Columns: []string{"photo"}, Holders: []string{"gov-ca"}},
		"of a link":      {Link: token, Columns: []string{"photo"}},
		"of a report":    {Hit: found, Columns: []string{"id_min"}},
	} {
		r.Until, r.Officer = until, by
		if _, err := ua.IssueGoAhead(t.Context(), r); !errors.Is(err, problem.New(exchange.CodeChildHeld, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = f.Member("unicef").IssueLink(t.Context(), exchange.LinkRequest{
		Child: f.Child.IDs["unicef"], Recipient: "gov-pl", Purpose: "RETURN", Until: until, Officer: by,
	})
	if !errors.Is(err, problem.New(exchange.CodeChildHeld, "")) {
		t.Errorf("a link of a holder that was told of the hold: %v", err)
	}
}

// A holder that learned the id of a case pushed by another does not take its place.
func TestPushIsOfWhoPushedIt(t *testing.T) {
	t.Parallel()
	f, p := journey(t, exchange.PushRequest{})
	if code := notify(t, f, "unicef", "gov-pl", envelope.Notice{
		Event: envelope.EventPush, Requester: "gov-pl", Purpose: "RETURN", Query: p.ID, Until: f.Clock.Now().Add(time.Hour).Unix(),
	}); code != string(exchange.CodePushRecipient) {
		t.Errorf("another holder's case under the same id: %q", code)
	}
	waiting, err := f.Member("gov-pl").Pushes(t.Context())
	must(t, err)
	if len(waiting) != 1 || waiting[0].Peer != "gov-ua" || verdict(collectPush(t, f, p.ID), "name.family") != shown {
		t.Errorf("at the mediator: %+v", waiting)
	}
}

// A case whose time is over is listed, and says nothing any more: its case link names
// the child.
func TestPushThatEndedIsEmptied(t *testing.T) {
	t.Parallel()
	f, p := journey(t, exchange.PushRequest{})
	collectPush(t, f, p.ID)
	f.Clock.Add(2 * time.Hour)
	for _, member := range []string{"gov-ua", "gov-pl"} {
		must(t, f.Member(member).Housekeep(t.Context()))
		list, err := f.Member(member).Pushes(t.Context())
		must(t, err)
		if len(list) != 1 || list[0].ID != p.ID || list[0].State != casework.PushEnded || list[0].Link != "" || len(list[0].GoAheads) > 0 {
			t.Errorf("at %s: %+v", member, list)
		}
	}
}

// While something that came of a child should be gone, nothing more is collected of
// it either, by who asked or by who was pushed to; but an answer to a report that it
// was found.
func TestOverdueCollectsNothing(t *testing.T) {
	t.Parallel()
	collect := func(f *gatewaytest.Federation, id string) error {
		_, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: id, Officer: officer()})
		return err
	}
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(300 * 24 * time.Hour)})
	_, asked := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	_, reported := askID(t, f, found(byName(f)))
	must(t, collect(f, asked))
	recalled := exchange.RecallRequest{Child: f.Child.IDs["gov-ua"], Kind: "erased", Why: "synthetic", Officer: officerOf("o-2")}
	_, err := f.Member("gov-ua").IssueRecall(t.Context(), recalled)
	must(t, err)
	deliver(t, f, "gov-ua")
	must(t, collect(f, asked))
	f.Clock.Add(73 * time.Hour)
	wantProblem(t, collect(f, asked), exchange.CodeObligationOverdue)
	must(t, collect(f, reported))
	wantProblem(t, forwardToIssuer(t, f, token), exchange.CodeObligationOverdue)

	f, p := longJourney(t, 300*24*time.Hour, exchange.PushRequest{})
	must(t, collect(f, p.ID))
	f.Clock.Add(29 * 24 * time.Hour)
	must(t, collect(f, p.ID))
	f.Clock.Add(2 * 24 * time.Hour)
	wantProblem(t, collect(f, p.ID), exchange.CodeObligationOverdue)
	recalled.Child = f.Child.IDs["gov-ua"]
	issued, err := f.Member("gov-ua").IssueRecall(t.Context(), recalled)
	if err != nil || len(issued) != 1 || issued[0].Recipient != "gov-pl" {
		t.Errorf("a recall of what was pushed: %+v, %v", issued, err)
	}
}

// forwardToIssuer sends a question that an agency signed, with what the issuer of its
// link needs of that: no name.
func forwardToIssuer(t *testing.T, f *gatewaytest.Federation, token string) error {
	t.Helper()
	now := f.Clock.Now()
	payload, ds, err := envelope.QueryPayload(envelope.Query{
		Claims:  envelope.Claims{Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
		Officer: envelope.Officer{ID: "officer-9", Role: "case_officer"}, Purpose: "RETURN", Basis: "b",
		Links: shownTo(t, []string{token}, "gov-ua"), Has: []string{"names_birth", "photo"}, Schema: envelope.Schema,
	})
	must(t, err)
	jws, err := envelope.Sign(payload, ds, envelope.TypeQuery, f.Member("gov-pl").Agency)
	must(t, err)
	_, err = f.Member("gov-pl").Forward(t.Context(), agency(), &homewardv1.ForwardRequest{Messages: []*homewardv1.SignedMessage{{Holder: "gov-ua", Jws: jws}}})
	return err
}
