package matching_test

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// TestAgreementNeverLowers: to say one more thing that the record says too never
// makes it less likely.
func TestAgreementNeverLowers(t *testing.T) {
	t.Parallel()
	x, _ := crowd(t, 300)
	whole := child(t, tanya)
	x.Put("tanya", matching.FromRecord(whole))
	more := []func(*homewardv1.ChildRecord){
		func(c *homewardv1.ChildRecord) { c.Name.Given = whole.Name.Given[:1] },
		func(c *homewardv1.ChildRecord) { c.Name.Patronymic = whole.Name.Patronymic },
		func(c *homewardv1.ChildRecord) { c.Birth.BirthDate = whole.Birth.BirthDate[:1] },
		func(c *homewardv1.ChildRecord) { c.Birth.Sex = whole.Birth.Sex },
		func(c *homewardv1.ChildRecord) { c.Birth.BirthPlace = whole.Birth.BirthPlace },
		func(c *homewardv1.ChildRecord) { c.Documents = whole.Documents },
		func(c *homewardv1.ChildRecord) { c.Family = whole.Family },
		func(c *homewardv1.ChildRecord) { c.Physical = whole.Physical },
		func(c *homewardv1.ChildRecord) { c.Displacement = whole.Displacement },
	}
	weight := func(t *rapid.T, c *homewardv1.ChildRecord) float64 {
		got := x.Search(matching.FromRecord(c), 1)
		if len(got) == 0 || got[0].ID != "tanya" {
			t.Fatalf("not found")
		}
		return got[0].Weight
	}
	rapid.Check(t, func(t *rapid.T) {
		c := &homewardv1.ChildRecord{Name: &homewardv1.Name{Family: whole.Name.Family[:1]}, Birth: &homewardv1.Birth{}}
		before := weight(t, c)
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(more)-1), 1, len(more), rapid.ID).Draw(t, "more") {
			more[i](c)
			after := weight(t, proto.CloneOf(c))
			if after < before-1e-9 {
				t.Fatalf("statement %d lowers %v to %v", i, before, after)
			}
			before = after
		}
	})
}

// TestDistance against its laws: symmetric, zero for itself, cut at the limit.
func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abcd", "badc", 2}, {"abc", "xyz", 3}, {"", "ab", 2}} {
		if got := matching.Distance(c.a, c.b, 2); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	word := rapid.StringMatching(`[a-d]{0,7}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if matching.Distance(a, b, 2) != matching.Distance(b, a, 2) || (matching.Distance(a, b, 2) == 0) != (a == b) {
			t.Fatalf("%q, %q", a, b)
		}
	})
}

// TestCalendar: every day that an index can hold is itself again.
func TestCalendar(t *testing.T) {
	t.Parallel()
	for day := range 1 << 15 {
		y, m, d := matching.Civil(day)
		if matching.Numbered(y, m, d) != day || m < 1 || m > 12 || d < 1 || d > 31 {
			t.Fatalf("day %d is %d-%d-%d", day, y, m, d)
		}
	}
	if y, m, d := matching.Civil(11016); y != 2000 || m != 2 || d != 29 {
		t.Errorf("%d-%d-%d", y, m, d)
	}
}

// FuzzNames: whatever a name is, reading, filing and finding it breaks nothing.
func FuzzNames(f *testing.F) {
	f.Add("Нечуй-Левицький Дем'ян", "2014~")
	f.Add("\xff·ʹ-", "2014-XX")
	f.Add("Петро Петрович Петрович", "9999")
	x, _ := crowd(f, 50)
	f.Fuzz(func(t *testing.T, name, date string) {
		said := []*homewardv1.Assertion{{Value: name}}
		c := &homewardv1.ChildRecord{
			Name:  &homewardv1.Name{Full: said, Given: said, Patronymic: said, Family: said},
			Birth: &homewardv1.Birth{BirthDate: []*homewardv1.Assertion{{Value: date}}, Age: []*homewardv1.Assertion{{Value: date, AssertedAt: date}}},
		}
		_ = matching.Check(c)
		p := matching.FromRecord(c)
		x.Put("fuzzed", p)
		for _, found := range x.Search(p, 3) {
			if found.Probability < 0 || found.Probability > 1 {
				t.Errorf("probability %v", found.Probability)
			}
		}
		x.Remove("fuzzed")
	})
}

func BenchmarkPut(b *testing.B) {
	x, all := crowd(b, 10_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := all[i%len(all)]
		x.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
	}
}

func BenchmarkSearch(b *testing.B) {
	x, all := crowd(b, 20_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		x.Search(matching.FromRecord(all[i%len(all)]), 10)
	}
}
