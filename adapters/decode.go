package adapters

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// member is where a field of a message goes in its struct.
type member struct {
	at      int
	list    bool
	kind    reflect.Kind // of the field, or of each in its list
	message reflect.Type // the struct, if the field is one
}

func memberOf(at int, t reflect.Type) member {
	m := member{at: at, list: t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8}
	if m.list {
		t = t.Elem()
	}
	if m.kind = t.Kind(); m.kind == reflect.Pointer {
		m.message = t.Elem()
	}
	return m
}

var errWire = errors.New("bytes that are no record")

// buffers have room for what is kept of a record, and nothing of it after use.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKept keeps a record with a large photo from holding memory for good.
const maxKept = 64 << 10

// Decode reads a ChildRecord in wire format and skips what is outside the mask
// before it is decoded, so that neither memory nor time is spent on it. It reads as
// proto.Unmarshal does, but that the texts of a record are parts of one string,
// which takes half the time: an adapter in memory decodes for each answer.
func (c *Cut) Decode(wire []byte) (*homewardv1.ChildRecord, error) {
	text, err := c.kept(wire)
	if err != nil {
		return nil, err
	}
	child := new(homewardv1.ChildRecord)
	return child, c.root.decode(reflect.ValueOf(child).Elem(), text)
}

// kept is what the mask admits of a record.
func (c *Cut) kept(wire []byte) (string, error) {
	buffer := buffers.Get().(*[]byte)
	*buffer = slices.Grow((*buffer)[:0], len(wire))
	defer func() {
		clear((*buffer)[:len(wire)]) // keep writes no further
		if cap(*buffer) <= maxKept {
			buffers.Put(buffer)
		}
	}()
	all, err := c.root.keep(*buffer, wire)
	return string(all), err
}

// decode reads the fields of a message into its struct. What the schema does not
// know, or knows as another type, is left out.
func (n *node) decode(m reflect.Value, s string) error {
	for len(s) > 0 {
		tag, rest, ok := varint(s)
		if !ok || tag>>3 == 0 || tag>>3 > uint64(protowire.MaxValidNumber) {
			return errWire
		}
		number, body, rest, ok := value(protowire.Type(tag&7), rest)
		if !ok {
			return errWire
		}
		s = rest
		if sub := n.at(protowire.Number(tag >> 3)); sub != nil {
			if err := sub.set(m.Field(sub.member.at), protowire.Type(tag&7), number, body); err != nil {
				return err
			}
		}
	}
	return nil
}

// set stores one value of a field.
func (n *node) set(field reflect.Value, typ protowire.Type, number uint64, body string) error {
	text := typ == protowire.BytesType
	switch n.member.kind {
	case reflect.String:
		if !text {
			return nil
		}
		if !utf8.ValidString(body) {
			return errWire
		}
		if n.member.list {
			list := field.Addr().Interface().(*[]string)
			*list = append(*list, body)
			return nil
		}
		field.SetString(body)
	case reflect.Slice:
		if text {
			field.SetBytes([]byte(body))
		}
	case reflect.Int32:
		if typ == protowire.VarintType && !n.member.list {
			field.SetInt(int64(int32(number)))
		}
	case reflect.Pointer:
		if text {
			return n.decode(n.into(field), body)
		}
	default:
		return errWire // a kind that no leaf of the schema has; a test holds it
	}
	return nil
}

// into returns the struct to decode into: a new one of a list, else the one
// that is there, since a message that comes in two pieces is one.
func (n *node) into(field reflect.Value) reflect.Value {
	if !n.member.list && !field.IsNil() {
		return field.Elem()
	}
	one := reflect.New(n.member.message)
	switch list := field.Addr().Interface().(type) {
	case *[]*homewardv1.Assertion: // reflect.Append would allocate for each
		*list = append(*list, one.Interface().(*homewardv1.Assertion))
	default:
		if n.member.list {
			field.Set(reflect.Append(field, one))
		} else {
			field.Set(one)
		}
	}
	return one.Elem()
}

// value reads what follows a tag. Groups are not in the schema and are refused.
func value(typ protowire.Type, s string) (number uint64, body, rest string, ok bool) {
	size := uint64(0)
	switch typ {
	case protowire.VarintType:
		number, rest, ok = varint(s)
		return number, "", rest, ok
	case protowire.Fixed32Type:
		size = 4
	case protowire.Fixed64Type:
		size = 8
	case protowire.BytesType:
		if size, s, ok = varint(s); !ok {
			return 0, "", "", false
		}
	default:
		return 0, "", "", false
	}
	if size > uint64(len(s)) {
		return 0, "", "", false
	}
	return 0, s[:size], s[size:], true
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
