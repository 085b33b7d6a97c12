// Package catalog reads the annotations of the child record: which leaves there
// are, how sensitive each is, which column of the policy matrix it stands in,
// and how it may be generalised. The minimizer, the policy's data document, the
// docs table and the JSON Schema are all made from it.
package catalog

//go:generate go run ./cmd/recorddoc ..

import (
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Identities of a child. A verdict is given per path and identity.
const (
	Original = "original"
	Imposed  = "imposed"
)

// Paths of the parts of an assertion that are decided once for all attributes:
// its kind, which links the identities, and its provenance.
const (
	PathKind       = "assertion.kind"
	PathProvenance = "assertion.provenance"
)

// Field is one leaf of the record, as the policy sees it.
type Field struct {
	// Path in dotted form, e.g. "name.family" or "family.members.phone".
	Path string
	// Class is "public", "official", "restricted" or "highly_restricted".
	Class string
	// Group is the column of the matrix, e.g. "names_birth"; "origin_only" is everything else.
	Group string
	// Generalise lists the ways to say less, e.g. "month", "year", "band"; a policy takes the last.
	Generalise []string
	// Identities that the leaf can speak of: both for an assertion list, else one.
	Identities []string
	// Assertions says that the leaf is a list of assertions.
	Assertions bool
	// Fact says that the leaf is read for deciding.
	Fact bool
	// Steps lead from ChildRecord to the leaf; empty for the two assertion paths.
	Steps []protoreflect.FieldDescriptor
}

// Neutral says that the leaf speaks of the child and of neither identity
// (pseudonym, sex, reliability band): its one verdict holds for whichever was asked by.
func (f *Field) Neutral() bool { return f.Group == "id_min" && !f.Assertions }

// Fields returns every leaf of the record in the order of the schema, the two
// assertion paths last. The slice is shared: do not change it.
func Fields() []Field { return all() }

// ByPath finds a leaf. The second result is false for a path that the schema does not have.
func ByPath(path string) (Field, bool) {
	f, ok := index()[path]
	return f, ok
}

// Groups returns the columns of the matrix in the order of the schema.
func Groups() []string {
	return []string{
		"id_min", "names_birth", "documents", "family", "photo",
		"separation", "current", "protection", "evidence", "origin_only",
	}
}

var all = sync.OnceValue(func() []Field {
	fields := walk(nil, (&homewardv1.ChildRecord{}).ProtoReflect().Descriptor(), "", nil)
	for _, path := range []string{PathKind, PathProvenance} {
		fields = append(fields, Field{
			Path: path, Class: "highly_restricted", Group: "origin_only",
			Identities: []string{Original, Imposed},
		})
	}
	return fields
})

var index = sync.OnceValue(func() map[string]Field {
	m := make(map[string]Field)
	for _, f := range all() {
		m[f.Path] = f
	}
	return m
})

func walk(out []Field, md protoreflect.MessageDescriptor, prefix string, steps []protoreflect.FieldDescriptor) []Field {
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		path := prefix + string(fd.Name())
		here := append(append([]protoreflect.FieldDescriptor(nil), steps...), fd)
		if leaf := Annotation(fd); leaf != nil {
			out = append(out, field(path, fd, leaf, here))
		} else if fd.Message() != nil {
			out = walk(out, fd.Message(), path+".", here)
		}
	}
	return out
}

// Annotation returns the leaf option of a field, nil if it has none.
func Annotation(fd protoreflect.FieldDescriptor) *homewardv1.Leaf {
	if !proto.HasExtension(fd.Options(), homewardv1.E_Leaf) {
		return nil
	}
	return proto.GetExtension(fd.Options(), homewardv1.E_Leaf).(*homewardv1.Leaf)
}

// Of reads the annotation of one field outside the record's tree, such as a part of an
// assertion: class, group, generalisations and fact. It is the strictest class if there is none.
func Of(fd protoreflect.FieldDescriptor) Field {
	return field(string(fd.Name()), fd, Annotation(fd), nil)
}

func field(path string, fd protoreflect.FieldDescriptor, leaf *homewardv1.Leaf, steps []protoreflect.FieldDescriptor) Field {
	f := Field{
		Path: path, Class: class(leaf.GetClass()), Group: name(leaf.GetGroup().String(), "GROUP_"),
		Fact: leaf.GetFact(), Steps: steps, Identities: []string{Original},
	}
	for _, g := range leaf.GetGeneralise() {
		f.Generalise = append(f.Generalise, name(g.String(), "GENERALISATION_"))
	}
	if fd.Message() != nil && fd.Message().FullName() == "homeward.v1.Assertion" {
		f.Assertions, f.Identities = true, []string{Original, Imposed}
	} else if leaf.GetIdentity() == homewardv1.Identity_IDENTITY_IMPOSED {
		f.Identities = []string{Imposed}
	}
	return f
}

// class reads a class that is unspecified, or that this build does not know, as the strictest.
func class(c homewardv1.Class) string {
	switch c {
	case homewardv1.Class_CLASS_PUBLIC, homewardv1.Class_CLASS_OFFICIAL, homewardv1.Class_CLASS_RESTRICTED:
	default:
		c = homewardv1.Class_CLASS_HIGHLY_RESTRICTED
	}
	return name(c.String(), "CLASS_")
}

func name(enum, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(enum, prefix))
}
