package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// How long what names a child, or who asked for one, is kept beside the ledger. A
// question can be collected, and a hit answered, for half a year; by then whoever
// still needs the child asks again. An answer that a person had to complete is
// given up a month after the time that was promised for it. Decisions are kept,
// and so are the parts that they share (parts.go): there are as many of those as
// the policy has words. An idle gateway forgets too, so the clock of this machine
// is enough for these: no guarantee hangs on them.
const (
	keepAsked   = 180 * 24 * time.Hour
	keepHits    = 180 * 24 * time.Hour
	keepPending = 30 * 24 * time.Hour
)

// aged are the tables from which rows are dropped by their age alone.
var aged = [...]struct {
	table, key, column string
	keep               time.Duration
}{
	{"asked", "(query_id, holder)", "at", keepAsked},
	{"hits", "id", "at", keepHits},
	{"pending", "(issuer, jti)", "until", keepPending},
}

// skew is how long after its end a claim is kept, so that clocks which differ by
// it agree.
const skew = 10 * time.Second

var deleteClaims = bulk{`DELETE FROM claims WHERE (issuer, jti) IN (VALUES `, 2, `)`}

// pruneAtOnce keeps each transaction of a prune to a few milliseconds.
const pruneAtOnce = 512

// Prune implements ledger.Store. The clock of this machine alone forgets nothing:
// the highest expiry ever claimed, which others signed, must have passed as well.
// First the bound below which nothing is accepted is raised, and only then is
// anything dropped, so that no claim is ever missing that could still be made.
func (s *Store) Prune(ctx context.Context, now time.Time) error {
	var bound int64
	err := s.writer.do(ctx, "prune", func(ctx context.Context, c *conn) (err error) {
		bound, err = c.raiseBound(ctx, now)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.write(ctx, "prune", `DELETE FROM links WHERE expires < ?`, bound); err != nil {
		return err
	}
	if err := s.pruneClaims(ctx, bound); err != nil {
		return err
	}
	for _, a := range aged {
		if err := s.pruneAged(ctx, a.table, a.key, a.column, now.Add(-a.keep)); err != nil {
			return err
		}
	}
	return nil
}

// pruneAged deletes what is older than a time, a little at once.
func (s *Store) pruneAged(ctx context.Context, table, key, column string, before time.Time) error {
	columns := strings.Trim(key, "()")
	statement := `DELETE FROM ` + table + ` WHERE ` + key + ` IN (SELECT ` + columns + ` FROM ` + table + ` WHERE ` + column + ` < ? LIMIT ?)`
	for n := int64(pruneAtOnce); n == pruneAtOnce; {
		err := s.writer.do(ctx, "prune", func(ctx context.Context, c *conn) (err error) {
			n, err = c.changed(ctx, statement, before.UnixMicro(), pruneAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// raiseBound returns what is now forgotten: expiries below it.
func (c *conn) raiseBound(ctx context.Context, now time.Time) (int64, error) {
	var highest, pruned int64
	err := c.row(ctx, `SELECT d.highest, d.pruned FROM clock d WHERE d.id = 1`+c.dialect.forUpdate).Scan(&highest, &pruned)
	if err != nil {
		return 0, err
	}
	var claimed sql.NullInt64
	if err := c.row(ctx, `SELECT max(expires) FROM claims`).Scan(&claimed); err != nil {
		return 0, err
	}
	highest = max(highest, claimed.Int64)
	pruned = max(pruned, min(highest, now.UnixMicro())-skew.Microseconds())
	return pruned, c.exec(ctx, `UPDATE clock SET highest = ?, pruned = ? WHERE id = 1`, highest, pruned)
}

// pruneClaims walks the table in the order of its key, without holding up those who commit.
func (s *Store) pruneClaims(ctx context.Context, bound int64) error {
	var last pair
	for {
		keys, err := list(ctx, s, "prune", func(r scanner, k *pair) error { return r.Scan(&k.a, &k.b) },
			`SELECT issuer, jti FROM claims WHERE (issuer, jti) > (?, ?) AND expires < ? ORDER BY issuer, jti LIMIT ?`,
			last.a, last.b, bound, pruneAtOnce)
		if err != nil || len(keys) == 0 {
			return err
		}
		last = keys[len(keys)-1]
		err = s.writer.do(ctx, "prune", func(ctx context.Context, c *conn) error {
			_, err := c.execBulk(ctx, deleteClaims, len(keys), func(args []any, n int) []any {
				return append(args, keys[n].a, keys[n].b)
			})
			return err
		})
		if err != nil {
			return err
		}
	}
}
