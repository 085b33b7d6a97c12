// Package adapters is the interface between the gateway and a holder's own case
// system. An adapter reads; it decides nothing. adaptertest is the suite that
// each must pass.
package adapters

import (
	"context"
	"time"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Criteria is what is known of the child who is sought: one identity. Empty
// fields were not given; at least two are, or a document number (ErrCriteria).
type Criteria struct {
	Full, Given, Patronymic, Family string
	Born                            string // EDTF
	Sex                             string
	BirthOblast                     string
	Document                        string
}

// Mask lists the paths that may be read, as catalog.Fields names them: the
// admitted fields, the decision facts, and what the criteria are compared with.
// An adapter returns no other. An assertion comes whole: its kind, source and
// grades are what the gateway decides by. A path that the schema lacks admits nothing.
type Mask []string

// Record is what Get returns. Version changes whenever any part of the record does.
type Record struct {
	ID      string
	Version string
	Child   *homewardv1.ChildRecord
	// Defaulted lists facts ("flags.captor_risk") that the source's configuration stated and its data did not.
	Defaulted []string
}

// Change is one record that changed, or a tombstone.
type Change struct {
	ID      string
	Deleted bool
	At      time.Time
}

// Adapter reads one case system.
type Adapter interface {
	// Search returns the ids of candidates, at most limit. It may return too
	// many: the gateway compares again. It never fetches by a wildcard.
	Search(ctx context.Context, c Criteria, limit int) (ids []string, err error)
	// Get returns one record cut to the mask; ErrNotFound if there is none.
	Get(ctx context.Context, id string, mask Mask) (Record, error)
	// Changes returns what changed after the cursor, and the next cursor; ""
	// starts. A page without a change is the end. A cursor that the adapter does
	// not know, as after a restart, is ErrCursor.
	Changes(ctx context.Context, cursor string) (changes []Change, next string, err error)
	// Close releases what the adapter holds.
	Close() error
}
