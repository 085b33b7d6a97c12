package envelope

import (
	"crypto"
	"crypto/sha256"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Signatures remembers signed parts whose signature verified, so that a case
// link, which comes with every question of its case, is computed once. That some
// bytes are signed by some key stays true for ever; whether that key still counts
// is asked of the registry each time, as is everything else. Of content it holds
// what stands in the open: digests, and no value of a child's.
type Signatures struct {
	seen *lru.Cache[[sha256.Size]byte, signed]
}

// signed is what was signed, and by which key.
type signed struct {
	by      crypto.PublicKey
	header  header
	payload doc
}

// How many are remembered, and of what size: a case link has a kilobyte in the
// open. So the memory stays below a hundred megabytes whatever is signed.
const (
	signaturesSeen = 4096
	maxSeen        = 8 << 10
	maxSeenNodes   = 512
)

// NewSignatures returns an empty memory. It may be used by many goroutines.
func NewSignatures() *Signatures {
	seen, _ := lru.New[[sha256.Size]byte, signed](signaturesSeen) // fails for a size of zero alone
	return &Signatures{seen}
}

// get returns the signed part of this hash.
func (s *Signatures) get(hash [sha256.Size]byte) (signed, bool) {
	if s == nil {
		return signed{}, false
	}
	return s.seen.Get(hash)
}

// signedBy says whether it verified by this very key.
func (s signed) signedBy(key PublicKey) bool {
	same, comparable := s.by.(interface{ Equal(x crypto.PublicKey) bool })
	return comparable && same.Equal(key.Key)
}

func (s *Signatures) add(hash [sha256.Size]byte, one signed) {
	if s != nil && len(one.payload.src) <= maxSeen && cap(one.payload.nodes) <= maxSeenNodes {
		s.seen.Add(hash, one)
	}
}
