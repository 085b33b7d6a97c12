package adapters

import (
	"reflect"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// checks is what Outside looks at in a message, by the members of its struct.
type checks struct {
	unknown int    // the member with the bytes that the schema does not know
	denied  []part // fields that are not admitted
	inner   []part // fields that are, and are messages
	blind   bool   // the struct is not as it is generated: all of it counts as outside
}

// part is one member of a struct.
type part struct {
	at   int
	name string
	sub  *node // of a message that is admitted in part or whole
}

// prepare parts the fields of a message by what Outside has to do with them.
func (n *node) prepare(t reflect.Type, md protoreflect.MessageDescriptor) {
	unknown, found := t.FieldByName("unknownFields")
	n.checks = checks{blind: !found || unknown.Type.Kind() != reflect.Slice}
	if found {
		n.checks.unknown = unknown.Index[0]
	}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		at, ok := catalog.GoField(t, fd)
		p := part{at, string(fd.Name()), n.at(fd.Number())}
		switch {
		case !ok:
			n.checks.blind = true
		case p.sub == nil:
			n.checks.denied = append(n.checks.denied, p)
		default:
			p.sub.member = memberOf(at, t.Field(at).Type)
			if p.sub.message {
				n.checks.inner = append(n.checks.inner, p)
				p.sub.prepare(p.sub.member.message, fd.Message())
			}
		}
	}
}

// Outside names the first thing found in the child that the mask does not
// admit; "" if there is none.
func (c *Cut) Outside(child *homewardv1.ChildRecord) string {
	return c.root.outside(reflect.ValueOf(child))
}

// outside looks at a message behind a pointer.
func (n *node) outside(pointer reflect.Value) string {
	if pointer.IsNil() {
		return ""
	}
	m := pointer.Elem()
	if n.checks.blind || m.Field(n.checks.unknown).Len() > 0 {
		return "(unknown field)"
	}
	for _, p := range n.checks.denied {
		if set(m.Field(p.at)) {
			return p.name
		}
	}
	for _, p := range n.checks.inner {
		if found := p.sub.outsideAny(m.Field(p.at)); found != "" {
			return p.name + "." + found
		}
	}
	return ""
}

// outsideAny looks at one message, or at those of a list.
func (n *node) outsideAny(v reflect.Value) string {
	if v.Kind() != reflect.Slice {
		return n.outside(v)
	}
	for i := range v.Len() {
		if found := n.outside(v.Index(i)); found != "" {
			return found
		}
	}
	return ""
}

// set says whether a field has a value; an empty list has none.
func set(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() > 0
	}
	return !v.IsZero()
}
