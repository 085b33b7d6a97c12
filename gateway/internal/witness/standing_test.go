package witness

import (
	"context"
	"errors"
	"net/http"
	"os"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// broken is a log of 96 entries that was put back to 32: next is its next generation, at
// the witnesses too.
func (w *world) broken(t *testing.T) (b checkpoint.Break, next *tlog.Log) {
	t.Helper()
	dir := t.TempDir()
	for i := range 3 {
		if _, err := w.sequencer.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := os.CopyFS(dir, os.DirFS(w.dir)); err != nil {
				t.Fatal(err)
			}
		}
	}
	root := func(size uint64) checkpoint.Head {
		root, err := w.log.Root(t.Context(), size)
		if err != nil {
			t.Fatal(err)
		}
		return checkpoint.Head{Size: size, Root: root}
	}
	b = checkpoint.Break{End: root(96), From: root(32), Proven: true}
	w.breaks = []checkpoint.Break{b}
	return b, w.generation(t, dir, 2)
}

// generation opens a log in a folder as a generation of it.
func (w *world) generation(t *testing.T, dir string, n int) *tlog.Log {
	t.Helper()
	var log *tlog.Log
	var err error
	q := w.quorum
	q.Prove = func(ctx context.Context, from, to uint64) ([][]byte, error) { return log.Consistency(ctx, from, to) }
	o := tlog.Options{Dir: dir, Origin: checkpoint.Generation("gov-ua", n), PadKey: make([]byte, 32), Cosign: q.Cosign, From: w.breaks[0].From}
	if o.Signer, err = checkpoint.NewSigner(o.Origin, w.private); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		v, err := checkpoint.NewVerifier(checkpoint.Generation("gov-ua", i), w.public)
		if err != nil {
			t.Fatal(err)
		}
		o.Earlier, o.Verifier = append(o.Earlier, v), v
	}
	log, err = tlog.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	return log
}

func publish(t *testing.T, l *tlog.Log) error {
	t.Helper()
	s := &tlog.Sequencer{Log: l, Queue: new(memory)}
	_, err := s.Round(t.Context())
	return err
}

// A log that lost entries goes on as the generation that the registry names, from where
// it says, and not otherwise.
func TestNextGeneration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	_, next := w.broken(t)
	late := w.witnesses["gov-pl"] // it has seen nothing but the first 32 entries, as if it had been away
	late.Heads = new(memory)
	if err := publish(t, next); err != nil {
		t.Fatal(err)
	}
	c, err := next.Published()
	if err != nil || c.Size != 64 || c.Origin != "homeward.example/gov-ua/ledger/2" {
		t.Fatalf("%+v, %v", c, err)
	}
	for id, wit := range w.witnesses {
		raw, err := wit.Remembered(t.Context(), "gov-ua", c.Origin)
		if head, err2 := checkpoint.Read(raw); err != nil || err2 != nil || head.Head != c.Head {
			t.Errorf("%s remembers %q, %v", id, raw, err)
		}
		if _, err := wit.Remembered(t.Context(), "gov-pl", c.Origin); !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
			t.Errorf("%s tells another participant: %v", id, err)
		}
	}
	if err := publish(t, next); err != nil {
		t.Errorf("it does not go on: %v", err)
	}
	if len(w.forks) > 0 {
		t.Errorf("reported as a fork by %v", w.forks)
	}
	// Neither the generation that ended goes on, nor one that nobody named.
	for _, n := range []int{1, 3} {
		body := w.signed(t, n, checkpoint.Head{Size: 128})
		if status, _, _ := w.post(t.Context(), "icrc", format(96, nil, body)); status != http.StatusForbidden {
			t.Errorf("generation %d: %d", n, status)
		}
	}
	if _, err := w.sequencer.Round(t.Context()); !errors.Is(err, problem.New(CodeWitnesses, "")) {
		t.Errorf("the generation that ended: %v", err)
	}
}

func (w *world) signed(t *testing.T, generation int, h checkpoint.Head) []byte {
	t.Helper()
	origin := checkpoint.Generation("gov-ua", generation)
	s, err := checkpoint.NewSigner(origin, w.private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := note.Sign(&note.Note{Text: h.Body(origin)}, s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The registry alone rewrites nothing: what it says must agree with what each witness
// remembers, and what is continued must be what a quorum cosigned.
func TestRegistryThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		say     func(b *checkpoint.Break)
		problem problem.Code
		forks   int
	}{
		"the truth":                 {func(*checkpoint.Break) {}, "", 0},
		"an earlier end":            {func(b *checkpoint.Break) { b.End.Size = 64 }, CodeWitnesses, 3},
		"another end":               {func(b *checkpoint.Break) { b.End.Root[0] ^= 1 }, CodeWitnesses, 3},
		"what nobody cosigned":      {func(b *checkpoint.Break) { b.Proven = false }, CodeWitnesses, 0},
		"another than is continued": {func(b *checkpoint.Break) { b.From.Root[0] ^= 1 }, checkpoint.CodeRolledBack, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 2)
			b, next := w.broken(t)
			c.say(&b)
			w.breaks = []checkpoint.Break{b}
			err := publish(t, next)
			if (err == nil) != (c.problem == "") || err != nil && !errors.Is(err, problem.New(c.problem, "")) {
				t.Errorf("%v, want %q", err, c.problem)
			}
			if len(w.forks) != c.forks {
				t.Errorf("reported by %v", w.forks)
			}
		})
	}
}

// Who was away for several generations is led across all of them.
func TestStandingAcrossGenerations(t *testing.T) {
	t.Parallel()
	head := func(size uint64, root byte) checkpoint.Head {
		return checkpoint.Head{Size: size, Root: checkpoint.Leaf{root}}
	}
	breaks := []checkpoint.Break{
		{End: head(96, 3), From: head(64, 2), Proven: true},
		{End: head(288, 5), From: head(32, 1), Proven: true},
	}
	for name, c := range map[string]struct {
		origin string
		seen   checkpoint.Head
		want   checkpoint.Head
		stored uint64
	}{
		"of the first":             {checkpoint.Generation("gov-ua", 1), head(96, 3), head(32, 1), 0},
		"of the first, a little":   {checkpoint.Generation("gov-ua", 1), head(16, 7), head(16, 7), 0},
		"of the second":            {checkpoint.Generation("gov-ua", 2), head(288, 5), head(32, 1), 0},
		"of the one that is named": {checkpoint.Generation("gov-ua", 3), head(64, 8), head(64, 8), 64},
		"of nobody":                {checkpoint.Generation("gov-pl", 1), head(64, 8), head(32, 1), 0},
	} {
		m := new(memory)
		if err := m.SetHead(t.Context(), 0, ledger.Head{Kind: ledger.HeadSeen, Origin: c.origin, Size: c.seen.Size, Root: c.seen.Root}); err != nil {
			t.Fatal(err)
		}
		got, stored, err := Standing(t.Context(), m, ledger.HeadSeen, "gov-ua", breaks)
		if err != nil || got.Size != c.want.Size || got.Root != c.want.Root || stored != c.stored {
			t.Errorf("%s: %d, stored %d, %v", name, got.Size, stored, err)
		}
	}
}

// A registry that names fewer generations than were seen, as when it left a participant
// out and took it in again, brings no log of before back.
func TestRegistryThatForgetsAGeneration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	b, next := w.broken(t)
	if err := publish(t, next); err != nil {
		t.Fatal(err)
	}
	w.breaks = nil
	if _, err := w.sequencer.Round(t.Context()); !errors.Is(err, problem.New(CodeWitnesses, "")) {
		t.Errorf("the generation that ended goes on: %v", err)
	}
	seen := w.witnesses["icrc"].Heads
	if _, _, err := Standing(t.Context(), seen, ledger.HeadWitnessed, "gov-ua", nil); !errors.Is(err, problem.New(checkpoint.CodeGeneration, "")) {
		t.Errorf("no break: %v", err)
	}
	if _, _, err := Standing(t.Context(), seen, ledger.HeadWitnessed, "gov-ua", []checkpoint.Break{b}); err != nil {
		t.Errorf("the break: %v", err)
	}
	if len(w.forks) > 0 {
		t.Errorf("reported as a fork by %v", w.forks)
	}
}
