// Package synthetic makes children who do not exist, for the demo, the tests
// and the benchmarks. Every record says that it is synthetic. The same seed
// makes the same children, and child n is the same however many there are.
package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"homeward.example/adapters"
)

// Mark stands in every record that this package makes.
const Mark = "SYNTHETIC – not a real child"

// DefaultSeed is used where Options.Seed is zero.
const DefaultSeed = 20220224

// firstDay and birthDays bound the birth dates.
var firstDay = time.Date(2006, 3, 1, 0, 0, 0, 0, time.UTC)

const birthDays = 14 * 365

// person is what is true of one child, before any holder writes it down.
type person struct {
	n                         int
	girl                      bool
	given                     given
	family, patronymic        string
	father, mother            string
	born                      time.Time
	place, facility           []string
	full                      bool // every group of the record is filled
	renamed                   bool // has an imposed identity
	imposedFamily             string
	imposedBorn               string
	flags                     bool // the flags are known
	captorRisk, protectedHome bool
	siblings                  []int
	serial                    int // for document numbers
}

// maker holds the lists of names, read once.
type maker struct {
	seed                        uint64
	boys, girls                 []given
	fathers                     []father
	families                    []string
	imposed, places, facilities [][]string
}

func newMaker(seed uint64) *maker {
	if seed == 0 {
		seed = DefaultSeed
	}
	return &maker{
		seed: seed, boys: givens(boysText), girls: givens(girlsText), fathers: fathers(fathersText),
		families: strings.Fields(familiesText), imposed: table(imposedText), places: table(placesText), facilities: table(facilitiesText),
	}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// person makes child n. Child 0 is the one of the demo, children 1 and 2 the sisters;
// of the others, 6 is the sibling of 5, 11 of 10, and so on.
func (m *maker) person(n int) person {
	if n < 3 {
		return m.demo(n)
	}
	r := rand.New(rand.NewPCG(m.seed, uint64(n)))
	p := person{n: n, girl: r.IntN(2) == 0, serial: 100_000 + n}
	p.given = pick(r, m.boys)
	if p.girl {
		p.given = pick(r, m.girls)
	}
	p.siblings = siblings(n)
	m.household(&p)
	p.born = firstDay.AddDate(0, 0, r.IntN(birthDays))
	p.facility = pick(r, m.facilities)
	p.full = r.IntN(4) == 0
	p.renamed = r.IntN(3) == 0
	p.imposedFamily = pick(r, m.imposed)[gender(p.girl)]
	p.imposedBorn = fmt.Sprint(p.born.Year() + r.IntN(2))
	p.flags = r.IntN(5) > 0
	p.captorRisk, p.protectedHome = r.IntN(3) == 0, r.IntN(4) == 0
	return p
}

func siblings(n int) []int {
	switch {
	case n < 5:
		return nil
	case n%5 == 0:
		return []int{n + 1}
	case n%5 == 1:
		return []int{n - 1}
	}
	return nil
}

// household draws what siblings share from a stream of its own: that of the lower number.
func (m *maker) household(p *person) {
	first := p.n
	for _, s := range p.siblings {
		first = min(first, s)
	}
	r := rand.New(rand.NewPCG(m.seed, 1<<32|uint64(first)))
	f := pick(r, m.fathers)
	name := pick(r, m.families)
	p.father, p.mother = f.uk+" "+name, pick(r, m.girls).uk+" "+familyOf(name, true)
	p.patronymic, p.family = f.son, familyOf(name, p.girl)
	if p.girl {
		p.patronymic = f.daughter
	}
	p.place = pick(r, m.places)
}

func gender(girl bool) int {
	if girl {
		return 1
	}
	return 0
}

func (m *maker) demo(n int) person {
	p := person{
		n: n, given: given{"Олександр", "Александр"}, family: "Шевченко", patronymic: "Іванович",
		father: "Іван Шевченко", mother: "Оксана Шевченко", born: time.Date(2014, 3, 9, 0, 0, 0, 0, time.UTC),
		place: []string{"Донецька", "Маріупольський", "Маріуполь"}, facility: m.facilities[1],
		full: true, renamed: true, imposedFamily: "Морозов", imposedBorn: "2015", flags: true,
		siblings: []int{1, 2}, serial: 100_000 + n,
	}
	if n == 1 {
		p.girl, p.given, p.patronymic = true, given{"Марія", "Мария"}, "Іванівна"
		p.born, p.imposedFamily, p.imposedBorn = time.Date(2011, 8, 24, 0, 0, 0, 0, time.UTC), "Морозова", "2012"
		p.siblings = []int{0, 2}
	}
	if n == 2 {
		p.girl, p.given, p.patronymic = true, given{"Софія", "София"}, "Іванівна"
		p.born, p.imposedFamily, p.imposedBorn = time.Date(2017, 5, 12, 0, 0, 0, 0, time.UTC), "Морозова", "2018"
		p.siblings = []int{0, 1}
	}
	return p
}

// sex as the schema writes it.
func (p person) sex() string {
	if p.girl {
		return "female"
	}
	return "male"
}

func (p person) birthDate() string { return p.born.Format(time.DateOnly) }

// title writes a transliteration with capitals.
func title(name string) string {
	parts := strings.Split(adapters.Latin(name), "-")
	for i, s := range parts {
		if s != "" {
			parts[i] = strings.ToUpper(s[:1]) + s[1:]
		}
	}
	return strings.Join(parts, "-")
}
