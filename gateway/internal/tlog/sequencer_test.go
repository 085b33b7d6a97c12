package tlog

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

const origin = "homeward.example/gov-test/ledger"

func options(t testing.TB, dir string) Options {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Dir: dir, Origin: origin, Signer: signer, Verifier: verifier, PadKey: make([]byte, 32)}
}

func open(t testing.TB, o Options) *Log {
	t.Helper()
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// queue is a store in memory. fail makes the next Logged fail after nothing or all was stored.
type queue struct {
	leaves []Leaf
	index  map[int64]uint64
	head   ledger.Head
	fail   string
}

func (q *queue) put(n int) {
	for range n {
		q.leaves = append(q.leaves, sha256.Sum256([]byte{byte(len(q.leaves)), byte(len(q.leaves) >> 8), byte(len(q.leaves) >> 16)}))
	}
}

func (q *queue) Unlogged(_ context.Context, limit int) ([]ledger.LogEntry, error) {
	var out []ledger.LogEntry
	for i, leaf := range q.leaves {
		if _, ok := q.index[int64(i)]; !ok && len(out) < limit {
			out = append(out, ledger.LogEntry{Seq: int64(i), Leaf: leaf})
		}
	}
	return out, nil
}

var errCrash = errors.New("crash")

func (q *queue) Logged(_ context.Context, entries []ledger.LogEntry) error {
	fail := q.fail
	q.fail = ""
	if fail == "before" {
		return errCrash
	}
	if q.index == nil {
		q.index = make(map[int64]uint64)
	}
	for _, e := range entries {
		if at, ok := q.index[e.Seq]; ok && at != e.Index {
			return errors.New("another index")
		}
		q.index[e.Seq] = e.Index
	}
	if fail == "after" {
		return errCrash
	}
	return nil
}

func (q *queue) NextIndex(context.Context) (next uint64, _ error) {
	for _, at := range q.index {
		next = max(next, at+1)
	}
	return next, nil
}

func (q *queue) Head(context.Context, string, string) (ledger.Head, error) { return q.head, nil }

func (q *queue) SetHead(_ context.Context, was uint64, h ledger.Head) error {
	if was != q.head.Size {
		return errors.New("moved")
	}
	q.head = h
	return nil
}

func headOf(q *queue) Head { return Head{Size: q.head.Size, Root: q.head.Root} }

func round(t testing.TB, s *Sequencer) {
	t.Helper()
	if _, err := s.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// check reads the whole log: each entry once, where the queue says, pads elsewhere.
func check(t *testing.T, l *Log, q *queue) {
	t.Helper()
	at := make(map[uint64]Leaf)
	for seq, index := range q.index {
		at[index] = q.leaves[seq]
	}
	if len(at) != len(q.leaves) {
		t.Errorf("%d indexes for %d entries", len(at), len(q.leaves))
	}
	size, err := l.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = l.Scan(t.Context(), 0, size, func(index uint64, leaf Leaf) error {
		want, ok := at[index]
		if !ok {
			want = l.Pad(index)
		}
		if leaf != want {
			t.Errorf("at %d is another leaf", index)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Activity is hidden within a class, and each entry is there once, whatever
// happens between the log and the store.
func TestSequencer(t *testing.T) {
	t.Parallel()
	o, q := options(t, t.TempDir()), &queue{}
	l := open(t, o)
	s := &Sequencer{Log: l, Queue: q, Logger: slog.New(slog.DiscardHandler)}
	for _, step := range []struct {
		entries int
		want    uint64
	}{{0, 32}, {1, 64}, {32, 96}, {33, 352}, {300, 2400}} {
		q.put(step.entries)
		round(t, s)
		if c, err := l.Published(); err != nil || c.Size != step.want {
			t.Fatalf("after %d entries: %d, %v, want %d", step.entries, c.Size, err, step.want)
		}
	}
	for _, fail := range []string{"before", "after"} {
		q.put(5)
		q.fail = fail
		if _, err := s.Round(t.Context()); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		o.Head = headOf(q)
		l = open(t, o) // as after a crash
		s = &Sequencer{Log: l, Queue: q, Logger: s.Logger, dirty: true}
		q.put(3)
		round(t, s)
		check(t, l, q)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestProofs(t *testing.T) {
	t.Parallel()
	q := &queue{}
	l := open(t, options(t, t.TempDir()))
	defer l.Close()
	s := &Sequencer{Log: l, Queue: q, Logger: slog.New(slog.DiscardHandler)}
	var heads []Head
	for i := range 6 {
		q.put(i * 7)
		round(t, s)
		heads = append(heads, headOf(q))
	}
	newest := heads[len(heads)-1]
	for seq, index := range q.index {
		p, err := l.Prove(t.Context(), index)
		if err != nil {
			t.Fatal(err)
		}
		path, err := l.Inclusion(t.Context(), index, newest.Size)
		if err != nil || p.Size != newest.Size {
			t.Fatal(err)
		}
		if err := checkpoint.VerifyInclusion(q.leaves[seq], index, newest, path); err != nil {
			t.Error(err)
		}
		if err := checkpoint.VerifyInclusion(q.leaves[seq], index+1, newest, path); err == nil {
			t.Error("a proof holds for another index")
		}
		other := q.leaves[seq]
		other[0] ^= 1
		if err := checkpoint.VerifyInclusion(other, index, newest, path); err == nil {
			t.Error("a proof holds for another leaf")
		}
	}
	for _, older := range heads[:len(heads)-1] {
		path, err := l.Consistency(t.Context(), older.Size, newest.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkpoint.VerifyConsistency(older, newest, path); err != nil {
			t.Error(err)
		}
		older.Root[0] ^= 1
		if err := checkpoint.VerifyConsistency(older, newest, path); err == nil {
			t.Error("a fork is consistent")
		}
	}
}

// A second writer stops; a log put back from an older copy does not start.
func TestWritersAndRollback(t *testing.T) {
	t.Parallel()
	o, q := options(t, t.TempDir()), &queue{}
	l := open(t, o)
	if _, err := Open(t.Context(), o); !errors.Is(err, problem.New(CodeLocked, "")) {
		t.Errorf("a second writer: %v", err)
	}
	q.put(40)
	round(t, &Sequencer{Log: l, Queue: q, Logger: slog.New(slog.DiscardHandler)})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	o.Head = Head{Size: q.head.Size + 32, Root: q.head.Root}
	if _, err := Open(t.Context(), o); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("an older log: %v", err)
	}
	o.Head = headOf(q)
	o.Head.Root[3] ^= 4
	if _, err := Open(t.Context(), o); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("another log: %v", err)
	}
	o.Head = headOf(q)
	other := o
	other.PadKey = bytes.Repeat([]byte{9}, 32)
	if _, err := Open(t.Context(), other); !errors.Is(err, problem.New(CodePadKey, "")) {
		t.Errorf("another secret: %v", err)
	}
	if err := open(t, o).Close(); err != nil {
		t.Error(err)
	}
}
