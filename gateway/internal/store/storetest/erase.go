package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// secretive is a decision whose every personal part can be told by this word.
const secretive = "synthetic-child"

func recordChild(t *testing.T, s ledger.Store, id, hold string) {
	t.Helper()
	recordOf(t, s, id, secretive, hold)
}

func recordOf(t *testing.T, s ledger.Store, id, child, hold string) {
	t.Helper()
	_, err := ledger.New(s, func() time.Time { return start }).Record(context.Background(), []byte("{}"), ledger.Decision{
		ID: id, Kind: ledger.KindAnswered, Requester: "gov-pl", Holder: "gov-ua", Purpose: "RETURN", Outcome: "answered",
		Case: secretive, Links: []string{secretive}, Presented: []string{secretive}, Input: json.RawMessage(`{"x":"` + secretive + `"}`),
		Records: []ledger.DecidedRecord{{
			Subject: child, Version: secretive, Matched: "imposed", Verdicts: verdicts("SUP_PURPOSE"),
			Input:   json.RawMessage(`{"record":{"matched":"` + secretive + `","flags":{"litigation_hold":"` + hold + `"}}}`),
			Digests: ledger.Digests{{Name: "original.name.family", Value: secretive}},
		}},
	}, ledger.Commit{
		Row:     ledger.Row{Details: []byte(secretive)},
		Hits:    []ledger.Hit{{ID: "h" + id, At: start, Record: secretive}},
		Asked:   []ledger.Asked{{QueryID: id, Holder: "gov-ua", Subject: child, At: start}},
		Pending: &ledger.Pending{Issuer: "gov-pl", JTI: id, Query: secretive, Asked: start, Until: start},
	})
	must(t, err)
}

var (
	asks    = envelope.Officer{ID: "o-1", Role: "supervisor"}
	decides = envelope.Officer{ID: "o-2", Role: "legal_reviewer"}
)

func eraser(s ledger.Store) ledger.Eraser {
	now := func() time.Time { return start.Add(time.Hour) }
	return ledger.Eraser{Ledger: ledger.New(s, now), Store: s, Self: "gov-ua", Now: now}
}

// erasing: two persons erase what decisions keep of a child. Leaves stay, so does
// what they say of the officers and the rules, and nothing of the child.
func erasing(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	recordChild(t, s, "a", "no")
	recordChild(t, s, "b", "no")
	_, err := ledger.New(s, func() time.Time { return start }).Record(ctx, []byte("{}"), ledger.Decision{ID: "lead", Kind: ledger.KindLinked},
		ledger.Commit{Matters: []ledger.Matter{{ID: "m", Kind: ledger.MatterLead, State: "named", Subject: secretive, At: start}}}) // it names the child in no record
	must(t, err)
	before, err := s.Decision(ctx, "a")
	must(t, err)
	e := eraser(s)
	r, err := e.Request(ctx, secretive, "", "court order 7", asks)
	must(t, err)
	for _, same := range []envelope.Officer{asks, {ID: "O-1 ", Role: "legal_reviewer"}} {
		_, err = e.Confirm(ctx, r.ID, same, false)
		wantCode(t, err, ledger.CodeErasureSame)
	}
	_, err = e.Confirm(ctx, r.ID, decides, true)
	wantCode(t, err, ledger.CodeErasureHeld)
	done, err := e.Confirm(ctx, r.ID, decides, false)
	must(t, err)
	if done.Erased != 3 || done.State != ledger.ErasureDone || done.Child != "" {
		t.Errorf("%+v", done)
	}
	second := again()
	defer second.Close()
	for _, store := range []ledger.Store{s, second} {
		wantErased(t, store, before)
	}
	_, err = e.Confirm(ctx, r.ID, decides, false)
	wantCode(t, err, ledger.CodeErasureState)
	_, err = e.Request(ctx, secretive, "", "again", asks)
	wantCode(t, err, ledger.CodeErasureState)
	list, err := e.List(ctx, true)
	must(t, err)
	if len(list) != 1 || list[0].Asked != asks || list[0].Decided != decides || list[0].Child != "" {
		t.Errorf("%+v", list)
	}
}

func wantErased(t *testing.T, s ledger.Store, before ledger.Row) {
	t.Helper()
	ctx := context.Background()
	row, err := s.Decision(ctx, before.ID)
	must(t, err)
	must(t, ledger.Verify(row))
	if row.Erased == nil || row.Erased.Under != "court order 7" || !bytes.Equal(row.Leaf, before.Leaf) {
		t.Fatalf("not erased: %+v", row.Erased)
	}
	if raw, _ := json.Marshal(row); bytes.Contains(row.Content, []byte(secretive)) || strings.Contains(string(raw), secretive) || len(row.Salt) > 0 {
		t.Errorf("it still says %s", row.Content)
	}
	d, err := ledger.ParseDecision(row.Content)
	must(t, err)
	if d.Purpose != "RETURN" || len(d.Records) != 1 || len(d.Records[0].Verdicts) == 0 {
		t.Errorf("it says too little: %s", row.Content)
	}
	by, err := s.Decision(ctx, row.Erased.Decision)
	must(t, err)
	must(t, ledger.Verify(by))
	must(t, ledger.CheckStatement(by, row))
	forged := *row.Erased
	forged.Under = "another order"
	row.Erased = &forged
	wantCode(t, ledger.CheckStatement(by, row), ledger.CodeLedgerMismatch)
	row.Content = bytes.Replace(row.Content, []byte("RETURN"), []byte("MATCH!"), 1)
	wantCode(t, ledger.Verify(row), ledger.CodeLedgerMismatch)
	p, err := s.Search(ctx, ledger.Query{Child: secretive, Limit: 10})
	must(t, err)
	if len(p.Found) != 0 {
		t.Errorf("the child finds %v", idsOf(p))
	}
	p, err = s.Search(ctx, ledger.Query{Field: "photo", Limit: 10})
	must(t, err)
	if len(p.Found) != 2 || p.Found[0].Erased != "court order 7" {
		t.Errorf("what is left is not found: %+v", p.Found)
	}
	hits, err := s.Hits(ctx, 10)
	must(t, err)
	_, pendingErr := s.PendingFor(ctx, "gov-pl", "a")
	asked, err := s.AskedIn(ctx, "a")
	must(t, err)
	if len(hits)+len(asked) > 0 || !errors.Is(pendingErr, problem.New(problem.CodeNotFound, "")) {
		t.Errorf("what went with it is there: %d hits, %d questions, %v", len(hits), len(asked), pendingErr)
	}
}

// erasingOne: a decision that is erased by itself is not found by the child of a matter
// that went with it either, whom it does not name; other decisions on that child are.
func erasingOne(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	for _, id := range []string{"one", "two"} {
		_, err := ledger.New(s, func() time.Time { return start }).Record(ctx, []byte("{}"), ledger.Decision{ID: id, Kind: ledger.KindLinked},
			ledger.Commit{Matters: []ledger.Matter{{ID: "m" + id, Kind: ledger.MatterLead, State: "named", Subject: "one-" + secretive, At: start}}})
		must(t, err)
	}
	e := eraser(s)
	r, err := e.Request(ctx, "", "one", "court order 7", asks)
	must(t, err)
	_, err = e.Confirm(ctx, r.ID, decides, false)
	must(t, err)
	p, err := s.Search(ctx, ledger.Query{Child: "one-" + secretive, Limit: 10})
	must(t, err)
	if got := idsOf(p); len(got) != 1 || got[0] != "two" {
		t.Errorf("the child finds %v, want the other decision alone", got)
	}
}

// looking: a look is recorded with who, on what ground and what was looked for, and
// before anything is shown. A look at nothing does not bring an erased child back.
func looking(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	recordOf(t, s, "seen", "look-"+secretive, "no")
	reader := ledger.Reader{Ledger: ledger.New(s, func() time.Time { return start.Add(time.Minute) }), Store: s, Self: "gov-ua"}
	by := ledger.Reviewer{Officer: decides, Mandate: "order 17"}
	for _, nobody := range []ledger.Reviewer{{}, {Officer: decides}, {Officer: asks, Mandate: "order 17"}, {Officer: envelope.Officer{Role: "reviewer"}, Mandate: "x"}} {
		_, err := reader.Decision(ctx, nobody, "seen")
		wantCode(t, err, ledger.CodeMandate)
	}
	look := func(q ledger.Query) ledger.Row {
		t.Helper()
		q.Limit = 10
		_, err := reader.Search(ctx, by, q)
		must(t, err)
		rows, err := s.Decisions(ctx, 0, 1)
		must(t, err)
		return rows[0]
	}
	row := look(ledger.Query{Child: "look-" + secretive})
	d, err := ledger.ParseDecision(row.Content)
	must(t, err)
	if d.Kind != ledger.KindLooked || d.Officer != decides || d.Basis != "order 17" || d.Outcome != "search" || len(d.Records) != 1 ||
		d.ContentHash != envelope.SHA256(string(row.Details)) {
		t.Errorf("%+v with %s", d, row.Details)
	}
	none := look(ledger.Query{Child: "none-" + secretive, Requester: "gov-pl"})
	if raw := string(none.Content) + string(none.Details); strings.Contains(raw, secretive) || !strings.Contains(raw, "gov-pl") {
		t.Errorf("a look at nothing says %s", raw)
	}
	shown, err := reader.Decision(ctx, by, "seen")
	must(t, err)
	list, err := reader.Decisions(ctx, by, 0, 2)
	must(t, err)
	if shown.ID != "seen" || len(list) != 2 || list[0].Kind != ledger.KindLooked {
		t.Errorf("%s, %d rows", shown.ID, len(list))
	}
}

// erasingHeld: a hold that the newest decision saw, or did not know of, forbids it.
func erasingHeld(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	for _, hold := range []string{"yes", "unknown"} {
		recordChild(t, s, hold, hold)
		e := eraser(s)
		r, err := e.Request(ctx, "", hold, "court order 7", asks)
		must(t, err)
		_, err = e.Confirm(ctx, r.ID, decides, false)
		wantCode(t, err, ledger.CodeErasureHeld)
		r, err = e.Refuse(ctx, r.ID, decides)
		must(t, err)
		if r.State != ledger.ErasureRefused {
			t.Error(r.State)
		}
		row, err := s.Decision(ctx, hold)
		must(t, err)
		must(t, ledger.Verify(row))
		if row.Erased != nil {
			t.Error("erased")
		}
	}
	// One that was made before the hold came, asked for by itself.
	recordOf(t, s, "before", "held-"+secretive, "no")
	recordOf(t, s, "after", "held-"+secretive, "yes")
	r, err := eraser(s).Request(ctx, "", "before", "court order 7", asks)
	must(t, err)
	_, err = eraser(s).Confirm(ctx, r.ID, decides, false)
	wantCode(t, err, ledger.CodeErasureHeld)
	_, err = eraser(s).Confirm(ctx, "none", decides, false)
	wantCode(t, err, problem.CodeNotFound)
}

// retaining: what is old enough is erased, but for what is held; each class by itself.
func retaining(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	recordChild(t, s, "old", "no")
	recordOf(t, s, "before", "other-"+secretive, "no") // the hold came afterwards
	recordOf(t, s, "held", "other-"+secretive, "yes")
	_, err := ledger.New(s, func() time.Time { return start }).Record(ctx, []byte("{}"), ledger.Decision{ID: "link", Kind: ledger.KindLinked}, ledger.Commit{})
	must(t, err)
	e := eraser(s) // an hour later
	expire := func(class ledger.Class, keep time.Duration) {
		for at, more := (ledger.Mark{}), true; more; {
			at, more, err = e.Expire(ctx, class, keep, at)
			must(t, err)
		}
	}
	want := func(when string, erased ...string) {
		t.Helper()
		for _, id := range []string{"old", "before", "held", "link"} {
			row, err := s.Decision(ctx, id)
			must(t, err)
			must(t, ledger.Verify(row))
			if (row.Erased != nil) != slices.Contains(erased, id) {
				t.Errorf("%s: %s is erased: %t", when, id, row.Erased != nil)
			}
		}
	}
	expire(ledger.ClassQuestions, 2*time.Hour)
	want("too young")
	expire(ledger.ClassQuestions, 30*time.Minute)
	want("questions", "old")
	expire(ledger.ClassCasework, 30*time.Minute)
	want("casework", "old", "link")
	row, err := s.Decision(ctx, "old")
	must(t, err)
	by, err := s.Decision(ctx, row.Erased.Decision)
	must(t, err)
	must(t, ledger.CheckStatement(by, row))
	expire(ledger.ClassCasework, 0) // what erases is not itself erased
	again, err := s.Decision(ctx, by.ID)
	must(t, err)
	if again.Erased != nil {
		t.Error("the erasure was erased")
	}
}
