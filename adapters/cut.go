package adapters

import (
	"encoding/binary"
	"reflect"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Cut is a mask made ready. It is immutable.
type Cut struct{ root *node }

// node stands for one admitted field of the schema. sub has the admitted fields
// of a message by field number. whole is a leaf: all that its message consists of is admitted.
type node struct {
	sub            []*node
	message, whole bool
	member         member
	checks         checks
}

func (n *node) at(num protowire.Number) *node {
	if int(num) >= len(n.sub) {
		return nil
	}
	return n.sub[num]
}

func (n *node) child(fd protoreflect.FieldDescriptor) *node {
	for int(fd.Number()) >= len(n.sub) {
		n.sub = append(n.sub, nil)
	}
	if n.sub[fd.Number()] == nil {
		n.sub[fd.Number()] = &node{message: fd.Message() != nil}
	}
	return n.sub[fd.Number()]
}

// NewCut makes a mask ready for use on many records.
func NewCut(mask Mask) *Cut {
	root := &node{message: true}
	for _, path := range mask {
		f, ok := catalog.ByPath(path)
		if !ok || len(f.Steps) == 0 {
			continue
		}
		n := root
		for _, fd := range f.Steps {
			n = n.child(fd)
		}
		whole(n, f.Steps[len(f.Steps)-1])
	}
	root.prepare(reflect.TypeFor[homewardv1.ChildRecord](), (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor())
	return &Cut{root}
}

// whole admits all that a leaf consists of: the parts of a place or of an assertion.
func whole(n *node, fd protoreflect.FieldDescriptor) {
	n.whole = true
	if fd.Message() == nil {
		return
	}
	fields := fd.Message().Fields()
	for i := range fields.Len() {
		whole(n.child(fields.Get(i)), fields.Get(i))
	}
}

// keep appends the admitted fields of a message.
func (n *node) keep(dst, src []byte) ([]byte, error) {
	for len(src) > 0 {
		num, typ, tag := protowire.ConsumeTag(src)
		if tag < 0 {
			return nil, protowire.ParseError(tag)
		}
		size := protowire.ConsumeFieldValue(num, typ, src[tag:])
		if size < 0 {
			return nil, protowire.ParseError(size)
		}
		field := src[:tag+size]
		src = src[tag+size:]
		switch sub := n.at(num); {
		case sub == nil:
		case sub.message && size == 1: // its length, zero: it says nothing
		case sub.whole:
			dst = append(dst, field...)
		case typ == protowire.BytesType:
			body, _ := protowire.ConsumeBytes(field[tag:])
			var err error
			if dst, err = sub.keepMessage(dst, field[:tag], body); err != nil {
				return nil, err
			}
		}
	}
	return dst, nil
}

// keepMessage appends what is kept of a message; nothing if nothing is left of it.
func (n *node) keepMessage(dst, tag, body []byte) ([]byte, error) {
	start := len(dst)
	dst = append(dst, tag...)
	// The length comes before what it is the length of: leave room, then move.
	head := len(dst)
	room := protowire.SizeVarint(uint64(len(body)))
	dst = append(dst, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"[:room]...)
	dst, err := n.keep(dst, body)
	if err != nil {
		return nil, err
	}
	kept := dst[head+room:]
	if len(kept) == 0 {
		return dst[:start], nil
	}
	prefix := protowire.AppendVarint(dst[:head], uint64(len(kept)))
	return append(prefix, kept...), nil
}

// maxCuts bounds the cache: callers choose fields, so they could make masks without end.
const maxCuts = 256

// Cuts remembers the cuts of the masks that were used. The zero value is ready.
type Cuts struct {
	mu    sync.RWMutex
	byKey map[string]*Cut
}

// Of returns the cut of a mask.
func (c *Cuts) Of(mask Mask) *Cut {
	// With lengths, so that no two masks have one key. The look-up copies nothing.
	key := make([]byte, 0, 2048)
	for _, path := range mask {
		key = binary.AppendUvarint(key, uint64(len(path)))
		key = append(key, path...)
	}
	c.mu.RLock()
	cut := c.byKey[string(key)]
	c.mu.RUnlock()
	if cut != nil {
		return cut
	}
	cut = NewCut(mask)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil || len(c.byKey) >= maxCuts {
		c.byKey = make(map[string]*Cut)
	}
	c.byKey[string(key)] = cut
	return cut
}
