package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// CodeRelease: what was presented is no release of the ICRC for this.
const CodeRelease problem.Code = "evidence_release"

const kindICRC = "icrc"

// ReleaseFor is what a release must be for, by the registry of that time.
type ReleaseFor struct {
	To       string // who hands out
	Decision string // of the holder
	At       time.Time
	Registry Registry
}

// Registry has keys, and says what participants are.
type Registry interface {
	envelope.Keys
	Participant(id string) (trust.Participant, bool)
}

// Release verifies a release of the ICRC: for the evidence of this decision, to this
// participant, in its window. One for a question is none: it let its requester know,
// and nobody else. It returns the id.
func Release(token string, want ReleaseFor) (id string, err error) {
	const where = "release, claim "
	v, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeGoAhead, Audience: want.To, Issuer: envelope.AnyIssuer, Uses: []envelope.Use{envelope.UseSign}, Keys: want.Registry, Now: want.At,
	})
	if err != nil {
		p := problem.Of(err)
		return "", &problem.Error{Code: CodeRelease, Where: "release, " + p.Where, Expected: p.Expected, Found: p.Found, Cause: err}
	}
	g, err := v.GoAhead()
	if err != nil {
		return "", problem.Wrap(CodeRelease, "release", err)
	}
	missing := slices.ContainsFunc(decide.Columns(), func(c string) bool { return !slices.Contains(g.Columns, c) })
	issuer, _ := want.Registry.Participant(g.Issuer)
	switch {
	case issuer.Kind != kindICRC:
		return "", problem.Mismatch(CodeRelease, where+"iss", "the ICRC", g.Issuer)
	case g.Purpose != envelope.PurposeEvidence:
		return "", problem.Mismatch(CodeRelease, where+"purpose", envelope.PurposeEvidence, "another purpose")
	case g.Link != want.Decision:
		return "", problem.Mismatch(CodeRelease, where+"link", "the decision "+want.Decision, "another one")
	case want.At.Before(time.Unix(g.From, 0)):
		return "", problem.Mismatch(CodeRelease, where+"from", "a window that is open", "one that begins later")
	case missing:
		return "", problem.Mismatch(CodeRelease, where+"columns", "all of "+strings.Join(decide.Columns(), ", "), "some")
	}
	return g.ID, nil
}

// HolderDecision is by what both halves of an exchange are found: the decision of
// the holder, which its answer names to the requester.
func HolderDecision(d ledger.Decision) string {
	if d.TheirDecision != "" {
		return d.TheirDecision
	}
	return d.ID
}

// ICRCOrigin is what the policy saw of a record, by its input: "yes" if something of it
// is of the ICRC, "no" if nothing is, another word or none where that was not known.
func ICRCOrigin(input []byte) string {
	var in struct {
		Record struct {
			ICRCOrigin string `json:"icrc_origin"`
		} `json:"record"`
	}
	if json.Unmarshal(input, &in) != nil {
		return ""
	}
	return in.Record.ICRCOrigin
}

// releaseFault says what is wrong with the ICRC's release of this package, "" if
// nothing is: the one that the export names is there, and holds.
func (v *verifier) releaseFault() string {
	named := v.About.Export.Release
	if named == "" && v.Release == "" {
		return ""
	}
	if v.Release == "" {
		return "the export was under the ICRC's release " + named + ", which is not in the package"
	}
	id, err := Release(v.Release, ReleaseFor{v.About.Participant, HolderDecision(v.decision), v.About.Export.At, v.exported})
	if err != nil {
		return because("the ICRC's release", err).Why
	}
	if id != named {
		return "the package holds another release than the one that the export names"
	}
	return ""
}

// unreleased says which value that is shown only a release of the ICRC lets leave,
// "" if there is none or that release is here. shown has the digests by message.
func (v *verifier) unreleased(shown map[string][]string) string {
	if v.Release != "" || v.exported == nil {
		return ""
	}
	if p, _ := v.exported.Participant(v.About.Participant); p.Kind == kindICRC {
		return "" // it hands out its own
	}
	if p, _ := v.exported.Participant(v.decision.Requester); p.Kind == kindICRC && len(shown[queryName])+len(shown[againName]) > 0 {
		return "the ICRC's question is shown without its release"
	}
	free := make(map[string]bool)
	for i, r := range v.decision.Records {
		if ICRCOrigin(r.Input) != "no" {
			for _, d := range r.Digests {
				if slices.Contains(shown[ansName], d.Value) {
					return fmt.Sprintf("a value of record %d, which is of the ICRC or not known not to be, is shown without its release", i+1)
				}
			}
			continue
		}
		for _, d := range r.Digests {
			free[d.Value] = true
		}
	}
	if slices.ContainsFunc(shown[ansName], func(d string) bool { return !free[d] }) {
		return "a value that no record is known to have but one of the ICRC's is shown without its release"
	}
	return ""
}
