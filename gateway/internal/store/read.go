package store

import (
	"context"
	"encoding/json"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// list runs a query and scans every row. Errors are "unavailable".
func list[T any](ctx context.Context, s *Store, where string, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable(where, err)
	}
	ctx, cancel := s.dialect.bound(ctx)
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

const decisionColumns = `SELECT seq, id, at, kind, peer, purpose, leaf, salt, content, details FROM decisions`

// scanDecision: the log's index will be a table of its own, so that no stored row changes.
func scanDecision(r scanner, d *ledger.Row) error {
	d.LogIndex = -1
	return r.Scan(&d.Seq, &d.ID, micros{&d.At}, &d.Kind, &d.Peer, &d.Purpose, &d.Leaf, &d.Salt, &d.Content, &d.Details)
}

// Decision implements ledger.Store.
func (s *Store) Decision(ctx context.Context, id string) (ledger.Row, error) {
	return one(ctx, s, "decision", scanDecision, decisionColumns+` WHERE id = ?`, id)
}

// Decisions implements ledger.Store.
func (s *Store) Decisions(ctx context.Context, before int64, limit int) ([]ledger.Row, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	return list(ctx, s, "decisions", scanDecision, decisionColumns+` WHERE seq < ? ORDER BY seq DESC LIMIT ?`, before, limit)
}

// Subjects are read in groups of this size; the policy lets no more records into an answer.
const disclosedAtOnce = 5

const selectDisclosed = `SELECT subject, version, received FROM disclosed WHERE requester = ? AND subject IN (?, ?, ?, ?, ?)`

// Disclosed implements ledger.Store. A row that cannot be read as groups is
// Unreadable, and keeps its version.
func (s *Store) Disclosed(ctx context.Context, requester string, subjects []string) (map[string]decide.Disclosed, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable("disclosed", err)
	}
	ctx, cancel := s.dialect.bound(ctx)
	defer cancel()
	out := make(map[string]decide.Disclosed, len(subjects))
	for len(subjects) > 0 {
		n := min(len(subjects), disclosedAtOnce)
		if err := s.readDisclosed(ctx, requester, subjects[:n], out); err != nil {
			return nil, unavailable("disclosed", err)
		}
		subjects = subjects[n:]
	}
	return out, nil
}

func (s *Store) readDisclosed(ctx context.Context, requester string, subjects []string, out map[string]decide.Disclosed) error {
	args := [1 + disclosedAtOnce]any{requester}
	for i := range disclosedAtOnce {
		args[1+i] = subjects[min(i, len(subjects)-1)] // the last one again fills the rest
	}
	rows, err := s.disclosed.QueryContext(ctx, args[:]...)
	if err != nil {
		return err
	}
	return drain(rows, func(r scanner) error {
		var subject, received string
		var d decide.Disclosed
		if err := r.Scan(&subject, &d.Version, &received); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(received), &d.Groups); err != nil || d.Groups == nil {
			d.Groups, d.Unreadable = nil, true
		}
		out[subject] = d
		return nil
	})
}
