package ledger

import (
	"bytes"
	"crypto/sha256"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// CodeLedgerMismatch: a stored decision is not what its leaf was computed over.
const CodeLedgerMismatch problem.Code = "ledger_mismatch"

// leafTag keeps a leaf from being mistaken for any other SHA-256 in the system.
const leafTag = "homeward-decision-v1\n"

const saltSize = 32

// Leaf is SHA-256(tag ‖ salt ‖ SHA-256(content)). The salt keeps a leaf from
// telling anything by guessing; erased, the leaf stays valid and says nothing.
func Leaf(salt, content []byte) [32]byte {
	inner := sha256.Sum256(content)
	b := make([]byte, 0, len(leafTag)+saltSize+len(inner))
	b = append(b, leafTag...)
	b = append(b, salt...)
	return sha256.Sum256(append(b, inner[:]...))
}

// Verify recomputes the leaf from the stored bytes and compares the row's
// columns with them; of an erased decision it checks what remains. Its error is a
// problem "ledger_mismatch" that names the place.
func Verify(r Row) error {
	if r.Erased != nil {
		return verifyErased(r)
	}
	if len(r.Salt) != saltSize {
		return problem.New(CodeLedgerMismatch, "salt")
	}
	if leaf := Leaf(r.Salt, r.Content); !bytes.Equal(leaf[:], r.Leaf) {
		return problem.New(CodeLedgerMismatch, "leaf")
	}
	return columns(r)
}

// columns compares a row's columns with its content.
func columns(r Row) error {
	d, err := ParseDecision(r.Content)
	if err != nil {
		return err
	}
	for _, c := range []struct{ column, stored, signed string }{
		{"id", r.ID, d.ID},
		{"kind", r.Kind, d.Kind},
		{"peer", r.Peer, d.Peer},
		{"purpose", r.Purpose, d.Purpose},
		{"at", r.At.UTC().Format(time.RFC3339Nano), d.At.Format(time.RFC3339Nano)},
	} {
		if c.stored != c.signed {
			return problem.Mismatch(CodeLedgerMismatch, "column "+c.column, c.signed, c.stored)
		}
	}
	return nil
}

// HashVersion names a record's version without saying it: base64url of its SHA-256.
func HashVersion(version string) string {
	h := sha256.Sum256([]byte(version))
	return encode(h[:])
}

func encode(b []byte) string { return envelope.Base64(b) }
