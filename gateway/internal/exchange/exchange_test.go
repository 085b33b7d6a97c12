package exchange_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// All children in these tests are synthetic.

func officer() *homewardv1.Officer {
	return &homewardv1.Officer{Id: "officer-1", Role: "case_officer"}
}

// agency is gov-pl's own system.
func agency() exchange.Client {
	return exchange.Client{Name: "registry-office", Roles: []string{"case_officer"}}
}

func link(t testing.TB, f *gatewaytest.Federation, r exchange.LinkRequest) string {
	t.Helper()
	if r.Child == "" {
		r.Child = f.Child.IDs["gov-ua"]
	}
	if r.Recipient == "" {
		r.Recipient = "gov-pl"
	}
	if r.Purpose == "" {
		r.Purpose = "RETURN"
	}
	if r.Until.IsZero() {
		r.Until = f.Clock.Now().Add(time.Hour)
	}
	issued, err := f.Member("gov-ua").IssueLink(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return issued.Token
}

func ask(t *testing.T, f *gatewaytest.Federation, req *homewardv1.AskRequest) map[string]*homewardv1.HolderAnswer {
	t.Helper()
	answers, _ := askID(t, f, req)
	return answers
}

func askID(t *testing.T, f *gatewaytest.Federation, req *homewardv1.AskRequest) (map[string]*homewardv1.HolderAnswer, string) {
	t.Helper()
	req.Officer, req.Basis = officer(), "GDPR 6(1)(e)"
	resp, err := f.Member("gov-pl").Ask(t.Context(), agency(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	return byHolder(resp), resp.GetQueryId()
}

func byHolder(resp *homewardv1.AskResponse) map[string]*homewardv1.HolderAnswer {
	out := make(map[string]*homewardv1.HolderAnswer)
	for _, a := range resp.GetAnswers() {
		out[a.GetHolder()] = a
	}
	return out
}

func byName(f *gatewaytest.Federation) *homewardv1.Criteria {
	c := f.Child.Original
	return &homewardv1.Criteria{Given: c.Given, Family: c.Family, Born: c.Born}
}

func wantStatus(t *testing.T, a *homewardv1.HolderAnswer, want homewardv1.Status, records int) {
	t.Helper()
	if a.GetStatus() != want || len(a.GetRecords()) != records {
		t.Errorf("%s: %v with %d records, want %v with %d (%v)",
			a.GetHolder(), a.GetStatus(), len(a.GetRecords()), want, records, a.GetProblem())
	}
}

const (
	answered = homewardv1.Status_STATUS_ANSWERED
	refused  = homewardv1.Status_STATUS_REFUSED
	notAsked = homewardv1.Status_STATUS_NOT_ASKED
	pending  = homewardv1.Status_STATUS_PENDING
)

func TestLinkedQuestion(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"EdDSA", "ES256"} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, gatewaytest.Options{Alg: alg})
			token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
			got := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
			wantStatus(t, got["gov-ua"], answered, 1)
			wantStatus(t, got["unicef"], answered, 1)
			wantStatus(t, got["gov-ca"], notAsked, 0)
			if got["icrc"].GetStatus() == answered && len(got["icrc"].GetRecords()) > 0 {
				t.Error("icrc is no lead of this link and answered with a record")
			}
		})
	}
}

// A holder sees of the link only what it needs: the issuer the record, a lead
// the identity and that it is a lead itself.
func TestLinkIsCutForEachHolder(t *testing.T) {
	t.Parallel()
	var sent []string
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef", "icrc"}})
	for _, holder := range []string{"gov-ua", "unicef"} {
		q, err := exchange.Shown(token, "gov-ua", holder)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		if _, err := envelope.Present(q, func(d envelope.Disclosure) bool { names = append(names, d.Name); return true }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		sent = append(sent, strings.Join(names, " "))
	}
	want := []string{"identity record_id", " born family given"} // "" is the one element of leads
	if !slices.Equal(sent, want) {
		t.Errorf("issuer and lead see %q, want %q", sent, want)
	}
}

func TestLinksThatDoNotCount(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		good := link(t, f, exchange.LinkRequest{})
		for _, c := range []struct {
			name  string
			token string
			after time.Duration
			code  problem.Code
		}{
			{"for another recipient", link(t, f, exchange.LinkRequest{Recipient: "gov-ca"}), 0, exchange.CodeLinkInvalid},
			{"for another purpose", link(t, f, exchange.LinkRequest{Purpose: "TRACE"}), 0, exchange.CodeLinkPurpose},
			{"no link at all", "abc", 0, exchange.CodeLinkInvalid},
			{"a byte changed", good[:40] + "x" + good[41:], 0, exchange.CodeLinkInvalid},
			{"ended", link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(time.Minute)}), 2 * time.Minute, exchange.CodeLinkInvalid},
		} {
			f.Clock.Add(c.after)
			_, err := f.Member("gov-pl").Ask(t.Context(), agency(), &homewardv1.AskRequest{
				Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: officer(), Links: []string{c.token},
			}, nil)
			if !errors.Is(err, problem.New(c.code, "")) {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
		}
	})
}

// The matched hit goes to the authority of origin, which answers with a link
// that the asker collects and spends.
func TestMatchHitLinkCollect(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		got, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
		for _, holder := range []string{"gov-ua", "unicef", "icrc"} {
			wantStatus(t, got[holder], answered, 0)
		}
		ua := f.Member("gov-ua")
		hits, err := ua.Store.Hits(t.Context(), 10)
		if err != nil || len(hits) != 1 || hits[0].Record != f.Child.IDs["gov-ua"] || hits[0].Requester != "gov-pl" {
			t.Fatalf("hits %+v, %v; want one of gov-pl for the child", hits, err)
		}
		if a := collect(t, f, id)["gov-ua"]; len(a.GetLinks()) != 0 {
			t.Error("a link before anybody gave one")
		}
		link(t, f, exchange.LinkRequest{QueryJTI: hits[0].QueryJTI})
		a := collect(t, f, id)["gov-ua"]
		if len(a.GetLinks()) != 1 {
			t.Fatalf("collected %d links, want 1 (%v)", len(a.GetLinks()), a)
		}
		got = ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: a.GetLinks()})
		wantStatus(t, got["gov-ua"], answered, 1)
	})
}

func collect(t *testing.T, f *gatewaytest.Federation, id string) map[string]*homewardv1.HolderAnswer {
	t.Helper()
	resp, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: id, Officer: officer()})
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]*homewardv1.HolderAnswer)
	for _, a := range resp.GetAnswers() {
		if out[a.GetHolder()] == nil || len(a.GetLinks()) > 0 {
			out[a.GetHolder()] = a
		}
	}
	return out
}

// Another holder's hit reaches the authority of origin as a signed notice, once.
func TestHitElsewhereIsTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
		for range 2 {
			if err := f.Member("unicef").DeliverDue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		hits, err := f.Member("gov-ua").Hits(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.DeleteFunc(hits, func(h ledger.Hit) bool { return h.Holder != "unicef" })
		if len(told) != 1 || told[0].Requester != "gov-pl" || !strings.Contains(string(told[0].Detail), f.Child.Original.Family) {
			t.Errorf("told %+v, want one notice of unicef with what was asked", told)
		}
		atRest, err := f.Member("gov-ua").Store.Hits(t.Context(), 10)
		must(t, err)
		for _, h := range atRest {
			if strings.Contains(string(h.Detail), f.Child.Original.Family) {
				t.Error("the database names a child in a hit")
			}
		}
	})
}

// A child who is asked for under a Russian form of its name is found by its holder;
// under a name of nobody it is not.
func TestMatchByAnotherFormOfAName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]int{"Александр": 1, "Станіслава": 0} {
		f := gatewaytest.New(t, gatewaytest.Options{})
		criteria := byName(f)
		criteria.Given, criteria.Patronymic = given, ""
		ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: criteria})
		hits, err := f.Member("gov-ua").Hits(t.Context(), 10)
		must(t, err)
		own := slices.DeleteFunc(hits, func(h ledger.Hit) bool { return h.Holder != "gov-ua" })
		if len(own) != want {
			t.Errorf("asked as %s: %d hits, want %d", given, len(own), want)
		}
	}
}

// Without a link a known child is answered as one whom nobody knows.
func TestUnlinkedEqualsUnknown(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		known := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Criteria: byName(f)})
		nobody := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Criteria: &homewardv1.Criteria{
			Given: "Ніхто", Family: "Невідомий", Born: "2013-05-05",
		}})
		for holder, a := range known {
			if a.GetStatus() != nobody[holder].GetStatus() || len(a.GetRecords()) != 0 {
				t.Errorf("%s: %v and %v", holder, a, nobody[holder])
			}
			if len(a.GetEvidence()) != len(nobody[holder].GetEvidence()) {
				t.Errorf("%s: answers of %d and %d bytes", holder, len(a.GetEvidence()), len(nobody[holder].GetEvidence()))
			}
		}
	})
}

// A suspended or locally blocked participant does not get as far as a decision.
func TestBlockedRequester(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	f.Registry().SetBlocked([]string{"gov-pl"})
	_, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", sealedQuery(t, f, token))
	if err == nil {
		t.Fatal("a blocked participant was answered")
	}
}

// sealedQuery is one valid message of gov-pl to gov-ua, made outside the chains.
func sealedQuery(t testing.TB, f *gatewaytest.Federation, token string, fields ...string) string {
	t.Helper()
	now, pl := f.Clock.Now(), f.Member("gov-pl")
	shown, err := exchange.Shown(token, "gov-ua", "gov-ua")
	if err != nil {
		t.Fatal(err)
	}
	payload, ds, err := envelope.QueryPayload(envelope.Query{
		Claims: envelope.Claims{
			Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
		},
		Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: "RETURN",
		Basis: "GDPR 6(1)(e)", Links: []string{shown}, Fields: fields, Schema: envelope.Schema,
	})
	if err != nil {
		t.Fatal(err)
	}
	return seal(t, f, payload, ds, pl.Keys.Sign)
}

func seal(t testing.TB, f *gatewaytest.Federation, payload []byte, ds []envelope.Disclosure, key envelope.PrivateKey) string {
	t.Helper()
	jws, err := envelope.Sign(payload, ds, envelope.TypeQuery, key)
	if err != nil {
		t.Fatal(err)
	}
	to := f.Member("gov-ua").Keys.Seal.Public("gov-ua", envelope.UseSeal)
	jwe, err := envelope.Seal(jws, envelope.TypeQuery, to)
	if err != nil {
		t.Fatal(err)
	}
	return jwe
}

// A thousand copies at once: one answer, the others refused.
func TestReplaysInParallel(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		query := sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))
		const copies = 1000
		answers := make(chan string, copies)
		for range copies {
			go func() {
				reply, err := f.Member("gov-ua").Answer(context.WithoutCancel(t.Context()), "gov-pl", query)
				if err != nil {
					answers <- "error"
					return
				}
				a, err := f.Member("gov-pl").Inspect("gov-ua", reply)
				if err != nil {
					answers <- err.Error()
					return
				}
				answers <- a.Status
			}()
		}
		count := map[string]int{}
		for range copies {
			count[<-answers]++
		}
		if count["answered"] != 1 || count["refused"]+count["error"] != copies-1 {
			t.Errorf("%v, want one answered", count)
		}
	})
}
