package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    store.Options
		code problem.Code
	}{
		"no driver":          {store.Options{DSN: "x"}, store.CodeStoreConfig},
		"another driver":     {store.Options{Driver: "mysql", DSN: "x"}, store.CodeStoreConfig},
		"no file":            {store.Options{Driver: store.SQLite}, store.CodeStoreConfig},
		"memory":             {store.Options{Driver: store.SQLite, DSN: ":memory:"}, store.CodeStoreConfig},
		"no folder":          {store.Options{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "no", "x.db")}, store.CodeStoreConfig},
		"sqlite as replica":  {store.Options{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "x.db"), Replica: true}, store.CodeStoreConfig},
		"no database":        {store.Options{Driver: store.SQLite, DSN: written(t, strings.Repeat("no database. ", 1000))}, store.CodeStoreConfig},
		"unreadable dsn":     {store.Options{Driver: store.Postgres, DSN: "postgres://u:hunter2@[/x"}, store.CodeStoreConfig},
		"nobody there":       {store.Options{Driver: store.Postgres, DSN: "host=127.0.0.1 port=1 user=x dbname=x"}, problem.CodeUnavailable},
		"synchronous_commit": {store.Options{Driver: store.Postgres, DSN: servertest.Postgres(t) + " options='-c synchronous_commit=off'"}, store.CodeStoreNotDurable},
		"replica, but local": {store.Options{Driver: store.Postgres, DSN: servertest.Postgres(t) + " options='-c synchronous_commit=local'", Replica: true}, store.CodeStoreNotDurable},
		"replica, but alone": {store.Options{Driver: store.Postgres, DSN: servertest.Postgres(t), Replica: true}, store.CodeStoreNotDurable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(context.Background(), c.o)
			if err == nil {
				s.Close()
				t.Fatal("it opened")
			}
			wantProblem(t, err, c.code)
			if s != nil {
				t.Errorf("a store came with the error: %v", s)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the problem quotes the password")
			}
		})
	}
}

// A database is the ledger of who opened it first, and of nobody else: not by a
// folder that was copied into another configuration, nor by a DSN.
func TestOpenRefusesTheLedgerOfAnother(t *testing.T) {
	t.Parallel()
	for _, o := range []store.Options{
		{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "homeward.db")},
		{Driver: store.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(o.Driver, func(t *testing.T) {
			t.Parallel()
			for _, owner := range []string{"", "gov-ua", "gov-ua", ""} { // "" takes nothing
				o.Owner = owner
				open(t, o).Close()
			}
			o.Owner = "gov-pl"
			_, err := store.Open(context.Background(), o)
			wantProblem(t, err, store.CodeStoreOwner)
		})
	}
}

// A database that another program holds for itself is told from one that is down.
func TestOpenSaysThatTheDatabaseIsHeld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "held.db")
	other, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	for _, statement := range []string{"CREATE TABLE of_another (n INTEGER)", "BEGIN EXCLUSIVE"} {
		if _, err := other.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DSN: path})
	if err == nil {
		s.Close()
		t.Fatal("it opened")
	}
	wantProblem(t, err, store.CodeStoreHeld)
}

func written(t *testing.T, content string) string {
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A PostgreSQL that does not fsync says "committed" of what a power cut takes back.
func TestPostgresWithoutFsync(t *testing.T) {
	t.Parallel()
	server := servertest.NewPostgres(t, "fsync=off")
	_, err := store.Open(t.Context(), store.Options{Driver: store.Postgres, DSN: server.Database()})
	wantProblem(t, err, store.CodeStoreNotDurable)
}

// PostgreSQL gives up waiting for a replica with a warning and says "committed":
// a fail-over could take that back, so it counts as denied.
func TestReplicaDoesNotAnswer(t *testing.T) {
	t.Parallel()
	server := servertest.NewPostgres(t)
	dsn := server.Database()
	s := open(t, store.Options{Driver: store.Postgres, DSN: dsn})
	defer s.Close()
	ctx := t.Context()
	admin, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	setStandby(t, admin, "nobody")
	result := make(chan error, 1)
	c := storetest.Decision(ledger.KindAnswered)
	go func() { result <- s.Commit(ctx, c) }()
	waitFor(t, "commit that waits for a replica", func() bool {
		var cancelled bool
		err := admin.QueryRow(ctx, `SELECT count(pg_cancel_backend(pid)) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`).Scan(&cancelled)
		if err != nil {
			t.Fatal(err)
		}
		return cancelled
	})
	wantProblem(t, <-result, problem.CodeUnavailable)
	if _, err := s.Decision(ctx, c.Row.ID); err != nil {
		t.Errorf("the server did commit, or the test proves nothing: %v", err)
	}
	setStandby(t, admin, "")
	waitFor(t, "recovery", func() bool { return s.Commit(ctx, storetest.Decision(ledger.KindAnswered)) == nil })
}

func setStandby(t *testing.T, admin *pgx.Conn, names string) {
	t.Helper()
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + names + "'", "SELECT pg_reload_conf()"} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "reload", func() bool {
		var now string
		if err := admin.QueryRow(t.Context(), "SHOW synchronous_standby_names").Scan(&now); err != nil {
			t.Fatal(err)
		}
		return now == names
	})
}

// A later version of the gateway wrote the store: this one must not touch it.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	for _, o := range []store.Options{
		{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "homeward.db")},
		{Driver: store.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(o.Driver, func(t *testing.T) {
			t.Parallel()
			s := open(t, o)
			c := storetest.Decision(ledger.KindAnswered)
			if err := s.Commit(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			s.Close()
			again := open(t, o) // opening twice migrates once
			if _, err := again.Decision(t.Context(), c.Row.ID); err != nil {
				t.Error(err)
			}
			again.Close()
			driver := map[string]string{store.SQLite: "sqlite", store.Postgres: "pgx"}[o.Driver]
			db, err := sql.Open(driver, o.DSN)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(`INSERT INTO schema_version (version) VALUES (1000)`); err != nil {
				t.Fatal(err)
			}
			_, err = store.Open(t.Context(), o)
			wantProblem(t, err, store.CodeStoreNewer)
		})
	}
}

// Many processes may start at once on an empty database.
func TestOpenedAtOnce(t *testing.T) {
	t.Parallel()
	for _, o := range []store.Options{
		{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "homeward.db")},
		{Driver: store.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(o.Driver, func(t *testing.T) {
			t.Parallel()
			errs := make(chan error, 4)
			for range cap(errs) {
				go func() {
					s, err := store.Open(context.Background(), o)
					if err == nil {
						err = errors.Join(s.Commit(context.Background(), storetest.Decision(ledger.KindAnswered)), s.Close())
					}
					errs <- err
				}()
			}
			for range cap(errs) {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// What the gateway keeps is for its own user alone.
func TestFileMode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, store.Options{Driver: store.SQLite, DSN: filepath.Join(dir, "a name with ? and # and %41.db")})
	defer s.Close()
	if err := s.Commit(t.Context(), storetest.Decision(ledger.KindAnswered)); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(f.Name(), "a name with ? and # and %41.db") {
			t.Errorf("a file of another name: %s", f.Name())
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

// A Commit whose context ends while it waits is denied at once; the store works on.
func TestContextEndsWhileWaiting(t *testing.T) {
	t.Parallel()
	s := open(t, store.Options{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "homeward.db")})
	defer s.Close()
	held, release := make(chan struct{}), make(chan struct{})
	store.OnStep(s, func(step string) {
		if step == "written" {
			close(held)
			<-release
			store.OnStep(s, func(string) {})
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	taken, queued := make(chan error, 1), make(chan error, 1)
	c := storetest.Decision(ledger.KindAnswered)
	go func() { taken <- s.Commit(ctx, c) }()
	<-held
	go func() { queued <- s.Commit(ctx, storetest.Decision(ledger.KindAnswered)) }()
	time.Sleep(10 * time.Millisecond) // either side of the queue is right
	cancel()
	wantProblem(t, <-taken, problem.CodeUnavailable)
	wantProblem(t, <-queued, problem.CodeUnavailable)
	close(release)
	if err := s.Commit(t.Context(), storetest.Decision(ledger.KindAnswered)); err != nil {
		t.Error(err)
	}
	if _, err := s.Decision(t.Context(), c.Row.ID); err != nil {
		t.Errorf("it was on its way and is durable; its caller was denied: %v", err)
	}
}
