package exchange_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const why = "Synthetic: a travel document for the flight home"

func verdict(a *homewardv1.HolderAnswer, path string) homewardv1.Verdict {
	for _, r := range a.GetRecords() {
		for _, f := range r.GetFields() {
			if f.GetPath() == path {
				return f.GetVerdict()
			}
		}
	}
	return homewardv1.Verdict_VERDICT_UNSPECIFIED
}

const (
	shown = homewardv1.Verdict_VERDICT_RELEASED
	kept  = homewardv1.Verdict_VERDICT_WITHHELD
)

func goAhead(t *testing.T, f *gatewaytest.Federation, by, token string, change func(*exchange.GoAheadRequest)) string {
	t.Helper()
	r := exchange.GoAheadRequest{
		Link: token, Columns: []string{"photo"}, Until: f.Clock.Now().Add(30 * time.Minute),
		Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	}
	if change != nil {
		change(&r)
	}
	s, err := f.Member(by).IssueGoAhead(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s.Token
}

func wantProblemAt(t *testing.T, err error, code problem.Code, where string) {
	t.Helper()
	p, ok := errors.AsType[*problem.Error](err)
	if !ok || p.Code != code || !strings.Contains(p.Where, where) {
		t.Errorf("got %v, want %s at %s", err, code, where)
	}
}

// A go-ahead opens the photo for the child of its link, in its window, and after
// it nothing.
func TestGoAhead(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	ask := func(links ...string) *homewardv1.HolderAnswer {
		t.Helper()
		return ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: links})["gov-ua"]
	}
	if got := verdict(ask(token), "physical.photo"); got != kept {
		t.Errorf("without a go-ahead the photo is %v", got)
	}
	opened := goAhead(t, f, "gov-ua", token, nil)
	if got := verdict(ask(token, opened), "physical.photo"); got != shown {
		t.Errorf("with a go-ahead the photo is %v", got)
	}
	f.Clock.Add(31 * time.Minute)
	_, err := f.Member("gov-pl").Ask(t.Context(), agency(), &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: officer(), Basis: "b", Links: []string{token, opened},
	}, nil)
	wantProblemAt(t, err, exchange.CodeStatementInvalid, "claim exp")
	rows, err := f.Member("gov-ua").Store.Decisions(t.Context(), 0, 50)
	if err != nil || !slices.ContainsFunc(rows, func(r ledger.Row) bool { return r.Kind == "went_ahead" && r.Peer == "gov-pl" }) {
		t.Errorf("the go-ahead is not in the ledger: %v", err)
	}
}

// A go-ahead that does not belong to the link, the recipient, the purpose or the
// time is refused with what is wrong, at one's own gateway and at the holder's.
func TestGoAheadsThatDoNotCount(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token, another := link(t, f, exchange.LinkRequest{}), link(t, f, exchange.LinkRequest{})
	foreign := link(t, f, exchange.LinkRequest{Recipient: "gov-ca"})
	traced := link(t, f, exchange.LinkRequest{Purpose: "TRACE"})
	good := goAhead(t, f, "gov-ua", token, nil)
	for name, c := range map[string]struct {
		links []string
		code  problem.Code
		where string
	}{
		"another link":      {[]string{another, good}, exchange.CodeStatementForeign, "claim link"},
		"another recipient": {[]string{token, goAhead(t, f, "gov-ua", foreign, nil)}, exchange.CodeStatementInvalid, "claim aud"},
		"another purpose":   {[]string{token, goAhead(t, f, "gov-ua", traced, nil)}, exchange.CodeStatementForeign, "claim link"},
		"no link":           {[]string{good}, exchange.CodeStatementForeign, "claim link"},
		"not yet": {[]string{token, goAhead(t, f, "gov-ua", token, func(r *exchange.GoAheadRequest) { r.From = f.Clock.Now().Add(time.Minute) })},
			exchange.CodeStatementInvalid, "claim from"},
		"five of them": {[]string{token, good, good, good, good, good}, exchange.CodeTooManyLinks, "claim links"},
		"two links":    {[]string{token, another}, exchange.CodeTooManyLinks, "claim links"},
	} {
		req := &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: officer(), Basis: "b", Links: c.links}
		if name == "no link" {
			req.Criteria = byName(f)
		}
		_, err := f.Member("gov-pl").Ask(t.Context(), agency(), req, nil)
		t.Run(name, func(t *testing.T) { wantProblemAt(t, err, c.code, c.where) })
		answer := sendQuery(t, f, "gov-ua", func(q *envelope.Query) {
			q.Links, q.Criteria = shownTo(t, c.links, "gov-ua"), nil
			q.Purpose = "RETURN"
		})
		if answer.Problem == nil || answer.Problem.Code != string(c.code) || !strings.Contains(answer.Problem.Detail, c.where) {
			t.Errorf("%s: the holder says %+v, want %s at %s", name, answer.Problem, c.code, c.where)
		}
	}
}

// Nobody but the authority of origin and the ICRC goes ahead; a window is one.
func TestWhoMayGoAhead(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	now := f.Clock.Now()
	good := exchange.GoAheadRequest{
		Link: token, Columns: []string{"photo"}, Until: now.Add(time.Minute), Officer: envelope.Officer{ID: "u", Role: "case_officer"},
	}
	for name, c := range map[string]struct {
		by     string
		change func(*exchange.GoAheadRequest)
		code   problem.Code
	}{
		"unicef":         {"unicef", func(*exchange.GoAheadRequest) {}, exchange.CodeStatementIssuer},
		"the recipient":  {"gov-pl", func(*exchange.GoAheadRequest) {}, exchange.CodeStatementIssuer},
		"past the link":  {"gov-ua", func(r *exchange.GoAheadRequest) { r.Until = now.Add(26 * time.Hour) }, exchange.CodeWindow},
		"ended":          {"gov-ua", func(r *exchange.GoAheadRequest) { r.Until = now.Add(-time.Minute) }, exchange.CodeWindow},
		"turned round":   {"gov-ua", func(r *exchange.GoAheadRequest) { r.From = now.Add(5 * time.Minute) }, exchange.CodeWindow},
		"no column":      {"gov-ua", func(r *exchange.GoAheadRequest) { r.Columns = nil }, exchange.CodeStatementInvalid},
		"another word":   {"gov-ua", func(r *exchange.GoAheadRequest) { r.Columns = []string{"all"} }, exchange.CodeStatementInvalid},
		"another office": {"gov-ua", func(r *exchange.GoAheadRequest) { r.Officer.Role = "investigator" }, problem.CodeForbidden},
		"a name":         {"gov-ua", func(r *exchange.GoAheadRequest) { r.Officer.ID = "Тест Тестенко" }, envelope.CodeContent},
		"no link":        {"gov-ua", func(r *exchange.GoAheadRequest) { r.Link = "x" }, exchange.CodeLinkInvalid},
		"no such hit":    {"gov-ua", func(r *exchange.GoAheadRequest) { r.Link, r.Hit = "", "h" }, problem.CodeNotFound},
	} {
		r := good
		c.change(&r)
		if _, err := f.Member(c.by).IssueGoAhead(t.Context(), r); !errors.Is(err, problem.New(c.code, "")) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func approval(t *testing.T, f *gatewaytest.Federation, by, token string, change func(*exchange.ApprovalRequest)) string {
	t.Helper()
	r := exchange.ApprovalRequest{
		Holder: "gov-ua", Requester: "gov-pl", Purpose: "RETURN", Link: token, Columns: []string{"documents"}, Why: why, For: 6 * time.Hour,
		Officer: envelope.Officer{ID: "pl-supervisor", Role: "supervisor"},
	}
	if change != nil {
		change(&r)
	}
	s, err := f.Member(by).IssueApproval(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s.Token
}

func glass(links ...string) *homewardv1.AskRequest {
	return &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: links, BreakGlass: &homewardv1.BreakGlass{Columns: []string{"documents"}, Why: why},
	}
}

// fetchedLater is what gov-ua says when a question is asked again.
func fetchedLater(t *testing.T, f *gatewaytest.Federation, id string) *homewardv1.HolderAnswer {
	t.Helper()
	return collect(t, f, id)["gov-ua"]
}

func onlyPending(t *testing.T, f *gatewaytest.Federation) exchange.PendingQuestion {
	t.Helper()
	list, err := f.Member("gov-ua").PendingQuestions(t.Context(), false)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d wait: %v", len(list), err)
	}
	return list[0]
}

func uaSupervisor() envelope.Officer {
	return envelope.Officer{ID: "ua-supervisor", Role: "supervisor"}
}

// Break-glass from the question to its review: it waits, the holder approves, the
// asker collects the documents, somebody else reviews the use.
func TestBreakGlass(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		ua := f.Member("gov-ua")
		token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(48 * time.Hour)})
		got, id := askID(t, f, glass(token, approval(t, f, "gov-pl", token, nil)))
		wantStatus(t, got["gov-ua"], pending, 0)
		wantStatus(t, fetchedLater(t, f, id), pending, 0)
		p := onlyPending(t, f)
		if p.Requester != "gov-pl" || p.Why != why || p.Officer.ID != "officer-1" || len(p.Given) != 1 || p.Until.After(f.Clock.Now().Add(12*time.Hour)) {
			t.Errorf("the approver sees %+v", p)
		}
		if _, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), true, ""); err != nil {
			t.Fatal(err)
		}
		answer := fetchedLater(t, f, id)
		wantStatus(t, answer, answered, 1)
		if got := verdict(answer, "documents.passport_no"); got != shown {
			t.Errorf("the passport number is %v", got)
		}
		wantStatus(t, fetchedLater(t, f, id), answered, 1) // the same use, fetched again
		reviews, err := ua.Reviews(t.Context(), false)
		if err != nil || len(reviews) != 1 || len(reviews[0].Approval.Given) != 2 {
			t.Fatalf("%+v, %v", reviews, err)
		}
		_, err = ua.CloseReview(t.Context(), reviews[0].ID, envelope.Officer{ID: "ua-supervisor", Role: "supervisor"}, "justified", "")
		wantProblemAt(t, err, casework.CodeReviewer, "officer")
		if _, err = ua.CloseReview(t.Context(), reviews[0].ID, envelope.Officer{ID: "ua-reviewer", Role: "reviewer"}, "justified", "n"); err != nil {
			t.Fatal(err)
		}
		_, err = ua.CloseReview(t.Context(), reviews[0].ID, envelope.Officer{ID: "ua-reviewer", Role: "reviewer"}, "justified", "n")
		wantProblemAt(t, err, casework.CodeDecided, "id")
		wantUntold(t, f, why)
		f.Clock.Add(12 * time.Hour) // hours, not days
		if got := verdict(fetchedLater(t, f, id), "documents.passport_no"); got != kept {
			t.Errorf("after its hours the passport number is %v", got)
		}
	})
}

// Two officers who collect at once get the same use, and it is reviewed once.
func TestBreakGlassCollectedAtOnce(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	_, id := askID(t, f, glass(token, approval(t, f, "gov-pl", token, nil)))
	_, err := f.Member("gov-ua").DecidePending(t.Context(), onlyPending(t, f).ID, uaSupervisor(), true, "")
	must(t, err)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			resp, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: id, Officer: officer()})
			if got := byHolder(resp)["gov-ua"]; err != nil || got.GetStatus() != answered || verdict(got, "documents.passport_no") != shown {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
	if reviews, err := f.Member("gov-ua").Reviews(t.Context(), true); err != nil || len(reviews) != 1 {
		t.Errorf("%d reviews, %v", len(reviews), err)
	}
}

// What break-glass cannot open is no use of it, whoever approved.
func TestBreakGlassThatOpensNothingIsNoUse(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	photo := func(by string) string {
		return approval(t, f, by, token, func(r *exchange.ApprovalRequest) {
			r.Columns, r.Officer.ID = []string{"photo"}, by+"-supervisor"
		})
	}
	req := glass(token, photo("gov-pl"), photo("gov-ua"))
	req.BreakGlass.Columns = []string{"photo"}
	got := ask(t, f, req)["gov-ua"]
	if got.GetStatus() != answered || verdict(got, "physical.photo") != kept {
		t.Errorf("%v, the photo is %v", got.GetStatus(), verdict(got, "physical.photo"))
	}
	if reviews, err := f.Member("gov-ua").Reviews(t.Context(), true); err != nil || len(reviews) != 0 {
		t.Errorf("%d reviews, %v", len(reviews), err)
	}
}

// wantUntold: a text that may tell of the child stands in no decision, and in no
// row of what people decide but sealed.
func wantUntold(t *testing.T, f *gatewaytest.Federation, text string) {
	t.Helper()
	for _, id := range []string{"gov-ua", "gov-pl"} {
		rows, err := f.Member(id).Store.Decisions(t.Context(), 0, 1000)
		if err != nil || len(rows) == 0 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			if strings.Contains(string(r.Content)+string(r.Details), text) {
				t.Errorf("%s: the decision %s tells why", id, r.Kind)
			}
		}
		matters, err := f.Member(id).Store.Matters(t.Context(), ledger.MatterQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range matters {
			if strings.Contains(string(m.Body)+m.Subject, text) {
				t.Errorf("%s: the row of a matter (%s) tells why", id, m.Kind)
			}
		}
	}
}

// Two organisations are enough without the holder, if one is the authority of
// origin; refused and expired questions are answered without the columns.
func TestBreakGlassEndings(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ua := f.Member("gov-ua")
	token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(48 * time.Hour)})
	own := func() string { return approval(t, f, "gov-pl", token, nil) }

	t.Run("refused", func(t *testing.T) {
		_, id := askID(t, f, glass(token, own()))
		p := onlyPending(t, f)
		if _, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), false, ""); !errors.Is(err, problem.New(problem.CodeInvalidRequest, "")) {
			t.Errorf("refused without a word: %v", err)
		}
		if _, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), false, "synthetic"); err != nil {
			t.Fatal(err)
		}
		_, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), true, "")
		wantProblemAt(t, err, casework.CodeDecided, "id")
		answer := fetchedLater(t, f, id)
		wantStatus(t, answer, answered, 1)
		if got := verdict(answer, "documents.passport_no"); got != kept {
			t.Errorf("after a refusal the passport number is %v", got)
		}
	})
	t.Run("approved, then refused before it is used", func(t *testing.T) {
		_, id := askID(t, f, glass(token, own()))
		p := onlyPending(t, f)
		for _, approve := range []bool{true, false} {
			if _, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), approve, "n"); err != nil {
				t.Fatal(err)
			}
		}
		if got := verdict(fetchedLater(t, f, id), "documents.passport_no"); got != kept {
			t.Errorf("the passport number is %v", got)
		}
	})
	t.Run("expired", func(t *testing.T) {
		_, id := askID(t, f, glass(token, own()))
		p := onlyPending(t, f)
		f.Clock.Add(13 * time.Hour)
		_, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), true, "")
		wantProblemAt(t, err, casework.CodeDecided, "id")
		answer := fetchedLater(t, f, id)
		wantStatus(t, answer, answered, 1)
		if got := verdict(answer, "documents.passport_no"); got != kept {
			t.Errorf("after its time the passport number is %v", got)
		}
	})
	t.Run("the approver is blocked", func(t *testing.T) {
		_, id := askID(t, f, glass(token, own()))
		p := onlyPending(t, f)
		if _, err := ua.DecidePending(t.Context(), p.ID, uaSupervisor(), true, ""); err != nil {
			t.Fatal(err)
		}
		f.Change(t, func(r *trust.Registry) { suspend(r, "gov-pl", true) })
		if a := fetchedLater(t, f, id); a.GetStatus() == answered && len(a.GetRecords()) > 0 {
			t.Error("a suspended participant collected")
		}
		f.Change(t, func(r *trust.Registry) { suspend(r, "gov-pl", false) })
	})
}

func suspend(r *trust.Registry, id string, yes bool) {
	for i := range r.Participants {
		if r.Participants[i].ID == id {
			r.Participants[i].Suspended = yes
		}
	}
}

// Approvals that do not count, each with what is wrong.
func TestApprovalsThatDoNotCount(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token, another := link(t, f, exchange.LinkRequest{}), link(t, f, exchange.LinkRequest{})
	with := func(change func(*exchange.ApprovalRequest)) string { return approval(t, f, "gov-pl", token, change) }
	for name, c := range map[string]struct {
		approval string
		code     problem.Code
		where    string
	}{
		"none":                {"", casework.CodeApprovalMissing, "links"},
		"of another link":     {approval(t, f, "gov-pl", another, nil), exchange.CodeStatementForeign, "question"},
		"of other columns":    {with(func(r *exchange.ApprovalRequest) { r.Columns = []string{"photo"} }), exchange.CodeStatementForeign, "columns"},
		"of another reason":   {with(func(r *exchange.ApprovalRequest) { r.Why = why + "!" }), exchange.CodeStatementForeign, "why"},
		"for another officer": {with(func(r *exchange.ApprovalRequest) { r.Asking = "officer-2" }), exchange.CodeStatementForeign, "asking"},
		"by the asker":        {with(func(r *exchange.ApprovalRequest) { r.Officer.ID = "officer-1" }), casework.CodeApprover, "gov-pl"},
	} {
		req := glass(token)
		if c.approval != "" {
			req.Links = append(req.Links, c.approval)
		}
		req.Officer, req.Basis = officer(), "b"
		_, err := f.Member("gov-pl").Ask(t.Context(), agency(), req, nil)
		t.Run(name, func(t *testing.T) { wantProblemAt(t, err, c.code, c.where) })
		answer := sendQuery(t, f, "gov-ua", func(q *envelope.Query) {
			q.Links, q.Criteria, q.Purpose = shownTo(t, req.Links, "gov-ua"), nil, "RETURN"
			q.BreakGlass = &envelope.BreakGlass{Columns: []string{"documents"}, Why: why}
		})
		if answer.Problem == nil || answer.Problem.Code != string(c.code) {
			t.Errorf("%s: the holder says %+v, want %s", name, answer.Problem, c.code)
		}
	}
	for name, change := range map[string]func(*exchange.ApprovalRequest){
		"another office": func(r *exchange.ApprovalRequest) { r.Officer.Role = "case_officer" },
		"a day":          func(r *exchange.ApprovalRequest) { r.For = 24 * time.Hour },
		"no reason":      func(r *exchange.ApprovalRequest) { r.Why = "soon" },
		"the asker":      func(r *exchange.ApprovalRequest) { r.Asking = r.Officer.ID },
		"a stranger":     func(r *exchange.ApprovalRequest) { r.Holder = "gov-xx" },
		"for another":    func(r *exchange.ApprovalRequest) { r.Requester = "gov-ca" },
	} {
		r := exchange.ApprovalRequest{
			Holder: "gov-ua", Purpose: "RETURN", Link: token, Columns: []string{"documents"}, Why: why, For: time.Hour,
			Officer: envelope.Officer{ID: "s", Role: "supervisor"},
		}
		change(&r)
		if _, err := f.Member("gov-pl").IssueApproval(t.Context(), r); err == nil {
			t.Errorf("%s: was issued", name)
		}
	}
}

// An overdue review suspends break-glass of that participant until it is closed.
func TestOverdueReviewSuspends(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ua := f.Member("gov-ua")
	token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(30 * 24 * time.Hour)})
	use := func() (*homewardv1.HolderAnswer, string) {
		t.Helper()
		got, id := askID(t, f, glass(token, approval(t, f, "gov-pl", token, nil)))
		return got["gov-ua"], id
	}
	_, id := use()
	if _, err := ua.DecidePending(t.Context(), onlyPending(t, f).ID, uaSupervisor(), true, ""); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, fetchedLater(t, f, id), answered, 1)
	f.Clock.Add(casework.ReviewTime + time.Second)
	suspended, _ := use()
	wantStatus(t, suspended, answered, 1)
	if got := verdict(suspended, "documents.passport_no"); got != kept {
		t.Errorf("with an overdue review the passport number is %v", got)
	}
	row, err := ua.Store.Decision(t.Context(), suspended.GetDecisionId())
	if err != nil || !strings.Contains(string(row.Content), "BG_SUSPENDED") {
		t.Errorf("the ledger does not say why: %v", err)
	}
	reviews, err := ua.Reviews(t.Context(), false)
	if err != nil || len(reviews) != 1 || !reviews[0].Overdue(f.Clock.Now()) {
		t.Fatalf("%+v, %v", reviews, err)
	}
	if _, err := ua.CloseReview(t.Context(), reviews[0].ID, envelope.Officer{ID: "r", Role: "legal_reviewer"}, "not_justified", "n"); err != nil {
		t.Fatal(err)
	}
	again, _ := use()
	wantStatus(t, again, pending, 0)
}

// shownTo cuts links for a holder, as a requester does; statements go as they are.
func shownTo(t *testing.T, links []string, holder string) []string {
	t.Helper()
	var out []string
	for _, token := range links {
		if typ, _ := envelope.TypeOf(token); typ == envelope.TypeCaseLink {
			var err error
			if token, err = exchange.Shown(token, "gov-ua", holder); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, token)
	}
	return out
}

// sealedAnswer sends a question of gov-pl to a holder as it stands, past the checks
// of its own gateway.
func sealedAnswer(t *testing.T, f *gatewaytest.Federation, holder string, change func(*envelope.Query)) string {
	t.Helper()
	now := f.Clock.Now()
	q := envelope.Query{
		Claims: envelope.Claims{
			Issuer: "gov-pl", Audience: holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
		},
		Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Basis: "b", Schema: envelope.Schema,
	}
	change(&q)
	payload, ds, err := envelope.QueryPayload(q)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := f.Member(holder).Answer(t.Context(), "gov-pl", sealTo(t, f, holder, payload, ds, envelope.TypeQuery, f.Member("gov-pl").Keys.Sign))
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func sendQuery(t *testing.T, f *gatewaytest.Federation, holder string, change func(*envelope.Query)) envelope.Answer {
	t.Helper()
	var q envelope.Query
	change(&q)
	return answerTo(t, f, holder, q)
}

// Who refuses between the decision and its record is heard: nothing is released
// on an approval that no longer stands.
func TestRefusedWhileItIsReleased(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	var f *gatewaytest.Federation
	f = gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id != "gov-ua" {
			return
		}
		d.Step = func(step string) {
			if step != "released" || !armed.CompareAndSwap(true, false) {
				return
			}
			list, err := f.Member("gov-ua").PendingQuestions(context.Background(), true)
			if err == nil && len(list) == 1 {
				_, err = f.Member("gov-ua").DecidePending(context.Background(), list[0].ID, uaSupervisor(), false, "synthetic")
			}
			if err != nil {
				t.Error(err)
			}
		}
	}})
	token := link(t, f, exchange.LinkRequest{})
	_, id := askID(t, f, glass(token, approval(t, f, "gov-pl", token, nil)))
	if _, err := f.Member("gov-ua").DecidePending(t.Context(), onlyPending(t, f).ID, uaSupervisor(), true, ""); err != nil {
		t.Fatal(err)
	}
	armed.Store(true)
	if a := fetchedLater(t, f, id); a.GetStatus() == answered {
		t.Errorf("it was answered: %v", verdict(a, "documents.passport_no"))
	}
	answer := fetchedLater(t, f, id)
	wantStatus(t, answer, answered, 1)
	if got := verdict(answer, "documents.passport_no"); got != kept {
		t.Errorf("after the refusal the passport number is %v", got)
	}
}

// The two approvals of the requester and of the authority of origin are enough for
// another holder; once the requester's organisation is blocked there, or an
// approval ends, they are not.
func TestApprovalsOfTwoOthers(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}, Until: f.Clock.Now().Add(48 * time.Hour)})
	atUnicef := func(r *exchange.ApprovalRequest) { r.Holder, r.For = "unicef", time.Hour }
	links := []string{token, approval(t, f, "gov-pl", token, atUnicef), approval(t, f, "gov-ua", token, atUnicef)}
	got := ask(t, f, glass(links...))
	wantStatus(t, got["unicef"], answered, 1)
	wantStatus(t, got["gov-ua"], answered, 1) // nobody approved there: it was not asked by break-glass
	if reviews, err := f.Member("unicef").Reviews(t.Context(), false); err != nil || len(reviews) != 1 || len(reviews[0].Approval.Given) != 2 {
		t.Errorf("%v, %v", reviews, err)
	}
	if reviews, err := f.Member("gov-ua").Reviews(t.Context(), true); err != nil || len(reviews) != 0 {
		t.Errorf("gov-ua reviews %v, %v", reviews, err)
	}
	f.Clock.Add(time.Hour)
	req := glass(links...)
	req.Officer, req.Basis = officer(), "b"
	_, err := f.Member("gov-pl").Ask(t.Context(), agency(), req, nil)
	wantProblemAt(t, err, exchange.CodeStatementInvalid, "claim exp")
}

// An approval of an organisation that is blocked today does not count for the holder's.
func TestBlockedApproverDoesNotCount(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	askID(t, f, glass(token, approval(t, f, "gov-pl", token, nil)))
	p := onlyPending(t, f)
	f.Change(t, func(r *trust.Registry) { suspend(r, "gov-pl", true) })
	_, err := f.Member("gov-ua").DecidePending(t.Context(), p.ID, uaSupervisor(), true, "")
	wantProblemAt(t, err, casework.CodeApprovalMissing, "approvals")
}

// A go-ahead that the ICRC issues is its release, and opens no column by itself. It is
// of everything that came from it: one that names a part would release the rest too.
func TestReleaseOfTheICRC(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	got := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token, goAhead(t, f, "icrc", token, func(r *exchange.GoAheadRequest) { r.Columns = decide.Columns() })}})
	_, err := f.Member("icrc").IssueGoAhead(t.Context(), exchange.GoAheadRequest{
		Link: token, Columns: []string{"separation"}, Until: f.Clock.Now().Add(time.Minute), Officer: officerOf("icrc-1"),
	})
	wantProblemAt(t, err, exchange.CodeStatementInvalid, "columns")
	row, err := f.Member("gov-ua").Store.Decision(t.Context(), got["gov-ua"].GetDecisionId())
	if err != nil {
		t.Fatal(err)
	}
	if text := string(row.Content); !strings.Contains(text, `"icrc_release":"yes"`) || strings.Contains(text, `"go_ahead":{"`) {
		t.Error("the policy does not see the release, or takes it for a go-ahead")
	}
}

// An agreement that has ended is none.
func TestEndedAgreement(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Prepare: func(r *trust.Registry) { r.Agreements[0].Until = r.IssuedAt.Add(2 * time.Hour) }})
	token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(5 * time.Hour)})
	linked := func() envelope.Answer {
		return sendQuery(t, f, "gov-ua", func(q *envelope.Query) { q.Purpose, q.Links = "RETURN", shownTo(t, []string{token}, "gov-ua") })
	}
	if a := linked(); a.Status != envelope.StatusAnswered || len(a.Records) != 1 {
		t.Errorf("under an agreement: %s", a.Status)
	}
	f.Clock.Add(2 * time.Hour)
	if a := linked(); a.Status != envelope.StatusRefused || a.Problem.Code != string(exchange.CodeNoAgreement) {
		t.Errorf("after its end: %s %+v", a.Status, a.Problem)
	}
}
