package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// Problems of backups.
const (
	// CodeBackupTarget: something is there already.
	CodeBackupTarget problem.Code = "backup_target"
	// CodeBackupDiffers: the parts of a backup do not belong together, or were changed.
	CodeBackupDiffers problem.Code = "backup_differs"
)

// Files of a backup: the store (of SQLite; PostgreSQL has tools of its own), and the
// leaves of the log, 32 bytes each, from which its tiles are computed anew.
const (
	StoreFile  = "homeward.db"
	leavesFile = "log.leaves"
)

// Backup copies the store, and then the published log, into a new folder; the gateway
// may go on meanwhile. It returns how many entries the log has. withStore is false
// where the database was dumped before.
func (l Ledger) Backup(ctx context.Context, dir string, withStore bool) (uint64, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return 0, problem.Wrap(CodeBackupTarget, dir, err)
	}
	if withStore {
		if err := l.Store.Snapshot(ctx, filepath.Join(dir, StoreFile)); err != nil {
			return 0, err
		}
	}
	c, err := l.Log.Published()
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return 0, err
	}
	leaves := make([]byte, 0, c.Size*uint64(len(tlog.Leaf{})))
	err = l.Log.Scan(ctx, 0, c.Size, func(_ uint64, leaf tlog.Leaf) error {
		leaves = append(leaves, leaf[:]...)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return c.Size, Durable(filepath.Join(dir, leavesFile), leaves)
}

// Durable writes a new file that only its owner reads, and syncs it with its folder.
func Durable(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return problem.Wrap(CodeBackupTarget, filepath.Base(name), err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		var folder *os.File
		if folder, err = os.Open(filepath.Dir(name)); err == nil {
			err = errors.Join(folder.Sync(), folder.Close())
		}
	}
	if err != nil {
		return problem.Wrap(problem.CodeUnavailable, filepath.Base(name), err)
	}
	return nil
}

// Restore builds the log of a restored store anew: the entries that the store's
// checkpoint is over, which must give that checkpoint's root. What the log had after
// it is forgotten in the store too, and logged again. If the log of the gateway went
// on after the backup, its witnesses will not cosign what is restored: it stays unpublished.
func Restore(ctx context.Context, s ledger.Store, dir string, o tlog.Options) (err error) {
	if _, err := os.Stat(o.Dir); !errors.Is(err, os.ErrNotExist) {
		return problem.New(CodeBackupTarget, "the folder of the transparency log")
	}
	head, err := s.Head(ctx, ledger.HeadOwn, o.Origin)
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(dir, leavesFile))
	if err != nil {
		return problem.Wrap(CodeBackupDiffers, leavesFile, err)
	}
	const size = len(tlog.Leaf{})
	if len(raw)%size != 0 || uint64(len(raw)/size) < head.Size {
		return problem.New(CodeBackupDiffers, leavesFile+": fewer entries than the store's checkpoint")
	}
	if err := s.Unlog(ctx, head.Size); err != nil || head.Size == 0 {
		return err
	}
	c, err := checkpoint.Parse(head.Raw, o.Origin, o.Verifier)
	if err != nil {
		return err
	}
	leaves := make([]tlog.Leaf, head.Size)
	for i := range leaves {
		leaves[i] = tlog.Leaf(raw[i*size:])
	}
	log, err := tlog.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if err := log.Rebuild(ctx, c, leaves); err != nil {
		return problem.Wrap(CodeBackupDiffers, leavesFile, err)
	}
	return nil
}
