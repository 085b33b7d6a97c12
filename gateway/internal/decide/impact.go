package decide

import (
	"context"
	"iter"
	"slices"
)

// Recorded is a decision of the past as a ledger keeps it.
type Recorded struct {
	ID, Requester, Purpose string
	Refused, Pending       bool
	// Alone: nobody asked this. Whether it is refused or pending the policy of today says.
	Alone bool
	// Input of admission: canonical JSON that the policy saw.
	Input   []byte
	Records []RecordedSet
}

// RecordedSet is what was decided on one record. Verdicts is Set.Ledger; nil
// where only an input is known: then the policy of today says what it would have been.
type RecordedSet struct{ Input, Verdicts []byte }

// Kinds of flips, in the order in which a reader wants them: what releases more comes first.
const (
	FlipReleased   = "newly_released" // withheld before
	FlipPossible   = "newly_possible" // no record was found then; one that protects nothing would now say this
	FlipMore       = "less_generalised"
	FlipLess       = "more_generalised"
	FlipWithheld   = "newly_withheld"
	FlipImpossible = "no_longer_possible"
	FlipUnbound    = "duty_dropped" // where something leaves before and after: Was is the obligation
	FlipBound      = "duty_added"   // Becomes is the obligation
	FlipAdmitted   = "now_admitted" // a question that was refused
	FlipRefused    = "now_refused"
	FlipPending    = "now_pending" // a person would have to decide first
	FlipDecided    = "no_longer_pending"
)

func flipKinds() []string {
	return []string{
		FlipReleased, FlipPossible, FlipMore, FlipUnbound, FlipBound, FlipLess, FlipWithheld, FlipImpossible, FlipAdmitted, FlipRefused, FlipPending, FlipDecided,
	}
}

// Flip is one difference, and in how many decisions it is found.
type Flip struct {
	Kind      string `json:"kind"`
	Requester string `json:"requester"`
	Purpose   string `json:"purpose"`
	Field     string `json:"field,omitempty"` // path; of the question there is none
	Identity  string `json:"identity,omitempty"`
	Was       string `json:"was,omitempty"` // "released", "generalised year", "withheld", or a reason code
	Becomes   string `json:"becomes,omitempty"`
	Decisions int    `json:"decisions"`
	Example   string `json:"example"` // id of one of them
}

// Impact is what a policy would have decided differently.
type Impact struct {
	Replayed  int    `json:"replayed"`  // decisions
	Distinct  int    `json:"distinct"`  // different inputs among them, each decided once
	Undecided int    `json:"undecided"` // decisions on which the new policy has no word, so that all is withheld
	Flips     []Flip `json:"flips"`
}

// Loosens says whether anything more would leave than did.
func (i Impact) Loosens() bool {
	return slices.ContainsFunc(i.Flips, func(f Flip) bool {
		return f.Kind == FlipReleased || f.Kind == FlipPossible || f.Kind == FlipMore
	})
}

// ImpactOf replays decisions under another policy. today says what was decided
// where that is not recorded. Equal inputs are decided once; workers decide at
// the same time. The error is that of decisions, or that the context ended.
func ImpactOf(ctx context.Context, today, next *Engine, decisions iter.Seq2[Recorded, error], workers int) (Impact, error) {
	p := plays{units: make(map[unit]*weight), by: make(map[sum][]unit), inputs: make(map[sum][]byte)}
	for d, err := range decisions {
		if err != nil {
			return Impact{}, err
		}
		if d.Alone {
			w := today.replayQuestion(ctx, d.Input)
			d.Refused, d.Pending = w.Refusal != "", w.Pending
		}
		p.add(d)
	}
	r := replayer{today: today, next: next, plays: &p, flips: make(map[Flip]*weight), questions: make(map[sum]*question)}
	r.run(ctx, max(workers, 1))
	return Impact{p.replayed, len(p.by), r.undecided, r.sorted()}, ctx.Err()
}
