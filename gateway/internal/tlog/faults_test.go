package tlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// A log put back from a copy of its folder does not start, nor does one that goes on
// beside a store which lost decisions.
func TestRestored(t *testing.T) {
	t.Parallel()
	o, q := options(t, filepath.Join(t.TempDir(), "log")), &queue{}
	step := func(entries int) {
		t.Helper()
		l := open(t, o)
		q.put(entries)
		round(t, &Sequencer{Log: l, Queue: q, Logger: quiet(), dirty: true})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	step(20)
	copied := o.Dir + ".copy"
	if err := os.CopyFS(copied, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	older := *q
	older.leaves, older.index = q.leaves[:20:20], make(map[int64]uint64)
	for seq, at := range q.index {
		older.index[seq] = at
	}
	step(20)
	l := open(t, o)
	_, err := (&Sequencer{Log: l, Queue: &older, Logger: quiet(), dirty: true}).Round(t.Context())
	if !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("a store that was put back: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(o.Dir), os.Rename(copied, o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Head = headOf(q)
	if _, err := Open(t.Context(), o); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("a log that was put back: %v", err)
	}
}

// What the reader of a damaged tile proves does not hold for whoever checks it.
func TestDamagedProofs(t *testing.T) {
	t.Parallel()
	o, q := options(t, t.TempDir()), &queue{}
	l := open(t, o)
	defer l.Close()
	q.put(300)
	round(t, &Sequencer{Log: l, Queue: q, Logger: quiet()})
	c, err := l.Published()
	if err != nil {
		t.Fatal(err)
	}
	damaged, reader := 0, Read(o)
	// A slow round leaves narrower tiles of its steps behind; the root stands on the widest.
	rootTile := fmt.Sprintf("tile/1/000.p/%d", c.Size/256)
	err = filepath.WalkDir(filepath.Join(o.Dir, "tile"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(name, "entries") {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for i := 0; i < len(raw); i += 97 {
			raw[i] ^= 1 << (i % 8)
			if err := os.WriteFile(name, raw, 0o600); err != nil {
				return err
			}
			for _, seq := range []int64{0, 17, 255, 256, 299} {
				at := q.index[seq]
				path, err := reader.Inclusion(t.Context(), at, c.Size)
				if err == nil && checkpoint.VerifyInclusion(q.leaves[seq], at, c.Head, path) != nil {
					damaged++
				}
			}
			if root, err := reader.Root(t.Context(), c.Size); err == nil && root == c.Root && strings.HasSuffix(name, rootTile) {
				t.Errorf("%s: byte %d is not noticed in the root", name, i)
			}
			raw[i] ^= 1 << (i % 8)
		}
		return os.WriteFile(name, raw, 0o600)
	})
	if err != nil || damaged < 20 {
		t.Errorf("%d damaged proofs were refused, %v", damaged, err)
	}
	if err := l.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Partial tiles that full ones replaced are dropped, and every width that was ever
// published is still served.
func TestPartialTiles(t *testing.T) {
	t.Parallel()
	o, q := options(t, t.TempDir()), &queue{}
	o.collectGarbage = 50 * time.Millisecond
	l := open(t, o)
	defer l.Close()
	s := &Sequencer{Log: l, Queue: q, Logger: quiet()}
	var heads []Head
	for range 9 { // 32, 64, … 288: past one full tile
		q.put(1)
		round(t, s)
		heads = append(heads, headOf(q))
	}
	left := func() (n int) {
		found, err := filepath.Glob(filepath.Join(o.Dir, "tile", "0", "000.p", "*"))
		bundles, err2 := filepath.Glob(filepath.Join(o.Dir, "tile", "entries", "000.p", "*"))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return len(found) + len(bundles)
	}
	for end := time.Now().Add(20 * time.Second); left() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d partial tiles are left beside the full one", left())
		}
	}
	for i, h := range heads {
		if root, err := l.Root(t.Context(), h.Size); err != nil || root != h.Root {
			t.Errorf("the root of %d is gone: %v", h.Size, err)
		}
		if _, err := l.tile(t.Context(), "0", "000.p/32"); err != nil {
			t.Error(err)
		}
		if i > 0 {
			path, err := l.Consistency(t.Context(), heads[i-1].Size, h.Size)
			if err != nil || checkpoint.VerifyConsistency(heads[i-1], h, path) != nil {
				t.Errorf("from %d to %d: %v", heads[i-1].Size, h.Size, err)
			}
		}
	}
	check(t, l, q)
}

// Replicas over one PostgreSQL and one folder: one of them writes the log; when it
// ends another goes on; each decision is there once. Times of decisions that step
// back change nothing.
func TestReplicas(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := store.Options{Driver: store.Postgres, DSN: servertest.Postgres(t)}
	o := options(t, t.TempDir())
	const replicas, each = 3, 40
	var leading, most atomic.Int32
	var all, writers sync.WaitGroup
	replica := func(stop context.Context) {
		s, err := store.Open(ctx, db)
		if err != nil {
			t.Error(err)
			return
		}
		defer s.Close()
		for stop.Err() == nil {
			lead, err := s.Lead(ctx)
			if err != nil || !lead {
				time.Sleep(5 * time.Millisecond)
				continue
			}
			l, err := Open(ctx, o)
			if err != nil { // the one before has not let go yet
				if !errors.Is(err, problem.New(CodeLocked, "")) {
					t.Error(err)
				}
				continue
			}
			most.Store(max(most.Load(), leading.Add(1)))
			sequencer := &Sequencer{Log: l, Queue: s, Logger: quiet(), Lead: s.Lead, Interval: 10 * time.Millisecond}
			sequencer.Run(stop)
			leading.Add(-1)
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	first, endFirst := context.WithCancel(ctx)
	rest, endRest := context.WithCancel(ctx)
	defer endFirst()
	defer endRest()
	for i := range replicas {
		stop := rest
		if i == 0 {
			stop = first
		}
		all.Go(func() { replica(stop) })
	}
	for range replicas {
		writers.Go(func() {
			s, err := store.Open(ctx, db)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for i := range each {
				c := storetest.Decision(ledger.KindAnswered)
				c.Row.At = c.Row.At.Add(-time.Duration(i) * time.Minute)
				if err := s.Commit(ctx, c); err != nil {
					t.Error(err)
				}
				if i == each/2 {
					endFirst()
				}
			}
		})
	}
	writers.Wait()
	s, err := store.Open(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		waiting, err := s.Unlogged(ctx, 1)
		if err == nil && len(waiting) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("decisions wait for ever")
		}
	}
	endRest()
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d wrote the log at once", most.Load())
	}
	once(t, s, o, replicas*each)
}

// once: each decision of the store is in the log at its index, and in no other place.
func once(t *testing.T, s ledger.Store, o Options, want int) {
	t.Helper()
	l := open(t, o)
	defer l.Close()
	size, err := l.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	places := make(map[Leaf][]uint64)
	if err := l.Scan(t.Context(), 0, size, func(index uint64, leaf Leaf) error {
		places[leaf] = append(places[leaf], index)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Decisions(t.Context(), 0, 10*want)
	if err != nil || len(rows) != want {
		t.Fatalf("%d decisions, %v, want %d", len(rows), err, want)
	}
	for _, r := range rows {
		entry, err := s.LogEntryOf(t.Context(), r.ID)
		if at := places[Leaf(r.Leaf)]; err != nil || len(at) != 1 || at[0] != entry.Index {
			t.Errorf("decision %d: at %v of the log, the store says %d, %v", r.Seq, at, entry.Index, err)
		}
	}
	if err := l.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
