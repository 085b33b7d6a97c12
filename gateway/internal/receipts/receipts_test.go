package receipts

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
	"homeward.example/gateway/internal/witness"
)

func TestMain(m *testing.M) {
	tlog.SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

const within = time.Hour

// world is a holder with a store and a log, and a requester that collects. Nothing
// in it is of a child.
type world struct {
	t         *testing.T
	now       time.Time
	holder    ledger.Store
	log       *tlog.Log
	sequencer *tlog.Sequencer
	signer    note.Signer
	public    ed25519.PublicKey
	private   ed25519.PrivateKey
	dir       string // of the log
	own       ledger.Store
	collector Collector
	change    func(*reply) // what the holder says instead of the truth
	away      bool
	asked     int
	need      int
	breaks    []checkpoint.Break
	forks     int
	complains []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	w.holder, w.own = openStore(t), openStore(t)
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	w.public, w.private, w.dir = public, private, t.TempDir()
	w.signer, err = checkpoint.NewSigner(checkpoint.LogName("gov-ua"), private)
	must(t, err)
	v, err := checkpoint.NewVerifier(checkpoint.LogName("gov-ua"), public)
	must(t, err)
	w.log, err = tlog.Open(t.Context(), tlog.Options{Dir: w.dir, Origin: v.Name(), Signer: w.signer, Verifier: v, PadKey: make([]byte, 32)})
	must(t, err)
	t.Cleanup(func() { w.log.Close() })
	w.sequencer = &tlog.Sequencer{Log: w.log, Queue: w.holder, Logger: slog.New(slog.DiscardHandler)}
	clock := func() time.Time { return w.now }
	w.collector = Collector{
		Self: "gov-pl", Store: w.own, Ledger: ledger.New(w.own, clock), Registry: w, Fetch: w.fetch, Now: clock, Within: within,
		Forked:     func(context.Context, string, []byte, []byte) { w.forks++ },
		Complained: func(state string) { w.complains = append(w.complains, state) },
	}
	return w
}

func openStore(t *testing.T) ledger.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DSN: filepath.Join(t.TempDir(), "db")})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) LogKey(id string) (ed25519.PublicKey, bool) { return w.public, id == "gov-ua" }
func (w *world) Witnesses(string) ([]string, int)           { return []string{"icrc"}, w.need }
func (w *world) Breaks(string) []checkpoint.Break           { return w.breaks }

func (w *world) fetch(ctx context.Context, _, path string, body []byte) (int, []byte, error) {
	w.asked++
	if w.away || path != Path {
		return 0, nil, problem.New(problem.CodeUnreachable, "gov-ua")
	}
	raw, err := Prover{Log: w.log, Entries: w.holder.EntriesFor}.Prove(ctx, "gov-pl", body)
	status := http.StatusOK
	if err != nil {
		status = http.StatusNotFound
	}
	if w.change != nil {
		var r reply
		must(w.t, json.Unmarshal(raw, &r))
		w.change(&r)
		raw, err = json.Marshal(r)
		must(w.t, err)
	}
	return status, raw, nil
}

// answer is an exchange that both sides recorded; it returns the requester's decision.
func (w *world) answer() string {
	w.t.Helper()
	h, err := ledger.New(w.holder, w.collector.Now).Record(w.t.Context(), []byte("answer"), ledger.Decision{
		Kind: ledger.KindAnswered, Holder: "gov-ua", Requester: "gov-pl", Peer: "gov-pl", Outcome: "answered",
	}, ledger.Commit{})
	must(w.t, err)
	leaf := h.Leaf()
	return w.received(h.ID(), leaf)
}

func (w *world) received(theirs string, leaf [32]byte) string {
	w.t.Helper()
	r, err := w.collector.Ledger.Record(w.t.Context(), []byte("answer"), ledger.Decision{
		Kind: ledger.KindReceived, Holder: "gov-ua", Requester: "gov-pl", Peer: "gov-ua", Outcome: "answered",
		TheirDecision: theirs, TheirLeaf: base64.RawURLEncoding.EncodeToString(leaf[:]),
	}, ledger.Commit{})
	must(w.t, err)
	return r.ID()
}

func (w *world) publish() {
	w.t.Helper()
	_, err := w.sequencer.Round(w.t.Context())
	must(w.t, err)
}

func (w *world) round(later time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(later)
	must(w.t, w.collector.Round(w.t.Context()))
}

func (w *world) want(decision, state string, code problem.Code) ledger.HolderReceipt {
	w.t.Helper()
	r, err := w.own.Receipt(w.t.Context(), decision)
	must(w.t, err)
	if r.State != state || r.Problem != string(code) {
		w.t.Fatalf("%s %q, want %s %q", r.State, r.Problem, state, code)
	}
	return r
}

// The proof of an answer comes with the checkpoint that has it, is checked and kept,
// and holds for whoever reads it later.
func TestCollected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	for range 3 {
		ids = append(ids, w.answer())
	}
	w.round(time.Second) // nothing is due
	if w.asked != 0 {
		t.Errorf("asked %d times at once", w.asked)
	}
	w.round(2 * ledger.FirstLook)
	w.want(ids[0], ledger.ReceiptWaiting, problem.CodeNotFound) // nothing is published
	w.publish()
	w.round(time.Minute)
	for range 2 { // a later one, under a later checkpoint
		for _, id := range ids {
			r := w.want(id, ledger.ReceiptHave, "")
			v, err := checkpoint.NewVerifier(checkpoint.LogName("gov-ua"), w.public)
			must(t, err)
			head, err := checkpoint.Parse(r.Checkpoint, checkpoint.LogName("gov-ua"), v)
			must(t, err)
			var path [][]byte
			for i := 0; i < len(r.Path); i += 32 {
				path = append(path, r.Path[i:i+32])
			}
			must(t, checkpoint.VerifyInclusion(r.Leaf, r.Index, head.Head, path))
		}
		ids = append(ids, w.answer())
		w.publish()
		w.round(time.Minute)
	}
	asked := w.asked
	w.round(24 * time.Hour)
	if w.asked != asked || len(w.complains) != 0 {
		t.Errorf("asked for what is here; complaints: %v", w.complains)
	}
}

// What is not proven in time is complained of, once, and is taken when it comes.
func TestOverdue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.answer()
	w.away = true
	for range 40 {
		w.round(3 * time.Minute)
	}
	r := w.want(id, ledger.ReceiptOverdue, problem.CodeUnreachable)
	if fmt.Sprint(w.complains) != "[overdue]" || r.Tries > 14 {
		t.Errorf("complaints %v after %d tries", w.complains, r.Tries)
	}
	rows, err := w.own.Decisions(t.Context(), 0, 1)
	must(t, err)
	d, err := ledger.ParseDecision(rows[0].Content)
	must(t, err)
	if d.Kind != ledger.KindComplaint || d.Outcome != ledger.ReceiptOverdue || d.Reason != "unreachable" || d.Peer != "gov-ua" || d.TheirDecision != r.Theirs {
		t.Errorf("the complaint: %+v", d)
	}
	w.away = false
	w.publish()
	w.round(2 * time.Hour)
	w.want(id, ledger.ReceiptHave, "")
}

// What can never hold is complained of at once, with what came.
func TestBad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *world, r *reply)
		code   problem.Code
		state  string
	}{
		"another path":    {func(_ *world, r *reply) { r.Proofs[0].Path[0] = base64.StdEncoding.EncodeToString(make([]byte, 32)) }, checkpoint.CodeProof, ledger.ReceiptBad},
		"another index":   {func(_ *world, r *reply) { r.Proofs[0].Index++ }, checkpoint.CodeProof, ledger.ReceiptBad},
		"no hash":         {func(_ *world, r *reply) { r.Proofs[0].Path[0] = "x" }, checkpoint.CodeProof, ledger.ReceiptBad},
		"another's":       {func(_ *world, r *reply) { r.Proofs[0].Decision = "other" }, problem.CodeNotFound, ledger.ReceiptWaiting},
		"not signed":      {func(_ *world, r *reply) { r.Checkpoint = r.Checkpoint[:len(r.Checkpoint)-9] + "AAAAAAA=\n" }, checkpoint.CodeCheckpoint, ledger.ReceiptBad},
		"older":           {func(w *world, r *reply) { w.sign(r, checkpoint.Head{Size: 16}) }, checkpoint.CodeRolledBack, ledger.ReceiptWaiting},
		"a fork":          {func(w *world, r *reply) { w.sign(r, checkpoint.Head{Size: 32}) }, witness.CodeFork, ledger.ReceiptBad},
		"no continuation": {func(w *world, r *reply) { w.sign(r, checkpoint.Head{Size: 64}) }, checkpoint.CodeProof, ledger.ReceiptBad},
		"a long path":     {func(_ *world, r *reply) { r.Consistency = make([]string, maxPath+1) }, problem.CodeInvalidReply, ledger.ReceiptBad},
		"no cosignature":  {func(w *world, _ *reply) { w.need = 1 }, witness.CodeWitnesses, ledger.ReceiptWaiting},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			first := w.answer()
			w.publish()
			w.round(time.Minute)
			w.want(first, ledger.ReceiptHave, "") // 32 entries are seen
			id := w.answer()
			if c.code == checkpoint.CodeProof && name != "no continuation" || name == "another's" {
				w.publish()
			}
			w.change = func(r *reply) { c.change(w, r) }
			w.round(time.Minute)
			w.want(id, c.state, c.code)
			if bad := c.state == ledger.ReceiptBad; bad != (len(w.complains) == 1) || (name == "a fork") != (w.forks == 1) {
				t.Errorf("complaints %v, %d forks", w.complains, w.forks)
			}
			w.round(40 * time.Minute)
			if len(w.complains) > 1 || w.forks > 1 {
				t.Errorf("complained again: %v, %d forks", w.complains, w.forks)
			}
			w.change, w.need = nil, 0
			w.publish()
			w.round(2 * within)
			w.want(id, ledger.ReceiptHave, "")
		})
	}
}

func (w *world) sign(r *reply, h checkpoint.Head) {
	raw, err := note.Sign(&note.Note{Text: h.Body(w.signer.Name())}, w.signer)
	must(w.t, err)
	r.Checkpoint = string(raw)
}

// Others' decisions are not there; of one's own there is one proof each.
func TestProver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.answer()
	w.publish()
	r, err := w.own.Receipt(t.Context(), id)
	must(t, err)
	p := Prover{Log: w.log, Entries: w.holder.EntriesFor}
	for peer, want := range map[string]int{"gov-pl": 1, "gov-ca": 0} {
		raw, err := p.Prove(t.Context(), peer, []byte(`{"decisions":["`+r.Theirs+`","none","`+r.Theirs+`"]}`))
		must(t, err)
		var got reply
		must(t, json.Unmarshal(raw, &got))
		if len(got.Proofs) != want {
			t.Errorf("%s: %d proofs, want %d", peer, len(got.Proofs), want)
		}
	}
	many, err := json.Marshal(request{Decisions: make([]string, AtOnce+1)})
	must(t, err)
	for _, body := range []string{"", "[]", string(many)} {
		if _, err := p.Prove(t.Context(), "gov-pl", []byte(body)); !errors.Is(err, problem.New(problem.CodeInvalidRequest, "")) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

// A holder that is away is asked once a round, however much it owes, and what came
// at one time is not asked for at one time.
func TestSpread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.away = true
	const n = 3 * AtOnce
	for i := range n {
		leaf := [32]byte{byte(i), byte(i * 7)}
		w.received(fmt.Sprintf("theirs-%d", i), leaf)
	}
	w.round(2 * ledger.FirstLook)
	if w.asked != 1 {
		t.Errorf("asked %d times", w.asked)
	}
	due, err := w.own.ReceiptsDue(t.Context(), w.now.Add(time.Hour), 2*n)
	must(t, err)
	at := make(map[int64]bool)
	for _, r := range due {
		at[r.Next.UnixMilli()] = true
	}
	if len(due) != n || len(at) < n/2 {
		t.Errorf("%d due at %d different times, want %d spread", len(due), len(at), n)
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"checkpoint":"x","consistency":["AAAA"],"proofs":[{"decision":"d","index":1,"proof":[]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		public := ed25519.PublicKey(bytes.Repeat([]byte{7}, 32))
		c := Collector{Registry: &world{t: t, public: public}}
		if came := c.check("gov-ua", ledger.Head{}, raw); came.code == "" {
			t.Fatal("a reply that nobody signed is taken")
		}
	})
}

// A clock that steps back complains of nothing too early, and loses no receipt.
func TestClockBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.away = true
	first := w.answer()
	w.round(30 * time.Minute)
	w.now = w.now.Add(-2 * time.Hour)
	second := w.answer() // before the first, by its time
	for range 8 {
		w.round(5 * time.Minute)
	}
	if len(w.complains) != 0 {
		t.Errorf("complaints within the time of either: %v", w.complains)
	}
	w.away = false
	w.publish()
	w.round(3 * time.Hour)
	w.want(first, ledger.ReceiptHave, "")
	w.want(second, ledger.ReceiptHave, "")
}
