package minimize

import (
	"strconv"
	"strings"

	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Leaves that the gateway derives.
const (
	pathAge         = "birth.age"
	pathReliability = "record.reliability_band"
)

// derivedAge computes the age from the birth dates of one identity. It goes
// before an age that the source states: that one was true on the day it was
// written down, and a child grows. Of several it is the youngest: doubt means child.
func (s *subject) derivedAge(dst []byte, identity string, write func([]byte, int) []byte) ([]byte, bool) {
	youngest := s.youngest(identity)
	if youngest < 0 {
		return dst, false
	}
	dst = append(dst, `[{"value":`...)
	return append(write(dst, youngest), "}]"...), true
}

// born says whether a birth date of this identity tells its age.
func (s *subject) born(identity string) bool { return s.youngest(identity) >= 0 }

// youngest is the least age that the birth dates of one identity allow; -1 if none tells.
func (s *subject) youngest(identity string) int {
	youngest := -1
	for _, a := range s.Record.Child.GetBirth().GetBirthDate() {
		if catalog.IdentityOf(a) != identity {
			continue
		}
		d, ok := edtf.Parse(a.GetValue())
		if !ok {
			continue
		}
		if age, ok := d.Age(s.question.at); ok && age < maxAge && (youngest < 0 || age < youngest) {
			youngest = age
		}
	}
	return youngest
}

// maxAge is above any age of a person: a date that gives more is a mistake.
const maxAge = 130

func appendAge(dst []byte, age int) []byte { return appendString(dst, strconv.Itoa(age)) }

func appendAgeBand(dst []byte, age int) []byte { return appendString(dst, ageBand(age)) }

func ageBand(age int) string {
	switch {
	case age < 5:
		return "0-4"
	case age < 10:
		return "5-9"
	case age < 15:
		return "10-14"
	case age < 18:
		return "15-17"
	}
	return "18+"
}

// ageBandOf generalises an age as sources write it: "12", or "10-12" if both
// ends fall into one band.
func ageBandOf(s string) (string, bool) {
	from, to, ranged := strings.Cut(s, "-")
	low, ok := years(from)
	high := low
	if ok && ranged {
		high, ok = years(to)
	}
	if !ok || high < low || ageBand(low) != ageBand(high) {
		return "", false
	}
	return ageBand(low), true
}

func years(s string) (int, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 8)
	return int(n), err == nil && n < maxAge
}

// reliability is the band of a record for the identity asked by: of each of the
// leaves that tell who the child is the best assertion counts, of the leaves
// the weakest. What has no grade is low.
func (s *subject) reliability(dst []byte) ([]byte, bool) {
	name, birth := s.Record.Child.GetName(), s.Record.Child.GetBirth()
	weakest := 0
	for _, list := range [][]*homewardv1.Assertion{name.GetFull(), name.GetGiven(), name.GetFamily(), birth.GetBirthDate()} {
		best := 0
		for _, a := range list {
			if catalog.IdentityOf(a) == s.Matched {
				best = max(best, grade(a))
			}
		}
		if best > 0 && (weakest == 0 || best < weakest) {
			weakest = best
		}
	}
	if weakest == 0 {
		return dst, false
	}
	return appendString(dst, [...]string{"low", "medium", "high"}[weakest-1]), true
}

// grade reads the two axes of the Admiralty code: 3 for A-B with 1-2, 2 for
// A-C with 1-3, else 1.
func grade(a *homewardv1.Assertion) int {
	letter, number := a.GetReliability(), a.GetCredibility()
	switch {
	case number < 1 || number > 3 || letter < "A" || letter > "C" || len(letter) != 1:
		return 1
	case letter <= "B" && number <= 2:
		return 3
	}
	return 2
}
