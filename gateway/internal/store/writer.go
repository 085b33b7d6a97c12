package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"homeward.example/gateway/internal/problem"
)

// writer runs transactions one after the other on a connection of its own. After
// any failure the connection is thrown away, so that none starts inside the ruins
// of another.
type writer struct {
	db      *sql.DB
	dialect dialect
	parts   parts
	facets  *facets
	// step is called between the parts of a transaction; tests stop the process there.
	step func(string)

	// standing is the version of what stands, as the last batch found or left it.
	standing atomic.Int64

	mu      sync.Mutex
	within  time.Duration // of a transaction
	conn    *conn
	unsaved int   // pages written since the last checkpoint, about
	dead    error // set once storage can no longer be trusted
}

// checkpointAfter lets SQLite's journal grow to some 32 megabytes: the longer, the
// more often a page is written to it before it is written to the database.
const checkpointAfter = 4096

// pageSize is that of SQLite's pages, in bytes.
const pageSize = 8192

// errIndeterminate: the database was told to commit and did not say that it had.
var errIndeterminate = errors.New("commit is indeterminate")

// These end the body of a transaction without a trace and without a fault.
var (
	// errNothing: there is nothing to store.
	errNothing = errors.New("nothing to store")
	// errTaken: some of the claims were there already.
	errTaken = errors.New("claims taken")
	// errLate: another process was faster after something had been written.
	errLate = errors.New("moved by another process")
)

func newWriter(db *sql.DB, d dialect) (*writer, error) {
	p, failed := newParts()
	f, err := newFacets()
	return &writer{db: db, dialect: d, parts: p, facets: f, step: func(string) {}, within: patience}, errors.Join(failed, err)
}

// do runs one small transaction. Like every other it is retried once if nothing
// was stored and it may then succeed.
func (w *writer) do(ctx context.Context, where string, body func(context.Context, *conn) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.transaction(ctx, body)
	if w.retry(err) {
		err = w.transaction(ctx, body)
	}
	if p, ok := errors.AsType[*problem.Error](err); ok {
		return p
	}
	if err != nil {
		return unavailable(where, err)
	}
	return nil
}

func (w *writer) retry(err error) bool {
	return err != nil && !errors.Is(err, errIndeterminate) && w.dialect.classify(err) == faultRetry
}

// transaction runs body between BEGIN and COMMIT. The caller holds the lock. An
// error that is not errIndeterminate means that nothing was stored.
func (w *writer) transaction(ctx context.Context, body func(context.Context, *conn) error) error {
	if w.dead != nil {
		return w.dead
	}
	ctx, cancel := w.dialect.bound(ctx, w.within)
	defer cancel()
	err := w.attempt(ctx, body)
	switch {
	case errors.Is(err, errNothing):
		return nil
	case err == nil, harmless(err):
		return err
	}
	if w.conn != nil {
		w.conn.discard()
		w.conn = nil
	}
	w.kill(err)
	return err
}

func harmless(err error) bool {
	return errors.Is(err, errNothing) || errors.Is(err, errTaken) || errors.Is(err, errLate)
}

func (w *writer) attempt(ctx context.Context, body func(context.Context, *conn) error) (err error) {
	if w.conn == nil {
		if w.conn, err = newConn(ctx, w); err != nil {
			return err
		}
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	w.step("begun")
	err = body(ctx, w.conn)
	if harmless(err) {
		if failed := w.conn.script(ctx, "ROLLBACK"); failed != nil {
			return failed
		}
		return err
	}
	if err != nil {
		return err
	}
	w.step("written")
	return w.commit(ctx)
}

// begin waits for its turn. Another process that writes (the command line beside
// the server) holds SQLite's file for milliseconds; asking again every few
// milliseconds finds the gap that SQLite's own growing pauses would miss.
func (w *writer) begin(ctx context.Context) error {
	if !w.dialect.local {
		return w.conn.script(ctx, w.dialect.begin)
	}
	if err := w.conn.exec(ctx, `PRAGMA busy_timeout = 5`); err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for {
		err := w.conn.exec(ctx, w.dialect.begin)
		if err == nil || !busy(err) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

func (w *writer) commit(ctx context.Context) error {
	var before int64
	if w.dialect.warnings != nil {
		before = w.dialect.warnings()
	}
	if err := w.conn.script(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("%w: %w", errIndeterminate, err)
	}
	w.step("committed")
	// PostgreSQL says "committed" with a warning when it gave up waiting for a replica.
	if w.dialect.warnings != nil && w.dialect.warnings() != before {
		return fmt.Errorf("%w: the server warned at commit", errIndeterminate)
	}
	return nil
}

// kill stops the store for good when its storage cannot be trusted any more.
func (w *writer) kill(err error) {
	if w.dialect.classify(err) == faultDead {
		w.dead = fmt.Errorf("storage failed, the gateway must be restarted on sound storage: %w", err)
	}
}

// checkpoint moves SQLite's journal into the database now and then. The caller
// holds the lock. What was committed is durable without it; but if it cannot
// fsync, the next one might wrongly believe that it had.
func (w *writer) checkpoint() {
	if !w.dialect.local || w.unsaved < checkpointAfter || w.conn == nil {
		return
	}
	w.unsaved = 0
	if err := w.conn.script(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		w.kill(err)
	}
}

// stopped returns the problem of a store that stopped for good, nil otherwise.
func (w *writer) stopped() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead != nil {
		return unavailable("stopped", w.dead)
	}
	return nil
}

func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.conn.release()
		w.conn = nil
	}
	w.dead = errors.New("closed")
}
