package store

import (
	"context"
	"crypto/sha256"

	"homeward.example/gateway/internal/ledger"
)

// besides are the tables whose rows of a decision name the child, or say what was
// said of it. No decision is found by a child any more once it is erased, whether the
// child stood in it or in a matter that went with it.
var besides = [...]string{"hits", "asked", "pending", "children"}

// writeErase takes the personal part of other decisions away. One that was erased
// already, or is not there, is left as it is.
func writeErase(ctx context.Context, c *conn, m *ledger.Commit) error {
	for _, e := range m.Erase {
		sum := sha256.Sum256(e.Remains)
		n, err := c.changed(ctx, `INSERT INTO erased (id, at, under, decision, remains) SELECT d.id, ?, ?, ?, ? FROM decisions d
			WHERE d.id = ? AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.id = d.id)`, e.At.UnixMicro(), e.Under, m.Row.ID, sum[:], e.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := c.eraseOne(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) eraseOne(ctx context.Context, e ledger.Erasure) error {
	err := c.exec(ctx, `UPDATE decisions SET salt = ?, parts = NULL, content = ?, details = NULL WHERE id = ?`, []byte{}, e.Remains, e.ID)
	if err != nil {
		return err
	}
	for _, table := range besides {
		if err := c.exec(ctx, `DELETE FROM `+table+` WHERE decision = ?`, e.ID); err != nil {
			return err
		}
	}
	return c.eraseExchange(ctx, e.ID)
}

// Scrub implements ledger.Store. SQLite overwrites what it frees (secure_delete), and
// its journal once it has been moved into the database and cut. PostgreSQL keeps dead
// rows until it vacuums: the operator's schedule.
func (s *Store) Scrub(ctx context.Context) error {
	if !s.dialect.local {
		return nil
	}
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	if s.writer.conn == nil || s.writer.dead != nil {
		return nil
	}
	if err := s.writer.conn.script(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		s.writer.kill(err)
		return unavailable("scrub", err)
	}
	s.writer.unsaved = 0
	return nil
}
