package store

import (
	"context"
	"strings"
	"time"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
)

// writeReceipts stores what is owed for received answers, and what was complained
// of. An item that knew another state than stands is left out and told to look again.
func (b *batch) writeReceipts(ctx context.Context, c *conn) error {
	late := false
	for i, item := range b.items {
		if b.refused[i] != nil || item.Receipt == nil {
			continue
		}
		n, err := c.writeReceipt(ctx, item.Receipt)
		if err != nil {
			return err
		}
		if n == 0 {
			b.late[i], late = true, true
		}
	}
	if late {
		return errLate
	}
	return nil
}

func (c *conn) writeReceipt(ctx context.Context, r *ledger.HolderReceipt) (int64, error) {
	if r.Was != "" {
		return c.changed(ctx, `UPDATE receipts SET state = ?, problem = ?, next = ?, tries = ? WHERE decision = ? AND state = ?`,
			r.State, r.Problem, dueMicros(r.Next), r.Tries, r.Decision, r.Was)
	}
	return c.changed(ctx, `INSERT INTO receipts (decision, holder, theirs, leaf, at, state, problem, next, tries, log_index, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
		r.Decision, r.Holder, r.Theirs, r.Leaf[:], r.At.UnixMicro(), r.State, r.Problem, dueMicros(r.Next), r.Tries)
}

// PutReceipts implements ledger.ReceiptStore.
func (s *Store) PutReceipts(ctx context.Context, origin string, receipts []ledger.HolderReceipt) error {
	return s.writer.do(ctx, "receipts", func(ctx context.Context, c *conn) error {
		kept := make(map[uint64]bool)
		for _, r := range receipts {
			if r.State == ledger.ReceiptHave && !kept[r.Size] {
				kept[r.Size] = true
				if err := c.exec(ctx, `INSERT INTO checkpoints (origin, size, raw) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, origin, int64(r.Size), r.Checkpoint); err != nil {
					return err
				}
			}
			if err := c.exec(ctx, `UPDATE receipts SET state = ?, problem = ?, next = ?, tries = ?, log_index = ?, size = ?, path = ?, origin = ? WHERE decision = ? AND state = ?`,
				r.State, r.Problem, dueMicros(r.Next), r.Tries, int64(r.Index), int64(r.Size), r.Path, origin, r.Decision, r.Was); err != nil {
				return err
			}
		}
		return nil
	})
}

const receiptColumns = `SELECT decision, holder, theirs, leaf, at, state, problem, next, tries, log_index, size, path FROM receipts`

func scanReceipt(r scanner, v *ledger.HolderReceipt) error {
	var leaf []byte
	var next int64
	err := r.Scan(&v.Decision, &v.Holder, &v.Theirs, &leaf, micros{&v.At}, &v.State, &v.Problem, &next, &v.Tries, &v.Index, &v.Size, &v.Path)
	copy(v.Leaf[:], leaf)
	if next != 0 {
		v.Next = time.UnixMicro(next).UTC()
	}
	return err
}

// ReceiptsDue implements ledger.ReceiptStore.
func (s *Store) ReceiptsDue(ctx context.Context, now time.Time, limit int) ([]ledger.HolderReceipt, error) {
	return list(ctx, s, "receipts", scanReceipt, receiptColumns+` WHERE next > 0 AND next <= ? ORDER BY next LIMIT ?`, now.UnixMicro(), limit)
}

// Receipts implements ledger.ReceiptStore.
func (s *Store) Receipts(ctx context.Context, q ledger.ReceiptQuery) ([]ledger.HolderReceipt, error) {
	var where []string
	var args []any
	if q.State != "" {
		where, args = append(where, "state = ?"), append(args, q.State)
	}
	if q.State != "" && q.State != ledger.ReceiptHave {
		where = append(where, "next > 0") // as the index has it
	}
	if q.Holder != "" {
		where, args = append(where, "holder = ?"), append(args, q.Holder)
	}
	query := receiptColumns
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	query += ` ORDER BY at DESC, decision`
	if q.Limit > 0 {
		query, args = query+` LIMIT ?`, append(args, q.Limit)
	}
	return list(ctx, s, "receipts", scanReceipt, query, args...)
}

// Receipt implements ledger.ReceiptStore.
func (s *Store) Receipt(ctx context.Context, decision string) (ledger.HolderReceipt, error) {
	r, err := one(ctx, s, "receipt", scanReceipt, receiptColumns+` WHERE decision = ?`, decision)
	if err != nil || r.State != ledger.ReceiptHave {
		return r, err
	}
	r.Checkpoint, err = one(ctx, s, "checkpoint", func(r scanner, raw *[]byte) error { return r.Scan(raw) },
		`SELECT c.raw FROM receipts r JOIN checkpoints c ON c.size = r.size AND c.origin = CASE WHEN r.origin = '' THEN ? ELSE r.origin END WHERE r.decision = ?`,
		checkpoint.LogName(r.Holder), decision)
	return r, err
}

// ReceiptCounts implements ledger.ReceiptStore.
func (s *Store) ReceiptCounts(ctx context.Context) (map[string]int, error) {
	type count struct {
		state string
		n     int
	}
	found, err := list(ctx, s, "receipts", func(r scanner, c *count) error { return r.Scan(&c.state, &c.n) },
		`SELECT state, count(*) FROM receipts WHERE next > 0 GROUP BY state`)
	counts := map[string]int{ledger.ReceiptWaiting: 0, ledger.ReceiptOverdue: 0, ledger.ReceiptBad: 0}
	for _, c := range found {
		counts[c.state] = c.n
	}
	return counts, err
}

// EntriesFor implements ledger.ReceiptStore.
func (s *Store) EntriesFor(ctx context.Context, peer string, decisions []string) (map[string]ledger.LogEntry, error) {
	out := make(map[string]ledger.LogEntry)
	if len(decisions) == 0 {
		return out, nil
	}
	args := []any{peer}
	for _, id := range decisions {
		args = append(args, id)
	}
	type found struct {
		id string
		ledger.LogEntry
	}
	entries, err := list(ctx, s, "decisions in the log", func(r scanner, e *found) error {
		var leaf []byte
		err := r.Scan(&e.id, &e.Seq, &leaf, &e.Index)
		copy(e.Leaf[:], leaf)
		return err
	}, `SELECT d.id, d.seq, d.leaf, l.log_index FROM decisions d JOIN logged l ON l.seq = d.seq
		WHERE d.peer = ? AND d.id IN `+placeholders(1, len(decisions)), args...)
	for _, e := range entries {
		out[e.id] = e.LogEntry
	}
	return out, err
}
