package envelope

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"
)

// buffer is memory in which a message is made. It is used again, since a message
// is large beside all else that an answer allocates.
type buffer struct{ b []byte }

// maxKept keeps one large message from holding memory for good.
const maxKept = 128 << 10

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 32<<10)} }}

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

// give leaves nothing of a message behind. Whoever writes keeps all it wrote
// within the length, and grows the buffer before it writes values into it: what a
// buffer grew out of is cleared by nobody.
func (b *buffer) give() {
	clear(b.b)
	if b.b = b.b[:0]; cap(b.b) <= maxKept {
		buffers.Put(b)
	}
}

// decode64 reads canonical base64url as text.
func (b *buffer) decode64(s, where string) (string, error) {
	b.b = slices.Grow(b.b, strict64.DecodedLen(len(s)))
	out, err := appendDecode64(b.b, s, where)
	if err != nil {
		b.b = b.b[:cap(b.b)] // the decoder may have written
		return "", err
	}
	b.b = out
	return string(out), nil
}

// sum is SHA-256 of a text. Of a long text the buffer saves a copy.
func sum(s string) [sha256.Size]byte {
	b := takeBuffer()
	defer b.give()
	b.b = append(slices.Grow(b.b, len(s)), s...)
	return sha256.Sum256(b.b)
}

// digest is that in base64url.
func digest(s string) string {
	var text [digestSize]byte
	d := sum(s)
	base64.RawURLEncoding.Encode(text[:], d[:])
	return string(text[:])
}
