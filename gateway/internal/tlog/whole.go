package tlog

import (
	"context"
	"errors"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// Prefix is the compact range of the first size leaves (RFC 9162 calls them the
// peaks): what, with the leaves that follow, gives the root of a longer tree.
func (l *Reader) Prefix(ctx context.Context, size uint64) ([][]byte, error) {
	if size == 0 {
		return nil, nil
	}
	c, err := l.Published()
	if err != nil {
		return nil, err
	}
	if size > c.Size {
		return nil, problem.New(problem.CodeNotFound, "leaf in the published log")
	}
	nodes, err := client.FetchRangeNodes(ctx, size, l.wide(c.Size))
	if err != nil {
		return nil, broken("tiles", err)
	}
	return nodes, nil
}

// wide reads tiles as wide as they are in a log of a size, and cuts them: those of
// sizes that were never published are in no file.
func (l *Reader) wide(size uint64) client.TileFetcherFunc {
	return func(ctx context.Context, level, index uint64, partial uint8) ([]byte, error) {
		raw, err := l.files.ReadTile(ctx, level, index, layout.PartialTileSize(level, index, size))
		if err != nil || partial == 0 {
			return raw, err
		}
		if n := int(partial) * rfc6962.DefaultHasher.Size(); len(raw) >= n {
			return raw[:n], nil
		}
		return nil, errors.New("a tile that is too short")
	}
}

// RootAfter is the root of a tree whose first leaves have this prefix, and that goes
// on with these.
func RootAfter(prefix [][]byte, first uint64, leaves []Leaf) (root Leaf, err error) {
	r, err := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewRange(0, first, prefix)
	if err != nil {
		return root, problem.Wrap(checkpoint.CodeProof, "prefix of the log", err)
	}
	for _, leaf := range leaves {
		if err := r.Append(rfc6962.DefaultHasher.HashLeaf(leaf[:]), nil); err != nil {
			return root, problem.Wrap(checkpoint.CodeProof, "leaves", err)
		}
	}
	hash, err := r.GetRootHash(nil)
	if err != nil {
		return root, problem.Wrap(checkpoint.CodeProof, "leaves", err)
	}
	return Leaf(hash), nil
}

// Rebuild fills an empty log with the leaves that a checkpoint of it was over, and
// publishes that checkpoint again. Leaves that do not give its root are refused.
func (l *Log) Rebuild(ctx context.Context, c Checkpoint, leaves []Leaf) error {
	size, err := l.Size(ctx)
	if err != nil {
		return err
	}
	if size != 0 || uint64(len(leaves)) != c.Size {
		return problem.Mismatch(checkpoint.CodeRolledBack, "log", "an empty one, and "+count(c.Size)+" leaves", count(size)+" entries, and "+count(uint64(len(leaves)))+" leaves")
	}
	if _, err := l.Append(ctx, leaves); err != nil {
		return err
	}
	root, err := l.Root(ctx, c.Size)
	if err != nil {
		return err
	}
	if root != c.Root {
		return problem.Mismatch(checkpoint.CodeRolledBack, "log", "root "+encode(c.Root[:]), "root "+encode(root[:]))
	}
	return replaceFile(l.file(), c.Raw)
}
