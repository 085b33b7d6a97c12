package tlog

import (
	"context"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/fsck"
)

// Check reads the whole published log and computes it anew: each tile and the
// root of the checkpoint must follow from the entries. CodeBroken says what does not.
func (l *Reader) Check(ctx context.Context) error {
	c, err := l.Published()
	if err != nil {
		return err
	}
	check := fsck.New(l.o.Origin, l.o.Verifier, published{l, c.Raw}, leafHashes, fsck.Opts{N: 2})
	if err := check.Check(ctx); err != nil {
		return broken("published part", err)
	}
	return nil
}

// published is the log as everybody reads it.
type published struct {
	*Reader
	checkpoint []byte
}

func (p published) ReadCheckpoint(context.Context) ([]byte, error) { return p.checkpoint, nil }

func (p published) ReadTile(ctx context.Context, level, index uint64, partial uint8) ([]byte, error) {
	return p.files.ReadTile(ctx, level, index, partial)
}

func (p published) ReadEntryBundle(ctx context.Context, index uint64, partial uint8) ([]byte, error) {
	return p.files.ReadEntryBundle(ctx, index, partial)
}

func leafHashes(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(b.Entries))
	for i, entry := range b.Entries {
		hashes[i] = rfc6962.DefaultHasher.HashLeaf(entry)
	}
	return hashes, nil
}
