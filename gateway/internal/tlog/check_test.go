package tlog

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"homeward.example/gateway/internal/checkpoint"
)

// Every single bit of a small log, and of its checkpoint, is noticed. In a normal
// run one bit of each byte is tried, with HOMEWARD_SOAK all.
func TestEveryBitSoak(t *testing.T) {
	t.Parallel()
	o, q := options(t, t.TempDir()), &queue{}
	writer := open(t, o)
	q.put(20)
	round(t, &Sequencer{Log: writer, Queue: q, Logger: slog.New(slog.DiscardHandler)})
	if err := writer.Close(); err != nil { // its own files come and go under a walk
		t.Fatal(err)
	}
	l := Read(o)
	if err := l.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	bits, stride := 0, 7
	if os.Getenv("HOMEWARD_SOAK") != "" {
		stride = 1
	}
	err := filepath.WalkDir(o.Dir, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(o.Dir, name)
		if err != nil || d.IsDir() || !strings.HasPrefix(rel, "tile") && rel != "published" {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for i := 0; i < len(raw)*8; i += stride { // 7: each byte, and each bit in turn
			raw[i/8] ^= 1 << (i % 8)
			if err := os.WriteFile(name, raw, 0o600); err != nil {
				return err
			}
			if err := l.Check(t.Context()); err == nil {
				t.Errorf("%s: bit %d is not noticed", rel, i)
			}
			raw[i/8] ^= 1 << (i % 8)
			bits++
		}
		return os.WriteFile(name, raw, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	if bits < 32*(32+34)*8/stride {
		t.Errorf("%d bits: not the whole log", bits)
	}
	if err := l.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is not published is not served, and paths are those of the specification alone.
func TestHandler(t *testing.T) {
	t.Parallel()
	o, q := options(t, t.TempDir()), &queue{}
	l := open(t, o)
	defer l.Close()
	h := l.Handler()
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	if code, _ := get("/checkpoint"); code != http.StatusNotFound {
		t.Errorf("a checkpoint before the first: %d", code)
	}
	q.put(290) // 2048 leaves are published: eight full tiles
	s := &Sequencer{Log: l, Queue: q, Logger: slog.New(slog.DiscardHandler)}
	round(t, s)
	if _, err := l.Append(t.Context(), make([]Leaf, 300)); err != nil { // durable, not published
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/tile/0/000":           256 * 32,
		"/tile/0/007":           256 * 32,
		"/tile/1/000.p/8":       8 * 32,
		"/tile/entries/000":     256 * 34,
		"/tile/entries/007":     256 * 34,
		"/tile/0/000.p/5":       5 * 32, // cut from the full one
		"/tile/0/008":           -1,
		"/tile/0/008.p/44":      -1,
		"/tile/entries/008.p/1": -1,
		"/tile/1/000":           -1,
		"/tile/1/000.p/9":       -1,
		"/tile/2/000.p/1":       -1,
		"/tile/0/0":             -1,
		"/tile/0/x000/000":      -1,
		"/tile/00/000":          -1,
		"/tile/0/-01":           -1,
		"/tile/0/000.p/0":       -1,
		"/tile/0/000.p/256":     -1,
		"/tile/0/000.p/05":      -1,
		"/tile/8/000":           -1,
		"/tile/entries/../000":  -1,
		"/published":            -1,
		"/.state/treeState":     -1,
		"/writer.lock":          -1,
	} {
		code, body := get(path)
		if want < 0 && code == http.StatusOK || want >= 0 && (code != http.StatusOK || len(body) != want) {
			t.Errorf("%s: %d, %d bytes, want %d", path, code, len(body), want)
		}
	}
	code, body := get("/checkpoint")
	c, err := checkpoint.Parse([]byte(body), origin, o.Verifier)
	if code != http.StatusOK || err != nil || c.Head != headOf(q) {
		t.Errorf("checkpoint: %d, %v, %+v", code, err, c)
	}
}

func BenchmarkRound(b *testing.B) {
	for _, n := range []int{32, 30_000} {
		b.Run(fmt.Sprint(n, "_entries"), func(b *testing.B) {
			l, q := open(b, options(b, b.TempDir())), &queue{}
			defer l.Close()
			s := &Sequencer{Log: l, Queue: q, Logger: slog.New(slog.DiscardHandler)}
			for b.Loop() {
				q.leaves, q.index = nil, nil
				q.put(n)
				round(b, s)
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
