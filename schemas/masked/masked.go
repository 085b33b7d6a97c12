// Package masked reads messages in wire format as far as a mask admits their
// fields. It is what the code is made of that protoc-gen-go-masked writes for the
// child record: an adapter in memory decodes for each answer.
package masked

import (
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Types of a field, as they stand in its tag.
const (
	Varint = uint64(protowire.VarintType)
	Bytes  = uint64(protowire.BytesType)
)

// Field is one field of a message as it comes.
type Field struct {
	Tag    uint64 // number<<3 | type
	Number uint64 // of a varint
	Body   string // of what has a length
}

// Reader reads one record. What was read is of no use once it is Broken.
type Reader struct {
	Broken bool
	Words  Lists[string]
	room   int
	texts  strings.Builder
}

// NewReader reads a record of that many bytes.
func NewReader(size int) Reader { return Reader{room: min(size, textRoom)} }

// textRoom is that of the texts of a usual record, and more than most masks admit.
const textRoom = 2 << 10

// Next takes a field off what is left of a message; its tag is 0 at the end, and
// where the bytes are broken. Nearly all have a tag and a length of one byte.
func (r *Reader) Next(s string) (f Field, rest string) {
	if len(s) > 1 && s[0]&0x87 == byte(Bytes) && s[0] > 7 && s[1] < 0x80 && int(s[1]) <= len(s)-2 {
		end := 2 + int(s[1])
		return Field{Tag: uint64(s[0]), Body: s[2:end]}, s[end:]
	}
	if len(s) == 0 || r.Broken {
		return Field{}, ""
	}
	f, rest, ok := take(s)
	if !ok {
		r.Broken = true
		return Field{}, ""
	}
	return f, rest
}

// take reads the field that s begins with.
func take(s string) (f Field, rest string, ok bool) {
	if f.Tag, s, ok = varint(s); !ok || f.Tag>>3 == 0 || f.Tag>>3 > uint64(protowire.MaxValidNumber) {
		return f, "", false
	}
	size := uint64(0)
	switch protowire.Type(f.Tag & 7) {
	case protowire.VarintType:
		f.Number, rest, ok = varint(s)
		return f, rest, ok
	case protowire.BytesType:
		if size, s, ok = varint(s); !ok {
			return f, "", false
		}
	default: // the schema has none of these, and they are skipped
		n := protowire.ConsumeFieldValue(protowire.Number(f.Tag>>3), protowire.Type(f.Tag&7), []byte(s))
		if n < 0 {
			return f, "", false
		}
		size = uint64(n)
	}
	if size > uint64(len(s)) {
		return f, "", false
	}
	f.Body = s[:size]
	return f, s[size:], true
}

// varint is protowire.ConsumeVarint of a string.
func varint(s string) (v uint64, rest string, ok bool) {
	for i := range min(len(s), 10) {
		c := s[i]
		if i == 9 && c > 1 {
			return 0, "", false
		}
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v, s[i+1:], true
		}
	}
	return 0, "", false
}

// Copy keeps bytes of the record. They stand one after another in few pieces of
// memory; what was written there is never written again, and holds nothing that
// was not kept.
func (r *Reader) Copy(s string) string {
	if r.texts.Cap()-r.texts.Len() < len(s) {
		r.texts = strings.Builder{}
		r.texts.Grow(max(r.room, len(s)))
	}
	start := r.texts.Len()
	r.texts.WriteString(s)
	return r.texts.String()[start:]
}

// Text is s if it is one. Most are short and ASCII.
func (r *Reader) Text(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			r.Broken = r.Broken || !utf8.ValidString(s[i:])
			break
		}
	}
	return s
}

// batch of what a record has many of is allocated at once.
const batch = 4

// Take one off what was allocated.
func Take[T any](room *[]T) *T {
	if len(*room) == 0 {
		*room = make([]T, batch)
	}
	one := &(*room)[0]
	*room = (*room)[1:]
	return one
}

// Lists has the memory of the lists of a record, most of which are short. The
// values of one come one after another, so the list that grows is the last.
type Lists[T any] struct{ last []T }

// Append is append. A list has no room for more, so that none grows into the next.
func (l *Lists[T]) Append(to []T, v T) []T {
	n := len(to)
	if n == 0 {
		l.last = l.last[len(l.last):]
	} else if len(l.last) != n || &l.last[0] != &to[0] {
		return append(to, v)
	}
	if cap(l.last) == n {
		l.last = append(make([]T, 0, 2*n+4*batch), to...)
	}
	l.last = append(l.last, v)
	return l.last[: n+1 : n+1]
}
