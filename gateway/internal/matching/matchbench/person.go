package matchbench

import "fmt"

// person is what is true of one child.
type person struct {
	n              int // in the file; -1 if the file does not have the child
	isGirl         bool
	given          *given
	family         *surname
	born           date
	home           *place
	siblings       []*person // of the same family, without the child
	imposed        *given    // the name of its imposed papers, if a listing was found
	imposedFamily  *surname
	imposedBorn    date
	father, mother *given
	inRussian      bool // its file was written in Russian
}

// date is a day of a year.
type date struct{ year, month, day int }

func (d date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }

// age in years in November 2023, when the listings were found.
func (d date) age() int {
	if d.month >= 11 {
		return 2022 - d.year
	}
	return 2023 - d.year
}

// firstYear and years bound the birth dates.
const firstYear, years = 2006, 16

func anyDate(r *random, year int) date { return date{year, 1 + r.intn(12), 1 + r.intn(28)} }

// size of a family: more than half of the children of the file have a sibling in it.
func (s *Set) size(family uint64) int {
	return 1 + stream(s.options.Seed, ofSize, family).pick(58, 27, 10, 4, 1)
}

// household is what the children of one family share, and the draws of its first child.
type household struct {
	family         *surname
	father, mother *given
	home           *place
	first          *given
	isGirl         bool
	year           int
}

func (s *Set) household(r *random) household {
	l := s.lists
	h := household{
		family: &l.families[l.familyOdds.pick(r)], father: &l.boys[l.fatherOdds.pick(r)],
		mother: &l.girls[l.girlOdds.pick(r)], home: &l.places[l.placeOdds.pick(r)], isGirl: r.chance(49), year: firstYear + r.intn(years),
	}
	h.first = s.name(r, h.isGirl)
	return h
}

func (s *Set) name(r *random, girl bool) *given {
	if girl {
		return &s.lists.girls[s.lists.girlOdds.pick(r)]
	}
	return &s.lists.boys[s.lists.boyOdds.pick(r)]
}

// people are the children of a family, the first one with number first, or -1 for
// all if they are not in the file. One family in fifty has a namesake of the
// family before: family name, first child and year of birth.
func (s *Set) people(family uint64, first, size int) []*person {
	r := stream(s.options.Seed, ofFamily, family)
	h := s.household(r)
	if family > 0 && r.chance(2) {
		other := s.household(stream(s.options.Seed, ofFamily, family-1))
		h.family, h.first, h.isGirl, h.year = other.family, other.first, other.isGirl, other.year
	}
	inRussian := r.chance(10)
	born := anyDate(r, h.year)
	all := make([]*person, size)
	for i := range all {
		p := &person{n: first, isGirl: h.isGirl, given: h.first, family: h.family, father: h.father, mother: h.mother, home: h.home, inRussian: inRussian}
		if first >= 0 {
			p.n = first + i
		}
		if i > 0 {
			p.isGirl = r.chance(49)
			p.given = s.another(r, p.isGirl, all[:i])
			if !r.chance(3) { // else a twin
				born = anyDate(r, firstYear+(born.year-firstYear+1+r.intn(4))%years)
			}
		}
		p.born = born
		if r.chance(8) {
			p.imposed, p.imposedFamily, p.imposedBorn = s.another(r, p.isGirl, []*person{p}), p.family, s.imposedDate(r, p.born)
			if r.chance(30) {
				p.imposedFamily = &s.lists.families[s.lists.familyOdds.pick(r)]
			}
		}
		all[i] = p
	}
	for i, p := range all {
		for j, other := range all {
			if i != j {
				p.siblings = append(p.siblings, other)
			}
		}
	}
	return all
}

// another is a given name that none of these children has.
func (s *Set) another(r *random, girl bool, than []*person) *given {
next:
	for {
		name := s.name(r, girl)
		for _, p := range than {
			if p.given == name {
				continue next
			}
		}
		return name
	}
}

// imposedDate changes day and month, and mostly the year, by up to four.
func (s *Set) imposedDate(r *random, born date) date {
	shift := r.pick(15, 35, 30, 15, 5)
	if r.chance(50) {
		shift = -shift
	}
	return anyDate(r, born.year+shift)
}
