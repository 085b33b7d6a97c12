package tlog

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/problem"
)

// Head is the state of a log: how many leaves, and their root hash (RFC 6962).
type Head struct {
	Size uint64
	Root Leaf
}

// Checkpoint is a head that a log signed, and that witnesses may have cosigned.
type Checkpoint struct {
	Head
	Origin string
	// Raw is the signed note, as published.
	Raw []byte
}

// CodeCheckpoint refuses a checkpoint: not canonical, of another log, or not signed by it.
const CodeCheckpoint problem.Code = "checkpoint_invalid"

// ParseCheckpoint verifies a checkpoint of one log. Further signatures are left
// to who knows the witnesses. The body is three lines and nothing else: an
// extension line, which tlog-checkpoint allows, is none of ours.
func ParseCheckpoint(raw []byte, origin string, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, problem.Wrap(CodeCheckpoint, "signature of "+origin, err)
	}
	if !canonical(string(raw)) {
		return Checkpoint{}, problem.New(CodeCheckpoint, "signatures")
	}
	head, name, ok := parseBody(n.Text)
	if !ok {
		return Checkpoint{}, problem.New(CodeCheckpoint, "body")
	}
	if name != origin {
		return Checkpoint{}, problem.Mismatch(CodeCheckpoint, "origin", origin, name)
	}
	return Checkpoint{Head: head, Origin: origin, Raw: raw}, nil
}

// canonical refuses what the reader of notes lets pass: bits after the end of a
// signature, with which one checkpoint could be written in several ways.
func canonical(raw string) bool {
	_, signatures, _ := strings.Cut(raw, "\n\n")
	for line := range strings.Lines(signatures) {
		_, after, _ := strings.Cut(line, "— ")
		_, signature, _ := strings.Cut(strings.TrimSuffix(after, "\n"), " ")
		if _, err := base64.StdEncoding.Strict().DecodeString(signature); err != nil {
			return false
		}
	}
	return true
}

func parseBody(text string) (head Head, origin string, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] == "" {
		return head, "", false
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || err2 != nil || len(root) != len(head.Root) || count(size) != lines[1] {
		return head, "", false
	}
	return Head{size, Leaf(root)}, lines[0], true
}

// body is what is signed: https://c2sp.org/tlog-checkpoint.
func (h Head) body(origin string) string {
	return origin + "\n" + count(h.Size) + "\n" + encode(h.Root[:]) + "\n"
}

// Publish signs the head of the first size leaves, has it cosigned, and puts it
// where everybody reads it. It is durable when Publish returns.
func (l *Log) Publish(ctx context.Context, size uint64) (Checkpoint, error) {
	root, err := l.Root(ctx, size)
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Head: Head{size, root}, Origin: l.o.Origin}
	if c.Raw, err = note.Sign(&note.Note{Text: c.body(l.o.Origin)}, l.o.Signer); err != nil {
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
	before, err := l.Published()
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil, err
	}
	proof, err := l.Consistency(ctx, before.Size, c.Size)
	if err != nil {
		return nil, err
	}
	signatures, err := l.o.Cosign(ctx, before.Size, proof, c.Raw)
	return append(bytes.Clone(c.Raw), signatures...), err
}

// Published is the newest checkpoint that everybody may read; CodeNotFound
// before the first.
func (l *Log) Published() (Checkpoint, error) {
	raw, err := os.ReadFile(l.file())
	if errors.Is(err, os.ErrNotExist) {
		return Checkpoint{}, problem.New(problem.CodeNotFound, "checkpoint")
	}
	if err != nil {
		return Checkpoint{}, problem.Wrap(problem.CodeUnavailable, "checkpoint", err)
	}
	return ParseCheckpoint(raw, l.o.Origin, l.o.Verifier)
}

func (l *Log) file() string { return filepath.Join(l.o.Dir, "published") }

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
