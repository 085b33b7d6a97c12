package evidence

import (
	"context"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// History is what a replay needs of a ledger's store.
type History interface {
	Decisions(ctx context.Context, before int64, limit int) ([]ledger.Row, error)
	ledger.DocumentStore
}

// Replayed is what came of deciding a stretch of the ledger again.
type Replayed struct {
	Decisions int `json:"decisions"` // that a policy made
	Equal     int `json:"equal"`
	Others    int `json:"others"` // record what was sent, received or done: nothing to decide
	// Erased are decisions of a policy that cannot be decided again, since what it saw
	// was erased, by the rule or order that demanded it.
	Erased map[string]int `json:"erased"`
	// Unreadable are decisions whose policy is not kept, or whose stored bytes changed.
	Unreadable []Unreadable `json:"unreadable"`
	Different  []Different  `json:"different"`
}

// Different is one decision that comes out otherwise.
type Different struct {
	Decision    string              `json:"decision"`
	At          time.Time           `json:"at"`
	Policy      envelope.PolicyRef  `json:"policy"`
	Differences []verify.Difference `json:"differences"`
}

// Unreadable is one decision that could not be replayed.
type Unreadable struct {
	Decision string `json:"decision"`
	Why      string `json:"why"`
}

// Same says that every decision came out as it was recorded.
func (r Replayed) Same() bool { return len(r.Different) == 0 && len(r.Unreadable) == 0 }

// replayPage is how many decisions are read at once.
const replayPage = 256

// Replay decides again every decision since a time, each by the bundle and overlay
// that decided it then, from the input that was recorded with it.
func Replay(ctx context.Context, s History, since time.Time) (Replayed, error) {
	r := replaying{store: s, engines: make(map[envelope.PolicyRef]made), out: Replayed{Erased: make(map[string]int), Unreadable: []Unreadable{}, Different: []Different{}}}
	for before := int64(0); ; {
		rows, err := s.Decisions(ctx, before, replayPage)
		if err != nil || len(rows) == 0 {
			return r.out, err
		}
		for _, row := range rows {
			if row.At.Before(since) {
				return r.out, nil // the newest come first
			}
			if err := r.one(ctx, row); err != nil {
				return r.out, err
			}
			before = row.Seq
		}
	}
}

type replaying struct {
	store   History
	engines map[envelope.PolicyRef]made
	out     Replayed
}

// made is the engine of a policy, or why there is none.
type made struct {
	engine *decide.Engine
	why    string
}

func (r *replaying) one(ctx context.Context, row ledger.Row) error {
	d, err := ledger.ParseDecision(row.Content)
	if err == nil {
		err = ledger.Verify(row)
	}
	if err != nil {
		r.out.Unreadable = append(r.out.Unreadable, Unreadable{row.ID, problem.Of(err).Where})
		return nil
	}
	if row.Erased != nil && verify.Decides(d) {
		r.out.Erased[row.Erased.Under]++
		return nil
	}
	if !verify.Replayable(d) {
		r.out.Others++
		return nil
	}
	r.out.Decisions++
	m, err := r.engine(ctx, d.Policy)
	if err != nil {
		return err
	}
	if m.engine == nil {
		r.out.Unreadable = append(r.out.Unreadable, Unreadable{d.ID, m.why})
		return nil
	}
	differences := verify.Replay(ctx, m.engine, d)
	if len(differences) == 0 {
		r.out.Equal++
		return ctx.Err()
	}
	r.out.Different = append(r.out.Different, Different{d.ID, d.At, d.Policy, differences})
	return ctx.Err()
}

// engine makes the engine of each policy once.
func (r *replaying) engine(ctx context.Context, ref envelope.PolicyRef) (made, error) {
	if m, ok := r.engines[ref]; ok {
		return m, nil
	}
	bundle, err := document(ctx, r.store, ledger.DocumentBundle, ref.Bundle)
	if err != nil {
		return made{}, err
	}
	overlay, err := document(ctx, r.store, ledger.DocumentOverlay, ref.Overlay)
	if err != nil {
		return made{}, err
	}
	var m made
	switch {
	case bundle == nil:
		m.why = "bundle " + ref.Bundle + " is not kept"
	case overlay == nil && ref.Overlay != "":
		m.why = "overlay " + ref.Overlay + " is not kept"
	default:
		if m.engine, err = verify.Engine(ctx, bundle, overlay); err != nil {
			m.why = problem.Of(err).Error()
		}
	}
	r.engines[ref] = m
	return m, nil
}
