package matching_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/matching"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// All children in these tests are synthetic.

// sample has two identities, and one full name without parts.
const sample = `{
  "name": {
    "full": [{"value": "Бондар Дем'ян Ілліч", "kind": "ASSERTION_KIND_ALIAS"}],
    "given": [
      {"value": "Олександр", "kind": "ASSERTION_KIND_ORIGINAL"},
      {"value": "Сашко", "kind": "ASSERTION_KIND_ALIAS"},
      {"value": "Александр", "kind": "ASSERTION_KIND_IMPOSED"},
      {"value": "Ніхто"},
      {"value": "Oлег", "kind": "ASSERTION_KIND_ORIGINAL"}
    ],
    "family": [
      {"value": "Шевченко", "kind": "ASSERTION_KIND_BIRTH"},
      {"value": "Shevchenko", "kind": "ASSERTION_KIND_TRANSLITERATED", "transliteration_of": "IDENTITY_ORIGINAL"},
      {"value": "Петров", "kind": "ASSERTION_KIND_IMPOSED"}
    ]
  },
  "birth": {
    "birth_date": [
      {"value": "2014-03-09", "kind": "ASSERTION_KIND_ORIGINAL"},
      {"value": "201X", "kind": "ASSERTION_KIND_ALIAS"},
      {"value": "20XX", "kind": "ASSERTION_KIND_ALIAS"},
      {"value": "2016", "kind": "ASSERTION_KIND_IMPOSED"}
    ],
    "birth_place": [
      {"kind": "ASSERTION_KIND_ORIGINAL", "place": {"country": "UA", "oblast": "Харківська область"}},
      {"kind": "ASSERTION_KIND_IMPOSED", "place": {"country": "RU", "oblast": "Пермский край"}}
    ],
    "sex": "male"
  },
  "documents": {"national_id": "20140309-00017", "imposed_passport_no": "45 07 123456", "unhcr_id": "UN-77"}
}`

func record(t testing.TB, text string) adapters.Record {
	t.Helper()
	c := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal([]byte(text), c); err != nil {
		t.Fatal(err)
	}
	return adapters.Record{ID: "1", Version: "1", Child: c}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	type c = adapters.Criteria
	const original, imposed, miss = catalog.Original, catalog.Imposed, ""
	for name, test := range map[string]struct {
		criteria c
		want     string
	}{
		"names and year":               {c{Given: "Олександр", Family: "Шевченко", Born: "2014"}, original},
		"case, spaces, accents":        {c{Given: "  ОЛЕКСАНДР ", Family: "шевче\u0301нко", Born: " 2014-03-09"}, original},
		"in Latin":                     {c{Given: "Oleksandr", Family: "SHEVCHENKO", Born: "2014"}, original},
		"an alias":                     {c{Given: "Сашко", Family: "Шевченко"}, original},
		"another given name":           {c{Given: "Олексій", Family: "Шевченко", Born: "2014"}, miss},
		"a prefix":                     {c{Given: "Олекс", Family: "Шевченко", Born: "2014"}, miss},
		"wildcard":                     {c{Given: "*", Family: "Шевченко", Born: "2014"}, miss},
		"imposed":                      {c{Given: "Александр", Family: "Петров", Born: "2016"}, imposed},
		"imposed in Latin":             {c{Given: "Aleksandr", Family: "Petrov", Born: "2016-05"}, imposed},
		"mixed names":                  {c{Given: "Олександр", Family: "Петров"}, miss},
		"mixed name and date":          {c{Given: "Александр", Family: "Петров", Born: "2014"}, miss},
		"mixed name and document":      {c{Given: "Александр", Family: "Петров", Document: "20140309-00017"}, miss},
		"mixed full name":              {c{Full: "Олександр Петров", Sex: "male"}, miss},
		"of no identity":               {c{Given: "Ніхто", Family: "Шевченко"}, miss},
		"look-alike in the criteria":   {c{Given: "Oлександр", Family: "Шевченко"}, miss},
		"look-alike in the record":     {c{Given: "Олег", Family: "Шевченко"}, miss},
		"look-alike in both":           {c{Given: "Oлег", Family: "Шевченко"}, miss},
		"full name from parts":         {c{Full: "Шевченко Олександр", Sex: "male"}, original},
		"full name, imposed":           {c{Full: "Петров Александр", Sex: "male"}, imposed},
		"full name as written":         {c{Full: "Дем’ян Бондар", Sex: "male"}, original},
		"full name without apostrophe": {c{Full: "Демян Бондар Ілліч", Sex: "male"}, original},
		"full name in Latin":           {c{Full: "Demian Bondar Illich", Sex: "male"}, original},
		"a word twice":                 {c{Full: "Бондар Бондар", Sex: "male"}, miss},
		"a word too many":              {c{Full: "Дем'ян Бондар Петрович", Sex: "male"}, miss},
		"patronymic in the full name":  {c{Patronymic: "Ілліч", Family: "Шевченко"}, original},
		"patronymic that is not there": {c{Patronymic: "Петрович", Family: "Шевченко"}, miss},
		"patronymic, imposed has none": {c{Patronymic: "Ілліч", Family: "Петров"}, miss},
		"month":                        {c{Family: "Шевченко", Born: "2014-03"}, original},
		"another day, wide alias":      {c{Family: "Шевченко", Born: "2015-04-01"}, original},
		"outside all dates":            {c{Family: "Шевченко", Born: "2009"}, miss},
		"five years":                   {c{Family: "Шевченко", Born: "2012/2016"}, original},
		"six years are too many":       {c{Family: "Шевченко", Born: "2012/2017"}, miss},
		"a century":                    {c{Family: "Шевченко", Born: "20XX"}, miss},
		"no date":                      {c{Family: "Шевченко", Born: "весна 2014"}, miss},
		"sex":                          {c{Family: "Шевченко", Sex: "Male"}, original},
		"another sex":                  {c{Family: "Шевченко", Sex: "female"}, miss},
		"unknown sex":                  {c{Family: "Шевченко", Sex: "unknown"}, miss},
		"oblast":                       {c{Family: "Шевченко", BirthOblast: "харківська обл."}, original},
		"oblast in Latin":              {c{Family: "Шевченко", BirthOblast: "Kharkivska oblast"}, original},
		"another oblast":               {c{Family: "Шевченко", BirthOblast: "Сумська"}, miss},
		"oblast of the other":          {c{Family: "Шевченко", BirthOblast: "Пермский край"}, miss},
		"only the word":                {c{Family: "Шевченко", BirthOblast: "область"}, miss},
		"document":                     {c{Family: "Шевченко", Document: "2014030900017"}, original},
		"reference":                    {c{Family: "Шевченко", Document: "un-77"}, original},
		"imposed passport":             {c{Family: "Петров", Document: "4507 123456"}, imposed},
		"part of a document":           {c{Family: "Шевченко", Document: "20140309"}, miss},
		"no document":                  {c{Family: "Шевченко", Document: "--"}, miss},
		"both identities":              {c{Sex: "male", Born: "2016"}, original},
		"one criterion":                {c{Document: "20140309-00017"}, miss},
		"none":                         {c{}, miss},
		"blank criteria":               {c{Given: " ", Family: " "}, miss},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := matching.Identity(test.criteria, record(t, sample))
			if got != test.want || ok != (test.want != "") {
				t.Errorf("%+v: %q, %v, want %q", test.criteria, got, ok, test.want)
			}
		})
	}
}

// An empty record, or none, is no match, whatever is asked.
func TestEmptyRecord(t *testing.T) {
	t.Parallel()
	for _, r := range []adapters.Record{{}, record(t, `{}`), record(t, `{"documents": {"national_id": " "}}`)} {
		if got, ok := matching.Identity(adapters.Criteria{Sex: "male", Document: "x", Family: "Шевченко"}, r); ok {
			t.Errorf("%q", got)
		}
	}
}

func TestSoftSign(t *testing.T) {
	t.Parallel()
	r := record(t, `{"name": {"family": [{"value": "Маль", "kind": "ASSERTION_KIND_ORIGINAL"}]}, "birth": {"sex": "female"}}`)
	for family, want := range map[string]bool{"Маль": true, "Mal": true, "Мал": false} {
		if _, ok := matching.Identity(adapters.Criteria{Family: family, Sex: "female"}, r); ok != want {
			t.Errorf("%s: %v", family, ok)
		}
	}
}

func TestFirst(t *testing.T) {
	t.Parallel()
	family := record(t, sample).Child.GetName().GetFamily()
	if got := matching.First(family, catalog.Original); got != "Шевченко" {
		t.Error(got)
	}
	if got := matching.First(family[1:], catalog.Original); got != "Shevchenko" {
		t.Error(got)
	}
	if got := matching.First(family[:2], catalog.Imposed); got != "" {
		t.Error(got)
	}
}

// No text of a criterion makes two identities one, and the order of a record's
// assertions does not matter.
func FuzzIdentity(f *testing.F) {
	f.Add("Олександр", "Петров", "2014", "male", "4507 123456")
	f.Add("Александр", "Shevchenko", "201X", "", "")
	f.Add("O\u0301лег", "ʼ", "2014-03-09/2016", "unknown", "\xff")
	f.Fuzz(func(t *testing.T, given, family, born, sex, document string) {
		c := adapters.Criteria{Given: given, Family: family, Born: born, Sex: sex, Document: document}
		r := record(t, sample)
		got, ok := matching.Identity(c, r)
		n := r.Child.Name
		for _, list := range []*[]*homewardv1.Assertion{&n.Given, &n.Family, &r.Child.Birth.BirthDate} {
			for i, j := 0, len(*list)-1; i < j; i, j = i+1, j-1 {
				(*list)[i], (*list)[j] = (*list)[j], (*list)[i]
			}
		}
		if again, _ := matching.Identity(c, r); again != got {
			t.Fatalf("%q, turned round %q", got, again)
		}
		if !ok {
			return
		}
		// Without what is of the identity that matched, nothing matches by it.
		other := record(t, strings.NewReplacer("ORIGINAL", "IMPOSED", "BIRTH", "IMPOSED", "ALIAS", "IMPOSED").Replace(sample))
		if again, _ := matching.Identity(adapters.Criteria{Given: given, Family: family, Born: born}, other); again == catalog.Original {
			t.Fatal("matched an identity that has no assertions")
		}
	})
}

func BenchmarkIdentity(b *testing.B) {
	r := record(b, sample)
	c := adapters.Criteria{Given: "Александр", Family: "Петров", Born: "2016", Sex: "male"}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := matching.Identity(c, r); !ok {
			b.Fatal("no match")
		}
	}
}

// TestResembles: other forms of a name are found within one identity; everything
// else is as strict, and Identity does not follow.
func TestResembles(t *testing.T) {
	t.Parallel()
	type c = adapters.Criteria
	for name, test := range map[string]struct {
		criteria c
		want     string
	}{
		"Russian form":        {c{Given: "Александр", Family: "Шевченко", Born: "2014"}, catalog.Original},
		"diminutive":          {c{Given: "Шура", Family: "Шевченко"}, catalog.Original},
		"of the imposed":      {c{Given: "Саша", Family: "Петрова", Born: "2016"}, catalog.Imposed},
		"a full name":         {c{Full: "Шевченко Саша", Sex: "male"}, catalog.Original},
		"as written":          {c{Full: "Демьян Бондар Ильич", Sex: "male"}, catalog.Original},
		"another name":        {c{Given: "Олексій", Family: "Шевченко"}, ""},
		"mixed identities":    {c{Given: "Саша", Family: "Петров", Born: "2014"}, ""},
		"another date":        {c{Given: "Саша", Family: "Шевченко", Born: "2009"}, ""},
		"short for many":      {c{Given: "Слава", Family: "Шевченко"}, ""},
		"one criterion":       {c{Given: "Саша"}, ""},
		"a look-alike letter": {c{Given: "Cаша", Family: "Шевченко"}, ""},
	} {
		r := record(t, sample)
		if got, ok := matching.Resembles(test.criteria, r); got != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if got, ok := matching.Identity(test.criteria, r); ok {
			t.Errorf("%s: Identity says %q", name, got)
		}
	}
}
