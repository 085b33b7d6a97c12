package matchbench

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// plain is a child as the baselines store it: one identity, columns of text. A
// record with imposed papers has two of them.
type plain struct {
	given, family, patronymic string // as written, or in Latin letters
	full                      string // all of the name, family name first
	from, to                  int    // years of birth; zero if unknown
	date                      string // if the day is known
	sex, oblast               string
	siblings                  string // given names
}

// identities are the child's: what was imposed stands apart, with the years of both.
func identities(c *homewardv1.ChildRecord) []plain {
	base := plain{sex: c.GetBirth().GetSex()}
	for _, m := range c.GetFamily().GetMembers() {
		if m.GetRelation() == "brother" || m.GetRelation() == "sister" {
			base.siblings += " " + m.GetName()
		}
	}
	if places := c.GetBirth().GetBirthPlace(); len(places) > 0 {
		base.oblast = places[0].GetPlace().GetOblast()
	}
	var out []plain
	for _, isImposed := range []bool{false, true} {
		of := func(list assertions) string {
			for _, a := range list {
				if (a.GetKind() == imposed) == isImposed && a.GetKind() != transliterated {
					return a.GetValue()
				}
			}
			return ""
		}
		p, n := base, c.GetName()
		p.given, p.family, p.patronymic, p.full = of(n.GetGiven()), of(n.GetFamily()), of(n.GetPatronymic()), of(n.GetFull())
		if p.full == "" {
			p.full = strings.Join(strings.Fields(p.family+" "+p.given+" "+p.patronymic), " ")
		} else if words := append(strings.Fields(p.full), "", "", ""); p.given == "" {
			p.family, p.given, p.patronymic = words[0], words[1], words[2]
		}
		p.born(of(c.GetBirth().GetBirthDate()), of(c.GetBirth().GetAge()))
		if p.full != "" {
			out = append(out, p)
		}
	}
	return out
}

// born reads a date, or else an age of November 2023.
func (p *plain) born(date, age string) {
	if len(date) >= len("2014") {
		year, _ := strconv.Atoi(date[:4]) // zero is unknown
		p.from, p.to = year, year
	}
	if len(date) == len("2014-03-09") {
		p.date = date
	}
	if years, err := strconv.Atoi(age); err == nil && p.from == 0 {
		p.from, p.to = 2022-years, 2023-years
	}
}

// latinise writes both alphabets of the two languages as KMU-55 writes Ukrainian,
// without accents: what a function in the database would do.
type latinise struct{ table table }

func newLatinise() latinise {
	t := tables()[0]
	fill(t.letters, "ё=e ъ= ы=y э=e")
	return latinise{t}
}

func (l latinise) text(s string) string {
	var out strings.Builder
	for _, word := range strings.Fields(s) {
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			word = l.table.write(word)
		}
		out.WriteString(strings.ToLower(word))
	}
	bare, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), out.String())
	if err != nil { // it is no UTF-8: as it stands
		return out.String()
	}
	return bare
}
