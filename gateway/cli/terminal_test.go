package cli

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// hostile drives a terminal, forges a line, and turns the direction of writing.
const hostile = "x\x1b[2J\x1b[32m\r\n  verified\u009b1m\u202etxt"

// What another participant wrote drives no terminal and forges no line: neither in its
// answer nor in what the ledger keeps of its question.
func TestRemoteTextIsOnlyText(t *testing.T) {
	t.Parallel()
	answer := &homewardv1.HolderAnswer{
		Holder: "gov-de", Status: homewardv1.Status_STATUS_REFUSED, DecisionId: hostile, Reason: hostile,
		Problem: &homewardv1.Problem{Code: hostile, Detail: hostile, Remedy: hostile},
		Records: []*homewardv1.RecordAnswer{{Obligations: []string{hostile}, Fields: []*homewardv1.FieldAnswer{
			{Path: hostile, Verdict: homewardv1.Verdict_VERDICT_WITHHELD}, {Path: hostile, Verdict: homewardv1.Verdict_VERDICT_RELEASED},
		}}},
	}
	decision := ledger.Decision{
		ID: hostile, Kind: "received", Outcome: hostile, Reason: hostile, Holder: hostile, Requester: hostile, Purpose: hostile, Basis: hostile, Case: hostile,
		Obligations: []string{hostile}, TheirDecision: hostile,
	}
	content, err := json.Marshal(decision)
	if err != nil {
		t.Fatal(err)
	}
	for name, draw := range map[string]func(p *printer){
		"an answer": func(p *printer) { p.holder(answer) },
		"a decision": func(p *printer) {
			entry{ID: "1", At: time.Now(), Outcome: hostile, Reason: hostile, Purpose: hostile, Mismatch: hostile, decision: decision}.draw(p)
		},
		"a decision, in demo": func(p *printer) { p.decision(demo.Ledger{Content: content}) },
		"an import":           func(p *printer) { p.imported([]imported{{Decision: decision}}) },
		"a problem": func(p *printer) {
			p.problems([]problem.Document{{Title: "t", Code: hostile, Detail: hostile, Remedy: hostile}})
		},
	} {
		for _, p := range []*printer{{}, {colour: true, width: 80}} {
			var out bytes.Buffer
			p.w = &out
			draw(p)
			said := regexp.MustCompile("\x1b\\[(3[123]|90|1|0)m").ReplaceAllString(out.String(), "")
			if out.Len() == 0 || strings.ContainsAny(said, "\x1b\r\u009b\u202e") {
				t.Errorf("%s drives the terminal: %q", name, said)
			}
			if regexp.MustCompile(`(?m)^ *verified.1m`).MatchString(said) && p.width == 0 {
				t.Errorf("%s forges a line: %q", name, said)
			}
		}
	}
}
