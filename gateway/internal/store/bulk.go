package store

import (
	"context"
	"strings"
)

// bulk is a statement over a list of rows of any length. It is cut into powers of
// two, so that a few prepared statements serve every length.
type bulk struct {
	head    string // "INSERT INTO t (a, b) VALUES "
	columns int
	tail    string
}

var (
	insertClaims = bulk{`INSERT INTO claims (issuer, jti, expires) VALUES `, 3,
		` ON CONFLICT DO NOTHING RETURNING issuer, jti`}
	insertDecisions = bulk{`INSERT INTO decisions (id, at, kind, peer, purpose, leaf, salt, content, details) VALUES `, 9, ``}
)

// each runs it over n rows, whose arguments row appends. What is returned goes to
// scan, which is nil for a statement that returns nothing.
func (s bulk) each(ctx context.Context, c *conn, n int, row func(args []any, n int) []any, scan func(scanner) error) error {
	args := make([]any, 0, min(n, maxBatch)*s.columns)
	for done := 0; done < n; {
		size := chunk(n - done)
		args = args[:0]
		for i := range size {
			args = row(args, done+i)
		}
		done += size
		if scan == nil {
			if err := c.exec(ctx, s.query(size), args...); err != nil {
				return err
			}
		} else if err := c.each(ctx, scan, s.query(size), args...); err != nil {
			return err
		}
	}
	return nil
}

// chunk is the largest power of two in n, at most maxBatch.
func chunk(n int) int {
	size := 1
	for size*2 <= min(n, maxBatch) {
		size *= 2
	}
	return size
}

func (s bulk) query(rows int) string {
	return s.head + placeholders(rows, s.columns) + s.tail
}

// placeholders of two rows of three columns are "(?,?,?),(?,?,?)".
func placeholders(rows, columns int) string {
	row := "(" + strings.Repeat("?,", columns-1) + "?)"
	return strings.Repeat(row+",", rows-1) + row
}
