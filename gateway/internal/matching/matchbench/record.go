package matchbench

import (
	"fmt"
	"strconv"

	"homeward.example/gateway/internal/synthetic"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

type (
	assertions = []*homewardv1.Assertion
	kind       = homewardv1.AssertionKind
)

const (
	origin         = "matchbench" // of records and assertions: it says that they are synthetic
	original       = homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL
	alias          = homewardv1.AssertionKind_ASSERTION_KIND_ALIAS
	imposed        = homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED
	transliterated = homewardv1.AssertionKind_ASSERTION_KIND_TRANSLITERATED
)

func recordID(n int) string { return fmt.Sprintf("syn-%07d", n) }

// spelling of a name: of which language, in which letters.
type spelling struct {
	ru    bool
	loose bool // of a clerk who translates parts of the family name
	latin func(string) string
}

func (w spelling) in(text string) string {
	if w.latin != nil {
		return w.latin(text)
	}
	return text
}

func (w spelling) given(g *given) string {
	if w.ru {
		return w.in(g.ru)
	}
	return w.in(g.uk)
}

func (w spelling) patronymic(p *person) string { return w.in(p.father.patronymic(p.isGirl, w.ru)) }

func (w spelling) family(f *surname, girl bool) string {
	switch {
	case w.ru && w.loose && girl:
		return w.in(russian(ruLoose.Replace(f.ruGirl), false))
	case w.ru && w.loose:
		return w.in(russian(ruLoose.Replace(f.ru), false))
	case w.ru && girl:
		return w.in(f.ruGirl)
	case w.ru:
		return w.in(f.ru)
	case girl:
		return w.in(f.ukGirl)
	}
	return w.in(f.uk)
}

func say(value string, k kind) assertions {
	return assertions{{Value: value, Kind: k, Source: origin}}
}

func written(value, script, language string, k kind) *homewardv1.Assertion {
	return &homewardv1.Assertion{Value: value, Script: script, Language: language, Kind: k, Source: origin}
}

// record is the child as its holder wrote it down: with gaps, estimates, and now
// and then an error of its own.
func (s *Set) record(p *person) *homewardv1.ChildRecord {
	r := stream(s.options.Seed, ofRecord, uint64(p.n))
	c := &homewardv1.ChildRecord{
		Record:   &homewardv1.RecordInfo{RecordId: recordID(p.n), OriginSystem: origin, Status: "open"},
		Name:     s.recordName(r, p),
		Birth:    recordBirth(r, p),
		Evidence: &homewardv1.Evidence{Custody: []string{synthetic.Mark}},
	}
	s.recordFamily(r, p, c)
	if r.chance(40) {
		c.Documents = &homewardv1.Documents{BirthCertificateNo: fmt.Sprintf("І-СН %06d", r.intn(1_000_000))}
	}
	if r.chance(50) {
		c.Physical = &homewardv1.Physical{
			Eye: one(r, []string{"brown", "grey", "blue", "green"}), Hair: one(r, []string{"fair", "dark", "brown"}),
		}
	}
	if p.imposed != nil {
		s.recordImposed(p, c)
	}
	return c
}

func (s *Set) recordName(r *random, p *person) *homewardv1.Name {
	w, language := spelling{ru: p.inRussian}, "uk"
	if w.ru {
		language = "ru"
	}
	given, family, patronymic := w.given(p.given), w.family(p.family, p.isGirl), w.patronymic(p)
	if r.chance(2) {
		family = typo(r, family)
	}
	if r.chance(12) {
		patronymic = ""
	}
	if r.chance(6) { // an old list: one column of names
		full := family + " " + given
		if patronymic != "" {
			full += " " + patronymic
		}
		return &homewardv1.Name{Full: assertions{written(full, "Cyrl", language, original)}}
	}
	n := &homewardv1.Name{
		Given:  assertions{written(given, "Cyrl", language, original)},
		Family: assertions{written(family, "Cyrl", language, original)},
	}
	if patronymic != "" {
		n.Patronymic = assertions{written(patronymic, "Cyrl", language, original)}
	}
	if r.chance(30) { // from a travel document
		for list, value := range map[*assertions]string{&n.Given: p.given.uk, &n.Family: spelling{}.family(p.family, p.isGirl)} {
			a := written(s.lists.latin[0].write(value), "Latn", "uk", transliterated)
			a.TransliterationOf = homewardv1.Identity_IDENTITY_ORIGINAL
			*list = append(*list, a)
		}
	}
	if r.chance(8) {
		n.Nickname = assertions{written(one(r, p.given.ukDims), "Cyrl", "uk", alias)}
	}
	return n
}

func recordBirth(r *random, p *person) *homewardv1.Birth {
	b := &homewardv1.Birth{BirthDateEstimated: homewardv1.Tristate_TRISTATE_FALSE}
	switch r.pick(82, 4, 8, 2, 4) {
	case 0:
		b.BirthDate = say(p.born.String(), original)
	case 1:
		b.BirthDate = say(p.born.String()[:len("2014-03")], original)
	case 2:
		b.BirthDate = say(strconv.Itoa(p.born.year+r.pick(25, 50, 25)-1)+"~", original)
		b.BirthDateEstimated = homewardv1.Tristate_TRISTATE_TRUE
	case 3:
		b.BirthDate = say(swapped(p.born).String(), original)
	case 4:
		b.Age = say(strconv.Itoa(p.born.age()), original)
		b.Age[0].AssertedAt = "2023-11"
	}
	if r.chance(98) {
		b.Sex = "male"
		if p.isGirl {
			b.Sex = "female"
		}
	}
	switch r.pick(65, 25, 10) {
	case 0:
		b.BirthPlace = born(p.home.oblast, p.home.uk, original)
	case 1:
		b.BirthPlace = born(p.home.oblast, "", original)
	}
	return b
}

func born(oblast, settlement string, k kind) assertions {
	a := say(oblast, k)
	a[0].Place = &homewardv1.Place{Country: "UA", Oblast: oblast, Settlement: settlement}
	if settlement != "" {
		a[0].Value = settlement + ", " + oblast
	}
	return a
}

// recordFamily: siblings stand by reference, by name, both or not at all.
func (s *Set) recordFamily(r *random, p *person, c *homewardv1.ChildRecord) {
	f := &homewardv1.Family{}
	if r.chance(85) {
		for _, o := range p.siblings {
			f.SiblingRecordIds = append(f.SiblingRecordIds, recordID(o.n))
		}
	}
	if r.chance(75) {
		f.Members = siblings(p, spelling{ru: p.inRussian})
	}
	if r.chance(60) {
		w := spelling{ru: p.inRussian}
		f.Members = append(f.Members, &homewardv1.FamilyMember{Relation: "mother", Name: w.given(p.mother) + " " + w.family(p.family, true)})
	}
	if len(f.Members)+len(f.SiblingRecordIds) > 0 {
		c.Family = f
	}
}

func siblings(p *person, w spelling) (out []*homewardv1.FamilyMember) {
	for _, o := range p.siblings {
		relation := "brother"
		if o.isGirl {
			relation = "sister"
		}
		out = append(out, &homewardv1.FamilyMember{Relation: relation, Name: w.given(o.given)})
	}
	return out
}

// recordImposed adds the papers that the child was given, where a listing showed them.
func (s *Set) recordImposed(p *person, c *homewardv1.ChildRecord) {
	w := spelling{ru: true}
	c.Name.Given = append(c.Name.Given, written(w.given(p.imposed), "Cyrl", "ru", imposed))
	c.Name.Family = append(c.Name.Family, written(w.family(p.imposedFamily, p.isGirl), "Cyrl", "ru", imposed))
	c.Birth.BirthDate = append(c.Birth.BirthDate, say(p.imposedBorn.String(), imposed)...)
}

// swapped reads day and month the wrong way round; it is the same date if there is no such month.
func swapped(d date) date {
	if d.day > 12 {
		return d
	}
	return date{d.year, d.day, d.month}
}
