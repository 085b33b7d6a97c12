package evidence_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// words are the verdicts alone, by their names.
func words(r verify.Result) map[string]string {
	out := make(map[string]string)
	r.Verdicts.Each(func(name string, v *verify.Verdict) { out[name] = v.Verdict })
	return out
}

func all(word string) map[string]string {
	out := make(map[string]string)
	(&verify.Verdicts{}).Each(func(name string, _ *verify.Verdict) { out[name] = word })
	return out
}

// TestPackages is what a participant does with packages, on one ledger.
func TestPackages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, *world)
	}{
		{"export", export}, {"export of an answer of nothing", exportNotFound}, {"redact", redact}, {"origin control", originControl},
		{"import", imported}, {"replay", replayed}, {"what is the ICRC's", icrcOrigin}, {"the ICRC releases", released}, {"the question of the ICRC", icrcAsks}, {"who may", whoMay}, {"in a browser", opened}, {"values erased", erased}, {"all erased", erasedWhole},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, w) })
	}
}

// export: everything is there, verifies, and is recorded.
func export(t *testing.T, w *world) {
	raw := w.export(w.decision)
	r := w.verify(raw)
	if diff := cmp.Diff(all(verify.Passed), words(r)); diff != "" {
		t.Errorf("%s\n%+v", diff, r.Verdicts)
	}
	if r.Shown == 0 || r.LeftOut != 0 {
		t.Errorf("%d values shown, %d left out", r.Shown, r.LeftOut)
	}
	c, _, err := verify.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	row, err := w.Store.Decision(t.Context(), c.About.Export.Decision)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil || d.Kind != ledger.KindExported || d.Concerns != w.decision || d.Officer.ID != "legal-1" || d.ContentHash != envelope.SHA256(string(raw)) {
		t.Errorf("recorded %+v, %v", d, err)
	}
	without := verify.Package(t.Context(), raw, verify.Options{})
	if got := words(without)["registry"]; got != verify.NotChecked || without.Verdicts.Worst() != verify.NotChecked {
		t.Errorf("without the registry's key: %s", got)
	}
}

// exportNotFound: a child nobody knows has evidence too, of an answer of nothing.
func exportNotFound(t *testing.T, w *world) {
	if r := w.verify(w.export(w.unknown)); r.Verdicts.Worst() != verify.Passed {
		t.Errorf("%+v", r.Verdicts)
	}
}

// redact: what is left out is named, and the signatures hold.
func redact(t *testing.T, w *world) {
	whole, _, err := verify.Read(w.export(w.decision))
	if err != nil {
		t.Fatal(err)
	}
	for path, message := range map[string]string{"name": "answer", "query": "query", "*": ""} {
		raw := w.export(w.decision, path)
		r := w.verify(raw)
		if diff := cmp.Diff(all(verify.Passed), words(r)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		c, _, err := verify.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		hidden := strings.Count(whole.Query+whole.Answer, "~") - strings.Count(c.Query+c.Answer, "~")
		if r.LeftOut == 0 || r.LeftOut != hidden || len(c.About.LeftOut) != hidden {
			t.Errorf("%s: %d left out, %d named, %d hidden", path, r.LeftOut, len(c.About.LeftOut), hidden)
		}
		for _, l := range c.About.LeftOut {
			if message != "" && l.Message != message || l.Why != verify.WhyAsked {
				t.Errorf("%s: left out %+v", path, l)
			}
		}
	}
	_, _, err = w.Export(t.Context(), evidence.Request{
		Decision: w.decision, Redact: []string{"nmae"}, Officer: envelope.Officer{ID: "x", Role: "reviewer"}, Under: "z",
	})
	if !errors.Is(err, problem.New(evidence.CodeUnknownPath, "")) {
		t.Errorf("a path that is misspelt: %v", err)
	}
	_, _, err = w.Export(t.Context(), evidence.Request{Decision: w.decision})
	if !errors.Is(err, problem.New(evidence.CodeUnder, "")) {
		t.Errorf("without a ground: %v", err)
	}
}

// erased: once the values were erased the rest verifies and says so.
func erased(t *testing.T, w *world) {
	if err := w.Store.EraseExchanges(t.Context(), []string{w.decision}); err != nil {
		t.Fatal(err)
	}
	raw := w.export(w.decision, "name.family")
	r := w.verify(raw)
	if r.Verdicts.Worst() != verify.Passed || r.Shown != 0 {
		t.Errorf("%d shown, %+v", r.Shown, r.Verdicts)
	}
	if c, _, err := verify.Read(raw); err != nil || !c.About.Erased {
		t.Errorf("erased %t, %v", c.About.Erased, err)
	}
}

// originControl: what comes of the ICRC, and what another holder released to
// this participant alone, is not in a package whatever is asked.
func originControl(t *testing.T, w *world) {
	pl := w.f.Member("gov-pl")
	theirs := *w.Builder
	theirs.Self, theirs.Store, theirs.Ledger = "gov-pl", pl.Store, pl.Ledger
	box, err := ledger.NewBox(pl.SubjectKey)
	if err != nil {
		t.Fatal(err)
	}
	theirs.Box = box
	theirs.Prove = w.prove // of no decision of theirs: there is no proof
	raw, about, err := theirs.Export(t.Context(), evidence.Request{
		Decision: w.received, Officer: envelope.Officer{ID: "legal-2", Role: "legal_reviewer"}, Under: "order",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(about.LeftOut) == 0 {
		t.Fatal("everything that gov-ua released goes further")
	}
	for _, l := range about.LeftOut {
		if l.Message != "answer" || l.Why != verify.WhyOnward {
			t.Errorf("left out %+v", l)
		}
	}
	if got := words(w.verify(raw))["redactions"]; got != verify.Passed {
		t.Errorf("redactions %s", got)
	}
}

// imported: what failed is not taken in; what is taken in is found by the holder's decision.
func imported(t *testing.T, w *world) {
	pl := w.f.Member("gov-pl")
	theirs := *w.Builder
	theirs.Self, theirs.Store, theirs.Ledger = "gov-pl", pl.Store, pl.Ledger
	raw := w.export(w.decision)
	by := envelope.Officer{ID: "legal-2", Role: "legal_reviewer"}
	broken := append([]byte(nil), raw...)
	broken[len(broken)/2] ^= 1
	if _, err := theirs.Import(t.Context(), broken, by); !errors.Is(err, problem.New(evidence.CodeRefused, "")) {
		t.Errorf("a broken one: %v", err)
	}
	for range 2 { // twice is once
		if _, err := theirs.Import(t.Context(), raw, by); err != nil {
			t.Fatal(err)
		}
	}
	got, err := pl.Store.DocumentsOf(t.Context(), ledger.DocumentEvidence, w.decision)
	if err != nil || len(got) != 1 || string(got[0].Body) != string(raw) {
		t.Errorf("%d documents, %v", len(got), err)
	}
}

// replayed: every decision comes out the same; one that was recorded otherwise is named.
func replayed(t *testing.T, w *world) {
	ua := w.f.Member("gov-ua")
	r, err := evidence.Replay(t.Context(), ua.Store, time.Time{})
	if err != nil || r.Decisions < 2 || r.Equal != r.Decisions || !r.Same() {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := evidence.Replay(t.Context(), ua.Store, w.f.Clock.Now().Add(time.Hour)); err != nil || r.Decisions+r.Others != 0 {
		t.Errorf("since tomorrow: %+v, %v", r, err)
	}
	d := w.decided()
	verdicts := strings.Replace(string(d.Records[0].Verdicts), `"withheld"`, `"released"`, 1)
	d.ID, d.Records[0].Verdicts = "", []byte(verdicts)
	lied, err := ua.Ledger.Record(t.Context(), nil, d, ledger.Commit{})
	if err != nil {
		t.Fatal(err)
	}
	d.Policy.Bundle = "sha256:lost"
	lost, err := ua.Ledger.Record(t.Context(), nil, d, ledger.Commit{})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := ua.Ledger.Record(t.Context(), nil, d, ledger.Commit{})
	if err != nil {
		t.Fatal(err)
	}
	eraser := ledger.Eraser{Ledger: ua.Ledger, Store: ua.Store, Self: "gov-ua", Now: w.f.Clock.Now}
	asked, err := eraser.Request(t.Context(), "", gone.ID(), "order 7", envelope.Officer{ID: "o-7", Role: "supervisor"})
	if err == nil {
		_, err = eraser.Confirm(t.Context(), asked.ID, envelope.Officer{ID: "o-8", Role: "supervisor"}, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err = evidence.Replay(t.Context(), ua.Store, time.Time{})
	if len(r.Erased) != 1 || r.Erased["order 7"] != 1 {
		t.Errorf("erased: %v", r.Erased)
	}
	if err != nil || len(r.Different) != 1 || r.Different[0].Decision != lied.ID() || len(r.Unreadable) != 1 || r.Unreadable[0].Decision != lost.ID() {
		t.Errorf("%+v, %v", r, err)
	}
}

func (w *world) decided() ledger.Decision {
	row, err := w.Store.Decision(context.Background(), w.decision)
	if err != nil {
		w.t.Fatal(fmt.Errorf("decision: %w", err))
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// erasedWhole: of a decision whose personal part was erased the answer is still
// evidence, and what cannot be checked any more is not said to hold.
func erasedWhole(t *testing.T, w *world) {
	d := w.decided()
	erased := *w.Builder
	erased.Store = scrubbed{w.Store, ledger.Remains(d)}
	raw, _, err := erased.Export(t.Context(), evidence.Request{
		Decision: w.decision, Officer: envelope.Officer{ID: "legal-1", Role: "legal_reviewer"}, Under: "order",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := all(verify.Passed)
	want["inclusion"], want["replay"] = verify.NotChecked, verify.NotChecked
	r := w.verify(raw)
	if diff := cmp.Diff(want, words(r)); diff != "" {
		t.Errorf("%s\n%+v", diff, r.Verdicts)
	}
}

// scrubbed is a store in which a decision was erased.
type scrubbed struct {
	evidence.Store
	remains []byte
}

func (s scrubbed) Decision(ctx context.Context, id string) (ledger.Row, error) {
	row, err := s.Store.Decision(ctx, id)
	sum := sha256.Sum256(s.remains)
	row.Content, row.Salt, row.Erased = s.remains, nil, &ledger.Erasure{ID: id, Under: "order", Remains: sum[:]}
	return row, err
}

// icrcOrigin: of a record of which the policy did not see that nothing is the
// ICRC's, no value leaves by anybody but the ICRC.
func icrcOrigin(t *testing.T, w *world) {
	kept, err := w.Store.Exchange(t.Context(), w.decision)
	if err != nil {
		t.Fatal(err)
	}
	said, _, err := w.Box.Read(w.decision, kept)
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{`"no"`: "", `"yes"`: verify.WhyICRC, `"unknown"`: verify.WhyICRC, `"nobody"`: verify.WhyICRC} {
		d := w.decided()
		d.ID = ""
		d.Records[0].Input = []byte(strings.Replace(string(d.Records[0].Input), `"icrc_origin":"no"`, `"icrc_origin":`+from, 1))
		receipt, err := w.Ledger.RecordSaid(t.Context(), nil, d, ledger.Commit{}, func(draft ledger.Draft) (*ledger.Kept, error) {
			return w.Box.Keep(draft.ID(), said)
		})
		if err != nil {
			t.Fatal(err)
		}
		for kind, why := range map[string]string{"government": want, "icrc": ""} {
			b := *w.Builder
			b.Registry = kinds{w.f.Registry(), map[string]string{"gov-ua": kind}}
			_, about, err := b.Export(t.Context(), evidence.Request{
				Decision: receipt.ID(), Officer: envelope.Officer{ID: "legal-1", Role: "legal_reviewer"}, Under: "order",
			})
			if err != nil {
				t.Fatal(err)
			}
			if (len(about.LeftOut) > 0) != (why != "") {
				t.Errorf("%s of %s: %d left out", kind, from, len(about.LeftOut))
			}
			for _, l := range about.LeftOut {
				if l.Why != why || l.Message != "answer" {
					t.Errorf("%s of %s: left out %+v", kind, from, l)
				}
			}
		}
	}
}

// kinds is a registry in which some participants are of another kind.
type kinds struct {
	verify.Registry
	of map[string]string
}

func (k kinds) Participant(id string) (trust.Participant, bool) {
	p, ok := k.Registry.Participant(id)
	if kind := k.of[id]; kind != "" {
		p.Kind = kind
	}
	return p, ok
}
