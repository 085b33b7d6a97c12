package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"

	"homeward.example/gateway/internal/problem"
)

// Problems that a Store finds. What it cannot do at all is problem.CodeUnavailable.
const (
	// CodeReplayed: the claim (iss, jti) stands already.
	CodeReplayed problem.Code = "replayed"
	// CodeMoved: another decision changed what the requester had received; decide
	// again. It never leaves the gateway.
	CodeMoved problem.Code = "disclosure_moved"
)

// version of the stored bytes. A reader of one version refuses another.
const version = 1

// Ledger turns decisions into rows and receipts.
type Ledger struct {
	store Store
	now   func() time.Time
}

// New returns a ledger over a store. The clock dates decisions that have no time yet.
func New(store Store, now func() time.Time) *Ledger {
	return &Ledger{store: store, now: now}
}

// Receipt proves that a decision on one exact content is durable. Only Record and
// RecordSaid make one.
type Receipt struct {
	draft   Draft
	durable bool
}

// ID of the decision, to quote in any correspondence.
func (r Receipt) ID() string { return r.draft.id }

// Leaf commits to the stored decision without telling anything of it.
func (r Receipt) Leaf() [32]byte { return r.draft.leaf }

// Covers recomputes the digest of a content and compares it with what was recorded.
func (r Receipt) Covers(content []byte) bool { return r.durable && r.draft.covers(content) }

// Of says whether the receipt is that of a draft. A leaf is salted, so no two
// decisions have the same.
func (r Receipt) Of(d Draft) bool {
	return r.durable && d.made && r.draft.id == d.id && r.draft.leaf == d.leaf
}

// Record makes a decision durable, together with extra: its claim, disclosures,
// outbox and the like. Of extra.Row only Details is used. The receipt covers
// content, which is what is about to be released, refused or sent. The errors are
// those of Store.Commit; with any of them nothing may leave.
func (l *Ledger) Record(ctx context.Context, content []byte, d Decision, extra Commit) (Receipt, error) {
	return l.RecordSaid(ctx, content, d, extra, nil)
}

// RecordSaid is Record of a decision together with what is said where it is made.
// say is called before anything is stored, so that a signed answer can name the leaf
// and is stored with it. What say signs must not leave without the receipt; its
// error is returned as it is.
func (l *Ledger) RecordSaid(ctx context.Context, content []byte, d Decision, extra Commit, say func(Draft) (*Kept, error)) (Receipt, error) {
	if err := l.complete(&d); err != nil {
		return Receipt{}, err
	}
	draft := Draft{id: d.ID, content: content, digest: sha256.Sum256(content), made: true}
	d.Version, d.ContentHash = version, encode(draft.digest[:])
	d.BreakGlass = d.glass(&extra)
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails: crypto/rand ends the process rather than return less
	row := takeBuffer()
	stored, shared := d.appendJSON(row.b)
	row.b = stored
	draft.leaf = Leaf(salt, stored)
	extra.Row = Row{
		ID: d.ID, At: d.At, Kind: d.Kind, Peer: d.Peer, Purpose: d.Purpose,
		Content: stored, Salt: salt, Leaf: draft.leaf[:], LogIndex: -1, Details: extra.Row.Details, Shared: shared,
		Facets: d.facets(&extra),
	}
	if owed := d.owes(); owed != nil {
		extra.Receipt = owed
	}
	if say != nil {
		kept, err := say(draft)
		if err != nil {
			return Receipt{}, err
		}
		extra.Exchange = kept
	}
	if err := l.store.Commit(ctx, extra); err != nil {
		return Receipt{}, err // it may still be reading: what it was given is left to the collector
	}
	row.give()
	extra.Exchange.give()
	return Receipt{draft: draft, durable: true}, nil
}

// complete gives the decision its id and time. Microseconds are what both
// databases keep, so that the row's time equals the one in the stored bytes.
func (l *Ledger) complete(d *Decision) error {
	if d.At.IsZero() {
		d.At = l.now()
	}
	d.At = d.At.UTC().Truncate(time.Microsecond)
	if d.ID != "" {
		return nil
	}
	var err error
	d.ID, err = newID()
	return err
}

// newID is a UUIDv7: in the order of time.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", problem.Wrap(problem.CodeUnavailable, "decision id", err)
	}
	return id.String(), nil
}
