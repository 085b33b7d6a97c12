package matching_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// TestOrderDoesNotMatter: an index that records were put into, replaced in and
// removed from in any order answers to the last bit as one that is built anew of
// what is left, and as one that was written and read.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	_, all := crowd(t, 120)
	rapid.Check(t, func(t *rapid.T) {
		x, left := matching.NewIndex(matching.Options{}), make(map[string]*homewardv1.ChildRecord)
		for range rapid.IntRange(1, 80).Draw(t, "changes") {
			c := all[rapid.IntRange(0, len(all)-1).Draw(t, "content")]
			id := fmt.Sprint("r", rapid.IntRange(0, 30).Draw(t, "id"))
			if rapid.IntRange(0, 2).Draw(t, "what") == 0 {
				x.Remove(id)
				delete(left, id)
				continue
			}
			x.Put(id, matching.FromRecord(c))
			left[id] = c
		}
		fresh := matching.NewIndex(matching.Options{})
		for id, c := range left { // in the order of a map, which is none
			fresh.Put(id, matching.FromRecord(c))
		}
		same(t, x, fresh, all[:12])
		same(t, reread(t, x), fresh, all[:4])
	})
}

func same(t rapid.TB, a, b *matching.Index, queries []*homewardv1.ChildRecord) {
	t.Helper()
	if a.Len() != b.Len() {
		t.Fatalf("%d records, and %d", a.Len(), b.Len())
	}
	for _, c := range queries {
		p := matching.FromRecord(c)
		if x, y := a.Search(p, 12), b.Search(p, 12); !reflect.DeepEqual(x, y) {
			t.Fatalf("%s: %+v, and %+v", c.GetRecord().GetRecordId(), x, y)
		}
	}
}

func reread(t rapid.TB, x *matching.Index) *matching.Index {
	t.Helper()
	var file bytes.Buffer
	_, err := x.WriteTo(&file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := matching.ReadIndex(&file, matching.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestManyOfOneName: a name that too many have finds nobody by itself, and finds
// again when enough of them are gone; what else is known finds all the while.
func TestManyOfOneName(t *testing.T) {
	t.Parallel()
	family := profile(t, `{"name": {"family": [{"value": "Коваль"}]}}`)
	one := `{"name": {"family": [{"value": "Коваль"}]}, "documents": {"passport_no": "KO 778899"}}`
	x := matching.NewIndex(matching.Options{})
	x.Put("one", profile(t, one))
	const many = 17_000
	for i := range many {
		x.Put(fmt.Sprint(i), family)
	}
	find := func(text string) string {
		if got := x.Search(profile(t, text), 1); len(got) > 0 {
			return got[0].ID
		}
		return ""
	}
	if got := find(one); got != "one" {
		t.Errorf("%q is found by its document", got)
	}
	if got := find(`{"name": {"family": [{"value": "Коваль"}]}}`); got != "" {
		t.Errorf("%q is found by a name of %d", got, many)
	}
	for i := range many - 500 {
		x.Remove(fmt.Sprint(i))
	}
	fresh := matching.NewIndex(matching.Options{})
	fresh.Put("one", profile(t, one))
	for i := many - 500; i < many; i++ {
		fresh.Put(fmt.Sprint(i), family)
	}
	for _, text := range []string{`{"name": {"family": [{"value": "Коваль"}]}}`, one} {
		same(t, x, fresh, []*homewardv1.ChildRecord{child(t, text)})
	}
	if got := find(`{"name": {"family": [{"value": "Коваль"}]}}`); got == "" {
		t.Error("nobody is found by a name of 500")
	}
}

// TestChurn: records that come and go take no more memory than those that are there.
func TestChurn(t *testing.T) {
	t.Parallel()
	x, all := crowd(t, 400)
	for i := range 4000 {
		c := all[i%len(all)]
		x.Put(fmt.Sprint("passing ", i), matching.FromRecord(c))
		x.Remove(fmt.Sprint("passing ", i))
	}
	still, _ := crowd(t, 400)
	if x.Bytes() > 2*still.Bytes() {
		t.Errorf("%d bytes; without the ones that left %d", x.Bytes(), still.Bytes())
	}
	same(t, x, still, all[:20])
}

// TestHostile: what nobody would say in earnest breaks nothing, and little of it is read.
func TestHostile(t *testing.T) {
	t.Parallel()
	x, _ := crowd(t, 300)
	var lists []*homewardv1.Assertion
	for i := range 20_000 {
		lists = append(lists, &homewardv1.Assertion{Value: fmt.Sprint("Ім", strings.Repeat("я", i%90), i), AssertedAt: "2023-11"})
	}
	var long strings.Builder
	for i := range 30_000 {
		fmt.Fprint(&long, " я", i)
	}
	many := long.String()
	for name, text := range map[string]string{
		"huge": strings.Repeat("Коваль ", 100_000), "marks": "К" + strings.Repeat("\u0301", 150), "right to left": "\u202eКоваль שלום محمد",
		"mixed": "Kоваль", "none": " - ' \x00", "not UTF-8": "\xff\xfeКо", "emoji": "👧👦 Коваль", "one letter": "К", "dashes": strings.Repeat("-К", 150),
	} {
		said := []*homewardv1.Assertion{{Value: name}, {Value: text, AssertedAt: text}}
		said = append(said, lists...)
		c := &homewardv1.ChildRecord{
			Name:  &homewardv1.Name{Full: said, Given: said, Patronymic: said, Family: said, Nickname: said},
			Birth: &homewardv1.Birth{BirthDate: append([]*homewardv1.Assertion{{Value: "NaN"}, {Value: "-0001"}, {Value: "99999-99"}}, said...), Age: said, BirthPlace: said},
		}
		c.Displacement = &homewardv1.Displacement{FacilityName: many, FacilityRegion: &homewardv1.Place{Oblast: many, Settlement: text}}
		c.Physical = &homewardv1.Physical{Marks: many, Eye: many, PerceptualHash: text, PhotoSha256: many}
		c.Documents = &homewardv1.Documents{NationalId: many, PassportNo: text}
		for range 2_000 {
			c.Family = &homewardv1.Family{Members: append(c.GetFamily().GetMembers(), &homewardv1.FamilyMember{Relation: "brother", Name: text})}
		}
		x.Put(name, matching.FromRecord(c))
		x.Search(matching.FromRecord(c), 10)
	}
	if got := reread(t, x).Len(); got != x.Len() {
		t.Errorf("%d records are read again of %d", got, x.Len())
	}
}

// BenchmarkSearchHostile asks by everything at once: seven of each name, of each date,
// of each place and of siblings, all of them frequent ones.
func BenchmarkSearchHostile(b *testing.B) {
	x, all := crowd(b, 20_000)
	c := &homewardv1.ChildRecord{Name: &homewardv1.Name{}, Birth: &homewardv1.Birth{}, Family: &homewardv1.Family{}}
	for i := range 100 {
		o := all[i*197]
		c.Name.Given = append(c.Name.Given, o.GetName().GetGiven()...)
		c.Name.Patronymic = append(c.Name.Patronymic, o.GetName().GetPatronymic()...)
		c.Name.Family = append(c.Name.Family, o.GetName().GetFamily()...)
		c.Birth.BirthDate = append(c.Birth.BirthDate, &homewardv1.Assertion{Value: fmt.Sprint(2004+i%7*3, "/", 2006+i%7*3)})
		c.Birth.BirthPlace = append(c.Birth.BirthPlace, o.GetBirth().GetBirthPlace()...)
		c.Family.Members = append(c.Family.Members, o.GetFamily().GetMembers()...)
	}
	p := matching.FromRecord(c)
	b.ReportAllocs()
	for b.Loop() {
		x.Search(p, 10)
	}
}
