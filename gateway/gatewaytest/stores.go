package gatewaytest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"homeward.example/gateway/internal/store"
)

// freshStore puts an empty SQLite store where there is none yet: a copy of one that was
// migrated once a process. Migrating is a third of a store's first start.
func freshStore(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return
	}
	empty, err := migrated()
	must(t, err)
	must(t, os.WriteFile(path, empty, 0o600))
}

var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "homeward-store-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	s, err := store.Open(context.Background(), store.Options{Driver: store.SQLite, DSN: path})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // the last one to close leaves one file, without a journal
		return nil, err
	}
	return os.ReadFile(path)
})
