// Package checkpoint reads and checks what transparency logs say of themselves:
// signed checkpoints (https://c2sp.org/tlog-checkpoint), cosignatures of witnesses
// (https://c2sp.org/tlog-cosignature), and the proofs of RFC 6962. It is pure and
// knows no log's files, so that evidence is verified with it offline.
package checkpoint

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/problem"
)

// Leaf is one entry: 32 bytes that say nothing without the ledger's salt.
type Leaf = [32]byte

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

// CodeRolledBack: a log is older than, or another than, what was published before.
const CodeRolledBack problem.Code = "log_rolled_back"

// CodeCheckpoint refuses a checkpoint: not canonical, of another log, or not signed by it.
const CodeCheckpoint problem.Code = "checkpoint_invalid"

// Parse verifies a checkpoint of one log. Further signatures are left
// to who knows the witnesses. The body is three lines and nothing else: an
// extension line, which tlog-checkpoint allows, is none of ours.
func Parse(raw []byte, origin string, v note.Verifier) (Checkpoint, error) {
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
	if err != nil || err2 != nil || len(root) != len(head.Root) || decimal(size) != lines[1] || size > math.MaxInt64 { // no store keeps a larger one
		return head, "", false
	}
	return Head{size, Leaf(root)}, lines[0], true
}

// Body is what is signed: https://c2sp.org/tlog-checkpoint.
func (h Head) Body(origin string) string {
	return origin + "\n" + decimal(h.Size) + "\n" + base64.StdEncoding.EncodeToString(h.Root[:]) + "\n"
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
