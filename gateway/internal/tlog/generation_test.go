package tlog

import (
	"crypto/ed25519"
	"errors"
	"log/slog"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// generation are the options of one generation of a log.
func generation(t *testing.T, dir string, n int) Options {
	t.Helper()
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // synthetic
	o := Options{Dir: dir, Origin: checkpoint.Generation("gov-test", n), PadKey: make([]byte, 32)}
	var err error
	if o.Signer, err = checkpoint.NewSigner(o.Origin, private); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		if o.Verifier, err = checkpoint.NewVerifier(checkpoint.Generation("gov-test", i), private.Public().(ed25519.PublicKey)); err != nil {
			t.Fatal(err)
		}
		if i < n {
			o.Earlier = append(o.Earlier, o.Verifier)
		}
	}
	return o
}

// The next generation is the same log under another name: what it had stays where it
// was, and it is published only once it has a checkpoint of its own.
func TestNextGeneration(t *testing.T) {
	t.Parallel()
	dir, q := t.TempDir(), &queue{}
	first := open(t, generation(t, dir, 1))
	q.put(5)
	round(t, &Sequencer{Log: first, Queue: q, Logger: slog.New(slog.DiscardHandler)})
	before, err := first.Published()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Idle(); !errors.Is(err, problem.New(CodeLocked, "")) {
		t.Errorf("while it is written: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(first.Idle(), Read(generation(t, t.TempDir()+"/none", 1)).Idle()); err != nil {
		t.Error(err)
	}

	o := generation(t, dir, 2)
	for name, from := range map[string]Head{
		"more than is here":    {Size: before.Size + 1, Root: before.Root},
		"another than is here": {Size: before.Size, Root: Leaf{1}},
	} {
		o.From = from
		if l, err := Open(t.Context(), o); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
			t.Errorf("it continues %s: %v, %v", name, l, err)
		}
	}
	o.From, o.Head = before.Head, headOf(q)
	next := open(t, o)
	t.Cleanup(func() { next.Close() })
	if _, err := next.Published(); !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		t.Errorf("published before it published: %v", err)
	}
	if latest, err := next.Latest(); err != nil || latest.Origin != before.Origin || latest.Head != before.Head {
		t.Errorf("the latest: %+v, %v", latest, err)
	}
	q.head.Size, q.head.Origin = 0, "" // the store has no head of this generation
	q.put(3)
	round(t, &Sequencer{Log: next, Queue: q, Logger: slog.New(slog.DiscardHandler)})
	after, err := next.Published()
	if err != nil || after.Origin != o.Origin || after.Size != 64 || q.head.Origin != o.Origin {
		t.Fatalf("%+v, %+v, %v", after, q.head, err)
	}
	path, err := next.Consistency(t.Context(), before.Size, after.Size)
	if err != nil || checkpoint.VerifyConsistency(before.Head, after.Head, path) != nil {
		t.Errorf("it does not continue what was published: %v", err)
	}
	// All that is no entry is padding; none of it is that of the first generation at an
	// index that both had.
	entries := map[Leaf]bool{}
	for _, leaf := range q.leaves {
		entries[leaf] = true
	}
	err = next.Scan(t.Context(), 0, after.Size, func(index uint64, leaf Leaf) error {
		pad := leaf == first.Pad(index)
		if entries[leaf] == next.Padded(index, leaf) || pad != (!entries[leaf] && index < before.Size) {
			t.Errorf("at %d: padding %v, of the first generation %v", index, next.Padded(index, leaf), pad)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A checkpoint that neither this generation nor one before signed is not read.
func TestForeignCheckpoint(t *testing.T) {
	t.Parallel()
	o := generation(t, t.TempDir(), 2)
	for origin, signer := range map[string]note.Signer{
		checkpoint.Generation("gov-test", 3): generation(t, "", 3).Signer,
		checkpoint.Generation("gov-test", 1): options(t, "").Signer,
	} {
		raw, err := note.Sign(&note.Note{Text: Head{Size: 32}.Body(origin)}, signer)
		if err != nil {
			t.Fatal(err)
		}
		l := Read(o)
		if err := replaceFile(l.file(), raw); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Latest(); !errors.Is(err, problem.New(checkpoint.CodeCheckpoint, "")) {
			t.Errorf("signed by %s for %s: %v", signer.Name(), origin, err)
		}
	}
}
