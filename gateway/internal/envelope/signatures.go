package envelope

import (
	"crypto"
	"crypto/sha256"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Signatures remembers signed parts whose signature verified, so that a case
// link, which comes with every question of its case, is computed once. That some
// bytes are signed by some key stays true for ever; whether that key still counts
// is asked of the registry each time, as is everything else. It holds no content.
type Signatures struct {
	seen *lru.Cache[[sha256.Size]byte, crypto.PublicKey]
}

// signaturesSeen bounds the memory at about a megabyte.
const signaturesSeen = 4096

// NewSignatures returns an empty memory. It may be used by many goroutines.
func NewSignatures() *Signatures {
	seen, _ := lru.New[[sha256.Size]byte, crypto.PublicKey](signaturesSeen) // fails for a size of zero alone
	return &Signatures{seen}
}

// has says whether the signed part of this hash verified by this very key.
func (s *Signatures) has(hash [sha256.Size]byte, key PublicKey) bool {
	if s == nil {
		return false
	}
	by, ok := s.seen.Get(hash)
	same, comparable := by.(interface{ Equal(x crypto.PublicKey) bool })
	return ok && comparable && same.Equal(key.Key)
}

func (s *Signatures) add(hash [sha256.Size]byte, key PublicKey) {
	if s != nil {
		s.seen.Add(hash, key.Key)
	}
}
