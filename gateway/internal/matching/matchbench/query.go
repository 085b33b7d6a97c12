package matchbench

import (
	"slices"
	"strconv"

	"homeward.example/gateway/internal/synthetic"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Kinds of queries, each with an equal share.
const (
	Transliteration  = "transliteration"
	RussianForm      = "russian_form"
	Diminutive       = "diminutive"
	ImposedGiven     = "imposed_given"
	ImposedBirthDate = "imposed_birth_date"
	SwappedDayMonth  = "swapped_day_month"
	NoPatronymic     = "missing_patronymic"
	ListingOnly      = "listing_only"
	TypingErrors     = "typing_errors"
)

// Kinds in the order of the table.
func Kinds() []string {
	return []string{
		Transliteration, RussianForm, Diminutive, ImposedGiven, ImposedBirthDate,
		SwappedDayMonth, NoPatronymic, ListingOnly, TypingErrors,
	}
}

// Query is a child that somebody asks for.
type Query struct {
	Kind string
	// Truth is the id of the record; "" if the file does not have the child.
	Truth string
	Child *homewardv1.ChildRecord
}

// claim is what the asker knows and how it is spelled, before it is written as a record.
// "" and zero are what is not known. What it says has no kind: the asker does not
// know which papers are true; only a listing is known to be imposed.
type claim struct {
	family, given, patronymic string
	born, age                 string
	sex                       string
	oblast, settlement        string
	siblings                  []*homewardv1.FamilyMember
	siblingsListed            int
}

func (s *Set) query(n int) Query {
	r := stream(s.options.Seed, ofQuery, uint64(n))
	q := Query{Kind: Kinds()[n%len(Kinds())]}
	p := s.target(r, r.chance(absent))
	for q.Kind == SwappedDayMonth && swapped(p.born) == p.born {
		p = s.target(r, p.n < 0)
	}
	if p.n >= 0 {
		q.Truth = recordID(p.n)
	}
	if q.Kind == ListingOnly {
		q.Child = s.listing(r, p)
	} else {
		c := s.claim(r, q.Kind, p)
		q.Child = c.record()
	}
	q.Child.Record = &homewardv1.RecordInfo{RecordId: "q-" + recordID(n)[len("syn-"):], OriginSystem: origin}
	q.Child.Evidence = &homewardv1.Evidence{Custody: []string{synthetic.Mark}}
	return q
}

// target is a child of the file, or of a family that the file does not have.
func (s *Set) target(r *random, isAbsent bool) *person {
	if isAbsent {
		family := uint64(len(s.starts) + r.intn(len(s.starts)))
		return one(r, s.people(family, -1, s.size(family)))
	}
	return s.person(r.intn(s.options.Records))
}

// claim corrupts a child as its kind says, beside what is always amiss: a date of
// the year alone, no place, another spelling.
func (s *Set) claim(r *random, kind string, p *person) claim {
	w, given, family := s.spelling(r, kind), p.given, p.family
	if kind == ImposedGiven {
		given = s.another(r, p.isGirl, []*person{p})
		if p.imposed != nil && r.chance(50) {
			given, family = p.imposed, p.imposedFamily
		}
	}
	c := claim{family: w.family(family, p.isGirl), given: w.given(given), oblast: p.home.oblast}
	if kind == Diminutive {
		dims := given.ukDims
		if w.ru {
			dims = given.ruDims
		}
		c.given = w.in(one(r, dims))
	}
	if kind != NoPatronymic && r.chance(75) {
		c.patronymic = w.patronymic(p)
	}
	c.date(r, kind, s, p)
	c.place(r, p, w.ru)
	if r.chance(92) {
		c.sex = sex(p)
	}
	if r.chance(25) {
		c.siblings = siblings(p, w)
	}
	if kind == TypingErrors {
		c.typos(r)
	}
	return c
}

// spelling by the kind; where it is not the point, two thirds write as the record does.
func (s *Set) spelling(r *random, kind string) spelling {
	switch kind {
	case Transliteration:
		return s.anyLatin(r)
	case RussianForm, ImposedGiven:
		return spelling{ru: true, loose: r.chance(25)}
	case ImposedBirthDate:
		return spelling{ru: r.chance(60)}
	}
	switch r.pick(65, 25, 10) {
	case 1:
		return spelling{ru: true, loose: r.chance(25)}
	case 2:
		return spelling{latin: s.lists.latin[0].write}
	}
	return spelling{}
}

// anyLatin is one table for all, or for some askers two at a time, and careless now and then.
func (s *Set) anyLatin(r *random) spelling {
	t := &s.lists.latin[r.pick(tableOdds...)]
	w := spelling{ru: t.russian, latin: t.write}
	if r.chance(20) {
		other := t
		for other == t || other.russian != t.russian {
			other = &s.lists.latin[r.pick(tableOdds...)]
		}
		w.latin = func(name string) string { return mixed(r, t, other, name) }
	}
	if exact := w.latin; r.chance(15) {
		w.latin = func(name string) string { return careless(r, exact(name)) }
	}
	return w
}

func (c *claim) date(r *random, kind string, s *Set, p *person) {
	born, weights := p.born, []int{75, 12, 5, 8}
	switch kind {
	case SwappedDayMonth:
		born, weights = swapped(p.born), []int{1}
	case ImposedBirthDate:
		born, weights = s.imposedDate(r, p.born), []int{80, 20}
		if p.imposed != nil && r.chance(50) {
			born = p.imposedBorn
		}
	case ImposedGiven:
		weights = []int{70, 18, 4, 8}
	}
	switch r.pick(weights...) {
	case 0:
		c.born = born.String()
	case 1:
		c.born = strconv.Itoa(born.year)
	case 2:
		c.born = strconv.Itoa(born.year+r.pick(50, 0, 50)-1) + "~"
	case 3:
		if r.chance(60) {
			c.age = strconv.Itoa(born.age())
		}
	}
}

func (c *claim) place(r *random, p *person, ru bool) {
	c.oblast = p.home.oblast
	switch r.pick(25, 35, 40) {
	case 0:
		c.settlement = p.home.uk
		if ru {
			c.settlement = p.home.ru
		}
	case 2:
		c.oblast = ""
	}
	if ru && c.oblast != "" {
		c.oblast = oblasts[c.oblast]
	}
}

func sex(p *person) string {
	if p.isGirl {
		return "female"
	}
	return "male"
}

// record writes a claim down.
func (c *claim) record() *homewardv1.ChildRecord {
	out := &homewardv1.ChildRecord{Name: &homewardv1.Name{}, Birth: &homewardv1.Birth{Sex: c.sex}}
	for list, value := range map[*assertions]string{
		&out.Name.Family: c.family, &out.Name.Given: c.given, &out.Name.Patronymic: c.patronymic,
		&out.Birth.BirthDate: c.born, &out.Birth.Age: c.age,
	} {
		if value != "" {
			*list = assertions{{Value: value}}
		}
	}
	if c.age != "" {
		out.Birth.Age[0].AssertedAt = "2023-11"
	}
	if c.oblast != "" {
		out.Birth.BirthPlace = born(c.oblast, c.settlement, 0)
		out.Birth.BirthPlace[0].Source = ""
	}
	if len(c.siblings) > 0 {
		out.Family = &homewardv1.Family{Members: c.siblings}
	}
	return out
}

// listing is what an adoption listing says: a Russian first name, an age that may
// be a year off, the oblast the child came from, how many siblings it is offered with, and
// mostly their first names. It has no family name and no date.
func (s *Set) listing(r *random, p *person) *homewardv1.ChildRecord {
	w := spelling{ru: true}
	c := claim{given: w.given(p.given), sex: sex(p)}
	if r.chance(10) {
		c.given = one(r, p.given.ruDims)
	}
	age := p.born.age()
	c.age = strconv.Itoa(max(0, age+r.pick(10, 78, 12)-1))
	if r.chance(85) {
		c.oblast = oblasts[p.home.oblast]
	}
	c.siblingsListed = len(p.siblings)
	if len(p.siblings) > 0 && r.chance(10) { // parted: one of them is somewhere else
		c.siblingsListed--
	}
	if r.chance(80) {
		c.siblings = slices.Clone(siblings(p, w))[:c.siblingsListed]
	}
	out := c.record()
	for _, list := range []assertions{out.Name.Given, out.Birth.Age, out.Birth.BirthPlace} {
		for _, a := range list {
			a.Kind, a.Source = imposed, "listing"
		}
	}
	listed, _ := strconv.ParseInt(c.age, 10, 32) // it was written a few lines above
	out.Listing = &homewardv1.Listing{
		Source: origin, ListedName: c.given, ListedAge: int32(listed), SiblingsListed: int32(c.siblingsListed),
	}
	return out
}
