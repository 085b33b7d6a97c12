package witness

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	sumdb "golang.org/x/mod/sumdb/tlog"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
)

// inclusion and consistency are what the log claims, for a foreign reader.
type inclusion struct {
	Index uint64   `json:"index"`
	Leaf  []byte   `json:"leaf"`
	Size  uint64   `json:"size"`
	Proof [][]byte `json:"proof"`
}

type consistency struct {
	From  uint64   `json:"from"`
	Root  []byte   `json:"root"`
	Size  uint64   `json:"size"`
	Proof [][]byte `json:"proof"`
}

type claims struct {
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

// grown is a world whose log went through some classes; heads are all that it published.
func grown(t *testing.T) (w *world, heads []checkpoint.Head) {
	t.Helper()
	w = newWorld(t, 3)
	q := w.sequencer.Queue.(*memory)
	for _, n := range []int{3, 40, 0, 300} {
		for range n {
			var leaf [32]byte
			rand.Read(leaf[:])
			q.waiting = append(q.waiting, ledger.LogEntry{Seq: int64(len(q.leaves) + len(q.waiting)), Leaf: leaf})
		}
		if _, err := w.sequencer.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		c, err := w.log.Published()
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, c.Head)
	}
	return w, heads
}

func (w *world) claims(t *testing.T, heads []checkpoint.Head) (c claims) {
	t.Helper()
	newest := heads[len(heads)-1]
	for index, leaf := range w.sequencer.Queue.(*memory).leaves {
		path, err := w.log.Inclusion(t.Context(), index, newest.Size)
		if err != nil {
			t.Fatal(err)
		}
		c.Inclusion = append(c.Inclusion, inclusion{index, leaf[:], newest.Size, path})
	}
	for _, older := range heads[:len(heads)-1] {
		path, err := w.log.Consistency(t.Context(), older.Size, newest.Size)
		if err != nil {
			t.Fatal(err)
		}
		c.Consistency = append(c.Consistency, consistency{older.Size, older.Root[:], newest.Size, path})
	}
	return c
}

func vkey(name string, kind byte, public ed25519.PublicKey) string {
	raw := append([]byte{kind}, public...)
	hash := sha256.Sum256(append([]byte(name+"\n"), raw...))
	return fmt.Sprintf("%s+%x+%s", name, hash[:4], base64.StdEncoding.EncodeToString(raw))
}

// A reader that shares no code with us, run by Node, reads the tiles over HTTP and
// agrees on the root, on each tile, on every proof, and on who signed; and it
// refuses when anything of that is changed.
func TestForeignReader(t *testing.T) {
	t.Parallel()
	w, heads := grown(t)
	good := w.claims(t, heads)
	keys := []string{}
	for _, id := range slices.Sorted(maps.Keys(w.witnesses)) {
		keys = append(keys, vkey(checkpoint.WitnessName(id), 4, w.keys[id]))
	}
	stranger, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		claims func(*claims)
		serve  func(path string, body []byte) []byte
		log    ed25519.PublicKey
		quorum int
		wrong  string // what it says; "" if it agrees
	}{
		"it agrees":          {},
		"another entry":      {claims: func(c *claims) { c.Inclusion[7].Leaf[0] ^= 1 }, wrong: "is another"},
		"another proof":      {claims: func(c *claims) { c.Inclusion[7].Proof[2][5] ^= 1 }, wrong: "inclusion of"},
		"another older root": {claims: func(c *claims) { c.Consistency[1].Root[5] ^= 1 }, wrong: "older root"},
		"no continuation":    {claims: func(c *claims) { c.Consistency[1].Proof[0][5] ^= 1 }, wrong: "consistency from"},
		"another log's key":  {log: stranger, wrong: "not signed by the log"},
		"too few witnesses":  {quorum: 4, wrong: "cosigners"},
		"a bit of a tile": {serve: func(path string, body []byte) []byte {
			if path == "/tile/0/003" {
				body[77] ^= 4
			}
			return body
		}, wrong: "tile 0/3"},
		"a bit of an entry": {serve: func(path string, body []byte) []byte {
			if path == "/tile/entries/002" {
				body[77] ^= 4
			}
			return body
		}, wrong: "root: the entries give"},
		"a bit of the checkpoint": {serve: func(path string, body []byte) []byte {
			if path == "/checkpoint" {
				body[bytes.IndexByte(body, '\n')+1] ^= 1
			}
			return body
		}, wrong: "not signed by the log"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(good)
			if err != nil {
				t.Fatal(err)
			}
			var told claims
			if err := json.Unmarshal(text, &told); err != nil {
				t.Fatal(err)
			}
			if c.claims != nil {
				c.claims(&told)
			}
			if text, err = json.Marshal(told); err != nil {
				t.Fatal(err)
			}
			if c.log == nil {
				c.log = w.public
			}
			origin := w.log.Origin()
			args := append([]string{"testdata/foreign.mjs", serve(t, w, c.serve), origin, vkey(origin, 1, c.log), strconv.Itoa(max(c.quorum, 3))}, keys...)
			cmd := exec.CommandContext(t.Context(), "node", args...) // node 20 or newer, as for the other foreign judges
			var out, wrong bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), &out, &wrong
			err = cmd.Run()
			if c.wrong != "" {
				if err == nil || !strings.Contains(wrong.String(), c.wrong) {
					t.Errorf("%v, %s; want a refusal: %s", err, wrong.String(), c.wrong)
				}
				return
			}
			newest := heads[len(heads)-1]
			want := fmt.Sprintf(`{"size":%d,"root":%q,"cosigners":3,"entries":%d,"tiles":%d,"inclusion":%d,"consistency":%d}`,
				newest.Size, base64.StdEncoding.EncodeToString(newest.Root[:]), newest.Size, (newest.Size+255)/256+1, 343, len(heads)-1)
			if err != nil || strings.TrimSpace(out.String()) != want {
				t.Errorf("%v %s\n got %s\nwant %s", err, wrong.String(), out.String(), want)
			}
		})
	}
}

// serve shows the log over HTTP, as changed says.
func serve(t *testing.T, w *world, changed func(path string, body []byte) []byte) string {
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		w.log.Handler().ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		if changed != nil {
			body = changed(r.URL.Path, body)
		}
		rw.WriteHeader(rec.Code)
		_, _ = rw.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// tiles reads a log's tiles for x/mod.
type tiles struct{ url string }

func (r tiles) Height() int { return 8 }

func (r tiles) SaveTiles([]sumdb.Tile, [][]byte) {}

func (r tiles) ReadTiles(wanted []sumdb.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		resp, err := http.Get(r.url + "/" + strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %d, %w", tile.Path(), resp.StatusCode, err)
		}
		data = append(data, body)
	}
	return data, nil
}

// The second judge: x/mod opens the note, computes every proof from the tiles by
// itself, and finds the same hashes.
func TestSumDB(t *testing.T) {
	t.Parallel()
	w, heads := grown(t)
	url := serve(t, w, nil)
	key, err := note.NewEd25519VerifierKey(w.log.Origin(), w.public)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	published, err := w.log.Published()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open(published.Raw, note.VerifierList(v))
	if err != nil || len(opened.Sigs) != 1 || len(opened.UnverifiedSigs) != 3 {
		t.Fatalf("the note: %v, %+v", err, opened)
	}
	newest := heads[len(heads)-1]
	reader := sumdb.TileHashReader(sumdb.Tree{N: int64(newest.Size), Hash: sumdb.Hash(newest.Root)}, tiles{url})
	told := w.claims(t, heads)
	for i, c := range told.Inclusion {
		proof, err := sumdb.ProveRecord(int64(c.Size), int64(c.Index), reader)
		if err != nil || !same(proof, c.Proof) {
			t.Fatalf("the proof of %d: %v\n%v\n%v", c.Index, err, proof, c.Proof)
		}
		if err := sumdb.CheckRecord(proof, int64(c.Size), sumdb.Hash(newest.Root), int64(c.Index), sumdb.RecordHash(c.Leaf)); err != nil {
			t.Error(i, err)
		}
	}
	for _, c := range told.Consistency {
		proof, err := sumdb.ProveTree(int64(c.Size), int64(c.From), reader)
		if err != nil || !same(proof, c.Proof) {
			t.Fatalf("the continuation from %d: %v\n%v\n%v", c.From, err, proof, c.Proof)
		}
		if err := sumdb.CheckTree(proof, int64(c.Size), sumdb.Hash(newest.Root), int64(c.From), sumdb.Hash(c.Root)); err != nil {
			t.Error(c.From, err)
		}
	}
}

func same(a []sumdb.Hash, b [][]byte) bool {
	return slices.EqualFunc(a, b, func(x sumdb.Hash, y []byte) bool { return bytes.Equal(x[:], y) })
}
