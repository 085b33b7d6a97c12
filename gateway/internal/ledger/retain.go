package ledger

import (
	"context"
	"time"
)

// Class is a kind of decisions whose personal part is kept equally long.
type Class string

// Classes. Decisions that hold nothing of a child are in none.
const (
	ClassQuestions Class = "questions" // asked, answered, received, and what was collected
	ClassCasework  Class = "casework"  // links, holds, recalls, go-aheads, notices, sightings and the like
)

// Kinds lists those of a class; but says that the class is all others than these.
func (c Class) Kinds() (kinds []string, but bool) {
	questions := []string{KindAsked, KindAnswered, KindReceived, KindCollecting, KindCollected}
	if c == ClassQuestions {
		return questions, false
	}
	return append(questions, KindErasure, KindErased, KindTallied, KindForked), true
}

// RetainStore finds what has been kept long enough.
type RetainStore interface {
	// Expired lists decisions of a class that still have a personal part, after a mark
	// and before a time, the oldest first.
	Expired(ctx context.Context, class Class, after Mark, before time.Time, limit int) ([]Row, error)
}

// Expire erases the personal part of some decisions of a class that are older than
// they are kept, the oldest first, and returns how far it came: go on there, until
// nothing is left to look at. What a litigation hold covers is left as it is.
func (e Eraser) Expire(ctx context.Context, class Class, keep time.Duration, after Mark) (next Mark, more bool, err error) {
	rows, err := e.Store.Expired(ctx, class, after, e.Now().Add(-keep), erasedAtOnce)
	if err != nil || len(rows) == 0 {
		return after, false, err
	}
	last := rows[len(rows)-1]
	next = Mark{At: last.At.UnixMicro(), Seq: last.Seq}
	var free []Row
	for _, r := range rows {
		held, err := e.heldNow(ctx, []Row{r})
		if err != nil {
			return after, false, err
		}
		if !held {
			free = append(free, r)
		}
	}
	if len(free) == 0 {
		return next, true, nil
	}
	under := "retention of " + string(class) + ", " + keep.String()
	all, statement, err := erasures(free, under, "", e.Now())
	if err != nil {
		return after, false, err
	}
	_, err = e.Ledger.Record(ctx, statement, Decision{
		Kind: KindErasure, Holder: e.Self, Requester: e.Self, Peer: e.Self, Policy: e.Policy, Basis: under, Outcome: ErasureDone,
	}, Commit{Erase: all, Row: Row{Details: statement}})
	if err != nil {
		return after, false, err
	}
	return next, true, e.Store.Scrub(ctx)
}
