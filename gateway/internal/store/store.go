// Package store keeps decisions and everything that is durable together with
// them: in SQLite for one machine, in PostgreSQL for several (one code path, two
// drivers, one conformance suite in storetest), and the early filters in Redis.
package store

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of opening a store.
const (
	// CodeStoreConfig: the driver or its connection string is not usable.
	CodeStoreConfig problem.Code = "store_config"
	// CodeStoreHeld: another program has the database locked.
	CodeStoreHeld problem.Code = "store_held"
	// CodeStoreOwner: the database is the ledger of another participant.
	CodeStoreOwner problem.Code = "store_owner"
	// CodeStoreNewer: a later version of the gateway wrote this store.
	CodeStoreNewer problem.Code = "store_newer"
	// CodeStoreNotDurable: the database may lose what it said it has.
	CodeStoreNotDurable problem.Code = "store_not_durable"
)

// Drivers.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// patience bounds one use of the database: a batch, a read, a wait for a lock.
const patience = 5 * time.Second

// migrating bounds the making of tables and indexes, for which nobody waits but who
// starts the gateway: an index over many rows, or all tables on a busy server, takes longer.
const migrating = 2 * time.Minute

// Options say where the store is.
type Options struct {
	Driver string // SQLite or Postgres
	// DSN is the path of the file ("file:…" with SQLite's own parameters is taken
	// too), or a PostgreSQL connection string.
	DSN string
	// Owner is the participant whose ledger it is. The first that opens a database has
	// it; "" opens any, for tests and tools.
	Owner string
	// Replica refuses a PostgreSQL without synchronous replication: after a
	// fail-over to a server that lags, a claim would be gone.
	Replica bool
	// Committed is told of each batch: its decisions, its time, and the first error
	// among them. May be nil.
	Committed func(decisions int, took time.Duration, err error)
}

// Store implements ledger.Store. It may be shared by goroutines, and its database
// by processes.
type Store struct {
	db      *sql.DB
	dialect dialect
	writer  *writer

	committed func(decisions int, took time.Duration, err error)

	queue   chan *waiting
	closing chan struct{}
	closed  sync.WaitGroup
	once    sync.Once
	// disclosed is prepared since it is read for every answer.
	disclosed *sql.Stmt
	known     known
	logged    logged
}

// Open opens the store, brings its schema up to date, and refuses one that a
// later version wrote or that would not be durable.
func Open(ctx context.Context, o Options) (ledger.Store, error) {
	var s *Store
	var err error
	switch o.Driver {
	case SQLite:
		s, err = openSQLite(ctx, o)
	case Postgres:
		s, err = openPostgres(ctx, o)
	default:
		err = problem.Mismatch(CodeStoreConfig, "store driver", SQLite+" or "+Postgres, o.Driver)
	}
	if err != nil {
		return nil, err // not s: a nil *Store is no nil Store
	}
	return s, nil
}

// open takes over the database; when it fails the database is closed.
func open(ctx context.Context, o Options, db *sql.DB, d dialect) (_ *Store, err error) {
	s := &Store{
		db: db, dialect: d, queue: make(chan *waiting), closing: make(chan struct{}), committed: o.Committed,
	}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	if s.writer, err = newWriter(db, d); err != nil {
		return nil, unavailable("memory", err)
	}
	if s.known, err = newKnown(); err != nil {
		return nil, unavailable("memory", err)
	}
	if err := s.migrate(ctx, o.Owner); err != nil {
		return nil, err
	}
	if err := s.readStanding(ctx); err != nil {
		return nil, err
	}
	if s.disclosed, err = db.PrepareContext(ctx, d.rebind(selectDisclosed)); err != nil {
		return nil, unavailable("prepare", err)
	}
	s.closed.Add(1)
	go s.run()
	return s, nil
}

// Close ends what is under way and closes the database. Commits that still wait
// to be taken get "unavailable".
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.closed.Wait()
		s.writer.close()
		s.logged.unlead()
		err = s.db.Close()
	})
	if err != nil {
		return unavailable("close", err)
	}
	return nil
}

// Ping tells whether a commit could succeed as far as that can be known.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.writer.stopped(); err != nil {
		return err
	}
	_, err := list(ctx, s, "ping", func(r scanner, pruned *int64) error { return r.Scan(pruned) },
		`SELECT pruned FROM clock WHERE id = 1`)
	return err
}

// bound keeps a database that hangs from hanging its caller. SQLite never waits
// for a network, and its driver starts a goroutine for each context that can end.
func (d dialect) bound(ctx context.Context, within time.Duration) (context.Context, context.CancelFunc) {
	if d.local {
		return context.WithoutCancel(ctx), func() {}
	}
	return context.WithTimeout(ctx, within)
}

func unavailable(where string, cause error) *problem.Error {
	return problem.Wrap(problem.CodeUnavailable, "store: "+where, cause)
}
