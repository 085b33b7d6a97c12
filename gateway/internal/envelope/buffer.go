package envelope

import "sync"

// buffer is memory in which a message is made. It is used again, since a message
// is large beside all else that an answer allocates.
type buffer struct{ b []byte }

// maxKept keeps one large message from holding memory for good.
const maxKept = 128 << 10

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 32<<10)} }}

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

// give leaves nothing of a message behind: what a buffer grew out of is cleared
// by nobody, so callers grow it before they write values into it.
func (b *buffer) give() {
	clear(b.b[:cap(b.b)])
	if b.b = b.b[:0]; cap(b.b) <= maxKept {
		buffers.Put(b)
	}
}
