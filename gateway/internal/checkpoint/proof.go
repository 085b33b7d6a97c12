package checkpoint

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"homeward.example/gateway/internal/problem"
)

// VerifyInclusion checks an inclusion proof of an entry, for whoever got one.
func VerifyInclusion(leaf Leaf, index uint64, head Head, path [][]byte) error {
	hash := rfc6962.DefaultHasher.HashLeaf(leaf[:])
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, hash, path, head.Root[:]); err != nil {
		return problem.Wrap(CodeProof, "inclusion proof", err)
	}
	return nil
}

// VerifyConsistency checks that a tree is the continuation of an older one.
func VerifyConsistency(older, newer Head, path [][]byte) error {
	if older.Size == newer.Size && bytes.Equal(older.Root[:], newer.Root[:]) && len(path) == 0 {
		return nil
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, older.Size, newer.Size, path, older.Root[:], newer.Root[:]); err != nil {
		return problem.Wrap(CodeProof, "consistency proof", err)
	}
	return nil
}

// CodeProof refuses a proof that does not hold.
const CodeProof problem.Code = "log_proof"

// Proof is what shows that an entry is in the published log.
type Proof struct {
	Index      uint64   `json:"index"`
	Size       uint64   `json:"size"`
	Path       []string `json:"proof"`      // hashes, base64
	Checkpoint string   `json:"checkpoint"` // the signed note
}

// ParseProof reads a proof that came from outside.
func ParseProof(raw []byte) (p Proof, path [][]byte, err error) {
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, nil, problem.Wrap(CodeProof, "inclusion proof", err)
	}
	if len(p.Path) > 64 {
		return p, nil, problem.New(CodeProof, "inclusion proof: longer than any tree is deep")
	}
	for _, hash := range p.Path {
		b, err := base64.StdEncoding.Strict().DecodeString(hash)
		if err != nil || len(b) != len(Leaf{}) {
			return p, nil, problem.New(CodeProof, "inclusion proof: a hash")
		}
		path = append(path, b)
	}
	return p, path, nil
}
