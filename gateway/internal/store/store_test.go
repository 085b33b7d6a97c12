package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if driver := os.Getenv(childDriver); driver != "" {
		commitUntilKilled(store.Options{Driver: driver, DSN: os.Getenv(childDSN)}, os.Getenv(childStep))
		return
	}
	os.Exit(servertest.Main(m))
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Backend {
		return backend(t, store.Options{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "homeward.db")})
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Backend {
		return backend(t, store.Options{Driver: store.Postgres, DSN: servertest.Postgres(t)})
	})
}

func backend(t *testing.T, o store.Options) storetest.Backend {
	first := open(t, o)
	return storetest.Backend{
		Store:  first,
		Again:  func() ledger.Store { return open(t, o) },
		Claims: func() int { return count(t, first, "claims") },
	}
}

func open(t testing.TB, o store.Options) ledger.Store {
	t.Helper()
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func count(t testing.TB, s ledger.Store, table string) int {
	t.Helper()
	n, err := store.Count(context.Background(), s, table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
