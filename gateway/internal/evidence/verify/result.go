package verify

import "homeward.example/gateway/internal/problem"

// Words of a verdict.
const (
	Passed     = "passed"
	Failed     = "failed"
	NotChecked = "not_checked"
)

// Verdict is the word on one question, and why.
type Verdict struct {
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

// Verdicts are the words on the seven questions.
type Verdicts struct {
	// Signature: every file is as it was signed, by whom, and query and answer too.
	Signature Verdict `json:"signature"`
	// Inclusion: the decision is in the participant's published log.
	Inclusion Verdict `json:"inclusion"`
	// Witnesses: enough of them cosigned that log.
	Witnesses Verdict `json:"witnesses"`
	// Registry: the keys are those of the registry of that day.
	Registry Verdict `json:"registry"`
	// Policy: bundle and overlay are those that decided.
	Policy Verdict `json:"policy"`
	// Replay: they decide the same again, bit for bit.
	Replay Verdict `json:"replay"`
	// Redactions: what is disclosed was signed, and what is not is named.
	Redactions Verdict `json:"redactions"`
}

// Each calls f with each verdict and its name, in the order above.
func (v *Verdicts) Each(f func(name string, v *Verdict)) {
	f("signature", &v.Signature)
	f("inclusion", &v.Inclusion)
	f("witnesses", &v.Witnesses)
	f("registry", &v.Registry)
	f("policy", &v.Policy)
	f("replay", &v.Replay)
	f("redactions", &v.Redactions)
}

// Worst is failed if any is, else not_checked if any is, else passed.
func (v Verdicts) Worst() string {
	worst := Passed
	v.Each(func(_ string, v *Verdict) {
		if v.Verdict == Failed || v.Verdict == NotChecked && worst == Passed {
			worst = v.Verdict
		}
	})
	return worst
}

// Result is all that was found of a package.
type Result struct {
	Participant string       `json:"participant,omitempty"`
	Decision    string       `json:"decision,omitempty"`
	Verdicts    Verdicts     `json:"verdicts"`
	Shown       int          `json:"values_shown"`
	LeftOut     int          `json:"values_left_out"`
	Differences []Difference `json:"differences,omitempty"` // of the replay
}

func passed(why string) Verdict     { return Verdict{Passed, why} }
func failed(why string) Verdict     { return Verdict{Failed, why} }
func notChecked(why string) Verdict { return Verdict{NotChecked, why} }

// because is a failure with what the problem says, in the words of its code.
func because(what string, err error) Verdict {
	d := problem.Of(err).Document("en")
	why := what + ": " + d.Title
	if d.Detail != "" {
		why += ", " + d.Detail
	}
	why += " (" + string(d.Code) + ")"
	return failed(why)
}
