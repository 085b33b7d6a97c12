package minimize

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What leaves depends on the class that the verdict puts a value in, and on
// nothing else of the record: two children who agree in all classes give the
// same bytes, however much else of them differs.
func TestClassAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := randomSet(t)
		matched := rapid.SampledFrom([]string{catalog.Original, catalog.Imposed}).Draw(t, "matched")
		one, two := twin(t, s, "one"), twin(t, s, "two")
		if diff := cmp.Diff(plain(t, one, matched, s), plain(t, two, matched, s)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func plain(t *rapid.T, c *homewardv1.ChildRecord, matched string, s *decide.Set) []string {
	ds, err := apply(record(c, matched, s), testKeys, asked())
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = d.Name + " " + string(d.Value)
	}
	return out
}

// twin makes a record of which each leaf is drawn anew within the class that its verdict leaves.
func twin(t *rapid.T, s *decide.Set, name string) *homewardv1.ChildRecord {
	c := new(homewardv1.ChildRecord)
	for _, f := range catalog.Fields() {
		if len(f.Steps) == 0 {
			continue
		}
		m, last := c.ProtoReflect(), len(f.Steps)-1
		for _, fd := range f.Steps[:last] {
			if fd.IsList() {
				list := m.Mutable(fd).List()
				if list.Len() == 0 {
					list.AppendMutable()
				}
				m = list.Get(0).Message()
				continue
			}
			m = m.Mutable(fd).Message()
		}
		d := drawer{t: t, name: name + " " + f.Path, path: f.Path, v: verdictOn(s, f.Path, f.Identities[0])}
		fd := f.Steps[last]
		switch {
		case f.Assertions:
			for _, identity := range f.Identities {
				d.v = verdictOn(s, f.Path, identity)
				m.Mutable(fd).List().Append(protoreflect.ValueOfMessage(d.assertion(identity, s).ProtoReflect()))
			}
		case fd.IsList() && fd.Message() == nil:
			for i := range 3 {
				m.Mutable(fd).List().Append(protoreflect.ValueOfString(d.text(fmt.Sprint(i))))
			}
		case fd.IsList():
			m.Mutable(fd).List().Append(protoreflect.ValueOfMessage(d.place().ProtoReflect()))
		default:
			m.Set(fd, d.scalar(fd))
		}
	}
	if v := verdictOn(s, "current.location", catalog.Original); v.To == "controlled_area" {
		c.Current.OutsideControlledArea = homewardv1.Tristate_TRISTATE_TRUE
	}
	if v := verdictOn(s, "displacement.facility_name", catalog.Original); v.To == "type" {
		c.Displacement.FacilityType = "camp"
	}
	return c
}

// drawer draws what a verdict does not show, and repeats what it shows.
type drawer struct {
	t          *rapid.T
	name, path string
	v          decide.Verdict
}

// free is a text that shows nowhere unless it is released.
func (d drawer) free(part string) string {
	if d.v.Verdict == envelope.VerdictReleased {
		return "released " + part
	}
	return rapid.StringMatching(`[а-яa-z0-9"\\ ]{1,12}`).Draw(d.t, d.name+part)
}

func (d drawer) digit() string { return rapid.StringMatching(`[1-8]`).Draw(d.t, d.name) }

func (d drawer) text(part string) string {
	switch d.v.To {
	case "initials":
		return "М" + rapid.StringMatching(`[а-яʼ']{0,9}`).Draw(d.t, d.name+part) + "-ш" + d.digit()
	case "month":
		return "2014-03-0" + d.digit()
	case "year":
		return "2014-0" + d.digit() + "-0" + d.digit()
	case "quarter":
		return "2014-0" + rapid.StringMatching(`[4-6]`).Draw(d.t, d.name) + "-0" + d.digit()
	case "last_two":
		return rapid.StringMatching(`[0-9]{4,9}`).Draw(d.t, d.name) + "- 77"
	case "band":
		if d.path == pathAge {
			return rapid.StringMatching(`1[0-4]`).Draw(d.t, d.name)
		}
		return "201" + rapid.StringMatching(`[0-4]`).Draw(d.t, d.name) + "-0" + d.digit()
	}
	return d.free(part)
}

func (d drawer) place() *homewardv1.Place {
	p := &homewardv1.Place{
		Country: "UA", Oblast: "Сумська", Raion: "Сумський", Hromada: d.free("h"), Settlement: d.free("s"), Point: d.free("p"), Katottg: d.free("k"),
	}
	switch d.v.To {
	case "oblast":
		p.Raion = d.free("r")
	case "country":
		p.Oblast, p.Raion = d.free("o"), d.free("r")
		p.Country = rapid.SampledFrom([]string{"PL", "DE", "KZ", "us"}).Draw(d.t, d.name)
	}
	return p
}

func (d drawer) assertion(identity string, s *decide.Set) *homewardv1.Assertion {
	a := &homewardv1.Assertion{Kind: homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL, Script: d.free("script"), Language: d.free("language")}
	if identity == catalog.Imposed {
		a.Kind = homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED
	}
	if strings.HasSuffix(d.path, "place") {
		a.Place, a.Value = d.place(), d.free("value")
	} else {
		a.Value = d.text("value")
	}
	if age := verdictOn(s, pathAge, identity); d.path == "birth.birth_date" && d.v.Verdict != envelope.VerdictReleased {
		a.Value = d.born(age, a.Value)
	}
	provenance := drawer{t: d.t, name: d.name + " provenance", v: verdictOn(s, catalog.PathProvenance, identity)}
	a.Source, a.AssertedAt = provenance.free("source"), provenance.free("at")
	a.Reliability, a.Credibility = "B", 2 // what the reliability band is made of
	return a
}

// born draws a birth date within the class of the age that is derived from it:
// a released age fixes the day, a band of ages the year.
func (d drawer) born(age decide.Verdict, value string) string {
	switch {
	case age.Verdict == envelope.VerdictReleased:
		return "2014-03-09"
	case age.To == "band" && d.v.To != "month":
		return "2014-0" + d.digit() + "-0" + d.digit()
	}
	return value
}

func (d drawer) scalar(fd protoreflect.FieldDescriptor) protoreflect.Value {
	n := int32(1)
	if d.v.Verdict != envelope.VerdictReleased {
		n = rapid.Int32Range(1, 2).Draw(d.t, d.name)
	}
	switch fd.Kind() {
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(n))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(n)
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(d.text("")))
	case protoreflect.MessageKind:
		return protoreflect.ValueOfMessage(d.place().ProtoReflect())
	}
	return protoreflect.ValueOfString(d.text(""))
}
