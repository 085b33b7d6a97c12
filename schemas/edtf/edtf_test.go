package edtf_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"homeward.example/schemas/edtf"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]edtf.Date{
		"2014":                      {First: 20140101, Last: 20141231},
		"2014-02":                   {First: 20140201, Last: 20140228},
		"2016-02":                   {First: 20160201, Last: 20160229},
		"2014-03-09":                {First: 20140309, Last: 20140309},
		"2016-02-29":                {First: 20160229, Last: 20160229},
		"201X":                      {First: 20100101, Last: 20191231},
		"20XX":                      {First: 20000101, Last: 20991231},
		"2014-XX":                   {First: 20140101, Last: 20141231},
		"2014-XX-XX":                {First: 20140101, Last: 20141231},
		"2016-02-XX":                {First: 20160201, Last: 20160229},
		"201X-XX":                   {First: 20100101, Last: 20191231},
		"2014?":                     {First: 20140101, Last: 20141231, Qualifier: "?"},
		"2014-03~":                  {First: 20140301, Last: 20140331, Qualifier: "~"},
		"2014-03-09%":               {First: 20140309, Last: 20140309, Qualifier: "%"},
		"2010/2014":                 {First: 20100101, Last: 20141231},
		"2010~/2014-03":             {First: 20100101, Last: 20140331, Qualifier: "~"},
		"2014-03-09T10:00:00Z":      {First: 20140309, Last: 20140309},
		"2014-03-09T23:59:59+02:00": {First: 20140309, Last: 20140309},
		"2014-03-09T23:59:59":       {First: 20140309, Last: 20140309},
	} {
		if got, ok := edtf.Parse(in); !ok || got != want {
			t.Errorf("Parse(%q) = %+v, %v, want %+v", in, got, ok, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "/", "?", "X", "XXXX", "2XXX", "0000", "14", "201", "20144", "-2014", "+2014", "Y2014", "20X4",
		"2014-13", "2014-00", "2014-3", "2014-1X", "2014-21", "201X-03", "2014/03/09", "09.03.2014",
		"2014-02-30", "2015-02-29", "2014-03-00", "2014-03-32", "2014-XX-09", "2014-03-0X", "2014--3-1",
		"2014-03-09T", "2014-03-09T25:00:00", "2014-03T10:00:00", "2014-XX-XXT10:00:00", "2014-03-09 10:00",
		"2014/", "/2014", "2014/..", "../2014", "2014/2010", "2010/2014/2016", "2014??", "２０１４", "2014\x00", "201é",
	} {
		if got, ok := edtf.Parse(in); ok {
			t.Errorf("Parse(%q) = %+v, want refusal", in, got)
		}
	}
}

func TestCuts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, month, year, quarter, band string }{
		{"2014-03-09", "2014-03", "2014", "2014-01/2014-03", "2010/2014"},
		{"2015-12-31T08:00:00Z", "2015-12", "2015", "2015-10/2015-12", "2015/2019"},
		{"2014-05", "2014-05", "2014", "2014-04/2014-06", "2010/2014"},
		{"2014", "2014", "2014", "2014", "2010/2014"},
		{"2014-08?", "2014-08?", "2014?", "2014-07/2014-09", "2010/2014"},
		{"2010/2012", "", "", "", "2010/2014"},
		{"2010-01/2010-02", "2010", "2010", "2010-01/2010-03", "2010/2014"},
		{"201X", "", "", "", ""},
		{"0004", "0004", "0004", "0004", "0000/0004"},
	} {
		d, ok := edtf.Parse(c.in)
		if !ok {
			t.Fatalf("Parse(%q) refused", c.in)
		}
		for _, g := range []struct {
			name, want string
			cut        func() (string, bool)
		}{{"month", c.month, d.Month}, {"year", c.year, d.Year}, {"quarter", c.quarter, d.Quarter}, {"band", c.band, d.Band}} {
			if got, ok := g.cut(); got != g.want || ok != (g.want != "") {
				t.Errorf("%s of %q = %q, %v, want %q", g.name, c.in, got, ok, g.want)
			}
		}
	}
}

func TestContains(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wide, narrow string
		want         bool
	}{
		{"2014", "2014-03-09", true}, {"2014-03-09", "2014", false}, {"2014", "2014", true},
		{"2014-03", "2014-04-01", false}, {"201X", "2014", true}, {"2014?", "2014-01", true},
	} {
		wide, _ := edtf.Parse(c.wide)
		narrow, _ := edtf.Parse(c.narrow)
		if got := wide.Contains(narrow); got != c.want {
			t.Errorf("%s contains %s = %v", c.wide, c.narrow, got)
		}
	}
	if (edtf.Date{}).Contains(edtf.Date{}) {
		t.Error("no date contains no date")
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	on := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		born string
		want int
		ok   bool
	}{
		{"2014-11-20", 12, true}, {"2014-11-21", 11, true}, {"2014", 11, true}, {"2026", 0, true},
		{"2026-11-21", 0, false}, {"2030", 0, false}, {"200X", 16, true},
	} {
		d, _ := edtf.Parse(c.born)
		if got, ok := d.Age(on); got != c.want || ok != c.ok {
			t.Errorf("age of %s = %d, %v, want %d, %v", c.born, got, ok, c.want, c.ok)
		}
	}
	if _, ok := (edtf.Date{}).Age(on); ok {
		t.Error("no date has no age")
	}
}

// A cut must contain what it was cut from, and cutting a cut changes nothing.
func TestCutsContainTheirDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`(19|20)[0-9X]{2}(-(0[1-9]|1[0-2]|XX)(-(0[1-9]|1[0-9]|2[0-8]|XX))?)?[?~%]?`).Draw(t, "date")
		d, ok := edtf.Parse(s)
		if !ok {
			return
		}
		for name, cut := range map[string]func(edtf.Date) (string, bool){
			"month": edtf.Date.Month, "year": edtf.Date.Year, "quarter": edtf.Date.Quarter, "band": edtf.Date.Band,
		} {
			out, ok := cut(d)
			if !ok {
				continue
			}
			wide, ok := edtf.Parse(out)
			if !ok || !wide.Contains(d) {
				t.Fatalf("%s of %q = %q does not contain it", name, s, out)
			}
			if again, _ := cut(wide); again != out {
				t.Fatalf("%s of %q = %q, cut again %q", name, s, out, again)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2014", "201X", "2014-XX-XX", "2010/2014", "2014-03-09T10:00:00Z", "2014-03~", "0000-00-00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := edtf.Parse(s)
		if !ok {
			if d != (edtf.Date{}) {
				t.Fatalf("refused %q yet returned %+v", s, d)
			}
			return
		}
		if d.First > d.Last || d.First < 10101 || d.Last > 99991231 || !d.Contains(d) {
			t.Fatalf("Parse(%q) = %+v", s, d)
		}
		d.Age(time.Unix(0, 0))
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		edtf.Parse("2014-03-09")
	}
}
