// Package tlog keeps the transparency log of a gateway's ledger: the leaf of
// each recorded decision, in an append-only Merkle tree whose checkpoints are
// signed, cosigned by witnesses and published in size classes, so that they tell
// nobody how busy this gateway is. It is the only importer of Tessera.
//
// What it writes is C2SP tlog-tiles and tlog-checkpoint, which foreign tools
// read: https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-checkpoint. The entry
// of a decision is its 32-byte leaf.
package tlog

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// Problems of the log. Each of them stops the sequencer, never an answer.
const (
	// CodeLocked: another process writes this log. A log has one writer.
	CodeLocked problem.Code = "log_locked"
	// CodeKey: the key of the log is of another algorithm than logs are signed with.
	CodeKey problem.Code = "log_key"
	// CodePadKey: the padding of this log was made with another secret than the gateway has now.
	CodePadKey problem.Code = "log_pad_key"
	// CodeBroken: a file of the log does not say what its checkpoint says.
	CodeBroken problem.Code = "log_broken"
)

// What package checkpoint knows of any log.
type (
	// Leaf is one entry.
	Leaf = checkpoint.Leaf
	// Head is how many leaves there are, and their root hash.
	Head = checkpoint.Head
	// Checkpoint is a signed head.
	Checkpoint = checkpoint.Checkpoint
)

// Options of a log. All are mandatory but Cosign.
type Options struct {
	// Dir holds the log's files: tile/ as tlog-tiles names them, checkpoint (the
	// published one), and .state of Tessera.
	Dir string
	// Origin is the log's name, which no other log has (tlog-checkpoint).
	Origin string
	// Signer signs checkpoints; its name is Origin.
	Signer note.Signer
	// Verifier checks them.
	Verifier note.Verifier
	// PadKey makes the leaves that hide how many entries there are: only who has
	// it can tell them from entries.
	PadKey []byte
	// Head is the newest checkpoint that is remembered elsewhere (the store); the
	// zero value if there is none yet.
	Head Head
	// Earlier check the checkpoints of the generations before this one, whose tree it
	// continues; in their order. From is where the registry says that it does.
	Earlier []note.Verifier
	From    Head
	// Cosign collects the witnesses' signatures on a checkpoint of a size that is
	// about to be published, after the one of size old; an error keeps it from being
	// published. Nil if the registry names no witness.
	Cosign func(ctx context.Context, old, size uint64, checkpoint []byte) ([]byte, error)

	// collectGarbage is how often partial tiles are dropped that full ones replaced; a
	// minute if zero.
	collectGarbage time.Duration
}

// Reader reads a log, while its writer writes it. It is safe for concurrent use.
type Reader struct {
	o     Options
	files files
}

// files are the tiles and entries of a log, whole or as wide as asked.
type files interface {
	ReadTile(ctx context.Context, level, index uint64, partial uint8) ([]byte, error)
	ReadEntryBundle(ctx context.Context, index uint64, partial uint8) ([]byte, error)
}

// Read returns a reader of the published part of a log. It needs no Signer.
func Read(o Options) *Reader { return &Reader{o: o, files: client.FileFetcher{Root: o.Dir}} }

// Log is the log of one gateway, open for writing.
type Log struct {
	Reader
	add  tessera.AddFn
	size func(context.Context) (uint64, error)
	stop func() error
}

// batchMax is more leaves than are ever added at once: what is added together is
// integrated together.
const (
	batchMax = 1 << 18
	batchAge = 20 * time.Millisecond
	addMax   = 1 << 17
)

// Open opens or creates a log. It refuses one that another process writes
// (CodeLocked), and one that is not the continuation of what was published
// (checkpoint.CodeRolledBack): neither is repaired by itself.
func Open(ctx context.Context, o Options) (_ *Log, err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, problem.Wrap(problem.CodeUnavailable, "transparency log", err)
	}
	l := &Log{Reader: *Read(o)}
	if l.stop, err = lock(l.lockFile()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if err := l.keyed(); err != nil {
		return nil, err
	}
	if err := l.open(ctx); err != nil {
		return nil, problem.Wrap(problem.CodeUnavailable, "transparency log", err)
	}
	return l, l.continues(ctx)
}

// open starts Tessera. Its own checkpoints, of sizes that are nobody's business,
// stay in a file of its own folder: they are signed with a key that nobody knows.
func (l *Log) open(ctx context.Context) error {
	driver, err := posix.New(ctx, posix.Config{Path: l.o.Dir})
	if err != nil {
		return err
	}
	skey, _, err := note.GenerateKey(nil, "unpublished")
	if err != nil {
		return err
	}
	inner, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(inner).WithBatching(batchMax, batchAge).WithPushback(batchMax).
		WithCheckpointInterval(time.Second).WithCheckpointRepublishInterval(0).WithGarbageCollectionInterval(cmp.Or(l.o.collectGarbage, time.Minute)))
	if err != nil {
		cancel()
		return err
	}
	l.add, l.size, l.files = appender.Add, reader.IntegratedSize, reader
	unlock := l.stop
	l.stop = func() error {
		done, end := context.WithTimeout(context.Background(), 10*time.Second)
		defer end()
		err := shutdown(done)
		cancel()
		return errors.Join(err, unlock())
	}
	return nil
}

// Close waits for what was added and lets another process write.
func (l *Log) Close() error { return l.stop() }

// Origin is the log's name.
func (l *Reader) Origin() string { return l.o.Origin }

// Size is the number of leaves that are durable, published or not.
func (l *Log) Size(ctx context.Context) (uint64, error) {
	size, err := l.size(ctx)
	if err != nil {
		return 0, problem.Wrap(CodeBroken, "size of the log", err)
	}
	return size, nil
}

// Append adds leaves in order and returns the index of the first once all are
// durable. There is one caller at a time: the sequencer.
func (l *Log) Append(ctx context.Context, leaves []Leaf) (first uint64, err error) {
	first, err = l.Size(ctx)
	if err != nil {
		return 0, err
	}
	for from := 0; from < len(leaves); from += addMax {
		part := leaves[from:min(from+addMax, len(leaves))]
		if err := l.append(ctx, first+uint64(from), part); err != nil {
			return 0, err
		}
	}
	return first, nil
}

func (l *Log) append(ctx context.Context, first uint64, leaves []Leaf) error {
	futures := make([]tessera.IndexFuture, len(leaves))
	for i := range leaves {
		futures[i] = l.add(ctx, tessera.NewEntry(leaves[i][:]))
	}
	for i, future := range futures {
		index, err := future()
		if err != nil {
			return problem.Wrap(problem.CodeUnavailable, "transparency log", err)
		}
		if index.Index != first+uint64(i) {
			return problem.New(CodeLocked, "transparency log: a leaf that this process did not add")
		}
	}
	return nil
}

// Pad is the leaf that stands at an index where there is no entry. It looks like
// one to everybody without the key, and fsck knows it again. Each generation has its
// own: what two of them had in common at an index would be known as padding by that.
func (l *Reader) Pad(index uint64) Leaf { return l.pad(checkpoint.Number(l.o.Origin), index) }

func (l *Reader) pad(generation int, index uint64) Leaf {
	tag := "homeward pad\x00"
	if generation > 1 {
		tag += strconv.Itoa(generation) + "\x00"
	}
	mac := hmac.New(sha256.New, l.o.PadKey)
	mac.Write(binary.BigEndian.AppendUint64([]byte(tag), index))
	return Leaf(mac.Sum(nil))
}

// Padded says whether a leaf is the padding at an index, of this generation or of one
// that it continues.
func (l *Reader) Padded(index uint64, leaf Leaf) bool {
	for n := checkpoint.Number(l.o.Origin); n > 0; n-- {
		if l.pad(n, index) == leaf {
			return true
		}
	}
	return false
}
