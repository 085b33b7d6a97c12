package ledger

import (
	"context"

	"homeward.example/gateway/internal/problem"
)

// Problems of what is kept for the transparency logs.
const (
	// CodeIndexTaken: a decision was to get a second place in the log, or two one.
	CodeIndexTaken problem.Code = "log_index_taken"
	// CodeHeadMoved: another process was faster, or the caller's log is an older copy.
	CodeHeadMoved problem.Code = "head_moved"
)

// LogEntry is one decision on its way into the transparency log.
type LogEntry struct {
	Seq   int64
	Leaf  [32]byte
	Index uint64 // in the log, once it is there
}

// Head is the state of a transparency log that is remembered, so that an older
// or another one is noticed.
type Head struct {
	// Kind: "own" of this gateway's log; "witnessed" of a log that this gateway
	// cosigned; "seen" of a log whose proofs this gateway took.
	Kind   string
	Origin string
	Size   uint64
	Root   [32]byte
	Raw    []byte // the signed checkpoint
}

// Kinds of heads.
const (
	HeadOwn       = "own"
	HeadWitnessed = "witnessed"
	HeadSeen      = "seen"
)

// LogStore is what a Store keeps for transparency logs.
type LogStore interface {
	// Lead says whether this process is the one that writes the log; once it is, it
	// stays it until the store is closed or its database forgets it.
	Lead(ctx context.Context) (bool, error)
	// Unlogged lists decisions without an index in the log, the oldest first.
	Unlogged(ctx context.Context, limit int) ([]LogEntry, error)
	// Logged stores indexes. The same again changes nothing; another index of a
	// decision, or another decision at an index, is "log_index_taken".
	Logged(ctx context.Context, entries []LogEntry) error
	// NextIndex is one more than the highest index stored, 0 if there is none.
	NextIndex(ctx context.Context) (uint64, error)
	// LogEntryOf finds a decision in the log; "not_found" if it is not there yet.
	LogEntryOf(ctx context.Context, id string) (LogEntry, error)
	// Head returns "not_found" before the first SetHead of a log.
	Head(ctx context.Context, kind, origin string) (Head, error)
	// Heads lists those of one kind, of all logs.
	Heads(ctx context.Context, kind string) ([]Head, error)
	// SetHead replaces the head whose size was the one given (0: there was none).
	// If it is not what stands, the problem is "head_moved", and nothing changes.
	SetHead(ctx context.Context, was uint64, h Head) error
}
