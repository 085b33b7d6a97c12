package store

import (
	"context"
	"database/sql"
	"strings"
)

// bulk is a statement over a list of rows of any length. It is cut into powers of
// two, so that a few prepared statements serve every length.
type bulk struct {
	head    string // "INSERT INTO t (a, b) VALUES "
	columns int
	tail    string
}

// arguments appends those of row n.
type arguments func(args []any, n int) []any

// exec runs the statement over n rows and returns how many it touched.
func (c *conn) execBulk(ctx context.Context, b bulk, n int, row arguments) (int64, error) {
	var touched int64
	err := c.bulk(ctx, b, n, row, func(s *sql.Stmt, args []any) error {
		r, err := s.ExecContext(ctx, args...)
		if err != nil {
			return err
		}
		t, err := r.RowsAffected()
		touched += t
		return err
	})
	return touched, err
}

// queryBulk runs it and hands every row that it returns to scan.
func (c *conn) queryBulk(ctx context.Context, b bulk, n int, row arguments, scan func(scanner) error) error {
	return c.bulk(ctx, b, n, row, func(s *sql.Stmt, args []any) error {
		rows, err := s.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		return drain(rows, scan)
	})
}

func (c *conn) bulk(ctx context.Context, b bulk, n int, row arguments, run func(*sql.Stmt, []any) error) error {
	args := make([]any, 0, min(n, maxBatch)*b.columns)
	for done := 0; done < n; {
		size := chunk(n - done)
		args = args[:0]
		for i := range size {
			args = row(args, done+i)
		}
		done += size
		s, err := c.prepare(ctx, b, size)
		if err != nil {
			return err
		}
		if err := run(s, args); err != nil {
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

func (b bulk) query(rows int) string {
	return b.head + placeholders(rows, b.columns) + b.tail
}

// placeholders of two rows of three columns are "(?,?,?),(?,?,?)"; of none, nothing.
func placeholders(rows, columns int) string {
	if rows == 0 {
		return ""
	}
	row := "(" + strings.Repeat("?,", columns-1) + "?)"
	return strings.Repeat(row+",", rows-1) + row
}
