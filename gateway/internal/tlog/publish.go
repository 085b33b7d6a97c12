package tlog

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/problem"
)

// Publish signs the head of the first size leaves, has it cosigned, and puts it
// where everybody reads it. It is durable when Publish returns.
func (l *Log) Publish(ctx context.Context, size uint64) (Checkpoint, error) {
	root, err := l.Root(ctx, size)
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Head: Head{Size: size, Root: root}, Origin: l.o.Origin}
	if c.Raw, err = note.Sign(&note.Note{Text: c.Body(l.o.Origin)}, l.o.Signer); err != nil {
		return Checkpoint{}, problem.Wrap(problem.CodeUnavailable, "checkpoint", err)
	}
	if c.Raw, err = l.cosigned(ctx, c); err != nil {
		return Checkpoint{}, err
	}
	return c, replaceFile(l.file(), c.Raw)
}

func (l *Log) cosigned(ctx context.Context, c Checkpoint) ([]byte, error) {
	if l.o.Cosign == nil {
		return c.Raw, nil
	}
	before, err := l.Latest()
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil, err
	}
	signatures, err := l.o.Cosign(ctx, before.Size, c.Size, c.Raw)
	return append(bytes.Clone(c.Raw), signatures...), err
}

// Published is the newest checkpoint that everybody may read; CodeNotFound before
// the first of this generation.
func (l *Reader) Published() (Checkpoint, error) {
	c, err := l.Latest()
	if err == nil && c.Origin != l.o.Origin {
		return Checkpoint{}, problem.New(problem.CodeNotFound, "checkpoint of this generation")
	}
	return c, err
}

// Latest is Published or, as long as there is none, the last one of an earlier
// generation.
func (l *Reader) Latest() (Checkpoint, error) {
	raw, err := os.ReadFile(l.file())
	if errors.Is(err, os.ErrNotExist) {
		return Checkpoint{}, problem.New(problem.CodeNotFound, "checkpoint")
	}
	if err != nil {
		return Checkpoint{}, problem.Wrap(problem.CodeUnavailable, "checkpoint", err)
	}
	origin, verifier := l.o.Origin, l.o.Verifier
	if c, err := checkpoint.Read(raw); err == nil {
		for _, v := range l.o.Earlier {
			if v.Name() == c.Origin {
				origin, verifier = c.Origin, v
			}
		}
	}
	return checkpoint.Parse(raw, origin, verifier)
}

func (l *Reader) file() string { return filepath.Join(l.o.Dir, "published") }

// replaceFile puts content in a file's place so that a crash leaves the one or
// the other: write, sync, rename, sync the folder.
func replaceFile(name string, content []byte) (err error) {
	defer func() {
		if err != nil {
			err = problem.Wrap(problem.CodeUnavailable, "checkpoint", err)
		}
	}()
	next := name + ".next"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func count(n uint64) string { return strconv.FormatUint(n, 10) }

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
