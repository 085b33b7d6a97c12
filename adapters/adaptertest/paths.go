package adaptertest

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

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
