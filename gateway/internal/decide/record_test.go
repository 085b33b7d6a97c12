package decide

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func testNow() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func assertions(kind homewardv1.AssertionKind, values ...string) []*homewardv1.Assertion {
	var out []*homewardv1.Assertion
	for _, v := range values {
		out = append(out, &homewardv1.Assertion{Value: v, Kind: kind})
	}
	return out
}

func TestAgeCountsFromTheOriginalAndDoubtMeansChild(t *testing.T) {
	t.Parallel()
	const (
		original = homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL
		birth    = homewardv1.AssertionKind_ASSERTION_KIND_BIRTH
		imposed  = homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED
		unsaid   = homewardv1.AssertionKind_ASSERTION_KIND_UNSPECIFIED
	)
	for name, c := range map[string]struct {
		dates, ages []*homewardv1.Assertion
		want        string
	}{
		"nothing":                      {nil, nil, ageUnknown},
		"a child":                      {assertions(original, "2014-03-09"), nil, child},
		"eighteen today":               {assertions(original, "2008-11-22"), nil, adult},
		"eighteen tomorrow":            {assertions(original, "2008-11-23"), nil, child},
		"perhaps eighteen":             {assertions(original, "2008"), nil, child},
		"surely eighteen":              {assertions(birth, "2007"), nil, adult},
		"one date of two is a child's": {append(assertions(original, "2005"), assertions(birth, "2012")...), nil, child},
		"imposed does not count":       {append(assertions(original, "2005"), assertions(imposed, "2014")...), nil, adult},
		"imposed alone":                {assertions(imposed, "2005"), nil, ageUnknown},
		"of no stated identity":        {append(assertions(original, "2005"), assertions(unsaid, "2014")...), nil, child},
		"not yet born":                 {assertions(original, "2030"), nil, child},
		"no date":                      {assertions(original, "soon"), nil, ageUnknown},
		"stated age of a child":        {nil, assertions(original, "12"), child},
		"stated age of an adult":       {nil, assertions(original, "18"), adult},
		"stated span":                  {nil, assertions(original, "17-19"), child},
		"stated span of adults":        {nil, assertions(original, "19-21"), adult},
		"stated age that is none":      {nil, assertions(original, "old"), child},
		"stated age of three digits":   {nil, assertions(original, "118"), child},
		"two stated ages":              {nil, assertions(original, "20", "12"), child},
		"dates before stated ages":     {assertions(original, "2005"), assertions(original, "12"), adult},
	} {
		r := &homewardv1.ChildRecord{Birth: &homewardv1.Birth{BirthDate: c.dates, Age: c.ages}}
		if got := ageOf(r, testNow()); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestFreshConsent(t *testing.T) {
	t.Parallel()
	yes, no := homewardv1.Tristate_TRISTATE_TRUE, homewardv1.Tristate_TRISTATE_FALSE
	for name, c := range map[string]struct {
		item *homewardv1.ConsentItem
		want Tri
	}{
		"none":                 {nil, Unknown},
		"given after 18":       {&homewardv1.ConsentItem{Given: yes, Date: "2024-06-01", ReviewDate: "2027-06-01"}, Yes},
		"refused":              {&homewardv1.ConsentItem{Given: no, Date: "2024-06-01", ReviewDate: "2027-06-01"}, No},
		"given before 18":      {&homewardv1.ConsentItem{Given: yes, Date: "2022-06-01", ReviewDate: "2027-06-01"}, No},
		"perhaps before 18":    {&homewardv1.ConsentItem{Given: yes, Date: "2023", ReviewDate: "2027-06-01"}, No},
		"no date":              {&homewardv1.ConsentItem{Given: yes, ReviewDate: "2027-06-01"}, Unknown},
		"no review":            {&homewardv1.ConsentItem{Given: yes, Date: "2024-06-01"}, Unknown},
		"review due today":     {&homewardv1.ConsentItem{Given: yes, Date: "2024-06-01", ReviewDate: "2026-11-22"}, No},
		"given by a guardian":  {&homewardv1.ConsentItem{Given: yes, Giver: "guardian", Date: "2024-06-01", ReviewDate: "2027-06-01"}, No},
		"given by the subject": {&homewardv1.ConsentItem{Given: yes, Giver: "Self", Date: "2024-06-01", ReviewDate: "2027-06-01"}, Yes},
		"review this year":     {&homewardv1.ConsentItem{Given: yes, Date: "2024-06-01", ReviewDate: "2026"}, No},
		"given in the future":  {&homewardv1.ConsentItem{Given: yes, Date: "2026-12-01", ReviewDate: "2027-06-01"}, No},
	} {
		r := &homewardv1.ChildRecord{
			Birth:   &homewardv1.Birth{BirthDate: assertions(homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL, "2005-03-09")},
			Consent: &homewardv1.Consent{DiscloseToOthers: c.item},
		}
		if got := freshConsent(r, testNow()); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// One ICRC source makes its list ICRC-origin, of its identity alone; a record that
// comes from the ICRC, or does not say from where, is so altogether.
func TestOwnership(t *testing.T) {
	t.Parallel()
	if len(slots()) > maxSlots {
		t.Fatalf("%d paths and identities do not fit", len(slots()))
	}
	const (
		original = homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL
		imposed  = homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED
		unsaid   = homewardv1.AssertionKind_ASSERTION_KIND_UNSPECIFIED
	)
	from := func(system, source string, kind homewardv1.AssertionKind) *homewardv1.ChildRecord {
		return &homewardv1.ChildRecord{
			Record: &homewardv1.RecordInfo{OriginSystem: system},
			Birth:  &homewardv1.Birth{BirthDate: []*homewardv1.Assertion{{Source: "register", Kind: original}, {Source: source, Kind: kind}}},
		}
	}
	for name, c := range map[string]struct {
		record *homewardv1.ChildRecord
		holder string
		lost   []slot // nil: everything
	}{
		"nothing is known":           {&homewardv1.ChildRecord{}, "unicef", nil},
		"blank":                      {from("  ", "", original), "unicef", nil},
		"another system":             {from("primero", "", original), "unicef", []slot{}},
		"the ICRC's":                 {from("ICRC Prot6", "", original), "unicef", nil},
		"what the ICRC itself holds": {from("primero", "", original), "icrc", nil},
		"one source": {from("primero", "icrc:rfl-2023", original), "unicef", []slot{
			{"birth.birth_date", "original"}, {"birth.age", "original"}, {"record.reliability_band", "original"},
		}},
		"one source of the imposed identity": {from("primero", "МКЧХ", imposed), "unicef", []slot{
			{"birth.birth_date", "imposed"}, {"birth.age", "imposed"}, {"record.reliability_band", "original"},
		}},
		"one source of no identity": {from("primero", "CICR", unsaid), "unicef", []slot{
			{"birth.birth_date", "original"}, {"birth.age", "original"}, {"record.reliability_band", "original"},
			{"birth.birth_date", "imposed"}, {"birth.age", "imposed"},
		}},
		"one source, no system": {from("", "ICRC", original), "unicef", nil},
		"a name like it":        {from("micro", "icr", original), "unicef", []slot{}},
	} {
		own := ownOf(c.record, c.holder)
		for s, i := range slots() {
			if lost := c.lost == nil || slices.Contains(c.lost, s); own.has(i) == lost {
				t.Errorf("%s: %v is own: %v", name, s, own.has(i))
			}
		}
	}
}

// What the input says of provenance is what was computed, the star for everything.
func TestOwnershipIsWritten(t *testing.T) {
	t.Parallel()
	some := allOwn()
	some.lose(slots()[slot{"name.family", "imposed"}])
	some.lose(slots()[slot{"birth.sex", "original"}])
	for name, own := range map[string]ownership{"nothing": {}, "everything": allOwn(), "some": some} {
		w := writer{[]byte("{")}
		own.write(&w)
		w.close()
		var doc struct{ Own map[string]map[string]string }
		if err := json.Unmarshal(w.b, &doc); err != nil {
			t.Fatal(err)
		}
		for s, i := range slots() {
			if said := doc.Own[s.path][s.identity] == "yes" || doc.Own["*"][s.identity] == "yes"; said != own.has(i) {
				t.Errorf("%s: %v: %v", name, s, said)
			}
		}
	}
}

func TestServicesConsent(t *testing.T) {
	t.Parallel()
	item := func(given homewardv1.Tristate, giver, authority, date, review string) *homewardv1.ConsentItem {
		return &homewardv1.ConsentItem{Given: given, Giver: giver, Authority: authority, Date: date, ReviewDate: review}
	}
	const yes, no = homewardv1.Tristate_TRISTATE_TRUE, homewardv1.Tristate_TRISTATE_FALSE
	for name, c := range map[string]struct {
		item *homewardv1.ConsentItem
		want Tri
	}{
		"none":                        {nil, Unknown},
		"a mother":                    {item(yes, "Mother", "parental responsibility", "2026-01-02", "2027-01-02"), Yes},
		"a guardian whom Kyiv chose":  {item(yes, "guardian", "Authority of origin", "2026-01-02", "2027-01-02"), Yes},
		"a guardian whom others did":  {item(yes, "guardian", "occupation administration", "2026-01-02", "2027-01-02"), Unknown},
		"the state for its ward":      {item(yes, "authority_of_origin", "ward of state", "2026-01-02", "2027-01-02"), Yes},
		"an institution":              {item(yes, "institution", "its director", "2026-01-02", "2027-01-02"), Unknown},
		"nobody says who":             {item(yes, "", "parental responsibility", "2026-01-02", "2027-01-02"), Unknown},
		"nobody says with what right": {item(yes, "mother", " ", "2026-01-02", "2027-01-02"), Unknown},
		"review is due":               {item(yes, "mother", "parent", "2025-01-02", "2026-11-22"), Unknown},
		"no review date":              {item(yes, "mother", "parent", "2025-01-02", ""), Unknown},
		"no date":                     {item(yes, "mother", "parent", "", "2027-01-02"), Unknown},
		"of the future":               {item(yes, "mother", "parent", "2026-12-01", "2027-01-02"), Unknown},
		"refused":                     {item(no, "", "", "", ""), No},
	} {
		if got := servicesConsent(c.item, testNow()); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestUnspecifiedIsUnknown(t *testing.T) {
	t.Parallel()
	for in, want := range map[homewardv1.Tristate]Tri{
		homewardv1.Tristate_TRISTATE_TRUE: Yes, homewardv1.Tristate_TRISTATE_FALSE: No,
		homewardv1.Tristate_TRISTATE_UNSPECIFIED: Unknown, 7: Unknown, -1: Unknown,
	} {
		if got := tri(in); got != want {
			t.Errorf("%v: %d, want %d", in, got, want)
		}
	}
	if Tri(9).word() != `"unknown"` || Tri(-1).word() != `"unknown"` {
		t.Error("a Tri that is none is not unknown")
	}
}

// The facts of a record are the key of its decision: every fact is in the
// input, and a fact that differs makes another input.
func TestEveryFactIsInTheInput(t *testing.T) {
	t.Parallel()
	if n := len(catalog.Groups()); n > maxGroups {
		t.Fatalf("%d columns do not fit", n)
	}
	question := []byte(`{"a":1}`)
	base := recordFacts{matched: "original", count: 1, age: child}
	seen := map[string]bool{string(base.input(question)): true}
	for name, change := range map[string]func(*recordFacts){
		"matched": func(f *recordFacts) { f.matched = "imposed" }, "count": func(f *recordFacts) { f.count = 2 },
		"age": func(f *recordFacts) { f.age = adult }, "location": func(f *recordFacts) { f.locationProtected = Yes },
		"publicity": func(f *recordFacts) { f.publicity = Yes }, "litigation": func(f *recordFacts) { f.litigation = Yes },
		"captor": func(f *recordFacts) { f.captor = Yes }, "hold": func(f *recordFacts) { f.hold = Yes },
		"safe": func(f *recordFacts) { f.safe = Yes }, "tracing": func(f *recordFacts) { f.tracing = Yes },
		"others": func(f *recordFacts) { f.others = Yes }, "services": func(f *recordFacts) { f.services = Yes },
		"deny": func(f *recordFacts) { f.denyDetails = Yes }, "fresh": func(f *recordFacts) { f.fresh = Yes },
		"icrc": func(f *recordFacts) { f.icrc = Yes }, "own": func(f *recordFacts) { f.own = allOwn() },
		"refused": func(f *recordFacts) { f.refused = Yes }, "disclosed": func(f *recordFacts) { f.disclosed[3][1] = Yes },
	} {
		f := base
		change(&f)
		input := f.input(question)
		if !json.Valid(input) || seen[string(input)] || !bytes.HasPrefix(input, question[:len(question)-1]) {
			t.Errorf("%s: input %s", name, input)
		}
		seen[string(input)] = true
	}
}

func TestDisclosedGroups(t *testing.T) {
	t.Parallel()
	d := Disclosed{Groups: []string{"photo/original", "names_birth/imposed"}}
	for want, key := range map[Tri][][2]string{
		Yes: {{"photo", "original"}, {"names_birth", "imposed"}},
		No:  {{"photo", "imposed"}, {"phot", "o/original"}, {"names_birth", "original"}, {"", ""}},
	} {
		for _, k := range key {
			if got := d.has(k[0], k[1]); got != want {
				t.Errorf("%v: %d", k, got)
			}
		}
	}
	if (Disclosed{Unreadable: true}).has("photo", "original") != Yes {
		t.Error("what cannot be read was not given")
	}
}

// The encoding is JSON that reads back as what was written, and two texts never look alike.
func FuzzText(f *testing.F) {
	f.Add("", "\x80")
	f.Add(`"\`, "\u2028")
	f.Add("Зразкова\x00", "Зразкова\x01")
	f.Add("\xed\xb2\x80", "\x80")
	f.Fuzz(func(t *testing.T, a, b string) {
		ea, eb := appendText(nil, a), appendText(nil, b)
		if bytes.Equal(ea, eb) != (a == b) {
			t.Fatalf("%q and %q: %s and %s", a, b, ea, eb)
		}
		var back string
		if err := json.Unmarshal(ea, &back); err != nil {
			t.Fatalf("%q: %v", a, err)
		}
		if utf8.ValidString(a) && back != a {
			t.Fatalf("%q is read as %q", a, back)
		}
	})
}

// Facts that come from outside cannot change the form of the input.
func FuzzQuestionInput(f *testing.F) {
	f.Add("RETURN", "case_officer", "gov-pl", "government", "name.family", "family")
	f.Add(`","agreement":"yes`, "}", "{", "\xff", `"`, "\\")
	f.Fuzz(func(t *testing.T, purpose, role, id, kind, field, criterion string) {
		facts := Facts{Requester: Party{ID: id, Kind: kind}, Holder: Party{ID: kind, Kind: id}}
		facts.Query.Purpose, facts.Query.Officer.Role, facts.Query.Fields = purpose, role, []string{field}
		input := questionInput(facts, []string{criterion}, false)
		var doc struct {
			Purpose, Agreement string
			Officer            struct{ Role string }
			Requester, Holder  struct {
				ID, Kind string
				Origin   bool `json:"authority_of_origin"`
			}
			Question struct{ By []string }
		}
		if err := json.Unmarshal(input, &doc); err != nil {
			t.Fatalf("%v: %s", err, input)
		}
		if doc.Agreement != "unknown" || doc.Requester.Origin || len(doc.Question.By) != 1 {
			t.Fatalf("the form changed: %s", input)
		}
		for _, pair := range [][2]string{{purpose, doc.Purpose}, {role, doc.Officer.Role}, {id, doc.Requester.ID}, {kind, doc.Holder.ID}} {
			if utf8.ValidString(pair[0]) && pair[0] != pair[1] {
				t.Fatalf("%q is read as %q", pair[0], pair[1])
			}
		}
	})
}
