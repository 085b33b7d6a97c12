package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Problems of a commit.
const (
	CodeReplayed problem.Code = "replayed"         // the claim stands already
	CodeMoved    problem.Code = "disclosure_moved" // decide again
)

// Ledger records decisions.
type Ledger struct {
	store Store
	now   func() time.Time
}

// New returns a ledger over a store.
func New(store Store, now func() time.Time) *Ledger { return &Ledger{store, now} }

// Receipt proves that a content was recorded. Only Record makes one; the zero
// Receipt covers nothing.
type Receipt struct {
	content [32]byte
	leaf    [32]byte
	id      string
}

// ID of the decision.
func (r Receipt) ID() string { return r.id }

// Leaf of the decision.
func (r Receipt) Leaf() [32]byte { return r.leaf }

// Covers says whether exactly this content was recorded.
func (r Receipt) Covers(content []byte) bool {
	return r.id != "" && sha256.Sum256(content) == r.content
}

// Record makes a decision durable, with all that must be so together with it,
// and returns the receipt for its content. When it returns an error the
// decision may or may not be stored, and the content must not leave.
func (l *Ledger) Record(ctx context.Context, content []byte, d Decision, extra Commit) (Receipt, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Receipt{}, problem.Wrap(problem.CodeUnavailable, "ledger", err)
	}
	hash := sha256.Sum256(content)
	d.Version, d.ID, d.At, d.ContentHash = 1, id.String(), l.now().UTC(), envelope.Base64(hash[:])
	encoded, err := d.encode()
	if err != nil {
		return Receipt{}, problem.Wrap(problem.CodeUnavailable, "ledger", err)
	}
	salt := make([]byte, 32)
	rand.Read(salt)
	leaf := Leaf(salt, encoded)
	extra.Row = Row{
		ID: d.ID, At: d.At, Kind: d.Kind, Peer: d.Peer, Purpose: d.Purpose,
		Content: encoded, Salt: salt, Leaf: leaf[:], LogIndex: -1,
	}
	if err := l.store.Commit(ctx, extra); err != nil {
		return Receipt{}, err
	}
	return Receipt{content: hash, leaf: leaf, id: d.ID}, nil
}
