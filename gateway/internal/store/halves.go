package store

import (
	"context"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// digestOrNull keeps a digest that is not there as NULL.
func digestOrNull(d [32]byte) []byte {
	if d == [32]byte{} {
		return nil
	}
	return d[:]
}

// Halves implements ledger.HalfStore.
func (s *Store) Halves(ctx context.Context, peer string, from, to time.Time, limit int) ([]ledger.Half, error) {
	return list(ctx, s, "exchanges", func(r scanner, h *ledger.Half) error {
		var question, answer []byte
		err := r.Scan(&h.Decision, &h.Kind, micros{&h.At}, &question, &answer)
		copy(h.Question[:], question)
		copy(h.Answer[:], answer)
		return err
	}, `SELECT d.id, d.kind, d.at, e.question, e.answer FROM decisions d JOIN exchanges e ON e.decision = d.id
		WHERE d.at >= ? AND d.at < ? AND d.peer = ? AND e.question IS NOT NULL ORDER BY d.at, d.seq LIMIT ?`,
		from.UnixMicro(), to.UnixMicro(), peer, limit)
}
