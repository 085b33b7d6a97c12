package ledger

import (
	"context"
	"time"
)

// AuditStore is what proofs of completeness, checks and backups need of a store.
type AuditStore interface {
	// Entries lists all decisions by Seq, those after the one given, with their index in
	// the log and, if they were erased, how.
	Entries(ctx context.Context, after int64, limit int) ([]Row, error)
	// EntriesAt lists those with first <= LogIndex, by LogIndex.
	EntriesAt(ctx context.Context, first uint64, limit int) ([]Row, error)
	// Span is what the log holds of the decisions of a time, from <= at < to: all of their
	// indexes are from First on and below End. Both are 0 if none is in the log.
	Span(ctx context.Context, from, to time.Time) (Span, error)
	// Unlog forgets the indexes from a size on: the log was put back to that size.
	Unlog(ctx context.Context, size uint64) error
	// Snapshot writes a consistent copy of the whole store to a file that must not
	// exist; problem "store_config" if the database has tools of its own for that.
	Snapshot(ctx context.Context, file string) error
}

// Span is a range of the log.
type Span struct {
	First, End uint64
	// Waiting decisions of that time have no index yet.
	Waiting int
	// Before and After are the indexes of the decisions next to the range, -1 if there is none.
	Before, After int64
}
