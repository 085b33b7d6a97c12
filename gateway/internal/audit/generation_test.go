package audit_test

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"

	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
)

// A ledger whose log is in its second generation is checked, proven, backed up and
// restored as before, with what it has from the first.
func TestLaterGeneration(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(5)
	first, err := h.ledger().Prove(t.Context(), minute(0), minute(4), h.o.PadKey)
	must(t, err)
	firstKey := h.o.Verifier
	h.close()
	h.o = later(t, h.dir)
	h.open()
	h.record(3)
	sound := func(l audit.Ledger) {
		t.Helper()
		r, err := l.Check(t.Context())
		must(t, err)
		if r.Decisions != 8 || r.Waiting != 0 || r.Entries != 64 || r.Padding != 56 || len(r.Faults) > 0 {
			t.Errorf("%+v", r)
		}
	}
	sound(h.ledger())
	p, err := h.ledger().Prove(t.Context(), minute(0), minute(100), h.o.PadKey)
	must(t, err)
	if v, err := audit.Verify(p, h.o.Verifier); err != nil || !v.Complete || v.Decisions != 8 || v.Origin != h.o.Origin {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err := audit.Verify(first, firstKey); err != nil || !v.Complete || v.Decisions != 4 {
		t.Errorf("a proof of the first generation: %+v, %v", v, err)
	}
	if _, err := audit.Verify(first, h.o.Verifier); problem.Of(err).Code != checkpoint.CodeCheckpoint {
		t.Errorf("a proof of the first generation, as one of the second: %v", err)
	}

	saved := filepath.Join(t.TempDir(), "saved")
	_, err = h.ledger().Backup(t.Context(), saved, true)
	must(t, err)
	dir := t.TempDir()
	database := filepath.Join(dir, "homeward.db")
	must(t, os.Rename(filepath.Join(saved, audit.StoreFile), database))
	s, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DSN: database})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	o := later(t, dir)
	must(t, audit.Restore(t.Context(), s, saved, o))
	sound(audit.Ledger{Store: s, Log: tlog.Read(o)})
}

// later are the options of the second generation of the log in a folder.
func later(t *testing.T, dir string) tlog.Options {
	t.Helper()
	o, private := options(dir), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // synthetic
	o.Origin, o.Earlier = checkpoint.Generation("gov-ua", 2), append(o.Earlier, o.Verifier)
	var err error
	o.Signer, err = checkpoint.NewSigner(o.Origin, private)
	must(t, err)
	o.Verifier, err = checkpoint.NewVerifier(o.Origin, private.Public().(ed25519.PublicKey))
	must(t, err)
	return o
}
