package catalog

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Messages whose fields are the parts of a value and not leaves of the record.
var parts = []protoreflect.FullName{"homeward.v1.Assertion", "homeward.v1.Place"}

// visit goes over every field that the record can reach, leaves and parts alike.
func visit(md protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, see func(protoreflect.FieldDescriptor)) {
	if seen[md.FullName()] {
		return
	}
	seen[md.FullName()] = true
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		see(fd)
		if fd.Message() != nil {
			visit(fd.Message(), seen, see)
		}
	}
}

func eachField(see func(protoreflect.FieldDescriptor)) map[protoreflect.FullName]bool {
	seen := make(map[protoreflect.FullName]bool)
	visit((&homewardv1.ChildRecord{}).ProtoReflect().Descriptor(), seen, see)
	return seen
}

func TestEveryLeafIsAnnotated(t *testing.T) {
	t.Parallel()
	seen := eachField(func(fd protoreflect.FieldDescriptor) {
		leaf, plain := Annotation(fd), fd.Message() != nil && !slices.Contains(parts, fd.Message().FullName())
		switch {
		case fd.IsMap() || fd.IsExtension() || fd.ContainingOneof() != nil:
			t.Errorf("%s: maps, extensions and oneofs are not walked", fd.FullName())
		case plain && leaf != nil:
			t.Errorf("%s is a leaf, but it has fields of its own", fd.FullName())
		case !plain && leaf == nil:
			t.Errorf("%s has no annotation", fd.FullName())
		case leaf != nil && leaf.Inherit:
			if !slices.Contains(parts, fd.ContainingMessage().FullName()) {
				t.Errorf("%s has nothing to inherit from", fd.FullName())
			}
			if leaf.Class != 0 || leaf.Group != 0 || leaf.Generalise != nil || leaf.Identity != 0 || leaf.Fact {
				t.Errorf("%s inherits, and says something of its own", fd.FullName())
			}
		case leaf != nil:
			wellAnnotated(t, fd, leaf)
		}
	})
	for _, part := range parts {
		if !seen[part] {
			t.Errorf("%s was not visited", part)
		}
	}
}

func wellAnnotated(t *testing.T, fd protoreflect.FieldDescriptor, leaf *homewardv1.Leaf) {
	t.Helper()
	if homewardv1.Class_name[int32(leaf.Class)] == "" || leaf.Class == 0 {
		t.Errorf("%s: class %v", fd.FullName(), leaf.Class)
	}
	if !slices.Contains(Groups(), name(leaf.Group.String(), "GROUP_")) {
		t.Errorf("%s: group %v", fd.FullName(), leaf.Group)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(leaf.Generalise)))) != len(leaf.Generalise) {
		t.Errorf("%s: a generalisation twice", fd.FullName())
	}
	for _, g := range leaf.Generalise {
		if homewardv1.Generalisation_name[int32(g)] == "" || g == 0 {
			t.Errorf("%s: generalisation %v", fd.FullName(), g)
		}
	}
}

// What an attribute shares with its assertions, and what links or traces them.
func TestPartsOfAssertions(t *testing.T) {
	t.Parallel()
	fields := (&homewardv1.Assertion{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		leaf := Annotation(fd)
		inherits := slices.Contains([]string{"value", "script", "language", "place"}, string(fd.Name()))
		if leaf.GetInherit() != inherits {
			t.Errorf("%s inherits: %v", fd.Name(), leaf.GetInherit())
		}
		if !inherits && (leaf.GetClass() != homewardv1.Class_CLASS_HIGHLY_RESTRICTED || leaf.GetGroup() != homewardv1.Group_GROUP_ORIGIN_ONLY) {
			t.Errorf("%s is %v, %v", fd.Name(), leaf.GetClass(), leaf.GetGroup())
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	leaves := 0
	eachField(func(fd protoreflect.FieldDescriptor) {
		if Annotation(fd) != nil && !slices.Contains(parts, fd.ContainingMessage().FullName()) {
			leaves++
		}
	})
	// ConsentItem is visited once and stands in the record four times.
	leaves += 3 * (&homewardv1.ConsentItem{}).ProtoReflect().Descriptor().Fields().Len()
	if got := len(Fields()); got != leaves+2 {
		t.Errorf("%d fields, the record has %d leaves", got, leaves)
	}
	for i, f := range Fields() {
		steps := make([]string, len(f.Steps))
		for i, fd := range f.Steps {
			steps[i] = string(fd.Name())
		}
		assertionPath := f.Path == PathKind || f.Path == PathProvenance
		if assertionPath != (i >= len(Fields())-2) || !assertionPath && strings.Join(steps, ".") != f.Path {
			t.Errorf("%s at %d: steps %v", f.Path, i, steps)
		}
		if got, ok := ByPath(f.Path); !ok || got.Path != f.Path {
			t.Errorf("%s is not found by its path", f.Path)
		}
		imposed := f.Path == "documents.imposed_passport_no" || f.Path == "origin.imposed_citizenship" || strings.HasPrefix(f.Path, "listing.")
		want := []string{Original}
		switch {
		case f.Assertions || assertionPath:
			want = []string{Original, Imposed}
		case imposed:
			want = []string{Imposed}
		}
		if !slices.Equal(f.Identities, want) {
			t.Errorf("%s speaks of %v, want %v", f.Path, f.Identities, want)
		}
	}
	if _, ok := ByPath("name"); ok {
		t.Error("a branch is not a leaf")
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	var want []string
	for n := int32(1); n < int32(len(homewardv1.Group_name)); n++ {
		want = append(want, name(homewardv1.Group(n).String(), "GROUP_"))
	}
	if !slices.Equal(Groups(), want) {
		t.Errorf("%v, the schema has %v", Groups(), want)
	}
}

// Flags and consent decide, so they are facts; no value that describes a child is.
func TestFacts(t *testing.T) {
	t.Parallel()
	for _, f := range Fields() {
		fact := strings.HasPrefix(f.Path, "flags.") || f.Path == "record.origin_system" ||
			strings.HasPrefix(f.Path, "consent.") && !slices.Contains([]string{"giver", "authority", "child_views"}, f.Path[strings.LastIndex(f.Path, ".")+1:])
		if f.Fact != fact {
			t.Errorf("%s: fact is %v", f.Path, f.Fact)
		}
	}
}

func TestUnknownClassIsTheStrictest(t *testing.T) {
	t.Parallel()
	for c, want := range map[homewardv1.Class]string{
		0: "highly_restricted", 1: "public", 2: "official", 3: "restricted", 4: "highly_restricted", 5: "highly_restricted", 99: "highly_restricted", -1: "highly_restricted",
	} {
		if got := field("x", nameField(), &homewardv1.Leaf{Class: c}, nil).Class; got != want {
			t.Errorf("class %d: %s, want %s", c, got, want)
		}
	}
}

// A leaf without an annotation is in no catalogue, so nobody gets it.
func TestUnannotatedLeafIsLeftOut(t *testing.T) {
	t.Parallel()
	if got := walk(nil, (&timestamppb.Timestamp{}).ProtoReflect().Descriptor(), "", nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func nameField() protoreflect.FieldDescriptor {
	return (&homewardv1.Name{}).ProtoReflect().Descriptor().Fields().ByName("given")
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, f := range Fields() {
		for _, also := range Needs(f.Path) {
			if g, ok := ByPath(also); !ok || also == f.Path || len(g.Steps) == 0 {
				t.Errorf("%s needs %s", f.Path, also)
			}
		}
	}
	if got := Needs("birth.age"); !slices.Equal(got, []string{"birth.birth_date"}) {
		t.Errorf("an age needs %v", got)
	}
}

func TestIdentityOf(t *testing.T) {
	t.Parallel()
	const transliterated = homewardv1.AssertionKind_ASSERTION_KIND_TRANSLITERATED
	for _, c := range []struct {
		kind homewardv1.AssertionKind
		of   homewardv1.Identity
		want string
	}{
		{homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL, 0, Original},
		{homewardv1.AssertionKind_ASSERTION_KIND_BIRTH, homewardv1.Identity_IDENTITY_IMPOSED, Original},
		{homewardv1.AssertionKind_ASSERTION_KIND_ALIAS, 0, Original},
		{homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED, homewardv1.Identity_IDENTITY_ORIGINAL, Imposed},
		{transliterated, homewardv1.Identity_IDENTITY_ORIGINAL, Original},
		{transliterated, homewardv1.Identity_IDENTITY_IMPOSED, Imposed},
		{transliterated, 0, ""},
		{transliterated, 7, ""},
		{0, homewardv1.Identity_IDENTITY_ORIGINAL, ""},
		{77, homewardv1.Identity_IDENTITY_ORIGINAL, ""},
	} {
		if got := IdentityOf(&homewardv1.Assertion{Kind: c.kind, TransliterationOf: c.of}); got != c.want {
			t.Errorf("%v of %v: %q, want %q", c.kind, c.of, got, c.want)
		}
	}
	if got := IdentityOf(nil); got != "" {
		t.Errorf("no assertion: %q", got)
	}
}
