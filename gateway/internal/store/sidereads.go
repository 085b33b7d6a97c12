package store

import (
	"context"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// Due implements ledger.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]ledger.OutboxItem, error) {
	return list(ctx, s, "outbox", func(r scanner, o *ledger.OutboxItem) error {
		return r.Scan(&o.ID, &o.Peer, &o.Kind, &o.Payload, micros{&o.Due}, &o.Tries)
	}, `SELECT id, peer, kind, payload, due, tries FROM (
			SELECT id, decision, peer, kind, payload, due, tries, row_number() OVER (PARTITION BY peer ORDER BY due, decision, id) AS nth
			FROM outbox WHERE due <= ?
		) AS waiting WHERE nth <= ? ORDER BY due, decision, id LIMIT ?`, now.UnixMicro(), max(1, limit/2), limit)
}

const hitColumns = `SELECT id, at, requester, holder, purpose, query_jti, record, detail FROM hits`

func scanHit(r scanner, h *ledger.Hit) error {
	return r.Scan(&h.ID, micros{&h.At}, &h.Requester, &h.Holder, &h.Purpose, &h.QueryJTI, &h.Record, &h.Detail)
}

// Hits implements ledger.Store: the newest first.
func (s *Store) Hits(ctx context.Context, limit int) ([]ledger.Hit, error) {
	return list(ctx, s, "hits", scanHit, hitColumns+` ORDER BY at DESC, id LIMIT ?`, limit)
}

// Hit implements ledger.Store.
func (s *Store) Hit(ctx context.Context, id string) (ledger.Hit, error) {
	return one(ctx, s, "hit", scanHit, hitColumns+` WHERE id = ?`, id)
}

const linkColumns = `SELECT id, recipient, query_jti, token, expires FROM links`

func scanLink(r scanner, l *ledger.Link) error {
	return r.Scan(&l.ID, &l.Recipient, &l.QueryJTI, &l.Token, micros{&l.Expires})
}

// LinksFor implements ledger.Store.
func (s *Store) LinksFor(ctx context.Context, recipient, queryJTI string, now time.Time) ([]ledger.Link, error) {
	return list(ctx, s, "links", scanLink, linkColumns+` WHERE recipient = ? AND query_jti = ? AND expires > ? AND revoked = 0
		ORDER BY expires, id`, recipient, queryJTI, now.UnixMicro())
}

// Link implements ledger.Store.
func (s *Store) Link(ctx context.Context, id string) (ledger.Link, error) {
	return one(ctx, s, "case link", scanLink, linkColumns+` WHERE id = ?`, id)
}

// Revoked implements ledger.Store.
func (s *Store) Revoked(ctx context.Context) ([]string, error) {
	return list(ctx, s, "links", func(r scanner, id *string) error { return r.Scan(id) },
		`SELECT id FROM links WHERE revoked <> 0 ORDER BY id`)
}

// AskedIn implements ledger.Store, by holder.
func (s *Store) AskedIn(ctx context.Context, queryID string) ([]ledger.Asked, error) {
	return list(ctx, s, "asked", func(r scanner, a *ledger.Asked) error {
		return r.Scan(&a.QueryID, &a.Holder, &a.JTI, &a.Purpose, &a.Subject, &a.Client, &a.Role, &a.Status, micros{&a.At})
	}, `SELECT query_id, holder, jti, purpose, subject, client, role, status, at FROM asked WHERE query_id = ? ORDER BY holder`, queryID)
}

// PendingFor implements ledger.Store; a problem "not_found" if nothing was promised.
func (s *Store) PendingFor(ctx context.Context, issuer, jti string) (ledger.Pending, error) {
	return one(ctx, s, "pending", func(r scanner, p *ledger.Pending) error {
		return r.Scan(&p.Issuer, &p.JTI, &p.Query, micros{&p.Asked}, micros{&p.Until})
	}, `SELECT issuer, jti, query, asked, until FROM pending WHERE issuer = ? AND jti = ?`, issuer, jti)
}

// Blocked implements ledger.Store.
func (s *Store) Blocked(ctx context.Context) ([]string, error) {
	return list(ctx, s, "blocked", func(r scanner, p *string) error { return r.Scan(p) },
		`SELECT participant FROM blocked ORDER BY participant`)
}
