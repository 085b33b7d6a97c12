package file

import (
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// target is a place in the child record that a value can be written to:
// "name.family", "family.members[1].phone", "birth.birth_place.oblast".
type target struct {
	field catalog.Field
	// steps lead to the message that has the leaf; leaf is the field itself.
	steps []step
	leaf  protoreflect.FieldDescriptor
	// index in the leaf's list; -1 appends.
	index int
	// part of a place, if the leaf is one or may have one.
	part protoreflect.FieldDescriptor
}

type step struct {
	fd    protoreflect.FieldDescriptor
	index int // in a list; -1 if the field is none
}

// maxIndex bounds lists that a mapping names by index.
const maxIndex = 63

var segment = regexp.MustCompile(`^([a-z][a-z0-9_]*)(?:\[([0-9]{1,2})\])?$`)

// parseTarget finds a path of the schema. The error is an Issue without a place.
func parseTarget(path string) (target, error) {
	t := target{index: -1}
	md := (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor()
	var names []string
	for rest := strings.Split(path, "."); len(rest) > 0; rest = rest[1:] {
		m := segment.FindStringSubmatch(rest[0])
		if m == nil {
			return t, unknownPath(path)
		}
		fd := md.Fields().ByName(protoreflect.Name(m[1]))
		index, ok := listIndex(fd, m[2])
		if !ok {
			return t, unknownPath(path)
		}
		names = append(names, m[1])
		if catalog.Annotation(fd) != nil {
			t.leaf, t.index = fd, index
			t.field, _ = catalog.ByPath(strings.Join(names, "."))
			return t, t.readPart(path, rest[1:])
		}
		if fd.IsList() && index < 0 {
			return t, adapters.Issue{Field: path, What: "is a list", Remedy: "say which: " + m[1] + "[0]"}
		}
		t.steps = append(t.steps, step{fd, index})
		md = fd.Message()
	}
	return t, adapters.Issue{Field: path, What: "is a group of fields", Remedy: "name one of them"}
}

func listIndex(fd protoreflect.FieldDescriptor, text string) (int, bool) {
	if fd == nil || text != "" && !fd.IsList() {
		return 0, false
	}
	if text == "" {
		return -1, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n <= maxIndex
}

// readPart reads what follows the leaf: the part of a place.
func (t *target) readPart(path string, rest []string) error {
	placed := t.leaf.Message() != nil
	switch {
	case len(rest) == 0 && placed && !t.field.Assertions:
		return adapters.Issue{Field: path, What: "is a place", Remedy: "name its part, for example " + path + ".oblast"}
	case len(rest) == 0:
		return nil
	case len(rest) > 1 || !placed:
		return unknownPath(path)
	}
	place := (&homewardv1.Place{}).ProtoReflect().Descriptor()
	if t.part = place.Fields().ByName(protoreflect.Name(rest[0])); t.part == nil {
		return unknownPath(path)
	}
	if t.leaf.IsList() && !t.field.Assertions && t.index < 0 {
		return adapters.Issue{Field: path, What: "is a list of places", Remedy: "say which: [0]"}
	}
	return nil
}

func unknownPath(path string) error {
	var known []string
	for _, f := range catalog.Fields() {
		if len(f.Steps) > 0 {
			known = append(known, f.Path)
		}
	}
	return adapters.Issue{Field: path, What: "is no field of the schema", Remedy: "the nearest is " + adapters.Nearest(path, known)}
}

// kind of value that the target takes.
func (t target) valueKind() protoreflect.FieldDescriptor {
	switch {
	case t.part != nil:
		return t.part
	case t.field.Assertions:
		return (&homewardv1.Assertion{}).ProtoReflect().Descriptor().Fields().ByName("value")
	}
	return t.leaf
}

// parent is the message that has the leaf, made where it was not there.
func (t target) parent(child *homewardv1.ChildRecord) protoreflect.Message {
	m := child.ProtoReflect()
	for _, s := range t.steps {
		if s.index < 0 {
			m = m.Mutable(s.fd).Message()
		} else {
			m = element(m.Mutable(s.fd).List(), s.index).Message()
		}
	}
	return m
}

func element(l protoreflect.List, index int) protoreflect.Value {
	for l.Len() <= index {
		l.AppendMutable()
	}
	return l.Get(index)
}

// set writes a value; model has what an assertion says besides its value.
func (t target) set(child *homewardv1.ChildRecord, v protoreflect.Value, model *homewardv1.Assertion) {
	m := t.parent(child)
	switch {
	case t.field.Assertions:
		t.assert(m.Mutable(t.leaf).List(), v, model)
	case t.part != nil && t.leaf.IsList():
		element(m.Mutable(t.leaf).List(), t.index).Message().Set(t.part, v)
	case t.part != nil:
		m.Mutable(t.leaf).Message().Set(t.part, v)
	case t.leaf.IsList():
		m.Mutable(t.leaf).List().Append(v)
	default:
		m.Set(t.leaf, v)
	}
}

// assert appends an assertion, or writes a part of the place of the one with
// the same kind: the columns of one place speak of one assertion.
func (t target) assert(l protoreflect.List, v protoreflect.Value, model *homewardv1.Assertion) {
	if t.part != nil {
		for i := range l.Len() {
			if a, ok := l.Get(i).Message().Interface().(*homewardv1.Assertion); ok && a.Kind == model.Kind && a.Place != nil {
				a.Place.ProtoReflect().Set(t.part, v)
				return
			}
		}
	}
	a := l.AppendMutable().Message().Interface().(*homewardv1.Assertion)
	a.Kind, a.Language, a.Script = model.Kind, model.Language, model.Script
	a.Source, a.Reliability, a.Credibility = model.Source, model.Reliability, model.Credibility
	if t.part != nil {
		a.Place = new(homewardv1.Place)
		a.Place.ProtoReflect().Set(t.part, v)
		return
	}
	a.Value = v.String()
	if a.Script == "" && strings.HasPrefix(t.field.Path, "name.") {
		a.Script = script(a.Value)
	}
}
