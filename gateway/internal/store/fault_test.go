package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// sqliteError is an error as SQLite's driver returns it.
type sqliteError int

func (e sqliteError) Error() string { return fmt.Sprintf("made for a test (%d)", int(e)) }
func (e sqliteError) Code() int     { return int(e) }

// faults makes the next statement that starts with prefix fail, before it was run
// or after it.
type faults struct {
	mu     sync.Mutex
	prefix string
	after  bool
	err    error
}

func (f *faults) next(prefix string, err error, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prefix, f.err, f.after = prefix, err, after
}

func (f *faults) hit(query string, after bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || f.after != after || !strings.HasPrefix(query, f.prefix) {
		return nil
	}
	err := f.err
	f.err = nil
	return err
}

// faultyConnector opens connections of the real driver that fail on demand.
type faultyConnector struct {
	*faults
	dsn string
	db  *sql.DB
}

func (c faultyConnector) Driver() driver.Driver { return c.db.Driver() }

func (c faultyConnector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return faultyConn{inner, c.faults}, nil
}

type faultyConn struct {
	driver.Conn
	*faults
}

func (c faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.hit(query, false); err != nil {
		return nil, err
	}
	r, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	if failed := c.hit(query, true); failed != nil {
		return nil, failed
	}
	return r, err
}

func openFaulty(t *testing.T) (*Store, *faults) {
	t.Helper()
	dsn, err := sqliteDSN(filepath.Join(t.TempDir(), "homeward.db"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := sql.Open("sqlite", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plain.Close() })
	f := &faults{}
	s, err := open(t.Context(), Options{}, sql.OpenDB(faultyConnector{f, dsn, plain}), sqliteDialect())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, f
}

func claimed(jti string) ledger.Commit {
	return ledger.Commit{
		Row:   ledger.Row{ID: "id-" + jti, Salt: []byte{1}, Leaf: []byte{2}, Content: []byte("{}")},
		Claim: &ledger.Claim{Issuer: "gov-pl", JTI: jti, Expires: time.Now().Add(time.Minute)},
	}
}

func wantCode(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !errors.Is(err, problem.New(code, "")) {
		t.Errorf("got %v, want %q", err, code)
	}
}

// A COMMIT that fails denies everybody, whether it was persisted or not, and is
// never tried again: the store did not learn what happened.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	for name, persisted := range map[string]bool{"and is not persisted": false, "and is persisted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f := openFaulty(t)
			ctx := t.Context()
			f.next("COMMIT", sqliteError(13), persisted) // SQLITE_FULL
			wantCode(t, s.Commit(ctx, claimed("a")), problem.CodeUnavailable)
			_, err := s.Decision(ctx, "id-a")
			again := claimed("a")
			again.Row.ID = "id-a2"
			if persisted {
				if err != nil {
					t.Errorf("the commit was persisted: %v", err)
				}
				wantCode(t, s.Commit(ctx, again), ledger.CodeReplayed)
			} else {
				wantCode(t, err, problem.CodeNotFound)
				if err := s.Commit(ctx, again); err != nil {
					t.Errorf("space is back: %v", err)
				}
			}
			if err := s.Ping(ctx); err != nil {
				t.Errorf("the store did not recover: %v", err)
			}
		})
	}
}

// Everybody in a batch that could not be committed is denied.
func TestCommitFailsForAll(t *testing.T) {
	t.Parallel()
	s, f := openFaulty(t)
	var batch []*waiting
	for i := range 5 {
		c := claimed(fmt.Sprint(i))
		batch = append(batch, &waiting{Commit: &c})
	}
	f.next("COMMIT", sqliteError(13), false)
	s.writer.commitBatch(batch)
	for _, w := range batch {
		wantCode(t, w.err, problem.CodeUnavailable)
	}
	s.writer.commitBatch(batch)
	for _, w := range batch {
		if w.err != nil {
			t.Errorf("nothing stood in the way any more: %v", w.err)
		}
	}
}

// A part whose transaction failed is not there: the next row stores it again.
func TestPartOfAFailedCommit(t *testing.T) {
	t.Parallel()
	s, f := openFaulty(t)
	content := bytes.Repeat([]byte("the policy's words "), 100)
	row := func(i int) ledger.Commit {
		c := claimed(fmt.Sprint(i))
		c.Row.Content, c.Row.Shared = content, []ledger.Stretch{{From: 10, To: len(content) - 10}}
		return c
	}
	for i := range 4 {
		if i == 1 {
			f.next("COMMIT", sqliteError(13), false)
			wantCode(t, s.Commit(t.Context(), row(i)), problem.CodeUnavailable)
			continue
		}
		if err := s.Commit(t.Context(), row(i)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Decision(t.Context(), fmt.Sprint("id-", i))
		if err != nil || !bytes.Equal(got.Content, content) {
			t.Errorf("row %d does not read back: %v", i, err)
		}
	}
}

// An item cannot build on one of the same batch that may yet be refused.
func TestBatchBuildsOnNothingUncommitted(t *testing.T) {
	t.Parallel()
	s, _ := openFaulty(t)
	if err := s.Commit(t.Context(), claimed("taken")); err != nil {
		t.Fatal(err)
	}
	first, second := claimed("taken"), claimed("free")
	first.Row.ID = "id-again"
	first.Disclosures = []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: "s", ReadVersion: 0, Groups: []string{"a"}}}
	second.Disclosures = []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: "s", ReadVersion: 1, Groups: []string{"b"}}}
	batch := []*waiting{{Commit: &first}, {Commit: &second}}
	s.writer.commitBatch(batch)
	wantCode(t, batch[0].err, ledger.CodeReplayed)
	wantCode(t, batch[1].err, ledger.CodeMoved)
}

// After an fsync that failed, another that succeeds proves nothing: the store
// stops for good. So does one whose file is corrupt.
func TestStorageCannotBeTrusted(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]int{"fsync": sqliteFsync, "fsync of the folder": sqliteDirFsync, "corrupt": sqliteCorrupt} {
		for _, at := range []string{"COMMIT", "PRAGMA wal_checkpoint"} {
			t.Run(name+" at "+at, func(t *testing.T) {
				t.Parallel()
				s, f := openFaulty(t)
				ctx := t.Context()
				s.writer.unsaved = checkpointAfter
				f.next(at, sqliteError(code), false)
				err := s.Commit(ctx, claimed("a"))
				if at == "COMMIT" {
					wantCode(t, err, problem.CodeUnavailable)
				} else if err != nil {
					t.Errorf("what was committed before the checkpoint is durable: %v", err)
				}
				wantCode(t, s.Commit(ctx, claimed("b")), problem.CodeUnavailable)
				wantCode(t, s.Block(ctx, "gov-xx", "", time.Now()), problem.CodeUnavailable)
				wantCode(t, s.Ping(ctx), problem.CodeUnavailable)
			})
		}
	}
}

// TestDiskFull fills a database that may have no more pages: SQLite itself says
// that it is full. When something is deleted, commits succeed by themselves.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "homeward.db")
	opened, err := Open(t.Context(), Options{Driver: SQLite, DSN: "file:" + path + "?_pragma=max_page_count(600)"})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	s := opened.(*Store)
	ctx := t.Context()
	if _, err := s.db.ExecContext(ctx, `CREATE TABLE filler AS SELECT randomblob(1000000) AS bytes`); err != nil {
		t.Fatal(err)
	}
	var stored []string
	for i := 0; ; i++ {
		c := claimed(fmt.Sprint(i))
		c.Row.Content = make([]byte, 100<<10)
		if err := s.Commit(ctx, c); err != nil {
			wantCode(t, err, problem.CodeUnavailable)
			_, err := s.Decision(ctx, c.Row.ID)
			wantCode(t, err, problem.CodeNotFound)
			break
		}
		if stored = append(stored, c.Row.ID); i > 100 {
			t.Fatal("the disk is never full")
		}
	}
	if len(stored) == 0 {
		t.Fatal("the disk was full from the start")
	}
	if _, err := s.db.ExecContext(ctx, `DROP TABLE filler`); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(ctx, claimed("after")); err != nil {
		t.Errorf("space is back: %v", err)
	}
	for _, id := range stored {
		if _, err := s.Decision(ctx, id); err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
		}
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	postgres := func(code string) error { return fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: code}) }
	for _, c := range []struct {
		name     string
		err      error
		classify func(error) fault
		want     fault
	}{
		{"sqlite full", sqliteError(13), classifySQLite, faultAway},
		{"sqlite io", sqliteError(10 | 3<<8), classifySQLite, faultAway},
		{"sqlite fsync", sqliteError(1034), classifySQLite, faultDead},
		{"sqlite unique", sqliteError(2067), classifySQLite, faultItem},
		{"sqlite other", errors.New("x"), classifySQLite, faultAway},
		{"deadlock", postgres("40P01"), classifyPostgres, faultRetry},
		{"serialization", postgres("40001"), classifyPostgres, faultRetry},
		{"shutting down", postgres("57P01"), classifyPostgres, faultRetry},
		{"unique", postgres("23505"), classifyPostgres, faultItem},
		{"no text", postgres("22021"), classifyPostgres, faultItem},
		{"disk full", postgres("53100"), classifyPostgres, faultAway},
		{"bad connection", driver.ErrBadConn, classifyPostgres, faultRetry},
		{"other", errors.New("x"), classifyPostgres, faultAway},
	} {
		if got := c.classify(c.err); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	w := &writer{dialect: dialect{classify: classifyPostgres}}
	if w.retry(fmt.Errorf("%w: %w", errIndeterminate, postgres("40001"))) {
		t.Error("a commit that may have succeeded is retried")
	}
}
