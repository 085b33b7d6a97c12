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

// Batch of what a record has many of is allocated at once.
const Batch = 4

// Field is one field of a message as it comes.
type Field struct {
	Tag    uint64 // number<<3 | type
	Number uint64 // of a varint
	Body   string // of what has a length
}

// Reader reads one record. What was read is of no use once it is Broken.
type Reader struct {
	Broken bool
	room   int
	texts  strings.Builder
}

// NewReader reads a record of that many bytes.
func NewReader(size int) Reader { return Reader{room: min(size, textRoom)} }

// textRoom is that of the texts of a usual record, and more than most masks admit.
const textRoom = 1 << 10

// Next takes a field off what is left of a message; false at its end, and where
// the bytes are broken. Nearly all fields have a tag and a length of one byte.
func (r *Reader) Next(f *Field, s *string) bool {
	b := *s
	if len(b) > 1 && b[0]&0x87 == byte(Bytes) && b[0] > 7 && b[1] < 0x80 && int(b[1]) <= len(b)-2 {
		end := 2 + int(b[1])
		f.Tag, f.Body, *s = uint64(b[0]), b[2:end], b[end:]
		return true
	}
	if len(b) == 0 || r.Broken {
		return false
	}
	rest, ok := f.take(b)
	*s, r.Broken = rest, !ok
	return ok
}

// take reads the field that s begins with.
func (f *Field) take(s string) (rest string, ok bool) {
	if f.Tag, s, ok = varint(s); !ok || f.Tag>>3 == 0 || f.Tag>>3 > uint64(protowire.MaxValidNumber) {
		return "", false
	}
	size := uint64(0)
	switch protowire.Type(f.Tag & 7) {
	case protowire.VarintType:
		f.Number, s, ok = varint(s)
		return s, ok
	case protowire.BytesType:
		if size, s, ok = varint(s); !ok {
			return "", false
		}
	default: // the schema has none of these, and they are skipped
		n := protowire.ConsumeFieldValue(protowire.Number(f.Tag>>3), protowire.Type(f.Tag&7), []byte(s))
		if n < 0 {
			return "", false
		}
		size = uint64(n)
	}
	if size > uint64(len(s)) {
		return "", false
	}
	f.Body = s[:size]
	return s[size:], true
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

// Text is s if it is one.
func (r *Reader) Text(s string) string {
	if !utf8.ValidString(s) {
		r.Broken = true
	}
	return s
}
