package adapters

import (
	"encoding/binary"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Prune returns a copy of the child with nothing outside the mask. Fields that
// the schema does not know are dropped. The copy shares no memory with the child.
func Prune(child *homewardv1.ChildRecord, mask Mask) (*homewardv1.ChildRecord, error) {
	wire, err := proto.Marshal(child)
	if err != nil {
		return nil, err
	}
	return NewCut(mask).Decode(wire)
}

// Paths returns the leaves that are set in the child, in the order of the
// schema, each once. "" stands for content that the schema does not know.
func Paths(child *homewardv1.ChildRecord) []string {
	set := make(map[string]bool)
	leaves(child.ProtoReflect(), "", set)
	var out []string
	for _, f := range catalog.Fields() {
		if set[f.Path] {
			out = append(out, f.Path)
		}
	}
	if set[""] {
		out = append(out, "")
	}
	return out
}

func leaves(m protoreflect.Message, prefix string, set map[string]bool) {
	if len(m.GetUnknown()) > 0 {
		set[""] = true
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		path := prefix + string(fd.Name())
		if catalog.Annotation(fd) != nil {
			set[path] = true
			return true
		}
		each(fd, v, func(sub protoreflect.Message) { leaves(sub, path+".", set) })
		return true
	})
}

// each visits the messages in a field: one, or those of a list. A field that is no message has none.
func each(fd protoreflect.FieldDescriptor, v protoreflect.Value, visit func(protoreflect.Message)) {
	switch {
	case fd.Message() == nil:
	case fd.IsList():
		for i := range v.List().Len() {
			visit(v.List().Get(i).Message())
		}
	default:
		visit(v.Message())
	}
}

// Cut is a mask made ready. It is immutable.
type Cut struct{ root *node }

// node stands for one field of the schema. sub has the admitted fields of a
// message by field number; of a scalar it is nil.
type node struct {
	sub     []*node
	message bool
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
	return &Cut{root}
}

// whole admits all that a leaf consists of: the parts of a place or of an assertion.
func whole(n *node, fd protoreflect.FieldDescriptor) {
	if fd.Message() == nil {
		return
	}
	fields := fd.Message().Fields()
	for i := range fields.Len() {
		whole(n.child(fields.Get(i)), fields.Get(i))
	}
}

// Decode reads a ChildRecord in wire format and skips what is outside the mask
// before it is decoded, so that neither memory nor time is spent on it.
func (c *Cut) Decode(wire []byte) (*homewardv1.ChildRecord, error) {
	kept, err := c.root.keep(make([]byte, 0, len(wire)), wire)
	if err != nil {
		return nil, err
	}
	child := new(homewardv1.ChildRecord)
	return child, proto.Unmarshal(kept, child)
}

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
		sub := n.at(num)
		switch {
		case sub == nil:
		case !sub.message:
			dst = append(dst, field...)
		case typ == protowire.BytesType:
			body, _ := protowire.ConsumeBytes(field[tag:])
			var err error
			if dst, err = sub.keepMessage(dst, num, body); err != nil {
				return nil, err
			}
		}
	}
	return dst, nil
}

// keepMessage appends what is kept of a message; nothing if nothing is left of it.
func (n *node) keepMessage(dst []byte, num protowire.Number, body []byte) ([]byte, error) {
	start := len(dst)
	dst = protowire.AppendTag(dst, num, protowire.BytesType)
	head := len(dst)
	dst, err := n.keep(dst, body)
	if err != nil {
		return nil, err
	}
	size := len(dst) - head
	if size == 0 {
		return dst[:start], nil
	}
	prefix := protowire.AppendVarint(nil, uint64(size))
	dst = append(dst, prefix...)
	copy(dst[head+len(prefix):], dst[head:head+size])
	copy(dst[head:], prefix)
	return dst, nil
}

// Outside names the first thing found in the child that the mask does not
// admit; "" if there is none.
func (c *Cut) Outside(child *homewardv1.ChildRecord) string {
	return c.root.outside(child.ProtoReflect(), "")
}

func (n *node) outside(m protoreflect.Message, prefix string) (found string) {
	if len(m.GetUnknown()) > 0 {
		return prefix + "(unknown field)"
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		sub := n.at(fd.Number())
		if sub == nil {
			found = prefix + string(fd.Name())
			return false
		}
		each(fd, v, func(inner protoreflect.Message) {
			if found == "" {
				found = sub.outside(inner, prefix+string(fd.Name())+".")
			}
		})
		return found == ""
	})
	return found
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
