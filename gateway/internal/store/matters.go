package store

import (
	"context"
	"strings"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// writeMatters stores where matters stand now. An item that knew another state
// than stands is left out and told to look again.
func (b *batch) writeMatters(ctx context.Context, c *conn) error {
	late := false
	for i, item := range b.items {
		if b.refused[i] != nil {
			continue
		}
		for _, m := range item.Matters {
			n, err := c.writeMatter(ctx, item.Row.ID, m)
			if err != nil {
				return err
			}
			if n == 0 {
				b.late[i], late = true, true
			}
		}
	}
	if late {
		return errLate
	}
	if !b.moves() {
		return nil
	}
	b.standing++
	return c.exec(ctx, `UPDATE clock SET standing = ? WHERE id = 1`, b.standing)
}

// moves says whether the batch changes a matter on which every answer depends.
func (b *batch) moves() bool {
	for _, item := range b.items {
		for _, m := range item.Matters {
			if m.Stands {
				return true
			}
		}
	}
	return false
}

func (c *conn) writeMatter(ctx context.Context, decision string, m ledger.Matter) (int64, error) {
	const insert = `INSERT INTO matters (id, decision, kind, state, participant, subject, at, due, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO `
	values := []any{m.ID, decision, m.Kind, m.State, m.Participant, m.Subject, m.At.UnixMicro(), dueMicros(m.Due), m.Body}
	switch m.Was {
	case "":
		return c.changed(ctx, insert+`UPDATE SET decision = excluded.decision, kind = excluded.kind, state = excluded.state,
			participant = excluded.participant, subject = excluded.subject, at = excluded.at, due = excluded.due, body = excluded.body`, values...)
	case ledger.MatterNone:
		return c.changed(ctx, insert+`NOTHING`, values...)
	default:
		return c.changed(ctx, `UPDATE matters SET decision = ?, kind = ?, state = ?, participant = ?, subject = ?, at = ?, due = ?, body = ?
			WHERE id = ? AND state = ? AND (decision = ? OR ? = '')`,
			decision, m.Kind, m.State, m.Participant, m.Subject, m.At.UnixMicro(), dueMicros(m.Due), m.Body, m.ID, m.Was, m.Read, m.Read)
	}
}

// dueMicros keeps "never" as 0.
func dueMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

const matterColumns = `SELECT id, decision, kind, state, participant, subject, at, due, body FROM matters`

func scanMatter(r scanner, m *ledger.Matter) error {
	var due int64
	err := r.Scan(&m.ID, &m.Decision, &m.Kind, &m.State, &m.Participant, &m.Subject, micros{&m.At}, &due, &m.Body)
	if due != 0 {
		m.Due = time.UnixMicro(due).UTC()
	}
	return err
}

// Matter implements ledger.Store.
func (s *Store) Matter(ctx context.Context, id string) (ledger.Matter, error) {
	return one(ctx, s, "matter", scanMatter, matterColumns+` WHERE id = ?`, id)
}

// Matters implements ledger.Store.
func (s *Store) Matters(ctx context.Context, q ledger.MatterQuery) ([]ledger.Matter, error) {
	var where []string
	var args []any
	for _, c := range []struct{ column, value string }{
		{"kind", q.Kind}, {"state", q.State}, {"participant", q.Participant}, {"subject", q.Subject},
	} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if !q.DueBefore.IsZero() {
		where, args = append(where, "due > 0 AND due < ?"), append(args, q.DueBefore.UnixMicro())
	}
	if !q.Until.IsZero() {
		where, args = append(where, "at < ?"), append(args, q.Until.UnixMicro())
	}
	order, past := ` ORDER BY due, at, id`, ""
	switch {
	case q.Newest:
		order, past = ` ORDER BY at DESC, id`, "(at < ? OR at = ? AND id > ?)"
	case q.Oldest:
		order, past = ` ORDER BY at, id`, "(at > ? OR at = ? AND id > ?)"
	}
	if past != "" && q.Past != (ledger.MatterMark{}) {
		at := q.Past.At.UnixMicro()
		where, args = append(where, past), append(args, at, at, q.Past.ID)
	}
	query := matterColumns
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	query += order
	if q.Limit > 0 {
		query, args = query+` LIMIT ?`, append(args, q.Limit)
	}
	return list(ctx, s, "matters", scanMatter, query, args...)
}

// Standing implements ledger.Store: each batch says what it found.
func (s *Store) Standing() int64 { return s.writer.standing.Load() }

// readStanding is for the start, before any batch.
func (s *Store) readStanding(ctx context.Context) error {
	v, err := list(ctx, s, "standing", func(r scanner, v *int64) error { return r.Scan(v) }, `SELECT standing FROM clock WHERE id = 1`)
	if err == nil && len(v) == 1 {
		s.writer.standing.Store(v[0])
	}
	return err
}
