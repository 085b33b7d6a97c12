package reconcile

import "time"

// Where a record is missing.
const (
	Here  = "here"
	There = "there"
	// Lost: the question was sent, and neither side has an answer. It may never have
	// arrived; nothing was exchanged.
	Lost = "lost"
)

// Finding is one exchange of which a side has no record.
type Finding struct {
	Missing string `json:"missing"` // here, there, lost
	// Part is what is not recorded: "exchange", or "answer" where the question is.
	Part string `json:"part"`
	// Role of this participant in it: "requester" or "holder".
	Role     string `json:"role"`
	Question string `json:"question"` // base64url SHA-256 of the signed part
	Answer   string `json:"answer,omitempty"`
	// Decision and At are this ledger's, if it has a record.
	Decision string     `json:"decision,omitempty"`
	At       *time.Time `json:"at,omitempty"`
}

// Findings reads the reply of a peer against what this ledger has.
func Findings(own Set, r Reply) ([]Finding, bool) {
	var out []Finding
	for _, text := range r.Unknown {
		question, answer, ok := Parse(text)
		if !ok {
			return nil, false
		}
		role, k := "requester", own.Asked[question]
		if k == nil {
			role, k = "holder", own.Answered[question]
		}
		if k == nil {
			return nil, false // it was not named
		}
		f := k.finding(role, There, question, answer)
		if role == "requester" && len(k.Answers) == 0 {
			f.Missing = Lost
		}
		out = append(out, f)
	}
	for _, side := range []struct {
		role  string
		named []string
		have  map[[32]byte]*Known
	}{{"requester", r.Answered, own.Asked}, {"holder", r.Asked, own.Answered}} {
		for _, text := range side.named {
			question, answer, ok := Parse(text)
			if !ok || answer == [32]byte{} {
				return nil, false
			}
			k := side.have[question]
			switch {
			case k == nil:
				out = append(out, Finding{Missing: Here, Part: "exchange", Role: side.role, Question: name(question), Answer: name(answer)})
			case !k.Answers[answer]:
				out = append(out, k.finding(side.role, Here, question, answer))
			}
		}
	}
	return out, true
}

func (k *Known) finding(role, missing string, question, answer [32]byte) Finding {
	f := Finding{Missing: missing, Part: "exchange", Role: role, Question: name(question), Decision: k.Decision, At: &k.At}
	if answer != [32]byte{} {
		f.Part, f.Answer = "answer", name(answer)
	}
	return f
}
