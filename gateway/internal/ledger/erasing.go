package ledger

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Problems of erasing.
const (
	// CodeErasureHeld: a litigation hold forbids it, or nobody knows that none does.
	CodeErasureHeld problem.Code = "erasure_held"
	// CodeErasureSame: who asked for it cannot confirm it.
	CodeErasureSame problem.Code = "erasure_same_person"
	// CodeErasureState: it does not wait for this, or there is nothing to erase.
	CodeErasureState problem.Code = "erasure_state"
)

// States of an erasure.
const (
	ErasureRequested = "requested"
	ErasureDone      = "erased"
	ErasureRefused   = "refused"
)

// ErasureRequest is an erasure that two persons decide.
type ErasureRequest struct {
	ID    string `json:"id"`
	State string `json:"state"`
	// Child keyed, or one Decision. The child is forgotten once it is done.
	Child    string    `json:"child,omitempty"`
	Decision string    `json:"decision,omitempty"`
	At       time.Time `json:"at"` // of this state
	erasureBody
}

type erasureBody struct {
	Under    string           `json:"under"`
	Asked    envelope.Officer `json:"asked_by"`
	Decided  envelope.Officer `json:"decided_by,omitzero"`
	Recorded string           `json:"recorded"` // the decision that recorded the request
	Erased   int              `json:"erased"`   // decisions, once it is done
	One      string           `json:"decision,omitempty"`
}

// Eraser erases what decisions keep of children, when two officers say so.
type Eraser struct {
	Ledger *Ledger
	Store  Store
	Self   string
	Policy envelope.PolicyRef
	Now    func() time.Time
	// Keeps says of a decision whether a litigation hold that it does not show forbids
	// erasing it: of a sighting, people choose the record later. Nil for none.
	Keeps func(ctx context.Context, row Row) (bool, error)
}

// Request asks for the erasure of all decisions about a child (keyed), or of one decision.
func (e Eraser) Request(ctx context.Context, child, decision, under string, by envelope.Officer) (ErasureRequest, error) {
	id, err := newID()
	if err != nil {
		return ErasureRequest{}, err
	}
	r := ErasureRequest{ID: "er-" + id, State: ErasureRequested, Child: child, Decision: decision, At: e.Now(), erasureBody: erasureBody{Under: under, Asked: by, Recorded: id}}
	rows, err := e.rows(ctx, r)
	if err != nil {
		return r, err
	}
	if len(rows) == 0 {
		return r, problem.New(CodeErasureState, "nothing to erase")
	}
	return r, e.record(ctx, r, "", id, []byte(under), Commit{})
}

// Refuse ends a request without erasing anything.
func (e Eraser) Refuse(ctx context.Context, id string, by envelope.Officer) (ErasureRequest, error) {
	r, err := e.waiting(ctx, id)
	if err != nil {
		return r, err
	}
	r.State, r.Decided, r.At = ErasureRefused, by, e.Now()
	return r, e.record(ctx, r, ErasureRequested, "", []byte(r.Under), Commit{})
}

// erasedAtOnce bounds a transaction that erases: answers wait for it.
const erasedAtOnce = 100

// Confirm erases what was asked for by somebody else. recordHeld says whether the
// case system has the child under a litigation hold, or does not know.
func (e Eraser) Confirm(ctx context.Context, id string, by envelope.Officer, recordHeld bool) (ErasureRequest, error) {
	r, err := e.waiting(ctx, id)
	if err != nil {
		return r, err
	}
	if by.Same(r.Asked) {
		return r, problem.Mismatch(CodeErasureSame, "officer", "another than "+r.Asked.ID, by.ID)
	}
	rows, err := e.rows(ctx, r)
	if err != nil {
		return r, err
	}
	held, err := e.heldNow(ctx, rows)
	if err != nil {
		return r, err
	}
	if recordHeld || held {
		return r, problem.New(CodeErasureHeld, "litigation_hold")
	}
	r.Decided, r.At = by, e.Now()
	for part := range slices.Chunk(rows, erasedAtOnce) {
		r.Erased += len(part)
		was := ""
		if r.Erased == len(rows) { // the last part ends the request
			r.State, r.Child, was = ErasureDone, "", ErasureRequested
		}
		all, statement, err := erasures(part, r.Under, r.Recorded, r.At)
		if err != nil {
			return r, err
		}
		extra := Commit{Erase: all, Row: Row{Details: statement}}
		if err := e.record(ctx, r, was, "", statement, extra); err != nil {
			return r, err
		}
	}
	return r, e.Store.Scrub(ctx)
}

// Children are those, keyed, on whose records a waiting request bears: the one that it
// is of, or all that its decision was on.
func (e Eraser) Children(ctx context.Context, id string) ([]string, error) {
	r, err := e.waiting(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Child != "" {
		return []string{r.Child}, nil
	}
	row, err := e.Store.Decision(ctx, r.Decision)
	if err != nil {
		return nil, err
	}
	d, err := ParseDecision(row.Content)
	if err != nil {
		return nil, err
	}
	return FacetsOf(d).Children, nil
}

// heldNow says whether a litigation hold is on the record of a child that these
// decisions are about, as the newest decision on it saw it: a hold that came after a
// decision keeps that too.
func (e Eraser) heldNow(ctx context.Context, rows []Row) (bool, error) {
	children := make(map[string]bool)
	for _, r := range rows {
		if e.Keeps != nil {
			if held, err := e.Keeps(ctx, r); held || err != nil {
				return held, err
			}
		}
		d, err := ParseDecision(r.Content)
		if err != nil {
			return true, nil //nolint:nilerr // what cannot be read is not erased: fsck says why
		}
		for _, record := range d.Records {
			children[record.Subject] = true
		}
	}
	delete(children, "") // of nobody's record
	for child := range children {
		if held, err := e.childHeld(ctx, child); held || err != nil {
			return held, err
		}
	}
	return false, nil
}

func (e Eraser) childHeld(ctx context.Context, child string) (bool, error) {
	for q := (Query{Child: child, Limit: MaxPage}); ; {
		p, err := e.Store.Search(ctx, q)
		if err != nil {
			return false, err
		}
		for _, f := range p.Found {
			row, err := e.Store.Decision(ctx, f.ID)
			if err != nil {
				return false, err
			}
			if held, saw := heldOf(row, child); saw {
				return held, nil
			}
		}
		if q.Page = p.Next; q.Page == "" {
			return false, nil
		}
	}
}

// List lists requests, the oldest first; all says whether those that are done too.
func (e Eraser) List(ctx context.Context, all bool) ([]ErasureRequest, error) {
	q := MatterQuery{Kind: MatterErasure, State: ErasureRequested}
	if all {
		q.State = ""
	}
	rows, err := e.Store.Matters(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]ErasureRequest, len(rows))
	for i, m := range rows {
		if out[i], err = requestOf(m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e Eraser) waiting(ctx context.Context, id string) (ErasureRequest, error) {
	m, err := e.Store.Matter(ctx, id)
	if err != nil {
		return ErasureRequest{}, err
	}
	if m.Kind != MatterErasure {
		return ErasureRequest{}, problem.New(problem.CodeNotFound, "erasure")
	}
	r, err := requestOf(m)
	if err == nil && r.State != ErasureRequested {
		err = problem.Mismatch(CodeErasureState, "erasure "+id, ErasureRequested, r.State)
	}
	return r, err
}

func requestOf(m Matter) (ErasureRequest, error) {
	r := ErasureRequest{ID: m.ID, State: m.State, Child: m.Subject, At: m.At}
	if err := json.Unmarshal(m.Body, &r.erasureBody); err != nil {
		return r, problem.Wrap(CodeLedgerMismatch, "erasure "+m.ID, err)
	}
	r.Decision = r.One
	return r, nil
}

// rows are the decisions that a request means and that still have a personal part,
// the newest first. Those on the erasure itself have none.
func (e Eraser) rows(ctx context.Context, r ErasureRequest) ([]Row, error) {
	ids := []string{r.Decision}
	if r.Child != "" {
		ids = nil
		for q := (Query{Child: r.Child, Limit: MaxPage}); ; {
			p, err := e.Store.Search(ctx, q)
			if err != nil {
				return nil, err
			}
			for _, f := range p.Found {
				ids = append(ids, f.ID)
			}
			if q.Page = p.Next; q.Page == "" {
				break
			}
		}
	}
	var rows []Row
	for _, id := range ids {
		row, err := e.Store.Decision(ctx, id)
		if err != nil {
			return nil, err
		}
		if row.Erased == nil && row.Kind != KindErasure {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// record makes one step of a request durable, with what it erases.
func (e Eraser) record(ctx context.Context, r ErasureRequest, was, id string, content []byte, extra Commit) error {
	by := r.Asked
	if r.State != ErasureRequested || len(extra.Erase) > 0 {
		by = r.Decided
	}
	body := r.erasureBody
	body.One = r.Decision
	raw, err := json.Marshal(body)
	if err != nil {
		return problem.Wrap(problem.CodeUnavailable, "erasure", err)
	}
	outcome := r.State
	if len(extra.Erase) > 0 {
		outcome = ErasureDone
	}
	// A part of an erasure that is not the last changes nothing of the request.
	if was != "" || len(extra.Erase) == 0 {
		extra.Matters = []Matter{{ID: r.ID, Kind: MatterErasure, State: r.State, Participant: e.Self, Subject: r.Child, At: r.At, Body: raw, Was: was}}
	}
	_, err = e.Ledger.Record(ctx, content, Decision{
		ID: id, Kind: KindErasure, Holder: e.Self, Requester: e.Self, Peer: e.Self, Officer: by, Policy: e.Policy, Basis: r.Under, Outcome: outcome,
	}, extra)
	return err
}
