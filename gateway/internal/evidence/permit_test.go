package evidence_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// ofICRC is the decision again, as one on a record with something of the ICRC.
func (w *world) ofICRC(t *testing.T) string {
	t.Helper()
	kept, err := w.Store.Exchange(t.Context(), w.decision)
	if err != nil {
		t.Fatal(err)
	}
	said, _, err := w.Box.Read(w.decision, kept)
	if err != nil {
		t.Fatal(err)
	}
	d := w.decided()
	d.ID, d.Kind = "", ledger.KindCollected // the signed answer names another, so it is not replayed as it
	d.Records[0].Input = []byte(strings.Replace(string(d.Records[0].Input), `"icrc_origin":"no"`, `"icrc_origin":"yes"`, 1))
	receipt, err := w.Ledger.RecordSaid(t.Context(), nil, d, ledger.Commit{}, func(draft ledger.Draft) (*ledger.Kept, error) {
		return w.Box.Keep(draft.ID(), said)
	})
	if err != nil {
		t.Fatal(err)
	}
	return receipt.ID()
}

// handOut exports with a release, and reads what was recorded of it.
func (w *world) handOut(t *testing.T, b *evidence.Builder, r evidence.Request) (verify.About, error) {
	t.Helper()
	if r.Officer.ID == "" {
		r.Officer = envelope.Officer{ID: "legal-1", Role: "legal_reviewer"}
	}
	r.Under = "order"
	_, about, err := b.Export(t.Context(), r)
	return about, err
}

// released: a release of the ICRC for this evidence, to this participant, lets what
// came from it leave; nothing else that it signed does.
func released(t *testing.T, w *world) {
	id := w.ofICRC(t)
	icrc := w.f.Member("icrc")
	icrcOfficer := envelope.Officer{ID: "o", Role: "case_officer"}
	issue := func(decision, to string) string {
		s, err := icrc.IssueRelease(t.Context(), exchange.ReleaseRequest{Decision: decision, To: to, Until: w.f.Clock.Now().Add(time.Hour), Officer: icrcOfficer})
		if err != nil {
			t.Fatal(err)
		}
		return s.Token
	}
	good := id
	if d := w.theirs(t, id); d != "" {
		good = d
	}
	about, err := w.handOut(t, w.Builder, evidence.Request{Decision: id, Release: issue(good, "gov-ua")})
	if err != nil || len(about.LeftOut) != 0 || about.Export.Release == "" {
		t.Errorf("with a release: %+v, %v", about, err)
	}
	row, err := w.Store.Decision(t.Context(), about.Export.Decision)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil || d.Policy.Bundle == "" || len(d.Links) != 1 || !strings.Contains(string(d.Input), `"release":"yes"`) || len(d.Records) != 1 {
		t.Errorf("recorded %+v, %v", d, err)
	}
	raw, _, err := w.Export(t.Context(), evidence.Request{
		Decision: id, Release: issue(good, "gov-ua"), Officer: envelope.Officer{ID: "legal-1", Role: "legal_reviewer"}, Under: "order",
	})
	if err != nil {
		t.Fatal(err)
	}
	releaseIsHeld(t, w, raw, issue(w.decision, "gov-ua"))
	link, err := w.f.Member("gov-ua").IssueLink(t.Context(), exchange.LinkRequest{
		Child: w.f.Child.IDs["gov-ua"], Recipient: "gov-pl", Purpose: "RETURN", Until: w.f.Clock.Now().Add(time.Hour),
		Officer: envelope.Officer{ID: "officer-ua", Role: "case_officer"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"for another decision": issue(w.decision, "gov-ua"), "for another": issue(good, "unicef"),
		"a case link": link.Token, "no statement": "x",
	} {
		if _, err := w.handOut(t, w.Builder, evidence.Request{Decision: id, Release: token}); !errors.Is(err, problem.New(verify.CodeRelease, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.f.Member("gov-ua").IssueRelease(context.Background(), exchange.ReleaseRequest{
		Decision: id, To: "gov-ua", Until: w.f.Clock.Now().Add(time.Hour), Officer: icrcOfficer,
	}); err == nil {
		t.Error("another than the ICRC releases")
	}
}

// releaseIsHeld: the package has the ICRC's own word, which is checked offline; a
// participant that takes it away, or puts another in its place, is found out.
func releaseIsHeld(t *testing.T, w *world, raw []byte, other string) {
	t.Helper()
	good, _, err := verify.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	// The decision is made up: that its answer is another's is not what is tried here.
	good.Query, good.Again, good.Bundle = "", "", nil
	for name, c := range map[string]struct {
		change func(c *verify.Contents)
		want   string // the question that finds it, and a word of why
		why    string
	}{
		"as it was":          {func(*verify.Contents) {}, "", ""},
		"taken away":         {func(c *verify.Contents) { c.Release = "" }, "signature", "is not in the package"},
		"another decision's": {func(c *verify.Contents) { c.Release = other }, "signature", "claim link"},
		"a byte changed": {func(c *verify.Contents) {
			at := strings.LastIndex(c.Release, ".") + 1
			other := map[bool]string{true: "B", false: "A"}[c.Release[at] == 'A']
			c.Release = c.Release[:at] + other + c.Release[at+1:]
		}, "signature", "release"},
		"another is named": {func(c *verify.Contents) { c.About.Export.Release = "x" }, "signature", "another release"},
		"of another time":  {func(c *verify.Contents) { c.About.Export.At = c.About.Export.At.Add(2 * time.Hour) }, "signature", "release"},
		"never spoken of":  {func(c *verify.Contents) { c.Release, c.About.Export.Release = "", "" }, "redactions", "without its release"},
	} {
		changed := good
		c.change(&changed)
		r := w.verify(w.sign(changed))
		found := map[string]verify.Verdict{"signature": r.Verdicts.Signature, "redactions": r.Verdicts.Redactions, "": {}}[c.want]
		about := strings.Contains(r.Verdicts.Signature.Why, "release") && r.Verdicts.Signature.Verdict == verify.Failed
		if c.want == "" && (about || r.Verdicts.Redactions.Verdict == verify.Failed) || c.want != "" && (found.Verdict != verify.Failed || !strings.Contains(found.Why, c.why)) {
			t.Errorf("%s: %+v", name, r.Verdicts)
		}
	}
}

func (w *world) theirs(t *testing.T, id string) string {
	t.Helper()
	row, err := w.Store.Decision(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		t.Fatal(err)
	}
	return d.TheirDecision
}

// icrcAsks: whom the ICRC seeks is its own as well.
func icrcAsks(t *testing.T, w *world) {
	b := *w.Builder
	b.Registry = kinds{w.f.Registry(), map[string]string{"gov-pl": "icrc"}}
	about, err := w.handOut(t, &b, evidence.Request{Decision: w.unknown})
	if err != nil || len(about.LeftOut) == 0 {
		t.Fatalf("%+v, %v", about, err)
	}
	for _, l := range about.LeftOut {
		if l.Message == "answer" || l.Why != verify.WhyICRC {
			t.Errorf("left out %+v", l)
		}
	}
}

// whoMay: reviewers hand out, of a participant in good standing. That somebody else
// tried is recorded, and replayed.
func whoMay(t *testing.T, w *world) {
	r := evidence.Request{Decision: w.unknown, Officer: envelope.Officer{ID: "o", Role: "case_officer"}}
	if _, err := w.handOut(t, w.Builder, r); !errors.Is(err, problem.New(evidence.CodeDenied, "")) {
		t.Errorf("a case officer: %v", err)
	}
	b := *w.Builder
	b.Self = "nobody"
	if _, err := w.handOut(t, &b, evidence.Request{Decision: w.unknown}); err == nil {
		t.Error("who is in no registry hands out")
	}
	rows, err := w.f.Member("gov-ua").Store.Decisions(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, row := range rows {
		d, err := ledger.ParseDecision(row.Content)
		if err == nil && d.Kind == ledger.KindExported && d.Outcome == envelope.StatusRefused && d.Reason == "SUP_ROLE" {
			refused++
			d.Outcome, d.ID = "exported", "" // somebody tells it otherwise
			lied, err := w.Ledger.Record(t.Context(), nil, d, ledger.Commit{})
			if err != nil {
				t.Fatal(err)
			}
			named := func() bool {
				out, err := evidence.Replay(t.Context(), w.f.Member("gov-ua").Store, time.Time{})
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range out.Different {
					if x.Decision == lied.ID() {
						return true
					}
				}
				return false
			}
			if !named() {
				t.Error("an export that the policy refuses, recorded as handed out, is not named")
			}
		}
	}
	if refused != 1 {
		t.Errorf("%d refusals are recorded", refused)
	}
}
