package ledger

import "sync"

// buffer is memory in which a row is made. It is used again once the row is stored:
// rows are a fifth of the memory that an answer takes. It is not cleared: it holds what
// stands in the database as it is, and of a child digests and what is sealed.
type buffer struct{ b []byte }

// maxKept keeps one large row from holding memory for good.
const maxKept = 64 << 10

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 16<<10)} }}

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) give() {
	if b.b = b.b[:0]; cap(b.b) <= maxKept {
		buffers.Put(b)
	}
}
