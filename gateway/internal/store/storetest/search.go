package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// Verdicts are synthetic: the photo withheld for one reason, the name for none.
func verdicts(reason string) json.RawMessage {
	return json.RawMessage(`[{"verdict":"withheld","reasons":["` + reason + `"],"identity":"original","paths":["photo","physical.marks"]},` +
		`{"verdict":"released","reasons":["OK_FULL"],"basis":"GDPR 6(1)(e)","identity":"original","paths":["name.family"]}]`)
}

// reviewed records what the searches below look for, in the order of their ids.
func reviewed(t *testing.T, s ledger.Store) {
	t.Helper()
	said := func(child, reason string) []ledger.DecidedRecord {
		return []ledger.DecidedRecord{{Subject: child, Verdicts: verdicts(reason)}}
	}
	pl := envelope.Officer{ID: "pl-1", Role: "case_officer"}
	two := append(said("child-1", "SUP_LINKAGE"), said("child-2", "SUP_PURPOSE")...)
	for i, r := range []struct {
		d     ledger.Decision
		extra ledger.Commit
	}{
		{ledger.Decision{ID: "a", Kind: ledger.KindAnswered, Requester: "gov-pl", Holder: "gov-ua", Officer: pl, Purpose: "RETURN", Basis: "GDPR 6(1)(e)", Outcome: "answered", Records: said("child-1", "SUP_LINKAGE")}, ledger.Commit{}},
		{ledger.Decision{ID: "b", Kind: ledger.KindAnswered, Requester: "gov-de", Holder: "gov-ua", Officer: envelope.Officer{ID: "de-1", Role: "case_officer"}, Purpose: "MATCH", Outcome: "refused", Reason: "DENY_NO_CASE_REF"}, ledger.Commit{}},
		{ledger.Decision{ID: "c", Kind: ledger.KindAnswered, Requester: "gov-pl", Holder: "gov-ua", Officer: pl, Purpose: "RETURN", Outcome: "answered", Records: two}, ledger.Commit{}},
		{ledger.Decision{ID: "d", Kind: ledger.KindAsked, Requester: "gov-ua", Holder: "unicef", Officer: envelope.Officer{ID: "ua-1", Role: "case_officer"}, Purpose: "RETURN", Outcome: "sent"}, ledger.Commit{Asked: []ledger.Asked{{QueryID: "q", Holder: "unicef", Subject: "child-2", At: start}}}},
		{ledger.Decision{ID: "e", Kind: ledger.KindApproved, Requester: "gov-pl", Holder: "gov-ua", Officer: envelope.Officer{ID: "ua-9", Role: "supervisor"}, Purpose: "RETURN", Outcome: "approved"}, ledger.Commit{Matters: []ledger.Matter{{ID: "m", Kind: ledger.MatterApproval, State: "approved", Subject: "question", At: start}}}},
	} {
		at := start.Add(time.Duration(i) * time.Hour)
		_, err := ledger.New(s, func() time.Time { return at }).Record(context.Background(), []byte("{}"), r.d, r.extra)
		must(t, err)
	}
}

// found: a search finds every decision by what it says, and it is told of one that it does not.
func found(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	reviewed(t, s)
	rows, err := s.Entries(context.Background(), 0, 10)
	must(t, err)
	wrong, err := s.Unfound(context.Background(), rows)
	must(t, err)
	if len(wrong) > 0 {
		t.Errorf("%v", wrong)
	}
	for what, word := range map[string][2]string{
		"requester": {"gov-pl", "gov-xx"}, "purpose": {"RETURN", "RETURX"}, "child": {"child-1", "child-9"}, "reason": {"SUP_LINKAGE", "SUP_PURPOSE"},
	} {
		changed := slices.Clone(rows)
		changed[0].Content = bytes.ReplaceAll(rows[0].Content, []byte(word[0]), []byte(word[1]))
		changed[0].Purpose = strings.ReplaceAll(rows[0].Purpose, word[0], word[1])
		wrong, err := s.Unfound(context.Background(), changed)
		must(t, err)
		if len(wrong) != 1 || wrong["a"] == "" {
			t.Errorf("%s: %v", what, wrong)
		}
	}
}

func search(t *testing.T, s ledger.Store, again func() ledger.Store) {
	reviewed(t, s)
	second := again()
	defer second.Close()
	for name, q := range map[string]struct {
		q    ledger.Query
		want []string
	}{
		"all, the newest first":     {ledger.Query{}, []string{"e", "d", "c", "b", "a"}},
		"from":                      {ledger.Query{From: start.Add(2 * time.Hour)}, []string{"e", "d", "c"}},
		"to is not in":              {ledger.Query{To: start.Add(2 * time.Hour)}, []string{"b", "a"}},
		"kind":                      {ledger.Query{Kind: "asked"}, []string{"d"}},
		"requester":                 {ledger.Query{Requester: "gov-pl"}, []string{"e", "c", "a"}},
		"oneself as requester":      {ledger.Query{Requester: "gov-ua"}, []string{"d"}},
		"officer":                   {ledger.Query{Officer: "pl-1"}, []string{"c", "a"}},
		"holder":                    {ledger.Query{Holder: "unicef"}, []string{"d"}},
		"purpose and outcome":       {ledger.Query{Purpose: "RETURN", Outcome: "answered"}, []string{"c", "a"}},
		"basis":                     {ledger.Query{Basis: "GDPR 6(1)(e)"}, []string{"a"}},
		"field":                     {ledger.Query{Field: "photo"}, []string{"c", "a"}},
		"field and its reason":      {ledger.Query{Field: "photo", Reason: "SUP_PURPOSE"}, []string{"c"}},
		"field, reason of another":  {ledger.Query{Field: "photo", Reason: "OK_FULL"}, nil},
		"verdict on a field":        {ledger.Query{Field: "name.family", Verdict: "released"}, []string{"c", "a"}},
		"no such verdict on it":     {ledger.Query{Field: "name.family", Verdict: "withheld"}, nil},
		"reason of a field":         {ledger.Query{Reason: "SUP_LINKAGE"}, []string{"c", "a"}},
		"reason of all of it":       {ledger.Query{Reason: "DENY_NO_CASE_REF"}, []string{"b"}},
		"break-glass":               {ledger.Query{BreakGlass: true}, []string{"e"}},
		"child":                     {ledger.Query{Child: "child-1"}, []string{"c", "a"}},
		"child that was asked for":  {ledger.Query{Child: "child-2"}, []string{"d", "c"}},
		"child and more":            {ledger.Query{Child: "child-2", Kind: "asked"}, []string{"d"}},
		"child, before":             {ledger.Query{Child: "child-1", To: start.Add(time.Hour)}, []string{"a"}},
		"nobody":                    {ledger.Query{Requester: "gov-fr"}, nil},
		"what looks like a pattern": {ledger.Query{Requester: "gov-%"}, nil},
	} {
		q.q.Limit = 100
		for _, store := range []ledger.Store{s, second} {
			p, err := store.Search(context.Background(), q.q)
			must(t, err)
			if got := idsOf(p); !slices.Equal(got, q.want) || p.Next != "" {
				t.Errorf("%s: %v, next %q, want %v", name, got, p.Next, q.want)
			}
		}
	}
	p, err := s.Search(context.Background(), ledger.Query{Kind: ledger.KindApproved, Limit: 1})
	must(t, err)
	want := ledger.Found{
		ID: "e", Seq: p.Found[0].Seq, At: start.Add(4 * time.Hour), Kind: ledger.KindApproved, Requester: "gov-pl", Holder: "gov-ua",
		Officer: envelope.Officer{ID: "ua-9", Role: "supervisor"}, Purpose: "RETURN", Outcome: "approved", BreakGlass: true, LogIndex: -1,
	}
	if diff := cmp.Diff(want, p.Found[0]); diff != "" {
		t.Error(diff)
	}
}

func idsOf(p ledger.Page) (ids []string) {
	for _, f := range p.Found {
		ids = append(ids, f.ID)
	}
	return ids
}

// searchPages: pages hold each decision once, also when their times are equal and
// when others come in between.
func searchPages(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	put := func(at time.Time) {
		_, err := ledger.New(s, func() time.Time { return at }).Record(ctx, []byte("{}"), ledger.Decision{Kind: ledger.KindAsked, Requester: "gov-pl"}, ledger.Commit{})
		must(t, err)
	}
	for i := range 20 {
		put(start.Add(time.Duration(i/5) * time.Second))
	}
	for _, q := range []ledger.Query{{}, {Requester: "gov-pl"}, {From: start, To: start.Add(time.Hour)}} {
		seen := make(map[string]bool)
		q.Limit = 3
		for pages := 0; ; pages++ {
			p, err := s.Search(ctx, q)
			must(t, err)
			for _, id := range idsOf(p) {
				if seen[id] {
					t.Errorf("%s twice", id)
				}
				seen[id] = true
			}
			if q.Page = p.Next; q.Page == "" || pages > 20 {
				break
			}
			put(start.Add(time.Minute)) // newer than every page that is still to come
		}
		if len(seen) < 20 {
			t.Errorf("%d found, want 20 at least", len(seen))
		}
	}
	for _, token := range []string{"x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAA"} {
		_, err := s.Search(ctx, ledger.Query{Page: token, Limit: 1})
		wantCode(t, err, ledger.CodePage)
	}
}
