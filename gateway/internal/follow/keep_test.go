package follow_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/follow"
)

// counted counts how often records are read.
type counted struct {
	*source
	gets atomic.Int64
}

func (c *counted) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	c.gets.Add(1)
	return c.source.Get(ctx, id, mask)
}

// run is one run of a gateway over a source: an index that was refreshed once.
type run struct {
	*follow.Index
	log bytes.Buffer
}

func started(t *testing.T, s adapters.Adapter, k follow.Keep) *run {
	t.Helper()
	r := &run{Index: follow.New(s)}
	k.Log = slog.New(slog.NewTextHandler(&r.log, nil))
	r.Keep(k)
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *run) found(given string) []string {
	return r.Find(adapters.Criteria{Given: given, Family: "Зазуляк"}, 5)
}

func children() *counted {
	s := &counted{source: &source{names: make(map[string]string)}}
	s.put("1", "Микола")
	s.put("2", "Олена")
	return s
}

func kept(t testing.TB) follow.Keep {
	return follow.Keep{
		File: filepath.Join(t.TempDir(), "names.index"), Key: bytes.Repeat([]byte{7}, 32), Stamp: "a", Now: func() time.Time { return time.Unix(1, 0) },
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRestart: what is found is found after a restart without reading the records
// again; what changed meanwhile is taken in first, so that what was removed at the
// source is never found again. The file is its owner's, and nobody reads a name in it.
func TestRestart(t *testing.T) {
	t.Parallel()
	s, k := children(), kept(t)
	started(t, s, k)
	if info, err := os.Stat(k.File); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	for _, clear := range []string{"микола", "зазуляк", "mikola", "homeward index 1"} {
		if bytes.Contains(bytes.ToLower(read(t, k.File)), []byte(clear)) {
			t.Errorf("the file says %q", clear)
		}
	}
	s.gets.Store(0)
	again := started(t, s, k)
	if got := again.found("Николай"); s.gets.Load() != 0 || len(got) == 0 || got[0] != "1" {
		t.Errorf("found %v after reading %d records", got, s.gets.Load())
	}
	s.put("1", "")
	s.put("3", "Дмитро")
	s.gets.Store(0)
	third := started(t, s, k)
	if got := third.found("Николай"); s.gets.Load() != 1 || slices.Contains(got, "1") || third.Ready().Len() != 2 {
		t.Errorf("found %v of %d after reading %d records", got, third.Ready().Len(), s.gets.Load())
	}
}

// TestNotFoundBeforeItFollowed: an index that was read is not searched before it knows
// what was removed since.
func TestNotFoundBeforeItFollowed(t *testing.T) {
	t.Parallel()
	k := kept(t)
	started(t, children(), k)
	x := follow.New(away{})
	k.Log = slog.New(slog.DiscardHandler)
	x.Keep(k)
	if err := x.Refresh(t.Context()); err == nil || x.Ready() != nil {
		t.Errorf("%v, %v", err, x.Ready())
	}
}

// TestFileOfNoUse: what is damaged, cut off, of another key, version or source is not
// used; the records are read again, and the log says why and names nobody.
func TestFileOfNoUse(t *testing.T) {
	t.Parallel()
	s, k := children(), kept(t)
	started(t, s, k)
	whole := read(t, k.File)
	flipped := func(at int) []byte {
		b := bytes.Clone(whole)
		b[at] ^= 1
		return b
	}
	for name, c := range map[string]struct {
		file  []byte
		keyed byte
		stamp string
		lost  bool
		quiet bool
	}{
		"as it was":            {file: whole, quiet: true},
		"its first byte":       {file: flipped(0)},
		"its salt":             {file: flipped(30)},
		"its middle":           {file: flipped(len(whole) / 2)},
		"its last byte":        {file: flipped(len(whole) - 1)},
		"cut off":              {file: whole[:len(whole)-1]},
		"its head alone":       {file: whole[:55]},
		"with more at the end": {file: append(bytes.Clone(whole), 0)},
		"empty":                {file: []byte{}},
		"of another gateway":   {file: whole, keyed: 1},
		"of another source":    {file: whole, stamp: "b"},
		"source lost track":    {file: whole, lost: true, quiet: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, k := &counted{source: &source{names: s.names, changes: s.changes, lost: c.lost}}, kept(t)
			k.Stamp, k.Key[0] = k.Stamp+c.stamp, k.Key[0]+c.keyed
			if err := os.WriteFile(k.File, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			r := started(t, s, k)
			want := int64(2)
			if name == "as it was" {
				want = 0
			}
			if got := r.found("Николай"); s.gets.Load() != want || len(got) == 0 || got[0] != "1" {
				t.Errorf("found %v after reading %d records", got, s.gets.Load())
			}
			if log := r.log.String(); strings.Contains(log, "made anew") == c.quiet || strings.Contains(log, "Микола") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

// TestLargeFile: one of many chunks is read back, and none of them can be cut off.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	s, k := children(), kept(t)
	for i := range 3000 {
		s.put(strings.Repeat("s", 60)+time.Unix(int64(i), 0).UTC().Format(time.TimeOnly), "Тетяна")
	}
	started(t, s, k)
	s.gets.Store(0)
	if r := started(t, s, k); s.gets.Load() != 0 || r.Ready().Len() != 3002 {
		t.Fatalf("%d records after reading %d", r.Ready().Len(), s.gets.Load())
	}
	const chunk = 1<<16 + 16
	whole := read(t, k.File)
	if len(whole) < 2*chunk {
		t.Fatalf("a file of %d bytes shows nothing", len(whole))
	}
	if err := os.WriteFile(k.File, whole[:23+32+chunk], 0o600); err != nil {
		t.Fatal(err)
	}
	if r := started(t, s, k); s.gets.Load() != 3002 || r.Ready().Len() != 3002 {
		t.Errorf("%d records after reading %d", r.Ready().Len(), s.gets.Load())
	}
}

// TestWrittenNotTooOften: an index that keeps changing is written every five minutes and
// when the gateway stops; one that did not change is not.
func TestWrittenNotTooOften(t *testing.T) {
	t.Parallel()
	s, k := children(), kept(t)
	now := time.Unix(1, 0)
	k.Now = func() time.Time { return now }
	r := started(t, s, k)
	written := read(t, k.File)
	same := func(when string, want bool) {
		t.Helper()
		b := read(t, k.File)
		if bytes.Equal(b, written) != want {
			t.Errorf("%s: written, or not, against what is wanted", when)
		}
		written = b
	}
	s.put("3", "Дмитро")
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	same("at once", true)
	now = now.Add(5 * time.Minute)
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	same("after five minutes", false)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	same("closed unchanged", true)
	s.put("4", "Тарас")
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	same("closed", false)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(k.File), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestCannotBeWritten: an index that cannot be kept still answers.
func TestCannotBeWritten(t *testing.T) {
	t.Parallel()
	k := kept(t)
	k.File = filepath.Join(k.File, "nowhere", "names.index")
	r := started(t, children(), k)
	if len(r.found("Николай")) == 0 || !strings.Contains(r.log.String(), "was not written") {
		t.Errorf("%s", r.log.String())
	}
}
