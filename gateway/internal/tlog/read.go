package tlog

import (
	"context"
	"errors"
	"os"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// Root is the root hash of the first size leaves.
func (l *Reader) Root(ctx context.Context, size uint64) (root Leaf, err error) {
	if size == 0 {
		return Leaf(rfc6962.DefaultHasher.EmptyRoot()), nil
	}
	nodes, err := client.FetchRangeNodes(ctx, size, l.files.ReadTile)
	if err != nil {
		return root, broken("tiles", err)
	}
	r, err := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewRange(0, size, nodes)
	if err != nil {
		return root, broken("tiles", err)
	}
	hash, err := r.GetRootHash(nil)
	if err != nil {
		return root, broken("tiles", err)
	}
	return Leaf(hash), nil
}

// Inclusion proves that the leaf at index is among the first size leaves (RFC 6962, 2.1.1).
func (l *Reader) Inclusion(ctx context.Context, index, size uint64) ([][]byte, error) {
	if index >= size {
		return nil, problem.New(problem.CodeNotFound, "leaf in the published log")
	}
	b, err := client.NewProofBuilder(ctx, size, l.files.ReadTile)
	if err != nil {
		return nil, broken("tiles", err)
	}
	p, err := b.InclusionProof(ctx, index)
	if err != nil {
		return nil, broken("tiles", err)
	}
	return p, nil
}

// Consistency proves that the first to leaves begin with the first from leaves (RFC 6962, 2.1.2).
func (l *Reader) Consistency(ctx context.Context, from, to uint64) ([][]byte, error) {
	if from == 0 || from >= to {
		return nil, nil
	}
	b, err := client.NewProofBuilder(ctx, to, l.files.ReadTile)
	if err != nil {
		return nil, broken("tiles", err)
	}
	p, err := b.ConsistencyProof(ctx, from, to)
	if err != nil {
		return nil, broken("tiles", err)
	}
	return p, nil
}

// Scan calls fn for each leaf from an index up to, not including, another.
func (l *Reader) Scan(ctx context.Context, from, to uint64, fn func(index uint64, leaf Leaf) error) error {
	if from >= to {
		return nil
	}
	for info := range layout.Range(from, to-from, to) {
		raw, err := l.files.ReadEntryBundle(ctx, info.Index, info.Partial)
		if err != nil {
			return broken("entries", err)
		}
		var bundle api.EntryBundle
		if err := bundle.UnmarshalText(raw); err != nil {
			return broken("entries", err)
		}
		for i := range info.N {
			at := info.Index*layout.EntryBundleWidth + uint64(info.First+i)
			if int(info.First+i) >= len(bundle.Entries) || len(bundle.Entries[info.First+i]) != len(Leaf{}) {
				return broken("entries", errors.New("an entry that is no leaf"))
			}
			if err := fn(at, Leaf(bundle.Entries[info.First+i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// continues checks that this log goes on from what was published, here and in
// the head that is remembered elsewhere.
func (l *Log) continues(ctx context.Context) error {
	published, err := l.Latest()
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return err
	}
	size, err := l.Size(ctx)
	if err != nil {
		return err
	}
	for where, head := range map[string]Head{"published checkpoint": published.Head, "remembered checkpoint": l.o.Head, "registry": l.o.From} {
		if head.Size == 0 {
			continue
		}
		if head.Size > size {
			return problem.Mismatch(checkpoint.CodeRolledBack, where, "at least "+count(head.Size)+" entries", count(size)+" entries")
		}
		root, err := l.Root(ctx, head.Size)
		if err != nil {
			return err
		}
		if root != head.Root {
			return problem.Mismatch(checkpoint.CodeRolledBack, where, "root "+encode(head.Root[:]), "root "+encode(root[:]))
		}
	}
	return nil
}

func broken(what string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return problem.Wrap(CodeBroken, what+" of the log: a file is missing", err)
	}
	return problem.Wrap(CodeBroken, what+" of the log", err)
}
