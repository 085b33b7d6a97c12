package main

import (
	"bytes"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
)

const intro = `# The child record, leaf by leaf

Made from the annotations in ` + "`proto/homeward/v1/record.proto`" + ` by ` + "`go generate ./schemas/...`" + `: do not edit. What each leaf
means is said there, beside its field.

- **class** P public, O official, R restricted, H highly restricted.
- **column** of the policy matrix that the leaf stands in; *origin_only* goes to the authority of origin alone.
- **generalised to**: the ways to say less; a policy that generalises takes the last. A leaf without one is
  withheld instead, except class O.
- **identity** that the leaf speaks of. In a list of assertions each says so itself, by its kind; there is a verdict for each identity.
  *either* is said of the child, whichever identity was asked by.
- **fact**: read for deciding, and released only where the column releases it.

`

func recordTable() []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	b.WriteString("| leaf | holds | class | column | generalised to | identity | fact |\n|---|---|---|---|---|---|---|\n")
	for _, f := range catalog.Fields() {
		fact, identities := "", strings.Join(f.Identities, ", ")
		if f.Neutral() {
			identities = "either"
		}
		if f.Fact {
			fact = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", f.Path, holds(f), strings.ToUpper(f.Class[:1]), f.Group,
			strings.Join(f.Generalise, ", "), identities, fact)
	}
	return b.Bytes()
}

// holds says what kind of value a leaf has.
func holds(f catalog.Field) string {
	if len(f.Steps) == 0 {
		return "of every assertion"
	}
	fd := f.Steps[len(f.Steps)-1]
	kind := "text"
	switch fd.Kind() {
	case protoreflect.MessageKind:
		kind = strings.ToLower(string(fd.Message().Name()))
	case protoreflect.EnumKind:
		kind = strings.ToLower(string(fd.Enum().Name()))
	case protoreflect.Int32Kind:
		kind = "number"
	case protoreflect.BytesKind:
		kind = "bytes"
	}
	for _, step := range f.Steps {
		if step.IsList() {
			return "list of " + kind
		}
	}
	return kind
}
