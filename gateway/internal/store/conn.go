package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// conn is the one connection that writes, with its prepared statements.
type conn struct {
	*sql.Conn
	dialect    dialect
	parts      parts
	facets     *facets
	statements map[statement]*sql.Stmt
}

// statement names a prepared one: its text, and for how many rows.
type statement struct {
	bulk
	rows int
}

func newConn(ctx context.Context, w *writer) (*conn, error) {
	c, err := w.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, dialect: w.dialect, parts: w.parts, facets: w.facets, statements: make(map[statement]*sql.Stmt)}, nil
}

// discard closes the connection for good. What its transaction wrote is gone,
// unless it was told to commit: then nobody knows.
func (c *conn) discard() {
	c.closeStatements()
	_ = c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.Close()
}

// release gives a sound connection back.
func (c *conn) release() {
	c.closeStatements()
	_ = c.Close()
}

// closeStatements is left to us by database/sql for statements of a sql.Conn, and
// SQLite keeps a closed connection, with its locks, as long as one of them is open.
func (c *conn) closeStatements() {
	for _, s := range c.statements {
		_ = s.Close()
	}
}

func (c *conn) prepare(ctx context.Context, b bulk, rows int) (*sql.Stmt, error) {
	key := statement{b, rows}
	if s, ok := c.statements[key]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, c.dialect.rebind(b.query(rows)))
	if err == nil {
		c.statements[key] = s
	}
	return s, err
}

// script runs statements without arguments as they are.
func (c *conn) script(ctx context.Context, script string) error {
	_, err := c.ExecContext(ctx, script)
	return err
}

func (c *conn) exec(ctx context.Context, query string, args ...any) error {
	_, err := c.changed(ctx, query, args...)
	return err
}

// changed runs a statement and returns how many rows it touched.
func (c *conn) changed(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := c.prepare(ctx, bulk{head: query}, 0)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (c *conn) row(ctx context.Context, query string, args ...any) scanner {
	s, err := c.prepare(ctx, bulk{head: query}, 0)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(ctx, args...)
}

type scanner interface{ Scan(dest ...any) error }

type failedRow struct{ err error }

func (f failedRow) Scan(...any) error { return f.err }

func drain(rows *sql.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
