// Package ledger records decisions: what was asked, what was released or
// withheld, under which rule, before anything leaves. It is pure over a Store.
// A Receipt proves that a content was recorded; package seal demands one.
package ledger

import (
	"context"
	"time"

	"homeward.example/gateway/internal/decide"
)

// Row is one stored decision. Content is encoded once and never re-encoded.
type Row struct {
	Seq      int64 // given by the store
	ID       string
	At       time.Time
	Kind     string // asked, answered, received, linked, revoked, notified, noticed, collecting, collected
	Peer     string
	Purpose  string
	Content  []byte
	Salt     []byte // 32 random bytes
	Leaf     []byte // SHA-256(tag ‖ salt ‖ SHA-256(Content))
	LogIndex int64  // -1 until the transparency log has it
	// Details name the record and may be erased; Content then still verifies.
	Details []byte
	// Shared marks what other rows have in their Content too: the policy's words,
	// nine tenths of it. A store may keep it once. Content reads back the same;
	// Shared is not read back.
	Shared []Stretch
	// Facets are what the row is found by. They are not read back.
	Facets *Facets
	// Erased says how the personal part was erased; nil if it was not. It is read only.
	Erased *Erasure
}

// Stretch is Content[From:To]. Stretches are in order and do not overlap.
type Stretch struct{ From, To int }

// Claim is the replay guarantee: a primary key in the decision's transaction.
type Claim struct {
	Issuer, JTI string
	Expires     time.Time
}

// DisclosureUpdate replaces what a requester received of a subject, if the
// version is still the one that was read.
type DisclosureUpdate struct {
	Requester, Subject string
	ReadVersion        int64 // 0: there was none
	Groups             []string
}

// OutboxItem is a message that must be delivered at least once.
type OutboxItem struct {
	ID      string
	Peer    string
	Kind    string // "notice"
	Payload []byte // signed and sealed at delivery, since seals expire
	Due     time.Time
	Tries   int
}

// Hit tells the authority of origin that somebody asked for a child it knows.
type Hit struct {
	ID        string
	At        time.Time
	Requester string
	Holder    string // who has the record: oneself, or who sent the notice
	Purpose   string
	QueryJTI  string // the query at this holder or at the one that sent the notice
	Record    string // own record id, "" in a notice
	Detail    []byte // JSON of what was asked, in a notice
}

// Link is an issued case link that waits to be collected.
type Link struct {
	ID        string
	Recipient string
	QueryJTI  string // "" when handed over by other means
	Token     string // SD-JWT
	Expires   time.Time
}

// Asked is one question sent to one holder, kept so that it can be collected.
type Asked struct {
	QueryID, Holder, JTI, Purpose string
	// Subject is the child that was asked for, keyed.
	Subject string
	// Client and Role asked, and they alone may collect.
	Client, Role string
	Status       string // sent, then that of the answer
	At           time.Time
}

// Pending is a question whose answer a person must complete. Query is the
// verified SD-JWT, decided again when it is collected.
type Pending struct {
	Issuer, JTI, Query string
	Asked, Until       time.Time
}

// Kinds of matters: what people decide about one child, or must do.
const (
	MatterApproval   = "approval"   // a break-glass question that waits for people
	MatterReview     = "review"     // a use of break-glass that somebody must look at
	MatterHold       = "hold"       // a child whom the authority of origin holds back
	MatterGoAhead    = "goahead"    // a go-ahead or a release that was issued
	MatterRecall     = "recall"     // what was released and is called back
	MatterObligation = "obligation" // what an answer obliges its recipient to
	MatterPush       = "push"       // a case that was made ready for a mediator; at the mediator, one that waits
	MatterDecoy      = "decoy"      // a record that only alerts
	MatterTally      = "tally"      // who asked how often at one holder, at the authority of origin
	MatterLead       = "lead"       // a holder that a case link of a child named
	MatterErasure    = "erasure"    // decisions whose personal part is to be erased
	MatterRegistry   = "registry"   // the registry that is in force, one for all replicas
)

// Matter is where one thing stands that people decide. It is changed by a Commit
// alone, so each change has a decision that recorded it.
type Matter struct {
	ID       string
	Decision string // the last one that changed it; set by the store
	Kind     string
	State    string // a word of its kind: "waiting", "approved", …
	// Participant whom it is about: who asked, who received.
	Participant string
	Subject     string // keyed, of a record or a question; never its id
	At          time.Time
	Due         time.Time // zero: never
	Body        []byte    // JSON of its kind
	// Stands says that every answer depends on this, so that a change of it moves
	// the version of Standing. It is not read back.
	Stands bool
	// Was is the state that must stand for this to replace it; otherwise the commit
	// is "disclosure_moved", since somebody was faster. Empty replaces whatever
	// stands. It is not read back.
	Was string
	// Read is the decision that must have been the last to change what Was names; empty
	// for any. It is not read back.
	Read string
}

// MatterQuery selects matters; what is empty selects all.
type MatterQuery struct {
	Kind, State, Participant, Subject string
	DueBefore                         time.Time // those that have a Due before it
	// Newest lists by At, the newest first; Oldest the oldest first.
	Newest, Oldest bool
	Past           MatterMark // of Newest or Oldest: those that come after it
	Until          time.Time  // those that have an At before it
	Limit          int        // 0: no limit
}

// MatterMark is a place in a list of matters by their At; zero: before the first.
type MatterMark struct {
	At time.Time
	ID string
}

// Commit is one decision with all that must be durable together with it.
type Commit struct {
	Row         Row
	Claim       *Claim
	Disclosures []DisclosureUpdate
	Outbox      []OutboxItem
	Hits        []Hit
	// Asked replaces what stands for the same question and holder.
	Asked   []Asked
	Pending *Pending
	// Revoked is the id of a case link that its issuer takes back; "" for none.
	Revoked string
	// Matters are inserted, or replace those of the same id.
	Matters []Matter
	// Standing is the version that the decision was made on; if it has moved, the
	// commit is "disclosure_moved". 0: the decision depends on nothing that stands.
	Standing int64
	// Receipt is owed for the answer that the decision records, or replaces one that
	// the decision complains of. Record sets it for a received answer.
	Receipt *HolderReceipt
	// Erase takes the personal part of other decisions away.
	Erase []Erasure
	// Exchange is what was said; set by RecordSaid.
	Exchange *Kept
}

// Store keeps decisions. Every error is a *problem.Error.
type Store interface {
	// Commit is all or nothing and durable when it returns nil. Otherwise it is
	// "replayed" (the claim stands already), "disclosure_moved" (decide again) or
	// "unavailable" (nothing may be released). An indeterminate commit is
	// "unavailable", as is one whose context ended first: that one may still become
	// durable, but the caller was told no and must not release. Until Commit
	// returns nil the caller must not change what c points to; then it is the
	// caller's again, so that Commit keeps nothing of it but copies.
	Commit(ctx context.Context, c Commit) error
	// Disclosed reads what a requester received, by subject. Subjects without an
	// entry are absent. It may be what was a moment ago: Commit compares the version.
	Disclosed(ctx context.Context, requester string, subjects []string) (map[string]decide.Disclosed, error)

	// Standing is the version of the matters that stand, 1 or more. It may be what was
	// a moment ago, since it costs nothing: who read them after it decides on them, and
	// Commit compares the version.
	Standing() int64

	// Decision returns problem "not_found" if there is none.
	Decision(ctx context.Context, id string) (Row, error)
	// Decisions lists the newest first, those with Seq < before (0: from the end).
	Decisions(ctx context.Context, before int64, limit int) ([]Row, error)

	// Due lists what is due, the oldest first (of equals, that of the earlier decision) and of one peer no more than half of
	// the limit: one that is away for a week keeps nobody else waiting.
	Due(ctx context.Context, now time.Time, limit int) ([]OutboxItem, error)
	Delivered(ctx context.Context, id string) error
	Postpone(ctx context.Context, id string, due time.Time) error
	// PostponeAll puts off all that is due to one peer, which is away.
	PostponeAll(ctx context.Context, peer string, now, due time.Time) error

	Hits(ctx context.Context, limit int) ([]Hit, error)
	Hit(ctx context.Context, id string) (Hit, error)
	// PutLink keeps an issued case link until it is collected or ends.
	PutLink(ctx context.Context, l Link) error
	// LinksFor lists those that stand: not ended, not revoked.
	LinksFor(ctx context.Context, recipient, queryJTI string, now time.Time) ([]Link, error)
	// Link returns one that was issued here, revoked or not; problem "not_found" if there is none.
	Link(ctx context.Context, id string) (Link, error)
	// Revoked lists the ids of links that were revoked and have not been dropped for their end.
	Revoked(ctx context.Context) ([]string, error)
	AskedIn(ctx context.Context, queryID string) ([]Asked, error)
	PendingFor(ctx context.Context, issuer, jti string) (Pending, error)

	// Matters lists by Due, then by At; Matter returns problem "not_found" if there is none.
	Matters(ctx context.Context, q MatterQuery) ([]Matter, error)
	Matter(ctx context.Context, id string) (Matter, error)

	// Block and Unblock refuse a participant locally; Blocked lists them.
	Block(ctx context.Context, participant, why string, at time.Time) error
	Unblock(ctx context.Context, participant string) error
	Blocked(ctx context.Context) ([]string, error)

	// Prune drops what expired before now and before the highest expiry ever
	// claimed, less the skew. From then on a claim as old is refused as
	// "replayed", so that a clock which steps back revives nothing. It also drops
	// what is kept for convenience alone and is old: Asked, Hit and Pending.
	Prune(ctx context.Context, now time.Time) error
	LogStore
	SearchStore
	EraseStore
	AuditStore
	RetainStore
	ReceiptStore
	HalfStore
	ExchangeStore
	DocumentStore

	Ping(ctx context.Context) error
	Close() error
}
