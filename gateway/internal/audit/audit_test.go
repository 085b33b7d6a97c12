package audit_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // what somebody who edits the database uses

	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// house is a gateway's ledger in a folder, without the gateway.
type house struct {
	t    testing.TB
	dir  string
	o    tlog.Options
	s    ledger.Store
	log  *tlog.Log
	seq  *tlog.Sequencer
	next int
}

func options(dir string) tlog.Options {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // synthetic
	origin := checkpoint.LogName("gov-ua")
	signer, _ := checkpoint.NewSigner(origin, private)
	verifier, _ := checkpoint.NewVerifier(origin, private.Public().(ed25519.PublicKey))
	return tlog.Options{Dir: filepath.Join(dir, "log"), Origin: origin, Signer: signer, Verifier: verifier, PadKey: []byte("pad key of a test")}
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, dir: t.TempDir()}
	h.o = options(h.dir)
	h.open()
	return h
}

func (h *house) database() string { return filepath.Join(h.dir, "homeward.db") }

func (h *house) open() {
	h.t.Helper()
	s, err := store.Open(context.Background(), store.Options{Driver: store.SQLite, DSN: h.database()})
	must(h.t, err)
	l, err := tlog.Open(context.Background(), h.o)
	must(h.t, err)
	h.s, h.log, h.seq = s, l, &tlog.Sequencer{Log: l, Queue: s, Logger: slog.New(slog.DiscardHandler)}
	h.t.Cleanup(h.close)
}

func (h *house) close() {
	if h.s != nil {
		_ = h.log.Close()
		_ = h.s.Close()
		h.s = nil
	}
}

// said is synthetic: the photo withheld.
var said = json.RawMessage(`[{"verdict":"withheld","reasons":["SUP_LINKAGE"],"identity":"original","paths":["photo"]}]`)

// record makes n decisions, one a minute, and publishes them.
func (h *house) record(n int) {
	h.t.Helper()
	for range n {
		at := start.Add(time.Duration(h.next) * time.Minute)
		_, err := ledger.New(h.s, func() time.Time { return at }).Record(context.Background(), []byte("{}"), ledger.Decision{
			ID: fmt.Sprintf("d-%d", h.next), Kind: ledger.KindAnswered, Requester: "gov-pl", Holder: "gov-ua", Purpose: "RETURN", Outcome: "answered",
			Records: []ledger.DecidedRecord{{Subject: fmt.Sprintf("child-%d", h.next%3), Version: "v", Verdicts: said}},
		}, ledger.Commit{Row: ledger.Row{Details: []byte("synthetic")}})
		must(h.t, err)
		h.next++
	}
	h.publish()
}

func (h *house) publish() {
	h.t.Helper()
	_, err := h.seq.Round(context.Background())
	must(h.t, err)
}

// erase erases, a year later, what decisions keep of a child, or of one decision.
func (h *house) erase(child, decision string) {
	h.t.Helper()
	later := func() time.Time { return start.AddDate(1, 0, 0) }
	e := ledger.Eraser{Ledger: ledger.New(h.s, later), Store: h.s, Self: "gov-ua", Now: later}
	request, err := e.Request(context.Background(), child, decision, "court order 7", envelope.Officer{ID: "o-1"})
	must(h.t, err)
	_, err = e.Confirm(context.Background(), request.ID, envelope.Officer{ID: "o-2"}, false)
	must(h.t, err)
	h.publish()
}

func (h *house) ledger() audit.Ledger { return audit.Ledger{Store: h.s, Log: tlog.Read(h.o)} }

func (h *house) check() audit.Report {
	h.t.Helper()
	r, err := h.ledger().Check(context.Background())
	must(h.t, err)
	return r
}

// sql edits the store behind its back.
func (h *house) sql(statements ...string) {
	h.t.Helper()
	db, err := sql.Open("sqlite", h.database())
	must(h.t, err)
	defer db.Close()
	for _, s := range statements {
		_, err := db.Exec(s)
		must(h.t, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if r := h.check(); len(r.Faults) > 0 || r.Entries != 0 {
		t.Errorf("an empty ledger: %+v", r)
	}
	h.record(40)
	h.erase("child-1", "")
	h.record(3)
	want := audit.Report{Decisions: 45, Erased: 13, Entries: 320, Padding: 275}
	r := h.check()
	if r.Decisions != want.Decisions || r.Erased != want.Erased || r.Entries != want.Entries || r.Padding != want.Padding || r.Waiting != 0 || len(r.Faults) > 0 {
		t.Errorf("%+v", r)
	}
}

// Whatever somebody does to the store behind its back is noticed, and where.
func TestEdited(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit []string
		want string // kind and place of a fault
	}{
		"a word of a decision":          {[]string{`UPDATE decisions SET content = replace(content, 'gov-pl', 'gov-de') WHERE id = 'd-5'`}, "row decision d-5"},
		"a column":                      {[]string{`UPDATE decisions SET purpose = 'MATCH' WHERE id = 'd-5'`}, "row decision d-5"},
		"a time":                        {[]string{`UPDATE decisions SET at = at - 1 WHERE id = 'd-5'`}, "row decision d-5"},
		"a salt":                        {[]string{`UPDATE decisions SET salt = zeroblob(32) WHERE id = 'd-5'`}, "row decision d-5"},
		"a leaf":                        {[]string{`UPDATE decisions SET leaf = zeroblob(32) WHERE id = 'd-5'`}, "place decision d-5, entry 5"},
		"a decision deleted":            {[]string{`DELETE FROM decisions WHERE id = 'd-5'`}, "entry entry 5"},
		"deleted with its place":        {[]string{`DELETE FROM logged WHERE log_index = 5`, `DELETE FROM decisions WHERE id = 'd-5'`}, "entry entry 5"},
		"two places exchanged":          {[]string{`UPDATE logged SET log_index = 1000 WHERE log_index = 5`, `UPDATE logged SET log_index = 5 WHERE log_index = 6`, `UPDATE logged SET log_index = 6 WHERE log_index = 1000`}, "place decision d-5, entry 6"},
		"a decision copied":             {[]string{`INSERT INTO decisions (id, at, kind, peer, purpose, leaf, salt, parts, content) SELECT 'copy', at, kind, peer, purpose, leaf, salt, parts, content FROM decisions WHERE id = 'd-5'`}, "row decision copy"},
		"an erasure that nobody made":   {[]string{`INSERT INTO erased VALUES ('d-5', 1, 'nothing', 'd-6', zeroblob(32))`}, "row decision d-5"},
		"what remains of an erased one": {[]string{`UPDATE decisions SET content = replace(content, 'gov-pl', 'gov-de') WHERE id = 'd-1'`}, "row decision d-1"},
		"under what it was erased":      {[]string{`UPDATE erased SET under = 'another order' WHERE id = 'd-1'`}, "row decision d-1"},
		"both, and its digest":          {[]string{`UPDATE decisions SET content = '{}' WHERE id = 'd-1'`, `UPDATE erased SET remains = x'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' WHERE id = 'd-1'`}, "row decision d-1"},
		"an erasure taken back":         {[]string{`DELETE FROM erased WHERE id = 'd-1'`}, "row decision d-1"},
		"the remembered checkpoint":     {[]string{`UPDATE heads SET size = size + 1`}, "head homeward.example/gov-ua/ledger"},
		"not under who asked":           {[]string{`UPDATE decisions SET who = (SELECT who FROM decisions ORDER BY seq DESC LIMIT 1) WHERE id = 'd-5'`}, "index decision d-5"},
		"in no index":                   {[]string{`UPDATE decisions SET what = NULL WHERE id = 'd-5'`}, "index decision d-5"},
		"another requester in an index": {[]string{`UPDATE who SET requester = 'gov-de' WHERE requester = 'gov-pl'`}, "index decision d-5"},
		"an outcome in an index":        {[]string{`UPDATE what SET outcome = 'refused' WHERE outcome = 'answered'`}, "index decision d-5"},
		"a word on a field":             {[]string{`DELETE FROM said WHERE path = 'photo'`}, "index decision d-5"},
		"a child in no index":           {[]string{`DELETE FROM children WHERE decision = 'd-5'`}, "index decision d-5"},
		"its root":                      {[]string{`UPDATE heads SET root = zeroblob(32)`}, "head homeward.example/gov-ua/ledger"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.record(10)
			h.erase("", "d-1")
			if r := h.check(); len(r.Faults) > 0 {
				t.Fatalf("before: %+v", r.Faults)
			}
			h.sql(c.edit...)
			var got []string
			for _, f := range h.check().Faults {
				got = append(got, f.Kind+" "+f.Place)
			}
			if !slices.Contains(got, c.want) {
				t.Errorf("want %s, got %v", c.want, got)
			}
		})
	}
}

// Each single bit of the published log is noticed by the check of the whole.
func TestEveryBit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(3)
	h.close()
	s, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DSN: h.database()})
	must(t, err)
	h.s = s
	t.Cleanup(func() { s.Close() })
	every, bit, missed := 1, 0, 0
	if os.Getenv("HOMEWARD_SOAK") == "" {
		every = 23 // the check of the log alone tries them all in each run (package tlog)
	}
	err = filepath.WalkDir(h.o.Dir, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(h.o.Dir, name)
		if err != nil || d.IsDir() || !strings.HasPrefix(rel, "tile") && rel != "published" {
			return err
		}
		raw, err := os.ReadFile(name)
		must(t, err)
		for i := range len(raw) * 8 {
			if bit++; bit%every != 0 {
				continue
			}
			raw[i/8] ^= 1 << (i % 8)
			must(t, os.WriteFile(name, raw, 0o600))
			if len(h.check().Faults) == 0 {
				missed++
				t.Errorf("%s: bit %d is not noticed", rel, i)
			}
			raw[i/8] ^= 1 << (i % 8)
		}
		return os.WriteFile(name, raw, 0o600)
	})
	must(t, err)
	if bit < 32*(32+34)*8 {
		t.Errorf("%d bits: not the whole log", bit)
	}
}

// A clock that goes back loses nothing: what was recorded under an earlier time has
// its place after what came before it.
func TestClockBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(5)
	h.next = -60 // an hour before
	h.record(5)
	if r := h.check(); len(r.Faults) > 0 || r.Decisions != 10 {
		t.Errorf("%+v", r)
	}
	p, err := h.ledger().Prove(t.Context(), start.Add(-2*time.Hour), start.Add(time.Hour), h.o.PadKey)
	must(t, err)
	if v, err := audit.Verify(p, h.o.Verifier); err != nil || !v.Complete || v.Decisions != 10 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestBackup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(40)
	before := h.check()
	saved := filepath.Join(t.TempDir(), "saved")
	n, err := h.ledger().Backup(t.Context(), saved, true)
	must(t, err)
	if n != before.Entries {
		t.Errorf("%d entries", n)
	}
	if _, err := h.ledger().Backup(t.Context(), saved, true); problem.Of(err).Code != audit.CodeBackupTarget {
		t.Errorf("twice into one folder: %v", err)
	}
	h.record(5) // after the backup

	restored := restore(t, saved)
	after := restored.check()
	if after.Root != before.Root || after.Decisions != 40 || len(after.Faults) > 0 {
		t.Errorf("restored: %+v, before %+v", after, before)
	}
	restored.next = 100
	restored.record(3) // it goes on
	if r := restored.check(); len(r.Faults) > 0 || r.Decisions != 43 {
		t.Errorf("%+v", r)
	}
}

// restore puts a backup where a new house is.
func restore(t *testing.T, saved string) *house {
	h := &house{t: t, dir: t.TempDir()}
	h.o = options(h.dir)
	raw, err := os.ReadFile(filepath.Join(saved, audit.StoreFile))
	must(t, err)
	must(t, audit.Durable(h.database(), raw))
	s, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DSN: h.database()})
	must(t, err)
	must(t, audit.Restore(t.Context(), s, saved, h.o))
	if err := audit.Restore(t.Context(), s, saved, h.o); problem.Of(err).Code != audit.CodeBackupTarget {
		t.Errorf("over a log: %v", err)
	}
	must(t, s.Close())
	h.open()
	return h
}

// A backup that somebody touched is refused.
func TestBackupTouched(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(3)
	for name, touch := range map[string]func([]byte) []byte{
		"a bit":     func(b []byte) []byte { b[40] ^= 1; return b },
		"shortened": func(b []byte) []byte { return b[:len(b)-32] },
		"half leaf": func(b []byte) []byte { return append(b, 1) },
	} {
		saved := filepath.Join(t.TempDir(), "saved")
		_, err := h.ledger().Backup(t.Context(), saved, true)
		must(t, err)
		file := filepath.Join(saved, "log.leaves")
		raw, err := os.ReadFile(file)
		must(t, err)
		must(t, os.WriteFile(file, touch(raw), 0o600))
		o := options(t.TempDir())
		if err := audit.Restore(t.Context(), h.s, saved, o); problem.Of(err).Code != audit.CodeBackupDiffers {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// busy is a store whose log goes on when its head is read.
type busy struct {
	ledger.Store
	h *house
}

func (b busy) Head(ctx context.Context, kind, origin string) (ledger.Head, error) {
	b.h.publish()
	defer b.h.publish()
	return b.Store.Head(ctx, kind, origin)
}

// A gateway that goes on while it is checked is not at fault.
func TestCheckedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(3)
	r, err := audit.Ledger{Store: busy{h.s, h}, Log: tlog.Read(h.o)}.Check(t.Context())
	must(t, err)
	if len(r.Faults) > 0 {
		t.Errorf("%+v", r.Faults)
	}
}

// A log that was put back to an older state than its store remembers does not start.
func TestOlderLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(3)
	h.close()
	older := filepath.Join(t.TempDir(), "log")
	must(t, os.CopyFS(older, os.DirFS(h.o.Dir)))
	h.open()
	h.record(3)
	head, err := h.s.Head(t.Context(), ledger.HeadOwn, h.o.Origin)
	must(t, err)
	o := h.o
	o.Dir, o.Head = older, tlog.Head{Size: head.Size, Root: head.Root}
	if l, err := tlog.Open(t.Context(), o); problem.Of(err).Code != checkpoint.CodeRolledBack {
		if err == nil {
			l.Close()
		}
		t.Errorf("%v", err)
	}
	r, err := audit.Ledger{Store: h.s, Log: tlog.Read(o)}.Check(t.Context())
	must(t, err)
	if len(r.Faults) == 0 || r.Faults[0].Kind != audit.FaultHead {
		t.Errorf("%+v", r.Faults)
	}
}

func TestProof(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.record(40)
	h.record(300)
	h.erase("", "d-50")
	for name, c := range map[string]struct {
		from, to  int // minutes
		decisions int
	}{
		"the first ones": {0, 10, 10}, "across two checkpoints": {30, 60, 30}, "one": {45, 46, 1}, "the last ones": {330, 1000, 10}, "all": {0, 1000, 340},
		"none": {1000, 2000, 0}, // what the range shows is that there is no decision in it
	} {
		p, err := h.ledger().Prove(t.Context(), minute(c.from), minute(c.to), h.o.PadKey)
		must(t, err)
		raw, err := json.Marshal(p)
		must(t, err)
		var read audit.Proof
		must(t, json.Unmarshal(raw, &read))
		v, err := audit.Verify(read, h.o.Verifier)
		if err != nil || !v.Complete || v.Decisions != c.decisions {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	p, err := h.ledger().Prove(t.Context(), minute(30), minute(60), h.o.PadKey)
	must(t, err)
	if v, err := audit.Verify(p, h.o.Verifier); err != nil || v.Erased != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	h.forge(p)
}

func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// forge tries to hide a decision that the proof shows.
func (h *house) forge(honest audit.Proof) {
	t := h.t
	copied := func() (p audit.Proof) {
		raw, err := json.Marshal(honest)
		must(t, err)
		must(t, json.Unmarshal(raw, &p))
		return p
	}
	erased := slices.IndexFunc(honest.Entries, func(e audit.Entry) bool { return e.Erased != nil })
	for name, change := range map[string]func(p *audit.Proof){
		"an entry left out":            func(p *audit.Proof) { p.Entries = slices.Delete(p.Entries, 5, 6) },
		"a decision said to be a pad":  func(p *audit.Proof) { p.Entries[5].Content = nil },
		"another content":              func(p *audit.Proof) { p.Entries[5].Content[20] ^= 1 },
		"another leaf":                 func(p *audit.Proof) { p.Entries[5].Leaf[0] ^= 1 },
		"two exchanged":                func(p *audit.Proof) { p.Entries[5], p.Entries[6] = p.Entries[6], p.Entries[5] },
		"begins later":                 func(p *audit.Proof) { p.First++; p.Entries = p.Entries[1:] },
		"ends earlier":                 func(p *audit.Proof) { p.Entries = p.Entries[:len(p.Entries)-1] },
		"another checkpoint":           func(p *audit.Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "ledger", "lodger", 1) },
		"no padding shown":             func(p *audit.Proof) { p.PadKey = nil },
		"a longer time":                func(p *audit.Proof) { p.From = p.From.Add(-time.Hour) },
		"a longer time after":          func(p *audit.Proof) { p.To = p.To.Add(time.Hour) },
		"nothing":                      func(p *audit.Proof) { p.Entries = nil },
		"a first that overflows":       func(p *audit.Proof) { p.First = 1<<64 - 1 },
		"an erased one told otherwise": func(p *audit.Proof) { p.Entries[erased].Erased.Under = "nothing" },
		"an erased one, other remains": func(p *audit.Proof) { p.Entries[erased].Erased.Content[30] ^= 1 },
		"an erased one without word":   func(p *audit.Proof) { p.Entries[erased].Erased.Statement = []byte("{}") },
		"a decision said to be erased": func(p *audit.Proof) {
			e := *p.Entries[erased].Erased
			p.Entries[5].Erased = &e
		},
	} {
		p := copied()
		change(&p)
		if v, err := audit.Verify(p, h.o.Verifier); err == nil && v.Complete {
			t.Errorf("%s: complete: %+v", name, v)
		}
	}
}

// FuzzVerify: no proof makes the check panic, and none is complete but ours.
func FuzzVerify(f *testing.F) {
	h := newHouse(f)
	h.record(3)
	p, err := h.ledger().Prove(f.Context(), minute(0), minute(10), h.o.PadKey)
	must(f, err)
	raw, err := json.Marshal(p)
	must(f, err)
	f.Add(raw)
	f.Add([]byte(`{"entries":[{"leaf":"AA=="}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p audit.Proof
		if json.Unmarshal(raw, &p) != nil {
			return
		}
		if v, err := audit.Verify(p, h.o.Verifier); err == nil && v.End > v.Size {
			t.Errorf("%+v", v)
		}
	})
}
