// Package matching compares what is known of a child with records, across
// scripts, languages, changed names and changed dates. It is pure. It has two faces.
//
// Index finds the records that a description may mean, of a million in
// milliseconds: names are read by classes (forms of one given name, patronymics,
// stems of family names) and by forms that all transliterations agree on; records
// are found by keys of what a child has in common with itself, and weighed as
// Fellegi and Sunter do, with weights that package train makes. Every candidate is
// explained, and none is linked: a person decides.
//
// Identity says which identity of one record was asked by, strictly: the original
// or the imposed one, never a mixture of both (never 7).
package matching

import (
	"strings"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Bounds of a birth date, in calendar years: a wider criterion is close to a
// wildcard, and a wider date in a record says nothing.
const (
	maxBornYears   = 5
	maxRecordYears = 10
)

// minCriteria is how many criteria a question must give (never 8).
const minCriteria = 2

// Identity compares every criterion that is given with the assertions of one
// identity, the original first; all must match within it. It is false for a
// record that matches neither identity or only both together, for fewer than
// two criteria, and for a criterion that cannot be read: a date that is none, a
// word of letters from two alphabets that look alike.
func Identity(c adapters.Criteria, r adapters.Record) (identity string, ok bool) {
	return identify(c, r, exactly)
}

// Resembles is Identity for a question that can release nothing: a name may also
// be another form of the one that was asked for (Саша, Александр and Oleksandr for
// Олександр; Левицкая for Левицький). Everything else is compared as strictly, and
// all within one identity. It must not decide what a case link covers, who is on
// hold, or what is released.
func Resembles(c adapters.Criteria, r adapters.Record) (identity string, ok bool) {
	return identify(c, r, resembling)
}

func identify(c adapters.Criteria, r adapters.Record, one comparison) (identity string, ok bool) {
	w, ok := read(c)
	if !ok {
		return "", false
	}
	w.one = one
	for _, identity := range []string{catalog.Original, catalog.Imposed} {
		if w.matches(r.Child, identity) {
			return identity, true
		}
	}
	return "", false
}

// First returns the first value of an identity in a list of assertions, one in
// its own script before a transliteration; "" if there is none.
func First(list []*homewardv1.Assertion, identity string) string {
	first := ""
	for _, a := range list {
		if catalog.IdentityOf(a) != identity || a.GetValue() == "" {
			continue
		}
		if a.GetKind() != homewardv1.AssertionKind_ASSERTION_KIND_TRANSLITERATED {
			return a.GetValue()
		}
		if first == "" {
			first = a.GetValue()
		}
	}
	return first
}

// wanted is the criteria made ready; what was not given is the zero value.
type wanted struct {
	full                      []word
	given, patronymic, family []word
	born                      edtf.Date
	sex, document             string
	oblast                    []word
	one                       comparison
}

func read(c adapters.Criteria) (wanted, bool) {
	w := wanted{sex: adapters.Normalise(c.Sex), document: number(c.Document)}
	n := 0
	for _, f := range []struct {
		text string
		read func(string) bool
	}{
		{c.Full, w.words(&w.full)}, {c.Given, w.words(&w.given)},
		{c.Patronymic, w.words(&w.patronymic)}, {c.Family, w.words(&w.family)},
		{c.Born, w.date}, {c.Sex, func(string) bool { return w.sex != "" && w.sex != "unknown" }},
		{c.BirthOblast, func(s string) bool { w.oblast = oblast(s); return len(w.oblast) > 0 }},
		{c.Document, func(string) bool { return w.document != "" }},
	} {
		if f.text == "" {
			continue
		}
		if n++; !f.read(f.text) {
			return wanted{}, false
		}
	}
	return w, n >= minCriteria
}

func (w *wanted) words(to *[]word) func(string) bool {
	return func(s string) bool {
		*to = words(s)
		return len(*to) > 0
	}
}

func (w *wanted) date(s string) (ok bool) {
	w.born, ok = edtf.Parse(strings.TrimSpace(s))
	return ok && w.born.Within(maxBornYears)
}

// matches compares with one identity. Sex belongs to both.
func (w *wanted) matches(c *homewardv1.ChildRecord, identity string) bool {
	name, birth := c.GetName(), c.GetBirth()
	return w.isCalled(name, identity) &&
		(w.born == edtf.Date{} || some(birth.GetBirthDate(), identity, w.isBorn)) &&
		(w.sex == "" || w.sex == adapters.Normalise(birth.GetSex())) &&
		(w.oblast == nil || some(birth.GetBirthPlace(), identity, func(a *homewardv1.Assertion) bool {
			return equal(oblast(a.GetPlace().GetOblast()), w.oblast)
		})) &&
		(w.document == "" || w.holds(c, identity))
}

func (w *wanted) isBorn(a *homewardv1.Assertion) bool {
	d, ok := edtf.Parse(strings.TrimSpace(a.GetValue()))
	return ok && d.Within(maxRecordYears) && (d.Contains(w.born) || w.born.Contains(d))
}

// holds compares a document's number, exactly but for spaces, hyphens and case.
func (w *wanted) holds(c *homewardv1.ChildRecord, identity string) bool {
	d := c.GetDocuments()
	numbers := []string{d.GetNationalId(), d.GetBirthCertificateNo(), d.GetPassportNo(), d.GetIcrcRef(), d.GetUnhcrId()}
	if identity == catalog.Imposed {
		numbers = []string{d.GetImposedPassportNo()}
	}
	for _, n := range numbers {
		if number(n) == w.document {
			return true
		}
	}
	return false
}

// some says whether one of the assertions of an identity passes.
func some(list []*homewardv1.Assertion, identity string, pass func(*homewardv1.Assertion) bool) bool {
	for _, a := range list {
		if catalog.IdentityOf(a) == identity && pass(a) {
			return true
		}
	}
	return false
}
