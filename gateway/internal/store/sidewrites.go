package store

import (
	"context"
	"time"

	"homeward.example/gateway/internal/ledger"
)

func (s *Store) write(ctx context.Context, where, query string, args ...any) error {
	return s.writer.do(ctx, where, func(ctx context.Context, c *conn) error { return c.exec(ctx, query, args...) })
}

// Delivered implements ledger.Store.
func (s *Store) Delivered(ctx context.Context, id string) error {
	return s.write(ctx, "outbox", `DELETE FROM outbox WHERE id = ?`, id)
}

// Postpone implements ledger.Store and counts the try.
func (s *Store) Postpone(ctx context.Context, id string, due time.Time) error {
	return s.write(ctx, "outbox", `UPDATE outbox SET due = ?, tries = tries + 1 WHERE id = ?`, due.UnixMicro(), id)
}

// PostponeAll implements ledger.Store and counts the try.
func (s *Store) PostponeAll(ctx context.Context, peer string, now, due time.Time) error {
	return s.write(ctx, "outbox", `UPDATE outbox SET due = ?, tries = tries + 1 WHERE peer = ? AND due <= ?`, due.UnixMicro(), peer, now.UnixMicro())
}

// PutLink implements ledger.Store.
func (s *Store) PutLink(ctx context.Context, l ledger.Link) error {
	return s.write(ctx, "links", `INSERT INTO links (id, recipient, query_jti, token, expires) VALUES (?, ?, ?, ?, ?)`,
		l.ID, l.Recipient, l.QueryJTI, l.Token, l.Expires.UnixMicro())
}

// Block implements ledger.Store.
func (s *Store) Block(ctx context.Context, participant, why string, at time.Time) error {
	return s.write(ctx, "blocked", `INSERT INTO blocked (participant, why, at) VALUES (?, ?, ?)
		ON CONFLICT (participant) DO UPDATE SET why = excluded.why, at = excluded.at`, participant, why, at.UnixMicro())
}

// Unblock implements ledger.Store.
func (s *Store) Unblock(ctx context.Context, participant string) error {
	return s.write(ctx, "blocked", `DELETE FROM blocked WHERE participant = ?`, participant)
}
