package ledger_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// keeps is a store that keeps the last commit, or refuses it.
type keeps struct {
	ledger.Store
	got *ledger.Commit
	err error
}

func (k *keeps) Commit(_ context.Context, c ledger.Commit) error {
	c.Row.Content = bytes.Clone(c.Row.Content) // its memory is used again
	k.got = &c
	return k.err
}

var at = time.Date(2026, 11, 22, 12, 0, 0, 123456789, time.FixedZone("EET", 7200))

// full is a synthetic decision with every field set.
func full() ledger.Decision {
	return ledger.Decision{
		Kind: ledger.KindAnswered, Holder: "gov-ua", Requester: "gov-pl", Peer: "gov-pl",
		Officer: envelope.Officer{ID: "o-17", Role: "case_officer"}, Purpose: "RETURN", Basis: "GDPR 6(1)(e)",
		Case: "№ 7 \"справа\"\n", Links: []string{"l1", "l2"}, QueryID: "jti", QueryHash: "qh", Presented: []string{"d1", "d2"},
		Policy:  envelope.PolicyRef{Bundle: "sha256:00", Overlay: "sha256:01", Version: "1"},
		Outcome: "answered", Reason: "OK_FULL", Failure: "timeout", Obligations: []string{"no_onward_transfer"},
		TheirDecision: "id", TheirLeaf: "leaf", Input: json.RawMessage(`{"link":"yes"}`),
		Records: []ledger.DecidedRecord{
			{
				Subject: "s1", Version: ledger.HashVersion("7"), Matched: "original",
				Verdicts: json.RawMessage(`[{"path":"name.family","reasons":["OK_FULL"]}]`), Input: json.RawMessage(`{"age":"child"}`),
				Digests: ledger.Digests{{"name.family", "x"}, {"birth.birth_date", "y"}},
			},
			{Subject: "s2", Version: "v"},
		},
	}
}

func record(t *testing.T, d ledger.Decision) (ledger.Receipt, ledger.Row) {
	t.Helper()
	k := &keeps{}
	r, err := ledger.New(k, func() time.Time { return at }).Record(t.Context(), []byte("content"), d, ledger.Commit{})
	if err != nil {
		t.Fatal(err)
	}
	return r, k.got.Row
}

func TestRecord(t *testing.T) {
	t.Parallel()
	k := &keeps{}
	claim := &ledger.Claim{Issuer: "gov-pl", JTI: "jti"}
	r, err := ledger.New(k, func() time.Time { return at }).Record(t.Context(), []byte("content"), full(),
		ledger.Commit{Claim: claim, Row: ledger.Row{Details: []byte("details"), Kind: "ignored"}})
	if err != nil {
		t.Fatal(err)
	}
	row := k.got.Row
	if err := ledger.Verify(row); err != nil {
		t.Error(err)
	}
	if k.got.Claim != claim || string(row.Details) != "details" || row.LogIndex != -1 {
		t.Errorf("what goes with the decision was changed: %+v", k.got)
	}
	if leaf := r.Leaf(); r.ID() != row.ID || !bytes.Equal(leaf[:], row.Leaf) {
		t.Error("the receipt is not the row's")
	}
	if !r.Covers([]byte("content")) || r.Covers([]byte("contenu")) || (ledger.Receipt{}).Covers(nil) {
		t.Error("a receipt covers what was recorded and nothing else")
	}
	got, err := ledger.ParseDecision(row.Content)
	if err != nil {
		t.Fatal(err)
	}
	want := full()
	want.Version, want.ID, want.At, want.ContentHash = 1, row.ID, at.UTC().Truncate(time.Microsecond), got.ContentHash
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the stored decision differs:\n%s", diff)
	}
	if bytes.Contains(row.Content, []byte("details")) {
		t.Error("details are in the bytes that are never erased")
	}
}

func TestNoReceiptWithoutCommit(t *testing.T) {
	t.Parallel()
	k := &keeps{err: problem.New(ledger.CodeReplayed, "claim jti")}
	r, err := ledger.New(k, time.Now).Record(t.Context(), []byte("content"), full(), ledger.Commit{})
	if !errors.Is(err, problem.New(ledger.CodeReplayed, "")) || r.Covers([]byte("content")) || r.ID() != "" {
		t.Errorf("got %+v, %v", r, err)
	}
}

// Two records of one decision have different ids, salts and leaves.
func TestRecordIsFresh(t *testing.T) {
	t.Parallel()
	r1, row1 := record(t, full())
	r2, row2 := record(t, full())
	if r1.ID() == r2.ID() || r1.Leaf() == r2.Leaf() || bytes.Equal(row1.Salt, row2.Salt) {
		t.Error("two records share an id, a salt or a leaf")
	}
	if r1.ID() > r2.ID() {
		t.Error("ids are not in the order of time")
	}
}

// leafVector was computed with another program: salt of 32 bytes 07, content {"v":1}.
const leafVector = "aa5ad3a901dae2c0095a6a57a432eb435aa165ba5f49b642b49e78cfe99251ac"

// The leaf's format is final: the transparency log will hold it.
func TestLeafIsFixed(t *testing.T) {
	t.Parallel()
	salt := bytes.Repeat([]byte{7}, 32)
	got := ledger.Leaf(salt, []byte(`{"v":1}`))
	if s := hex.EncodeToString(got[:]); s != leafVector {
		t.Errorf("got %s", s)
	}
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*ledger.Row){
		"content":     func(r *ledger.Row) { r.Content = bytes.Replace(r.Content, []byte("OK_FULL"), []byte("OK_FUL_"), 1) },
		"salt":        func(r *ledger.Row) { r.Salt[0] ^= 1 },
		"erased salt": func(r *ledger.Row) { r.Salt = nil },
		"leaf":        func(r *ledger.Row) { r.Leaf[31] ^= 1 },
		"id":          func(r *ledger.Row) { r.ID = "another" },
		"kind":        func(r *ledger.Row) { r.Kind = ledger.KindAsked },
		"peer":        func(r *ledger.Row) { r.Peer = "gov-ca" },
		"purpose":     func(r *ledger.Row) { r.Purpose = "TRACE" },
		"time":        func(r *ledger.Row) { r.At = r.At.Add(time.Microsecond) },
		"not a decision": func(r *ledger.Row) {
			r.Content = []byte(`{}`)
			leaf := ledger.Leaf(r.Salt, r.Content)
			r.Leaf = leaf[:]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, row := record(t, full())
			change(&row)
			if err := ledger.Verify(row); !errors.Is(err, problem.New(ledger.CodeLedgerMismatch, "")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What is appended by hand is what encoding/json would have read.
func TestEncodingReadsBack(t *testing.T) {
	t.Parallel()
	text := rapid.String()
	list := rapid.SliceOfN(text, 0, 3)
	raw := rapid.Custom(func(t *rapid.T) json.RawMessage {
		b, err := json.Marshal(rapid.MapOfN(text, text, 0, 20).Draw(t, "raw"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
	digest := rapid.Custom(func(rt *rapid.T) ledger.Digest {
		return ledger.Digest{Name: text.Draw(rt, "name"), Value: text.Draw(rt, "value")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		d := ledger.Decision{
			Kind: text.Draw(rt, "kind"), Holder: text.Draw(rt, "holder"), Peer: text.Draw(rt, "peer"), Purpose: text.Draw(rt, "purpose"),
			Case: text.Draw(rt, "case"), Links: list.Draw(rt, "links"), Presented: list.Draw(rt, "presented"),
			Officer: envelope.Officer{ID: text.Draw(rt, "officer")}, Input: raw.Draw(rt, "input"),
		}
		for range rapid.IntRange(0, 3).Draw(rt, "records") {
			d.Records = append(d.Records, ledger.DecidedRecord{
				Subject: text.Draw(rt, "subject"), Verdicts: raw.Draw(rt, "verdicts"), Input: raw.Draw(rt, "seen"),
				Digests: rapid.SliceOfN(digest, 1, 3).Draw(rt, "digests"),
			})
		}
		_, row := record(t, d)
		if err := ledger.Verify(row); err != nil {
			rt.Fatal(err)
		}
		for _, s := range row.Shared {
			if !json.Valid(row.Content[s.From:s.To]) {
				rt.Fatalf("stretch %v is not what was appended", s)
			}
		}
		got, err := ledger.ParseDecision(row.Content)
		if err != nil {
			rt.Fatal(err)
		}
		d.Version, d.ID, d.At, d.ContentHash = got.Version, got.ID, got.At, got.ContentHash
		if diff := cmp.Diff(d, got, emptyIsNil); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// emptyIsNil: an empty list is left out of the bytes.
var emptyIsNil = cmp.FilterValues(func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	_, row := record(t, full())
	good := string(row.Content)
	for name, content := range map[string]string{
		"nothing":                  "",
		"another format":           `{"v":2}`,
		"unknown member":           strings.Replace(good, `"v":1`, `"v":1,"x":1`, 1),
		"trailing bytes":           good + "{}",
		"cut short":                good[:len(good)-1],
		"a digest that is no text": strings.Replace(good, `"name.family":"x"`, `"name.family":1`, 1),
		"digests in a list":        strings.Replace(good, `{"name.family":"x","birth.birth_date":"y"}`, `["x","y"]`, 1),
	} {
		if _, err := ledger.ParseDecision([]byte(content)); !errors.Is(err, problem.New(ledger.CodeLedgerMismatch, "")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Whatever the bytes, the parser ends with a decision or a problem, and a decision
// that it read can be recorded and read again.
func FuzzParseDecision(f *testing.F) {
	k := &keeps{}
	l := ledger.New(k, func() time.Time { return at })
	if _, err := l.Record(context.Background(), nil, full(), ledger.Commit{}); err != nil {
		f.Fatal(err)
	}
	f.Add(k.got.Row.Content)
	f.Add([]byte(`{"v":1,"at":"2026-11-22T12:00:00Z","records":[{}]}`))
	f.Add([]byte(`{"v":1} `))
	f.Fuzz(func(t *testing.T, content []byte) {
		d, err := ledger.ParseDecision(content)
		if err != nil {
			if !errors.Is(err, problem.New(ledger.CodeLedgerMismatch, "")) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if y := d.At.UTC().Year(); y < 0 || y > 9999 {
			return // a time that cannot be written again; the clock gives none
		}
		_, row := record(t, d)
		if err := ledger.Verify(row); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	d := full()
	d.Records[0].Verdicts = json.RawMessage(`["` + strings.Repeat("x", 15<<10) + `"]`)
	d.Records[0].Digests = nil
	for i := range 60 {
		d.Records[0].Digests = append(d.Records[0].Digests, ledger.Digest{Name: "group.field" + string(rune('a'+i)), Value: strings.Repeat("d", 43)})
	}
	l := ledger.New(&keeps{}, time.Now)
	for b.Loop() {
		if _, err := l.Record(context.Background(), []byte("content"), d, ledger.Commit{}); err != nil {
			b.Fatal(err)
		}
	}
}
