package minimize

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"
	"time"

	"homeward.example/gateway/internal/decide"
)

// Keys of this gateway.
type Keys struct {
	// Pseudonym is the key of the pseudonyms: 32 random bytes that never leave.
	Pseudonym []byte
	macs      *sync.Pool // of HMACs under it; nil makes one each time
}

// Ready are the same keys for many answers: an HMAC is keyed once and used again.
func (k Keys) Ready() Keys {
	return Keys{k.Pseudonym, &sync.Pool{New: func() any { return k.newMAC() }}}
}

// newMAC is reset before its first use: it leaves nothing behind when it is reset again.
func (k Keys) newMAC() hash.Hash {
	mac := hmac.New(sha256.New, k.Pseudonym)
	mac.Reset()
	return mac
}

// sum appends the HMAC of a text and leaves nothing of the text behind.
func (k Keys) sum(dst, text []byte) []byte {
	if k.macs == nil {
		k = k.Ready()
	}
	mac := k.macs.Get().(hash.Hash)
	defer k.macs.Put(mac)
	defer mac.Reset()
	mac.Write(text)
	return mac.Sum(dst)
}

// minKey is the size of the key of HMAC-SHA-256 (RFC 2104: the hash's output).
const minKey = sha256.Size

// question is what the values depend on besides record and verdicts.
type question struct {
	recipient, purpose, jti string
	at                      time.Time // reference date of an age: the query's iat
}

func questionOf(a decide.Admitted) question {
	v := a.Fresh().Verified()
	return question{
		recipient: a.Facts().Requester.ID, purpose: a.Facts().Query.Purpose,
		jti: v.ID(), at: v.IssuedAt(),
	}
}

// pseudonym names a record to one recipient: the same each time, unlike that of
// any other recipient; for a recipient that may see one identity alone, another
// for each identity, so that two questions do not link them (never 7). For MATCH
// and FOUND it is fresh with each query. 128 bits, base64url.
func pseudonym(k Keys, q question, record, identity string, both bool) string {
	if both {
		identity = ""
	}
	jti := ""
	if q.purpose == "MATCH" || q.purpose == "FOUND" {
		jti = q.jti
	}
	var room [256]byte
	text := room[:0]
	for _, part := range [...]string{"homeward pseudonym", q.recipient, identity, jti, record} {
		// With lengths: no two lists of parts have the same bytes.
		text = append(binary.BigEndian.AppendUint64(text, uint64(len(part))), part...)
	}
	return base64.RawURLEncoding.EncodeToString(k.sum(room[:0], text)[:16])
}
