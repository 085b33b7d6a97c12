package store

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// logged remembers up to where every decision has an index, so that those that
// have none are found without reading the others.
type logged struct {
	below atomic.Int64

	mu   sync.Mutex
	lead *sql.Conn // holds the lock of who writes the log
}

// Lead implements ledger.LogStore.
func (s *Store) Lead(ctx context.Context) (bool, error) {
	if s.dialect.lead == "" {
		return true, nil
	}
	s.logged.mu.Lock()
	defer s.logged.mu.Unlock()
	if c := s.logged.lead; c != nil {
		if c.PingContext(ctx) == nil {
			return true, nil
		}
		_ = c.Close() // and with it the lock, if the server still knew of it
		s.logged.lead = nil
	}
	c, err := s.db.Conn(ctx)
	if err != nil {
		return false, unavailable("lead", err)
	}
	var lead bool
	if err := c.QueryRowContext(ctx, s.dialect.lead).Scan(&lead); err != nil || !lead {
		_ = c.Close()
		return false, unavailableUnless(err)
	}
	s.logged.lead = c
	return true, nil
}

const unlead = `SELECT pg_advisory_unlock_all()`

// unlead lets another process write the log.
func (l *logged) unlead() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lead != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = l.lead.ExecContext(ctx, unlead) // if it cannot be said, the end of the connection says it
		_ = l.lead.Close()
		l.lead = nil
	}
}

func unavailableUnless(err error) error {
	if err == nil {
		return nil
	}
	return unavailable("lead", err)
}

// lag is how far back a decision may become visible after a later one: PostgreSQL
// gives numbers before it commits.
const lag = 100_000

// logAtOnce bounds a transaction that stores indexes: answers wait for it.
const logAtOnce = 4096

// Unlogged implements ledger.LogStore.
func (s *Store) Unlogged(ctx context.Context, limit int) ([]ledger.LogEntry, error) {
	from := s.logged.below.Load()
	found, err := list(ctx, s, "unlogged", func(r scanner, e *ledger.LogEntry) error {
		var leaf []byte
		if err := r.Scan(&e.Seq, &leaf); err != nil {
			return err
		}
		copy(e.Leaf[:], leaf)
		return nil
	}, `SELECT d.seq, d.leaf FROM decisions d LEFT JOIN logged l ON l.seq = d.seq
		WHERE d.seq > ? AND l.seq IS NULL ORDER BY d.seq LIMIT ?`, from, limit)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		from = max(from, found[0].Seq-1-lag)
	} else if last, err := s.lastLogged(ctx); err == nil {
		from = max(from, last-lag)
	}
	s.logged.below.Store(from)
	return found, nil
}

func (s *Store) lastLogged(ctx context.Context) (int64, error) {
	return one(ctx, s, "logged", scanMax, `SELECT max(seq) FROM logged`)
}

func scanMax(r scanner, n *int64) error {
	var highest sql.NullInt64
	err := r.Scan(&highest)
	*n = highest.Int64
	return err
}

var insertLogged = bulk{`INSERT INTO logged (seq, log_index) VALUES `, 2, ` ON CONFLICT DO NOTHING`}

// Logged implements ledger.LogStore.
func (s *Store) Logged(ctx context.Context, entries []ledger.LogEntry) error {
	for len(entries) > 0 {
		part := entries[:min(len(entries), logAtOnce)]
		entries = entries[len(part):]
		err := s.writer.do(ctx, "logged", func(ctx context.Context, c *conn) error {
			n, err := c.execBulk(ctx, insertLogged, len(part), func(args []any, i int) []any {
				return append(args, part[i].Seq, int64(part[i].Index))
			})
			if err != nil || n == int64(len(part)) {
				return err
			}
			return c.sameIndexes(ctx, part)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sameIndexes: what was there already must say the same.
func (c *conn) sameIndexes(ctx context.Context, entries []ledger.LogEntry) error {
	for _, e := range entries {
		var at int64
		err := c.row(ctx, `SELECT log_index FROM logged WHERE seq = ?`, e.Seq).Scan(&at)
		if err != nil || at != int64(e.Index) {
			return problem.Wrap(ledger.CodeIndexTaken, "transparency log", err)
		}
	}
	return nil
}

// NextIndex implements ledger.LogStore.
func (s *Store) NextIndex(ctx context.Context) (uint64, error) {
	highest, err := one(ctx, s, "logged", scanMax, `SELECT max(log_index) + 1 FROM logged`)
	return uint64(highest), err
}

// LogEntryOf implements ledger.LogStore.
func (s *Store) LogEntryOf(ctx context.Context, id string) (ledger.LogEntry, error) {
	return one(ctx, s, "decision in the log", func(r scanner, e *ledger.LogEntry) error {
		var leaf []byte
		err := r.Scan(&e.Seq, &leaf, &e.Index)
		copy(e.Leaf[:], leaf)
		return err
	}, `SELECT d.seq, d.leaf, l.log_index FROM decisions d JOIN logged l ON l.seq = d.seq WHERE d.id = ?`, id)
}

// Head implements ledger.LogStore.
func (s *Store) Head(ctx context.Context, kind, origin string) (ledger.Head, error) {
	return one(ctx, s, "checkpoint", scanHead, headColumns+`kind = ? AND origin = ?`, kind, origin)
}

const headColumns = `SELECT kind, origin, size, root, raw FROM heads WHERE `

func scanHead(r scanner, h *ledger.Head) error {
	var root []byte
	err := r.Scan(&h.Kind, &h.Origin, &h.Size, &root, &h.Raw)
	copy(h.Root[:], root)
	return err
}

// Heads implements ledger.LogStore.
func (s *Store) Heads(ctx context.Context, kind string) ([]ledger.Head, error) {
	return list(ctx, s, "checkpoints", scanHead, headColumns+`kind = ?`, kind)
}

// SetHead implements ledger.LogStore.
func (s *Store) SetHead(ctx context.Context, was uint64, h ledger.Head) error {
	return s.writer.do(ctx, "checkpoint", func(ctx context.Context, c *conn) error {
		n, err := c.setHead(ctx, was, h)
		if err == nil && n == 0 {
			err = problem.New(ledger.CodeHeadMoved, h.Origin)
		}
		return err
	})
}

func (c *conn) setHead(ctx context.Context, was uint64, h ledger.Head) (int64, error) {
	if was == 0 { // none yet, or that of an empty log
		return c.changed(ctx, `INSERT INTO heads (kind, origin, size, root, raw) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (kind, origin) DO UPDATE SET size = excluded.size, root = excluded.root, raw = excluded.raw WHERE heads.size = 0`,
			h.Kind, h.Origin, int64(h.Size), h.Root[:], h.Raw)
	}
	return c.changed(ctx, `UPDATE heads SET size = ?, root = ?, raw = ? WHERE kind = ? AND origin = ? AND size = ?`,
		int64(h.Size), h.Root[:], h.Raw, h.Kind, h.Origin, int64(was))
}
