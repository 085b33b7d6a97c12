package exchange_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/adapters"
	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func found(c *homewardv1.Criteria) *homewardv1.AskRequest {
	return &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_FOUND, Present: true, Criteria: c}
}

func unknownChild() *homewardv1.Criteria {
	return &homewardv1.Criteria{Given: "Ніхтося", Family: "Неіснуючина", Born: "2015-01-02"}
}

// The reply to FOUND is the same for hit and miss, says what to do and whom to
// call; the authority of origin is told of both, urgently.
func TestFoundTellsNothingAndEverything(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	replies := make(map[string]envelope.Answer)
	sizes := make(map[string]int)
	for name, c := range map[string]*homewardv1.Criteria{"hit": byName(f), "miss": unknownChild()} {
		sealed := sealedAnswer(t, f, "gov-ua", func(q *envelope.Query) {
			q.Purpose, q.Present = "FOUND", true
			q.Criteria = map[string]string{"given": c.GetGiven(), "family": c.GetFamily(), "born": c.GetBorn()}
		})
		a, err := f.Member("gov-pl").Inspect("gov-ua", sealed)
		if err != nil {
			t.Fatal(err)
		}
		a.Claims, a.InReplyTo, a.QueryHash, a.Decision, a.Leaf = envelope.Claims{}, "", "", "", ""
		replies[name], sizes[name] = a, len(sealed)
	}
	if diff := cmp.Diff(replies["hit"], replies["miss"]); diff != "" || sizes["hit"] != sizes["miss"] {
		t.Errorf("sizes %v, and they differ by\n%s", sizes, diff)
	}
	advice := replies["miss"].Advice
	if advice == nil || !strings.Contains(advice.Contact, "+380") || !strings.Contains(advice.Text["en"], "safe") || !strings.Contains(advice.Text["uk"], "безпеці") {
		t.Errorf("advice %+v", advice)
	}
	hits, err := f.Member("gov-ua").Hits(t.Context(), 10)
	if err != nil || len(hits) != 2 {
		t.Fatalf("%d hits, %v", len(hits), err)
	}
	records := 0
	for _, h := range hits {
		var asked map[string]string
		if h.Purpose != "FOUND" || json.Unmarshal(h.Detail, &asked) != nil || asked["family"] == "" {
			t.Errorf("hit %+v", h)
		}
		if h.Record != "" {
			records++
		}
	}
	if records != 1 {
		t.Errorf("%d of the reports name a record, want 1", records)
	}
}

// Other holders tell the authority of origin by sealed notices, hit or miss.
func TestFoundIsToldFromElsewhere(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	for _, c := range []*homewardv1.Criteria{byName(f), unknownChild()} {
		got := ask(t, f, found(c))
		for _, holder := range []string{"gov-ua", "unicef", "icrc"} {
			wantStatus(t, got[holder], answered, 0)
			if got[holder].GetAdvice().GetContact() == "" {
				t.Errorf("%s gives no contact", holder)
			}
		}
	}
	for _, holder := range []string{"unicef", "icrc"} {
		if err := f.Member(holder).DeliverDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := f.Member("gov-ua").Hits(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]int)
	for _, h := range hits {
		told[h.Holder]++
	}
	for _, holder := range []string{"gov-ua", "unicef", "icrc"} {
		if told[holder] < 2 {
			t.Errorf("of two reports %s told %d", holder, told[holder])
		}
	}
}

// Without the officer's word that the child is there, it is no FOUND.
func TestFoundNeedsPresence(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	req := found(byName(f))
	req.Present = false
	wantStatus(t, ask(t, f, req)["gov-ua"], refused, 0)
}

// What the finder may know comes later, once the authority of origin acted: by a
// go-ahead for the report, or by a case link.
func TestFoundIsAnsweredLater(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ua := f.Member("gov-ua")
	got, id := askID(t, f, found(byName(f)))
	wantStatus(t, got["gov-ua"], answered, 0)
	wantStatus(t, fetchedLater(t, f, id), answered, 0)
	hits, err := ua.Store.Hits(t.Context(), 10)
	if err != nil || len(hits) != 1 {
		t.Fatalf("%d hits: collecting is no new report (%v)", len(hits), err)
	}
	if _, err := ua.IssueGoAhead(t.Context(), exchange.GoAheadRequest{
		Hit: hits[0].ID, Columns: []string{"id_min"}, Until: f.Clock.Now().Add(time.Hour), Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	}); err != nil {
		t.Fatal(err)
	}
	later := fetchedLater(t, f, id)
	wantStatus(t, later, answered, 1)
	if verdict(later, "record.record_id") != homewardv1.Verdict_VERDICT_GENERALISED || verdict(later, "name.family") != kept || later.GetAdvice() == nil {
		t.Errorf("the finder gets %v", later)
	}
	_, other := askID(t, f, found(byName(f)))
	wantStatus(t, fetchedLater(t, f, other), answered, 0) // it answered the one report
	if _, err := ua.IssueLink(t.Context(), exchange.LinkRequest{
		Child: hits[0].Record, Recipient: "gov-pl", Purpose: "RETURN", QueryJTI: hits[0].QueryJTI, Until: f.Clock.Now().Add(time.Hour),
		Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"},
	}); err != nil {
		t.Fatal(err)
	}
	if linked := fetchedLater(t, f, id); len(linked.GetLinks()) != 1 || len(linked.GetRecords()) != 1 {
		t.Errorf("the finder gets %d links and %d records", len(linked.GetLinks()), len(linked.GetRecords()))
	}
	f.Clock.Add(2 * time.Hour)
	if ended := fetchedLater(t, f, id); len(ended.GetLinks())+len(ended.GetRecords()) != 0 {
		t.Error("the window has ended")
	}
}

// twins is a source that has every child twice, and finds the other one first.
type twins struct{ adapters.Adapter }

const twin = "twin of "

func (s twins) Search(ctx context.Context, c adapters.Criteria, limit int) ([]string, error) {
	ids, err := s.Adapter.Search(ctx, c, limit)
	for _, id := range slices.Clone(ids) {
		ids = append([]string{twin + id}, ids...)
	}
	return ids, err
}

func (s twins) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	r, err := s.Adapter.Get(ctx, strings.TrimPrefix(id, twin), mask)
	r.ID = id
	return r, err
}

// A go-ahead for a report opens the one child whom the officer looked at, and no
// other whom the report fits as well; one for a report that fitted nobody opens
// whoever comes later no more than that.
func TestFoundOpensOneChild(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			d.Source = twins{d.Source}
		}
	}})
	ua := f.Member("gov-ua")
	answer := func(hit string) error {
		_, err := ua.IssueGoAhead(t.Context(), exchange.GoAheadRequest{
			Hit: hit, Columns: []string{"id_min"}, Until: f.Clock.Now().Add(time.Hour), Officer: officerOf("ua-1"),
		})
		return err
	}
	got, id := askID(t, f, found(byName(f)))
	wantStatus(t, got["gov-ua"], answered, 0)
	hits, err := ua.Store.Hits(t.Context(), 10)
	if err != nil || len(hits) != 2 {
		t.Fatalf("%d hits, %v; want the child and its twin", len(hits), err)
	}
	must(t, answer(hits[0].ID))
	wantStatus(t, fetchedLater(t, f, id), answered, 1)
	wantProblemAt(t, answer(hits[1].ID), exchange.CodeStatementForeign, "hit")
	must(t, answer(hits[0].ID))
	wantStatus(t, fetchedLater(t, f, id), answered, 1)

	ask(t, f, found(unknownChild()))
	hits, err = ua.Store.Hits(t.Context(), 10)
	must(t, err)
	for _, h := range hits {
		if h.Record == "" {
			wantProblemAt(t, answer(h.ID), exchange.CodeStatementForeign, "hit")
		}
	}
}
