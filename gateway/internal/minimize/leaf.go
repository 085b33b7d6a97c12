package minimize

import (
	"reflect"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// leaf is a leaf of the schema and the way to it.
type leaf struct {
	*catalog.Field
	neutral bool // Field.Neutral
	steps   []step
}

// step is one member of a struct on the way, with what its descriptor says of it:
// asked for each value, that takes longer than writing the value.
type step struct {
	at    int
	list  bool
	kind  protoreflect.Kind
	words words // of an enum
}

// newLeaf finds the way. A leaf that has none is never released.
func newLeaf(f *catalog.Field) *leaf {
	l := &leaf{Field: f, neutral: f.Neutral()}
	t := reflect.TypeFor[homewardv1.ChildRecord]()
	for _, fd := range f.Steps {
		at, ok := catalog.GoField(t, fd)
		if !ok {
			l.steps = nil
			return l
		}
		s := step{at: at, list: fd.IsList(), kind: fd.Kind()}
		if fd.Enum() != nil {
			s.words = wordsOf(fd.Enum())
		}
		l.steps = append(l.steps, s)
		for t = t.Field(at).Type; t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer; {
			t = t.Elem()
		}
	}
	return l
}

// slot is one path and identity on which there can be a verdict.
type slot struct {
	path, identity string
	leaf           *leaf
}

// slots are all of them, in the catalogue's order, which is that of the
// verdicts: so each verdict is found by going on from the last, and a second one
// on the same path and identity is not found.
var slots = sync.OnceValue(func() []slot {
	var out []slot
	for i := range catalog.Fields() {
		f := &catalog.Fields()[i]
		l := newLeaf(f)
		identities := f.Identities
		if f.Neutral() {
			identities = []string{catalog.Original, catalog.Imposed}
		}
		for _, identity := range identities {
			out = append(out, slot{f.Path, identity, l})
		}
	}
	return out
})
