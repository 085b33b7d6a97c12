package witness

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

func TestMain(m *testing.M) {
	tlog.SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// memory is a store of heads, and of entries that have no decision.
type memory struct {
	mu      sync.Mutex
	heads   map[string]ledger.Head
	waiting []ledger.LogEntry
	leaves  map[uint64][32]byte // by index
}

func (m *memory) Head(_ context.Context, kind, origin string) (ledger.Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, ok := m.heads[kind+origin]
	if !ok {
		return h, problem.New(problem.CodeNotFound, "head")
	}
	return h, nil
}

func (m *memory) Heads(_ context.Context, kind string) (all []ledger.Head, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range m.heads {
		if h.Kind == kind {
			all = append(all, h)
		}
	}
	return all, nil
}

func (m *memory) SetHead(_ context.Context, was uint64, h ledger.Head) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.heads[h.Kind+h.Origin].Size != was {
		return problem.New(ledger.CodeHeadMoved, "")
	}
	if m.heads == nil {
		m.heads = make(map[string]ledger.Head)
	}
	m.heads[h.Kind+h.Origin] = h
	return nil
}

func (m *memory) Unlogged(context.Context, int) ([]ledger.LogEntry, error) { return m.waiting, nil }
func (m *memory) NextIndex(context.Context) (uint64, error)                { return 0, nil }

func (m *memory) Logged(_ context.Context, entries []ledger.LogEntry) error {
	if m.leaves == nil {
		m.leaves = make(map[uint64][32]byte)
	}
	for _, e := range entries {
		m.leaves[e.Index] = e.Leaf
	}
	m.waiting = nil
	return nil
}

// world is one log and three witnesses.
type world struct {
	log       *tlog.Log
	sequencer *tlog.Sequencer
	signer    note.Signer
	public    ed25519.PublicKey
	private   ed25519.PrivateKey
	dir       string // of the log
	breaks    []checkpoint.Break
	keys      map[string]ed25519.PublicKey // of witnesses
	quorum    Quorum
	witnesses map[string]*Witness
	away      map[string]bool
	mu        sync.Mutex
	forks     []string
}

func newWorld(t *testing.T, need int) *world {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{public: public, private: private, dir: t.TempDir(), keys: map[string]ed25519.PublicKey{}, witnesses: map[string]*Witness{}, away: map[string]bool{}}
	w.quorum = Quorum{Need: need, Witnesses: map[string]note.Verifier{}, Post: w.post, Prove: func(ctx context.Context, from, to uint64) ([][]byte, error) {
		return w.log.Consistency(ctx, from, to)
	}}
	for _, id := range []string{"icrc", "unicef", "gov-pl"} {
		w.witnesses[id], w.quorum.Witnesses[id] = newWitness(t, w, id, public)
	}
	w.signer, err = checkpoint.NewSigner(checkpoint.LogName("gov-ua"), private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := checkpoint.NewVerifier(checkpoint.LogName("gov-ua"), public)
	if err != nil {
		t.Fatal(err)
	}
	w.log, err = tlog.Open(t.Context(), tlog.Options{
		Dir: w.dir, Origin: checkpoint.LogName("gov-ua"), Signer: w.signer, Verifier: verifier,
		PadKey: make([]byte, 32), Cosign: w.quorum.Cosign,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close() })
	w.sequencer = &tlog.Sequencer{Log: w.log, Queue: new(memory), Logger: slog.New(slog.DiscardHandler)}
	return w
}

func newWitness(t *testing.T, w *world, id string, log ed25519.PublicKey) (*Witness, note.Verifier) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.keys[id] = public
	s, err := checkpoint.NewCosigner(checkpoint.WitnessName(id), private, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	v, err := checkpoint.NewCosignatureVerifier(checkpoint.WitnessName(id), public)
	if err != nil {
		t.Fatal(err)
	}
	return &Witness{
		Signer: s, Heads: new(memory),
		Key:    func(p string) (ed25519.PublicKey, bool) { return log, p == "gov-ua" },
		Breaks: func(string) []checkpoint.Break { return w.breaks },
		Forked: func(context.Context, string, []byte, []byte) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.forks = append(w.forks, id)
		},
	}, v
}

func (w *world) post(ctx context.Context, id string, body []byte) (int, []byte, error) {
	if w.away[id] {
		return 0, nil, errors.New("away")
	}
	line, refusal := w.witnesses[id].Add(ctx, "gov-ua", body)
	if refusal != nil {
		return refusal.Status, []byte(refusal.Body), nil
	}
	return http.StatusOK, line, nil
}

// n of m distinct witnesses cosign; one that was away comes along later; fewer
// than n and nothing is published.
func TestQuorum(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	round := func() error { _, err := w.sequencer.Round(t.Context()); return err }
	published := func() (uint64, int) {
		c, err := w.log.Published()
		if err != nil {
			t.Fatal(err)
		}
		return c.Size, checkpoint.Cosigners(c.Raw, slices.Collect(maps.Values(w.quorum.Witnesses)))
	}
	if err := round(); err != nil {
		t.Fatal(err)
	}
	if size, n := published(); size != 32 || n != 3 {
		t.Errorf("size %d, %d cosigners", size, n)
	}
	w.away["icrc"] = true
	for range 2 {
		if err := round(); err != nil {
			t.Fatal(err)
		}
	}
	w.away["unicef"] = true
	if err := round(); !errors.Is(err, problem.New(CodeWitnesses, "")) {
		t.Errorf("one witness of two: %v", err)
	}
	if size, n := published(); size != 96 || n != 2 {
		t.Errorf("size %d, %d cosigners", size, n)
	}
	clear(w.away)
	if err := round(); err != nil {
		t.Fatal(err)
	}
	if size, n := published(); size <= 96 || n != 3 {
		t.Errorf("size %d, %d cosigners", size, n)
	}
}

// A log that shows two histories is refused and reported; so is one that goes back.
func TestForkAndRollback(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	for range 3 {
		if _, err := w.sequencer.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	fork := checkpoint.Head{Size: 96, Root: checkpoint.Leaf{1}}
	raw, err := note.Sign(&note.Note{Text: fork.Body(w.log.Origin())}, w.signer)
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range []uint64{32, 96} {
		if status, _, _ := w.post(t.Context(), "icrc", format(old, nil, raw)); status != http.StatusConflict {
			t.Errorf("a fork from %d: %d", old, status)
		}
	}
	if len(w.forks) != 1 {
		t.Errorf("%d reports of a fork that was shown twice", len(w.forks))
	}
	fork.Size = 128
	raw, err = note.Sign(&note.Note{Text: fork.Body(w.log.Origin())}, w.signer)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if status, _, _ := w.post(t.Context(), "icrc", format(96, [][]byte{make([]byte, 32)}, raw)); status != http.StatusUnprocessableEntity {
			t.Errorf("a larger fork: %d", status)
		}
	}
	if len(w.forks) != 2 {
		t.Errorf("%d reports, want one of the larger fork as well", len(w.forks))
	}
	older := checkpoint.Head{Size: 32}
	raw, err = note.Sign(&note.Note{Text: older.Body(w.log.Origin())}, w.signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.quorum.Cosign(t.Context(), 32, 32, raw); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("a log put back: %v", err)
	}
}

// Before anything is added, the witnesses are asked whether they know more of the log.
func TestRemember(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	for range 3 {
		if _, err := w.sequencer.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	now, err := w.log.Published()
	if err != nil {
		t.Fatal(err)
	}
	sign := func(h checkpoint.Head) []byte {
		raw, err := note.Sign(&note.Note{Text: h.Body(w.log.Origin())}, w.signer)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	older, err := w.log.Root(t.Context(), 32)
	if err != nil {
		t.Fatal(err)
	}
	small, other := checkpoint.Head{Size: 32, Root: older}, checkpoint.Head{Size: 96, Root: checkpoint.Leaf{1}}
	for name, c := range map[string]struct {
		head   checkpoint.Head
		size   uint64
		away   []string
		refuse bool
	}{
		"as it was":                      {now.Head, 96, nil, false},
		"ended before it published":      {small, 96, nil, false},
		"older":                          {small, 32, nil, true},
		"older, one witness away":        {small, 32, []string{"icrc"}, true},
		"older, one witness says so":     {small, 32, []string{"icrc", "unicef"}, false},
		"another of the same size":       {other, 96, nil, true},
		"nobody is there":                {small, 32, []string{"icrc", "unicef", "gov-pl"}, false},
		"as it was, one witness is away": {now.Head, 96, []string{"icrc"}, false},
	} {
		clear(w.away)
		for _, id := range c.away {
			w.away[id] = true
		}
		err := w.quorum.Remember(t.Context(), c.head.Size, c.size, sign(c.head))
		if errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) != c.refuse || !c.refuse && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One that went on from an older copy does not continue what they cosigned.
	clear(w.away)
	fork := checkpoint.Head{Size: 128, Root: checkpoint.Leaf{1}}
	q := w.quorum
	q.Prove = func(context.Context, uint64, uint64) ([][]byte, error) { return [][]byte{make([]byte, 32)}, nil }
	if _, err := q.Cosign(t.Context(), 32, 128, sign(fork)); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("a log that went on from an older copy: %v", err)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	good, err := note.Sign(&note.Note{Text: checkpoint.Head{Size: 32}.Body(w.log.Origin())}, w.signer)
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := checkpoint.NewSigner(w.log.Origin(), private)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := note.Sign(&note.Note{Text: checkpoint.Head{Size: 32}.Body(w.log.Origin())}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from, body string
		want       int
	}{
		"empty":                {"gov-ua", "", http.StatusBadRequest},
		"no old":               {"gov-ua", "\n\n" + string(good), http.StatusBadRequest},
		"old with zeros":       {"gov-ua", "old 00\n\n" + string(good), http.StatusBadRequest},
		"a bad hash":           {"gov-ua", "old 0\nx\n\n" + string(good), http.StatusBadRequest},
		"old is larger":        {"gov-ua", "old 64\n\n" + string(good), http.StatusBadRequest},
		"a proof of the first": {"gov-ua", string(format(0, [][]byte{make([]byte, 32)}, good)), http.StatusBadRequest},
		"forged":               {"gov-ua", string(format(0, nil, forged)), http.StatusForbidden},
		"another's log":        {"gov-pl", string(format(0, nil, good)), http.StatusNotFound},
		"good":                 {"gov-ua", string(format(0, nil, good)), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := w.witnesses["icrc"]
			wit := &Witness{Signer: one.Signer, Heads: new(memory), Key: one.Key}
			_, refusal := wit.Add(t.Context(), c.from, []byte(c.body))
			got := http.StatusOK
			if refusal != nil {
				got = refusal.Status
			}
			if got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("old 0\n\nx"))
	f.Add(format(32, [][]byte{make([]byte, 32)}, []byte("note\n")))
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, ok := parse(body); ok && string(format(r.old, r.proof, r.raw)) != string(body) {
			t.Fatal("a request that is not canonical")
		}
	})
}

// A log that shows one history to one witness and another to the next gets a quorum
// for one of them at most, and whoever sees both reports it.
func TestForkShownToTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	if _, err := w.sequencer.Round(t.Context()); err != nil { // 32 entries that all saw
		t.Fatal(err)
	}
	before, err := w.log.Published()
	if err != nil {
		t.Fatal(err)
	}
	history := func(root byte) (checkpoint.Head, []byte, Quorum) {
		sibling := checkpoint.Leaf{root}
		head := checkpoint.Head{Size: 64, Root: checkpoint.Leaf(rfc6962.DefaultHasher.HashChildren(before.Root[:], sibling[:]))}
		raw, err := note.Sign(&note.Note{Text: head.Body(w.log.Origin())}, w.signer)
		if err != nil {
			t.Fatal(err)
		}
		q := w.quorum
		q.Prove = func(_ context.Context, from, to uint64) ([][]byte, error) {
			if from == to {
				return nil, nil
			}
			return [][]byte{sibling[:]}, nil
		}
		return head, raw, q
	}
	_, one, oneQuorum := history(1)
	_, two, twoQuorum := history(2)
	w.away["unicef"], w.away["gov-pl"] = true, true // the first is shown to icrc alone
	if _, err := oneQuorum.Cosign(t.Context(), 32, 64, one); !errors.Is(err, problem.New(CodeWitnesses, "")) {
		t.Errorf("the first history: %v", err)
	}
	w.away = map[string]bool{"icrc": true, "gov-pl": true} // the second to unicef alone
	if _, err := twoQuorum.Cosign(t.Context(), 32, 64, two); !errors.Is(err, problem.New(CodeWitnesses, "")) {
		t.Errorf("the second history: %v", err)
	}
	if len(w.forks) != 0 {
		t.Errorf("a fork that nobody saw is reported by %v", w.forks)
	}
	clear(w.away)
	if _, err := oneQuorum.Cosign(t.Context(), 32, 64, one); err != nil { // icrc and gov-pl
		t.Errorf("the history that two of three saw: %v", err)
	}
	if _, err := twoQuorum.Cosign(t.Context(), 32, 64, two); !errors.Is(err, problem.New(checkpoint.CodeRolledBack, "")) {
		t.Errorf("the other history: %v", err)
	}
	slices.Sort(w.forks)
	if got := slices.Compact(w.forks); !slices.Equal(got, []string{"gov-pl", "icrc", "unicef"}) {
		t.Errorf("reported by %v, want by all three: each was shown what it did not cosign", got)
	}
}
