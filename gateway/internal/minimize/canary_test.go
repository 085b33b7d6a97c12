package minimize

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// canaries is a record with a unique mark in every text, number and photo.
type canaries struct {
	child *homewardv1.ChildRecord
	marks []mark
}

// mark stands in one part of one leaf. part is "" for a leaf without parts,
// "value", "place.oblast", "source", …
type mark struct{ text, path, identity, part string }

func newCanaries() *canaries {
	c := &canaries{child: new(homewardv1.ChildRecord)}
	for _, f := range catalog.Fields() {
		if len(f.Steps) == 0 {
			continue
		}
		m := c.child.ProtoReflect()
		last := len(f.Steps) - 1
		for _, fd := range f.Steps[:last] {
			if !fd.IsList() {
				m = m.Mutable(fd).Message()
				continue
			}
			list := m.Mutable(fd).List()
			if list.Len() == 0 {
				list.AppendMutable()
			}
			m = list.Get(0).Message()
		}
		if f.Assertions {
			c.assertions(f, m.Mutable(f.Steps[last]).List())
		} else {
			c.fill(m, f.Steps[last], f.Path, f.Identities[0], "")
		}
	}
	return c
}

// assertions are one of each identity and one of none.
func (c *canaries) assertions(f catalog.Field, list protoreflect.List) {
	for kind, identity := range map[homewardv1.AssertionKind]string{
		homewardv1.AssertionKind_ASSERTION_KIND_BIRTH: catalog.Original, homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED: catalog.Imposed,
		homewardv1.AssertionKind_ASSERTION_KIND_UNSPECIFIED: "nobody",
	} {
		a := list.AppendMutable().Message()
		fields := a.Descriptor().Fields()
		for i := range fields.Len() {
			c.fill(a, fields.Get(i), f.Path, identity, string(fields.Get(i).Name()))
		}
		a.Interface().(*homewardv1.Assertion).Kind = kind
	}
}

func (c *canaries) fill(m protoreflect.Message, fd protoreflect.FieldDescriptor, path, identity, part string) {
	switch {
	case fd.IsList() && fd.Message() != nil:
		c.place(m.Mutable(fd).List().AppendMutable().Message(), path, identity, part)
	case fd.IsList():
		m.Mutable(fd).List().Append(protoreflect.ValueOfString(c.mark(path, identity, part)))
	case fd.Message() != nil:
		c.place(m.Mutable(fd).Message(), path, identity, part)
	case fd.Kind() == protoreflect.StringKind:
		m.Set(fd, protoreflect.ValueOfString(c.mark(path, identity, part)))
	case fd.Kind() == protoreflect.BytesKind:
		raw := []byte(c.mark(path, identity, part))
		c.marks[len(c.marks)-1].text = base64.StdEncoding.EncodeToString(raw)
		m.Set(fd, protoreflect.ValueOfBytes(raw))
	case fd.Kind() == protoreflect.Int32Kind:
		n := int32(770000 + len(c.marks))
		c.marks = append(c.marks, mark{fmt.Sprint(n), path, identity, part})
		m.Set(fd, protoreflect.ValueOfInt32(n))
	case fd.Kind() == protoreflect.EnumKind:
		m.Set(fd, protoreflect.ValueOfEnum(1))
	}
}

func (c *canaries) place(m protoreflect.Message, path, identity, part string) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		name := string(fields.Get(i).Name())
		if name == "country" {
			m.Set(fields.Get(i), protoreflect.ValueOfString("UA")) // a mark could not be generalised
			continue
		}
		c.fill(m, fields.Get(i), path, identity, strings.TrimPrefix(part+"."+name, "."))
	}
}

func (c *canaries) mark(path, identity, part string) string {
	text := fmt.Sprintf("canary%dq", len(c.marks))
	c.marks = append(c.marks, mark{text, path, identity, part})
	return text
}

// may says, apart from the code under test, whether a mark may be seen.
func (m mark) may(s *decide.Set, matched string) bool {
	if !s.Both && m.identity != matched && !slices.Contains([]string{"record.record_id", "birth.sex"}, m.path) {
		return false
	}
	v := verdictOn(s, m.path, m.identity)
	switch {
	case m.path == "record.reliability_band": // derived, never copied
		return false
	case slices.Contains([]string{"source", "asserted_at", "reliability", "credibility"}, m.part):
		return v.Verdict == envelope.VerdictReleased && verdictOn(s, catalog.PathProvenance, m.identity).Verdict == envelope.VerdictReleased
	case v.To == "raion":
		return strings.HasSuffix(m.part, "oblast") || strings.HasSuffix(m.part, "raion")
	case v.To == "oblast":
		return strings.HasSuffix(m.part, "oblast")
	}
	return v.Verdict == envelope.VerdictReleased
}

func verdictOn(s *decide.Set, path, identity string) decide.Verdict {
	for _, v := range s.Verdicts {
		if v.Path == path && v.Identity == identity {
			return v
		}
	}
	return decide.Verdict{}
}

// randomSet draws a verdict for every path and identity.
func randomSet(t *rapid.T) *decide.Set {
	s := set()
	s.Both = rapid.Bool().Draw(t, "both")
	for i := range s.Verdicts {
		v := &s.Verdicts[i]
		f, _ := catalog.ByPath(v.Path)
		words := append([]string{"withheld", "released"}, f.Generalise...)
		switch word := rapid.SampledFrom(words).Draw(t, v.Path); word {
		case "withheld", "released":
			v.Verdict = word
		default:
			v.Verdict, v.To = envelope.VerdictGeneralised, word
		}
	}
	return s
}

// A mark is in a disclosure if and only if a verdict let it out, and never in the content.
func TestCanaries(t *testing.T) {
	t.Parallel()
	c := newCanaries()
	if len(c.marks) < 300 {
		t.Fatalf("%d marks: the record is not full", len(c.marks))
	}
	rapid.Check(t, func(t *rapid.T) {
		s := randomSet(t)
		matched := rapid.SampledFrom([]string{catalog.Original, catalog.Imposed}).Draw(t, "matched")
		ds, err := apply(record(c.child, matched, s), testKeys, asked())
		if err != nil {
			t.Fatal(err)
		}
		byPath := make(map[string]string)
		for _, d := range ds {
			byPath[d.Name] = string(d.Value)
		}
		for _, m := range c.marks {
			for name, value := range byPath {
				path, identity, _ := strings.Cut(name, "#")
				own := path == m.path && (identity == m.identity || identity == "" && (!s.Both || m.identity == catalog.Original))
				want := own && m.may(s, matched)
				if strings.Contains(value, m.text) != want {
					t.Fatalf("%+v in %s: %v, want %v: %s", m, name, !want, want, value)
				}
			}
			if m.may(s, matched) && !strings.Contains(byPath[m.path]+byPath[m.path+"#imposed"], m.text) {
				t.Fatalf("%+v was released and is nowhere", m)
			}
		}
		b := body{Status: "answered"}
		b.add(ds, s)
		content := string(b.close(testRef))
		for _, m := range c.marks {
			if strings.Contains(content, m.text) {
				t.Fatalf("%+v is in the content: %s", m, content)
			}
		}
	})
}
