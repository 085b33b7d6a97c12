package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/problem"
)

// KindErasure: the personal part of decisions was asked to be erased, or was.
const KindErasure = "erasure"

// Erasure takes the personal part of one decision away: its salt, its details, what
// the policy saw of the child, the child's pseudonym, and the values that were said.
// What stays says who asked whom for what, under which rule, and which fields left.
type Erasure struct {
	ID    string    // of the decision
	At    time.Time // when
	Under string    // the rule or order that demands it
	// Decision that recorded the erasure; set by the store.
	Decision string
	// Remains is what the row's content becomes, when it is stored; its SHA-256, when read.
	Remains []byte
}

// EraseStore keeps what is left of decisions.
type EraseStore interface {
	// Scrub overwrites what was erased where the database still keeps it, if it can.
	Scrub(ctx context.Context) error
}

// Remains is the content of a decision without its personal part.
func Remains(d Decision) []byte {
	d.Case, d.Links, d.Presented, d.Input = "", nil, nil, nil
	d.Records = slices.Clone(d.Records)
	for i, r := range d.Records {
		d.Records[i] = DecidedRecord{Verdicts: r.Verdicts}
	}
	content, _ := d.appendJSON(nil)
	return content
}

// Statement is what the decision on an erasure is bound to: it says of each decision
// what remains, so that this cannot be changed unseen either. It is kept as the
// details of that decision.
type Statement struct {
	Under     string           `json:"under"`
	Request   string           `json:"request"` // id of the decision that recorded who asked for it
	Decisions []StatementOfOne `json:"decisions"`
}

// StatementOfOne is one erased decision.
type StatementOfOne struct {
	ID      string `json:"id"`
	Leaf    string `json:"leaf"`    // base64url, as in the log
	Remains string `json:"remains"` // base64url of the SHA-256 of what remains
}

// erasures are those of some decisions, with the statement that binds them.
func erasures(rows []Row, under, request string, at time.Time) ([]Erasure, []byte, error) {
	s := Statement{Under: under, Request: request}
	var all []Erasure
	for _, r := range rows {
		d, err := ParseDecision(r.Content)
		if err != nil {
			return nil, nil, err
		}
		e := Erasure{ID: r.ID, At: at, Under: under, Remains: Remains(d)}
		sum := sha256.Sum256(e.Remains)
		s.Decisions = append(s.Decisions, StatementOfOne{r.ID, encode(r.Leaf), encode(sum[:])})
		all = append(all, e)
	}
	said, err := json.Marshal(s)
	return all, said, err
}

// verifyErased checks what remains of an erased decision. That the erasure says so
// is for CheckStatement.
func verifyErased(r Row) error {
	sum := sha256.Sum256(r.Content)
	if !bytes.Equal(sum[:], r.Erased.Remains) {
		return problem.New(CodeLedgerMismatch, "what remains of an erased decision")
	}
	if len(r.Salt)+len(r.Details) > 0 {
		return problem.New(CodeLedgerMismatch, "an erased decision with a salt or details")
	}
	return columns(r)
}

// CheckStatement checks that the decision on an erasure is bound to what an erased
// row says. by is the row of that decision.
func CheckStatement(by, erased Row) error {
	d, err := ParseDecision(by.Content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(by.Details)
	var s Statement
	if err := json.Unmarshal(by.Details, &s); err != nil || d.ContentHash != encode(sum[:]) || d.Kind != KindErasure {
		return problem.Wrap(CodeLedgerMismatch, "statement of the erasure "+by.ID, err)
	}
	want := StatementOfOne{erased.ID, encode(erased.Leaf), encode(erased.Erased.Remains)}
	if s.Under != erased.Erased.Under || !slices.Contains(s.Decisions, want) {
		return problem.New(CodeLedgerMismatch, "statement of the erasure "+by.ID+": it does not name this")
	}
	return nil
}

// heldOf says whether the record of a child was under a litigation hold when a
// decision was made, or that was unknown; saw is false if the decision did not look at it.
func heldOf(row Row, child string) (held, saw bool) {
	d, err := ParseDecision(row.Content)
	if err != nil {
		return true, true
	}
	for _, r := range d.Records {
		if r.Subject != child || len(r.Input) == 0 {
			continue
		}
		var input struct {
			Record struct {
				Flags map[string]string `json:"flags"`
			} `json:"record"`
		}
		err := json.Unmarshal(r.Input, &input)
		saw, held = true, held || err != nil || input.Record.Flags["litigation_hold"] != "no"
	}
	return held, saw
}
