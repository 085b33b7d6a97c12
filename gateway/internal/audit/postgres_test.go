package audit_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
)

// onPostgres is a house whose store is a database.
func onPostgres(t *testing.T, dsn string) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	h.o = options(h.dir)
	s, err := store.Open(t.Context(), store.Options{Driver: store.Postgres, DSN: dsn})
	must(t, err)
	h.s = s
	t.Cleanup(func() { _ = s.Close() })
	return h
}

func (h *house) openLog() {
	h.t.Helper()
	l, err := tlog.Open(h.t.Context(), h.o)
	must(h.t, err)
	h.t.Cleanup(func() { _ = l.Close() })
	h.log, h.seq = l, &tlog.Sequencer{Log: l, Queue: h.s, Logger: slog.New(slog.DiscardHandler)}
}

// As the help of backup and restore has it: the dump first, then the log; what was
// recorded in between is in the one and not in the other, and the root is that of the dump.
func TestBackupOfPostgres(t *testing.T) {
	t.Parallel()
	server := servertest.NewPostgres(t)
	dsn := server.Database()
	h := onPostgres(t, dsn)
	h.openLog()
	h.record(20)
	h.erase("", "d-1")
	h.publish()
	before := h.check()
	dump := filepath.Join(t.TempDir(), "dump")
	server.Run("pg_dump", "--format=custom", "--file="+dump, "--dbname="+dsn)
	h.record(10)
	saved := filepath.Join(t.TempDir(), "saved")
	n, err := h.ledger().Backup(t.Context(), saved, false)
	must(t, err)
	if n <= before.Entries {
		t.Fatalf("%d entries in the saved log, %d in the dump", n, before.Entries)
	}

	empty := server.Database()
	server.Run("pg_restore", "--no-owner", "--exit-on-error", "--dbname="+empty, dump)
	restored := onPostgres(t, empty)
	must(t, audit.Restore(t.Context(), restored.s, saved, restored.o))
	restored.openLog()
	after := restored.check()
	if after.Root != before.Root || after.Decisions != before.Decisions || after.Erased != 1 || len(after.Faults) > 0 {
		t.Errorf("restored %+v, before %+v", after, before)
	}
	restored.next = 100
	restored.record(3)
	if r := restored.check(); len(r.Faults) > 0 || r.Decisions != before.Decisions+3 {
		t.Errorf("it does not go on: %+v", r)
	}
}
