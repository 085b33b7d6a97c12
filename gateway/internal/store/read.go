package store

import (
	"context"
	"database/sql"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// list runs a query and scans every row. Errors are "unavailable".
func list[T any](ctx context.Context, s *Store, where string, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable(where, err)
	}
	ctx, cancel := s.dialect.bound(ctx, patience)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, s.dialect.rebind(query), args...)
	if err != nil {
		return nil, unavailable(where, err)
	}
	var out []T
	if err := drain(rows, func(r scanner) error {
		var v T
		err := scan(r, &v)
		out = append(out, v)
		return err
	}); err != nil {
		return nil, unavailable(where, err)
	}
	return out, nil
}

// one is list for a single row; none is a problem "not_found".
func one[T any](ctx context.Context, s *Store, where string, scan func(scanner, *T) error, query string, args ...any) (T, error) {
	found, err := list(ctx, s, where, scan, query, args...)
	if err == nil && len(found) == 0 {
		err = problem.New(problem.CodeNotFound, where)
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return found[0], nil
}

// micros scans microseconds into a time.
type micros struct{ t *time.Time }

func (m micros) Scan(v any) error {
	n, _ := v.(int64) // the columns are BIGINT NOT NULL
	*m.t = time.UnixMicro(n).UTC()
	return nil
}

const decisionColumns = `SELECT d.seq, d.id, d.at, d.kind, d.peer, d.purpose, d.leaf, d.salt, d.parts, d.content, d.details, coalesce(l.log_index, -1),
	e.at, e.under, e.decision, e.remains
	FROM decisions d LEFT JOIN logged l ON l.seq = d.seq LEFT JOIN erased e ON e.id = d.id`

func scanDecision(r scanner, d *storedRow) error {
	var at sql.NullInt64
	var under, by sql.NullString
	var remains []byte
	err := r.Scan(&d.Seq, &d.ID, micros{&d.At}, &d.Kind, &d.Peer, &d.Purpose, &d.Leaf, &d.Salt, &d.refs, &d.Content, &d.Details, &d.LogIndex,
		&at, &under, &by, &remains)
	if at.Valid {
		d.Erased = &ledger.Erasure{ID: d.ID, At: time.UnixMicro(at.Int64).UTC(), Under: under.String, Decision: by.String, Remains: remains}
	}
	return err
}

// Decision implements ledger.Store.
func (s *Store) Decision(ctx context.Context, id string) (ledger.Row, error) {
	stored, err := one(ctx, s, "decision", scanDecision, decisionColumns+` WHERE d.id = ?`, id)
	if err != nil {
		return ledger.Row{}, err
	}
	rows, err := s.join(ctx, []storedRow{stored})
	if err != nil {
		return ledger.Row{}, err
	}
	return rows[0], nil
}

// Decisions implements ledger.Store.
func (s *Store) Decisions(ctx context.Context, before int64, limit int) ([]ledger.Row, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	stored, err := list(ctx, s, "decisions", scanDecision, decisionColumns+` WHERE d.seq < ? ORDER BY d.seq DESC LIMIT ?`, before, limit)
	if err != nil {
		return nil, err
	}
	return s.join(ctx, stored)
}
