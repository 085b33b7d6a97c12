package tlog

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/transparency-dev/tessera/api/layout"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// entrySize is that of an entry in a bundle: two bytes of length, and the leaf.
const entrySize = 2 + 32

// Handler serves the log as tlog-tiles: GET /checkpoint, /tile/L/N[.p/W],
// /tile/entries/N[.p/W]. What is not yet published is not there.
func (l *Reader) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /checkpoint", func(w http.ResponseWriter, _ *http.Request) {
		c, err := l.Published()
		write(w, "text/plain; charset=utf-8", "no-store", c.Raw, err)
	})
	mux.HandleFunc("GET /tile/{level}/{index...}", func(w http.ResponseWriter, r *http.Request) {
		raw, err := l.tile(r.Context(), r.PathValue("level"), r.PathValue("index"))
		write(w, "application/octet-stream", "public, max-age=604800, immutable", raw, err)
	})
	return mux
}

func write(w http.ResponseWriter, kind, cache string, raw []byte, err error) {
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", cache)
	_, _ = w.Write(raw) // the reader has gone: nobody to tell
}

// tile reads one tile or bundle of entries, as wide as it was asked for.
func (l *Reader) tile(ctx context.Context, level, at string) ([]byte, error) {
	none := problem.New(problem.CodeNotFound, "tile")
	depth, unit, read := uint64(0), entrySize, l.files.ReadEntryBundle
	if level != "entries" {
		n, err := strconv.ParseUint(level, 10, 64)
		if err != nil || n > 7 || strconv.FormatUint(n, 10) != level { // 256^8 leaves are more than there are
			return nil, none
		}
		depth, unit = n, len(Leaf{})
		read = func(ctx context.Context, index uint64, p uint8) ([]byte, error) {
			return l.files.ReadTile(ctx, n, index, p)
		}
	}
	index, partial, err := layout.ParseTileIndexPartial(at)
	if err != nil || layout.NWithSuffix(depth, index, partial) != at || strings.Contains(at, "..") {
		return nil, none
	}
	width := uint64(partial)
	if width == 0 {
		width = layout.TileWidth
	}
	published, err := l.Published()
	if err != nil {
		return nil, err
	}
	if nodes := published.Size >> (8 * depth); index > nodes/layout.TileWidth || index*layout.TileWidth+width > nodes {
		return nil, none
	}
	raw, err := read(ctx, index, partial)
	if err != nil || len(raw) < int(width)*unit {
		return nil, none // a width that was never published
	}
	return raw[:int(width)*unit], nil
}

// Prove makes the proof of an entry against the published checkpoint;
// CodeNotFound while it is not in there.
func (l *Reader) Prove(ctx context.Context, index uint64) (checkpoint.Proof, error) {
	c, err := l.Published()
	if err != nil {
		return checkpoint.Proof{}, err
	}
	path, err := l.Inclusion(ctx, index, c.Size)
	if err != nil {
		return checkpoint.Proof{}, err
	}
	p := checkpoint.Proof{Index: index, Size: c.Size, Path: make([]string, len(path)), Checkpoint: string(c.Raw)}
	for i, hash := range path {
		p.Path[i] = encode(hash)
	}
	return p, nil
}
