package store

import (
	"context"
	"database/sql"
	"os"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func (s *Store) entries(ctx context.Context, query string, args ...any) ([]ledger.Row, error) {
	stored, err := list(ctx, s, "decisions", scanDecision, decisionColumns+query, args...)
	if err != nil {
		return nil, err
	}
	return s.join(ctx, stored)
}

// Entries implements ledger.Store.
func (s *Store) Entries(ctx context.Context, after int64, limit int) ([]ledger.Row, error) {
	return s.entries(ctx, ` WHERE d.seq > ? ORDER BY d.seq LIMIT ?`, after, limit)
}

// EntriesAt implements ledger.Store.
func (s *Store) EntriesAt(ctx context.Context, first uint64, limit int) ([]ledger.Row, error) {
	return s.entries(ctx, ` WHERE l.log_index >= ? ORDER BY l.log_index LIMIT ?`, int64(first), limit)
}

// Span implements ledger.Store.
func (s *Store) Span(ctx context.Context, from, to time.Time) (ledger.Span, error) {
	type span struct{ first, end, waiting sql.NullInt64 }
	got, err := one(ctx, s, "span", func(r scanner, v *span) error { return r.Scan(&v.first, &v.end, &v.waiting) },
		`SELECT min(l.log_index), max(l.log_index) + 1, count(*) - count(l.seq) FROM decisions d LEFT JOIN logged l ON l.seq = d.seq WHERE d.at >= ? AND d.at < ?`,
		from.UnixMicro(), to.UnixMicro())
	if err != nil {
		return ledger.Span{}, err
	}
	out := ledger.Span{First: uint64(got.first.Int64), End: uint64(got.end.Int64), Waiting: int(got.waiting.Int64), Before: -1, After: -1}
	if !got.first.Valid {
		return out, nil
	}
	for query, place := range map[string]struct {
		at int64
		to *int64
	}{
		`SELECT max(log_index) FROM logged WHERE log_index < ?`:  {got.first.Int64, &out.Before},
		`SELECT min(log_index) FROM logged WHERE log_index >= ?`: {got.end.Int64, &out.After},
	} {
		n, err := one(ctx, s, "span", func(r scanner, n *sql.NullInt64) error { return r.Scan(n) }, query, place.at)
		if err != nil {
			return out, err
		}
		if n.Valid {
			*place.to = n.Int64
		}
	}
	return out, nil
}

// Unlog implements ledger.Store.
func (s *Store) Unlog(ctx context.Context, size uint64) error {
	s.logged.below.Store(0)
	return s.write(ctx, "logged", `DELETE FROM logged WHERE log_index >= ?`, int64(size))
}

// Snapshot implements ledger.Store.
func (s *Store) Snapshot(ctx context.Context, file string) error {
	if !s.dialect.local {
		return problem.Mismatch(CodeStoreConfig, "backup", "a store in SQLite; PostgreSQL is backed up with pg_dump", s.dialect.name)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // VACUUM INTO takes an empty file, and would make one that others read
	if err != nil {
		return unavailable("snapshot", err)
	}
	defer f.Close()
	if _, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, file); err != nil {
		return unavailable("snapshot", err)
	}
	if err := f.Sync(); err != nil {
		return unavailable("snapshot", err)
	}
	return nil
}

// Expired implements ledger.Store.
func (s *Store) Expired(ctx context.Context, class ledger.Class, after ledger.Mark, before time.Time, limit int) ([]ledger.Row, error) {
	kinds, but := class.Kinds()
	not := ""
	if but {
		not = "NOT "
	}
	args := []any{after.At, after.Seq, before.UnixMicro()}
	for _, kind := range kinds {
		args = append(args, kind)
	}
	return s.entries(ctx, ` WHERE (d.at, d.seq) > (?, ?) AND d.at < ? AND e.id IS NULL AND d.kind `+not+`IN `+placeholders(1, len(kinds))+
		` ORDER BY d.at, d.seq LIMIT ?`, append(args, limit)...)
}
