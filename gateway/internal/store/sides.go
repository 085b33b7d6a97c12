package store

import (
	"context"

	"homeward.example/gateway/internal/ledger"
)

// writeSides stores what goes with the decisions: rare beside them, so one row at a time.
func (b *batch) writeSides(ctx context.Context, c *conn) error {
	for i, item := range b.items {
		if b.refused[i] != nil {
			continue
		}
		for _, write := range []func(context.Context, *conn, *ledger.Commit) error{writeOutbox, writeHits, writeAsked, writePending, writeRevoked, writeErase} {
			if err := write(ctx, c, item.Commit); err != nil {
				return err
			}
		}
	}
	if err := b.writeReceipts(ctx, c); err != nil {
		return err
	}
	return b.writeMatters(ctx, c)
}

func writeOutbox(ctx context.Context, c *conn, m *ledger.Commit) error {
	for _, o := range m.Outbox {
		err := c.exec(ctx, `INSERT INTO outbox (id, decision, peer, kind, payload, due, tries) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			o.ID, m.Row.ID, o.Peer, o.Kind, o.Payload, o.Due.UnixMicro(), o.Tries)
		if err != nil {
			return err
		}
	}
	return nil
}

func writeHits(ctx context.Context, c *conn, m *ledger.Commit) error {
	for _, h := range m.Hits {
		err := c.exec(ctx, `INSERT INTO hits (id, decision, at, requester, holder, purpose, query_jti, record, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			h.ID, m.Row.ID, h.At.UnixMicro(), h.Requester, h.Holder, h.Purpose, h.QueryJTI, h.Record, h.Detail)
		if err != nil {
			return err
		}
	}
	return nil
}

func writeAsked(ctx context.Context, c *conn, m *ledger.Commit) error {
	for _, a := range m.Asked {
		err := c.exec(ctx, `INSERT INTO asked (query_id, holder, decision, jti, purpose, subject, client, role, status, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (query_id, holder) DO UPDATE SET decision = excluded.decision, jti = excluded.jti,
			purpose = excluded.purpose, subject = excluded.subject, client = excluded.client, role = excluded.role, status = excluded.status, at = excluded.at`,
			a.QueryID, a.Holder, m.Row.ID, a.JTI, a.Purpose, a.Subject, a.Client, a.Role, a.Status, a.At.UnixMicro())
		if err != nil {
			return err
		}
	}
	return nil
}

// writePending replaces what stands: a question that was collected and must still wait.
func writePending(ctx context.Context, c *conn, m *ledger.Commit) error {
	p := m.Pending
	if p == nil {
		return nil
	}
	return c.exec(ctx, `INSERT INTO pending (issuer, jti, decision, query, asked, until) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (issuer, jti) DO UPDATE SET decision = excluded.decision, query = excluded.query,
		asked = excluded.asked, until = excluded.until`,
		p.Issuer, p.JTI, m.Row.ID, p.Query, p.Asked.UnixMicro(), p.Until.UnixMicro())
}

func writeRevoked(ctx context.Context, c *conn, m *ledger.Commit) error {
	if m.Revoked == "" {
		return nil
	}
	return c.exec(ctx, `UPDATE links SET revoked = ? WHERE id = ? AND revoked = 0`, m.Row.At.UnixMicro(), m.Revoked)
}
