package tlog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

// BenchmarkSequencing carries decisions from a store into the log and their indexes
// back: what a gateway does behind its answers, without those.
func BenchmarkSequencing(b *testing.B) {
	const n = 30_000 // ten seconds of 3,000 a second
	ctx := b.Context()
	s, err := store.Open(ctx, store.Options{Driver: store.SQLite, DSN: filepath.Join(b.TempDir(), "db")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	l := open(b, options(b, b.TempDir()))
	defer l.Close()
	sequencer := &Sequencer{Log: l, Queue: s, Logger: quiet()}
	for b.Loop() {
		b.StopTimer()
		fill(b, s, n)
		b.StartTimer()
		round(b, sequencer)
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "entries/s")
}

// fill commits decisions, as many at once as share a transaction.
func fill(b *testing.B, s ledger.Store, n int) {
	const writers = 128
	failed := make(chan error, writers)
	for range writers {
		go func() {
			var err error
			for range n / writers {
				if err == nil {
					err = s.Commit(b.Context(), storetest.Decision(ledger.KindAnswered))
				}
			}
			failed <- err
		}()
	}
	for range writers {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProof proves entries of a log of ten million and checks the proofs. Its
// tiles are written as tlog-tiles says, without Tessera: that would take minutes.
func BenchmarkProof(b *testing.B) {
	for _, size := range []uint64{100_000, 10_000_000} {
		b.Run(fmt.Sprint(size, "_entries"), func(b *testing.B) {
			o := options(b, b.TempDir())
			head := writeTiles(b, o, size)
			l := Read(o)
			i := uint64(0)
			for b.Loop() {
				index := i * 2_654_435_761 % size // all over the log
				i++
				p, err := l.Prove(b.Context(), index)
				if err != nil {
					b.Fatal(err)
				}
				path, err := l.Inclusion(b.Context(), index, p.Size)
				if err != nil {
					b.Fatal(err)
				}
				if err := checkpoint.VerifyInclusion(numbered(index), index, head, path); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(2*b.N)/1000, "ms/proof")
		})
	}
}

func numbered(i uint64) Leaf { return sha256.Sum256(binary.BigEndian.AppendUint64(nil, i)) }

// writeTiles writes the tiles of a log of size numbered leaves, and its checkpoint.
func writeTiles(b *testing.B, o Options, size uint64) Head {
	b.Helper()
	var levels [8][]byte // of each level the tile that grows, at most 256 hashes
	var done [8]uint64
	var add func(level int, hash []byte)
	add = func(level int, hash []byte) {
		levels[level] = append(levels[level], hash...)
		if len(levels[level]) == layout.TileWidth*32 {
			writeTile(b, o.Dir, level, done[level], levels[level])
			root := subtree(levels[level])
			levels[level], done[level] = levels[level][:0], done[level]+1
			add(level+1, root)
		}
	}
	for i := range size {
		leaf := numbered(i)
		add(0, rfc6962.DefaultHasher.HashLeaf(leaf[:]))
	}
	for level := range levels {
		if len(levels[level]) > 0 {
			writeTile(b, o.Dir, level, done[level], levels[level])
		}
	}
	root, err := Read(o).Root(b.Context(), size)
	if err != nil {
		b.Fatal(err)
	}
	head := Head{Size: size, Root: root}
	raw, err := note.Sign(&note.Note{Text: head.Body(o.Origin)}, o.Signer)
	if err != nil {
		b.Fatal(err)
	}
	if err := replaceFile(Read(o).file(), raw); err != nil {
		b.Fatal(err)
	}
	return head
}

// subtree is the root of a full tile.
func subtree(tile []byte) []byte {
	nodes := append([]byte(nil), tile...)
	for range bits.Len(layout.TileWidth) - 1 {
		for i := 0; i < len(nodes); i += 64 {
			copy(nodes[i/2:], rfc6962.DefaultHasher.HashChildren(nodes[i:i+32], nodes[i+32:i+64]))
		}
		nodes = nodes[:len(nodes)/2]
	}
	return nodes
}

func writeTile(b *testing.B, dir string, level int, index uint64, tile []byte) {
	b.Helper()
	width := uint8(len(tile) / 32 % layout.TileWidth)
	name := filepath.Join(dir, layout.TilePath(uint64(level), index, width))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(name, tile, 0o600); err != nil {
		b.Fatal(err)
	}
}
