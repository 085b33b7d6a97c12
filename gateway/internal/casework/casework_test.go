package casework_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func box(t *testing.T, key string) casework.Box {
	t.Helper()
	b, err := casework.NewBox([]byte(strings.Repeat(key, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantProblem(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !errors.Is(err, problem.New(code, "")) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// A body opens with the gateway's own secret, in its own row, unchanged.
func TestBox(t *testing.T) {
	t.Parallel()
	mine := box(t, "a")
	want := casework.Hold{
		ID: "h1", State: casework.HoldPlaced, By: "gov-ua", Subject: "keyed", At: noon, Until: noon.Add(time.Hour),
		HoldBody: casework.HoldBody{Record: "ua-1", Why: "synthetic", Identities: []casework.Criteria{{"given": "Синтетична"}, nil}},
	}
	m, err := want.Matter(mine, "")
	if err != nil || strings.Contains(string(m.Body), "Синтетична") {
		t.Fatalf("%v: %q", err, m.Body)
	}
	got, err := casework.HoldOf(mine, m)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	again, err := want.Matter(mine, "")
	if err != nil || string(again.Body) == string(m.Body) {
		t.Error("the same hold twice is the same bytes")
	}
	for name, change := range map[string]func(*ledger.Matter, *casework.Box){
		"another secret": func(_ *ledger.Matter, b *casework.Box) { *b = box(t, "b") },
		"no secret":      func(_ *ledger.Matter, b *casework.Box) { *b = casework.Box{} },
		"another row":    func(m *ledger.Matter, _ *casework.Box) { m.ID = "h2" },
		"a changed byte": func(m *ledger.Matter, _ *casework.Box) { m.Body[len(m.Body)-1] ^= 1 },
		"a cut body":     func(m *ledger.Matter, _ *casework.Box) { m.Body = m.Body[:5] },
	} {
		row, b := m, mine
		row.Body = append([]byte(nil), m.Body...)
		change(&row, &b)
		_, err := casework.HoldOf(b, row)
		if !errors.Is(err, problem.New(casework.CodeMatterUnreadable, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := want.Matter(casework.Box{}, ""); err == nil {
		t.Error("a box without a key seals")
	}
}

func TestHoldIsInForce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state string
		until time.Time
		want  bool
	}{
		{casework.HoldPlaced, time.Time{}, true},
		{casework.HoldPlaced, noon.Add(time.Second), true},
		{casework.HoldPlaced, noon, false},
		{casework.HoldLifted, time.Time{}, false},
		{casework.HoldTelling, time.Time{}, false},
	} {
		if got := (casework.Hold{State: c.state, Until: c.until}).InForce(noon); got != c.want {
			t.Errorf("%s until %v: %v", c.state, c.until, got)
		}
	}
}

// Only what waits for an acknowledgement takes one.
func TestAcknowledged(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		casework.HoldTelling: casework.HoldTold, casework.RecallWaiting: casework.RecallAcknowledged,
		casework.HoldTold: "", casework.HoldPlaced: "", casework.RecallAcknowledged: "", casework.ObligationOpen: "",
	} {
		m, waits := casework.Acknowledged(ledger.Matter{ID: "n", State: state}, noon)
		if waits != (want != "") || waits && (m.State != want || m.Was != state || !m.At.Equal(noon)) {
			t.Errorf("%s becomes %+v, %v", state, m, waits)
		}
	}
	lifted := casework.Hold{ID: "h", State: casework.HoldLifted}.Tell("n", "unicef", noon)
	m, _ := casework.Acknowledged(lifted, noon)
	if told, ok := casework.ToldOf(m); !ok || !told.Lifted || !told.Acknowledged || told.Participant != "unicef" {
		t.Errorf("%+v, %v", told, ok)
	}
}

func TestDueOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"delete_by=2027-02-20":   time.Date(2027, 2, 20, 23, 59, 59, 0, time.UTC),
		"delete_by=P90D":         noon.Add(90 * 24 * time.Hour),
		"delete_by=P2W":          noon.Add(14 * 24 * time.Hour),
		"delete_by=P1Y6M":        noon.AddDate(1, 6, 0),
		"delete_by=PT12H":        noon.Add(12 * time.Hour),
		"delete_by=P1DT1H":       noon.Add(25 * time.Hour),
		"delete_by=P":            noon,
		"delete_by=P1.5D":        noon,
		"delete_by=-P1D":         noon,
		"delete_by=2027-02-30":   noon,
		"delete_by=":             noon,
		"delete_by":              noon,
		"no_onward_transfer":     {},
		"human_review":           {},
		"encrypt_to=gov-pl.seal": {},
	} {
		if got := casework.DueOf(text, noon); !got.Equal(want) {
			t.Errorf("%s is due %v, want %v", text, got, want)
		}
	}
}

// No text makes an obligation to delete disappear.
func FuzzDueOf(f *testing.F) {
	f.Add("P90D")
	f.Add("2027-02-20")
	f.Fuzz(func(t *testing.T, value string) {
		if casework.DueOf("delete_by="+value, noon).IsZero() {
			t.Errorf("%q has no end", value)
		}
	})
}

func TestRecallTimes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"corrected", "returned", "held", "erased"} {
		if due, err := casework.RecallDue(kind, noon); err != nil || !due.After(noon) {
			t.Errorf("%s: %v, %v", kind, due, err)
		}
	}
	_, err := casework.RecallDue("", noon)
	wantProblem(t, err, casework.CodeRecallKind)
}

// Only answers with a value of this very subject make a recipient.
func TestRecipients(t *testing.T) {
	t.Parallel()
	answer := func(id, kind, peer, subject string, values int) ledger.Decision {
		d := ledger.Decision{ID: id, Kind: kind, Peer: peer, Records: []ledger.DecidedRecord{{Subject: subject}}}
		for range values {
			d.Records[0].Digests = append(d.Records[0].Digests, ledger.Digest{Name: "name.given"})
		}
		return d
	}
	got := casework.Recipients("s", []ledger.Decision{
		answer("5", ledger.KindAnswered, "gov-pl", "s", 1), answer("4", ledger.KindAnswered, "gov-de", "s", 1),
		answer("3", ledger.KindAnswered, "gov-ca", "s", 0), answer("2", ledger.KindAnswered, "gov-lt", "t", 1),
		answer("1", ledger.KindReceived, "gov-qa", "s", 1), answer("0", ledger.KindAnswered, "gov-pl", "s", 1),
	})
	want := []casework.Recipient{{Participant: "gov-de", Decisions: []string{"4"}}, {Participant: "gov-pl", Decisions: []string{"5", "0"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What was added comes out, however it is split, and lines survive the wire.
func TestTallyAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.Custom(func(t *rapid.T) casework.Line {
			return casework.Line{
				Requester: rapid.SampledFrom([]string{"gov-pl", "gov-de"}).Draw(t, "requester"),
				Officer:   rapid.SampledFrom([]string{"o-1", "o-2"}).Draw(t, "officer"), Purpose: "MATCH",
				Child: rapid.StringMatching(`[A-C]{1}`).Draw(t, "child") + strings.Repeat("a", 42), Count: rapid.IntRange(1, 9).Draw(t, "count"),
			}
		})).Draw(t, "lines")
		var tally casework.Tally
		sum := 0
		for _, l := range lines {
			tally.Add(l)
			sum += l.Count
		}
		var read []casework.Line
		for _, l := range tally.Take() {
			back, err := casework.LineOf(l.Text())
			if err != nil || back != l {
				t.Fatalf("%+v is read as %+v, %v", l, back, err)
			}
			read = append(read, back)
			sum -= l.Count
		}
		if sum != 0 || tally.Len() != 0 {
			t.Fatalf("%d questions too few, %d left", sum, tally.Len())
		}
		whole := casework.Sweeps(read, casework.Limits{Children: 1, Repeats: 5})
		if diff := cmp.Diff(casework.Sweeps(lines, casework.Limits{Children: 1, Repeats: 5}), whole); diff != "" {
			t.Fatal(diff)
		}
		for _, s := range whole {
			if s.Children <= 1 && s.Repeats <= 5 {
				t.Fatalf("%+v exceeds nothing", s)
			}
		}
	})
}

func TestTallyIsBounded(t *testing.T) {
	t.Parallel()
	var tally casework.Tally
	for i := range 1<<16 + 10 {
		tally.Add(casework.Line{Child: time.Duration(i).String(), Count: 1})
	}
	if tally.Len() != 1<<16 || tally.Dropped != 10 {
		t.Errorf("%d lines, %d dropped", tally.Len(), tally.Dropped)
	}
}

func FuzzLineOf(f *testing.F) {
	f.Add(casework.Line{Requester: "gov-pl", Officer: "o", Purpose: "MATCH", Child: strings.Repeat("a", 43), Count: 2}.Text())
	f.Add(`[1,2,3,4,5]`)
	f.Fuzz(func(t *testing.T, text string) {
		l, err := casework.LineOf(text)
		if err != nil {
			return
		}
		if back, err := casework.LineOf(l.Text()); err != nil || back != l {
			t.Errorf("%q is read as %+v and then as %+v, %v", text, l, back, err)
		}
	})
}

// Obligations, decoys, touches and recalls are read back as they were.
func TestRowsAreReadBack(t *testing.T) {
	t.Parallel()
	b := box(t, "a")
	o := casework.Obligation{
		ID: "o1", Holder: "unicef", Decision: "d1", At: noon, Due: noon.Add(time.Hour), Done: true,
		ObligationBody: casework.ObligationBody{Text: "delete_by=P90D", QueryID: "q", Case: "label", Child: "keyed", How: "burnt", By: "o-1"},
	}
	m, err := o.Matter(b, "")
	got, err2 := casework.ObligationOf(b, m)
	if diff := cmp.Diff(o, got); diff != "" || err != nil || err2 != nil || o.Word() != casework.DeleteBy || o.Overdue(noon.Add(2*time.Hour)) {
		t.Errorf("%v %v\n%s", err, err2, diff)
	}
	r := casework.Recall{
		ID: "n1", Recipient: "gov-pl", Subject: "keyed", At: noon, Due: noon.Add(time.Hour),
		RecallBody: casework.RecallBody{Issue: "r1", Kind: "held", Why: "synthetic", Record: "ua-1", Decisions: []string{"d1"}},
	}
	m, err = r.Matter(b)
	again, err2 := casework.RecallOf(b, m)
	if diff := cmp.Diff(r, again); diff != "" || err != nil || err2 != nil || r.Overdue(noon) || !r.Overdue(noon.Add(2*time.Hour)) {
		t.Errorf("%v %v\n%s", err, err2, diff)
	}
	d := casework.Decoy{ID: "x", State: casework.DecoyLaid, Subject: "keyed", At: noon, Record: "ua-2"}
	m, err = d.Matter(b, "")
	laid, err2 := casework.DecoyOf(b, m)
	if diff := cmp.Diff(d, laid); diff != "" || err != nil || err2 != nil {
		t.Errorf("%v %v\n%s", err, err2, diff)
	}
	touch := casework.Touch{ID: "t", Participant: "gov-pl", Subject: "keyed", At: noon, TouchBody: casework.TouchBody{Officer: "o", Role: "case_officer", Purpose: "MATCH", Query: "q"}}
	m, err = touch.Matter(b)
	touched, err2 := casework.TouchOf(b, m)
	if diff := cmp.Diff(touch, touched); diff != "" || err != nil || err2 != nil {
		t.Errorf("%v %v\n%s", err, err2, diff)
	}
}

// One holder cannot make a sweep out of nothing without being named for it; what the
// others, or this gateway itself, bear out names nobody.
func TestOnWhoseWordASweepRests(t *testing.T) {
	t.Parallel()
	lines := func(children ...string) (out []casework.Line) {
		for _, c := range children {
			out = append(out, casework.Line{Requester: "gov-pl", Officer: "o", Purpose: "MATCH", Child: c, Count: 1})
		}
		return out
	}
	for name, c := range map[string]struct {
		told casework.Tolds
		want string
	}{
		"one says so":           {casework.Tolds{"gov-ca": lines("a", "b", "c"), "icrc": lines("a")}, "gov-ca"},
		"two say so":            {casework.Tolds{"gov-ca": lines("a", "b", "c"), "icrc": lines("a", "b", "c")}, ""},
		"both together":         {casework.Tolds{"gov-ca": lines("a", "b"), "icrc": lines("c")}, "gov-ca,icrc"},
		"its own ledger":        {casework.Tolds{"gov-ua": lines("a", "b", "c")}, ""},
		"its own and another's": {casework.Tolds{"gov-ua": lines("a", "b"), "icrc": lines("c")}, "icrc"},
	} {
		got := c.told.Sweeps("gov-ua", casework.Limits{Children: 2})
		if len(got) != 1 || got[0].RestsOn != c.want {
			t.Errorf("%s: %+v, want it to rest on %q", name, got, c.want)
		}
	}
}
