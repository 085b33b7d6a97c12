package demo

import (
	"encoding/json"
	"strings"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Report is the whole show as one JSON document (`homeward demo --once -o json`).
type Report struct {
	Synthetic    string        `json:"synthetic"` // says that no child in it is real
	Participants []Participant `json:"participants"`
	Query        Query         `json:"query"`
	Answers      []Answer      `json:"answers"`
	Unlinked     Unlinked      `json:"unlinked"`
	Tampered     Refused       `json:"tampered"`
	Replayed     Refused       `json:"replayed"`
	Ledger       Ledger        `json:"ledger"`
	Evidence     *Evidence     `json:"evidence,omitempty"` // with --evidence alone
	Sighting     Sighting      `json:"sighting"`
	Seconds      Seconds       `json:"seconds"`
	// Failed names what did not hold; the exit code is 0 only if it is empty.
	Failed []string `json:"failed"`
}

// Participant of the demo federation.
type Participant struct {
	ID      string `json:"id"`
	Role    string `json:"role"`
	Records int    `json:"records"`
	Source  string `json:"source,omitempty"`
	Address string `json:"address"`
}

// Query that was asked.
type Query struct {
	ID        string `json:"id"`
	Requester string `json:"requester"`
	Purpose   string `json:"purpose"`
}

// Answer of one holder.
type Answer struct {
	Holder     string   `json:"holder"`
	Status     string   `json:"status"`
	DecisionID string   `json:"decision_id,omitempty"`
	Records    []Record `json:"records"`
	Problem    *Problem `json:"problem,omitempty"`
	Reason     string   `json:"reason,omitempty"` // why not asked
	AfterMS    int64    `json:"after_ms"`
}

// Record of an answer.
type Record struct {
	Fields      []Field  `json:"fields"`
	Obligations []string `json:"obligations,omitempty"`
}

// Field is one verdict.
type Field struct {
	Path          string          `json:"path"`
	Verdict       string          `json:"verdict"`
	Value         json.RawMessage `json:"value,omitempty"`
	GeneralisedTo string          `json:"generalised_to,omitempty"`
	Basis         string          `json:"basis,omitempty"`
}

// Unlinked is the same question without the link, beside the question for a child nobody knows.
type Unlinked struct {
	Answers []Answer `json:"answers"`
	// SameAsUnknown: the signed payloads are equal but for random fields.
	SameAsUnknown bool `json:"same_as_unknown"`
	// Reason in the holder's own ledger.
	Reason string `json:"reason"`
}

// Refused is a message that must not be accepted.
type Refused struct {
	Refused bool     `json:"refused"`
	Problem *Problem `json:"problem"`
}

// Problem as the caller was told it, and what one's own tools say of the message.
type Problem struct {
	Code      string `json:"code"`
	Detail    string `json:"detail,omitempty"`
	Remedy    string `json:"remedy,omitempty"`
	Diagnosis string `json:"diagnosis,omitempty"`
}

// Ledger is the decision as its holder recorded it.
type Ledger struct {
	Holder   string `json:"holder"`
	Decision string `json:"decision"`
	Recorded bool   `json:"recorded"`
	// Verified: the leaf recomputed from the stored row is the one in the signed answer.
	Verified bool            `json:"verified"`
	Leaf     string          `json:"leaf"`
	Content  json.RawMessage `json:"content"`
}

// Seconds that the show took, from the start of the process's demo.
type Seconds struct {
	FirstAnswer float64 `json:"first_answer"`
	Total       float64 `json:"total"`
}

// AnswerOf shows a holder's part as the report does; `homeward query` draws the same.
func AnswerOf(a *homewardv1.HolderAnswer) Answer {
	out := Answer{
		Holder: a.GetHolder(), Status: lower(a.GetStatus().String(), "STATUS_"),
		DecisionID: a.GetDecisionId(), Reason: a.GetReason(), Records: []Record{}, Problem: problemOf(a.GetProblem()),
	}
	for _, r := range a.GetRecords() {
		record := Record{Obligations: r.GetObligations()}
		for _, f := range r.GetFields() {
			record.Fields = append(record.Fields, fieldOf(f))
		}
		out.Records = append(out.Records, record)
	}
	return out
}

func fieldOf(f *homewardv1.FieldAnswer) Field {
	out := Field{
		Path: f.GetPath(), Verdict: lower(f.GetVerdict().String(), "VERDICT_"),
		GeneralisedTo: f.GetGeneralisedTo(), Basis: f.GetBasis(),
	}
	if f.GetValue() != nil {
		if b, err := f.GetValue().MarshalJSON(); err == nil {
			out.Value = b
		}
	}
	return out
}

func problemOf(p *homewardv1.Problem) *Problem {
	if p == nil {
		return nil
	}
	return &Problem{Code: p.GetCode(), Detail: p.GetDetail(), Remedy: p.GetRemedy()}
}

func lower(enum, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(enum, prefix))
}
