package decide

import (
	"slices"
	"strings"
	"time"

	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Ages as the policy reads them. Age counts from the original identity alone.
const (
	child      = "child"
	adult      = "adult"
	ageUnknown = "unknown"
)

// majority is when childhood ends (CRC 1).
const majority = 18

// tri reads a flag; unspecified, and a number that is no flag, is unknown.
func tri(t homewardv1.Tristate) Tri {
	switch t {
	case homewardv1.Tristate_TRISTATE_TRUE:
		return Yes
	case homewardv1.Tristate_TRISTATE_FALSE:
		return No
	}
	return Unknown
}

// ageOf tells whether a record is of a child. Birth dates of the original
// identity come first, stated ages after them. Doubt means child: one date that
// may be a child's is enough. Unknown if nothing can be read.
func ageOf(c *homewardv1.ChildRecord, now time.Time) string {
	age := ageUnknown
	for _, a := range c.GetBirth().GetBirthDate() {
		if !original(a) {
			continue
		}
		if d, ok := edtf.Parse(a.GetValue()); ok {
			if years, ok := d.Age(now); !ok || years < majority {
				return child
			}
			age = adult
		}
	}
	if age != ageUnknown {
		return age
	}
	for _, a := range c.GetBirth().GetAge() {
		// A stated age says nothing of when it was true: an adult's stays one, a
		// child's may have passed.
		if original(a) && a.GetValue() != "" {
			low, _, _ := strings.Cut(a.GetValue(), "-")
			if !adultAge(low) {
				return child
			}
			age = adult
		}
	}
	return age
}

func adultAge(s string) bool {
	return len(s) == 2 && s[0] >= '1' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' && s >= "18"
}

// original counts an assertion that says of no identity as the original one:
// it can only make the subject younger.
func original(a *homewardv1.Assertion) bool { return catalog.IdentityOf(a) != catalog.Imposed }

// freshConsent is a consent to disclosure that the subject gave after growing
// up (never 11) and that need not be looked at again yet. A file that does not
// say who gave it means its subject.
func freshConsent(c *homewardv1.ChildRecord, now time.Time) Tri {
	item := c.GetConsent().GetDiscloseToOthers()
	given := tri(item.GetGiven())
	if given != Yes {
		return given
	}
	on, review, ok := consentDates(item)
	today := day(now)
	switch {
	case !ok:
		return Unknown
	case !slices.Contains([]string{"", "child", "subject", "self"}, plain(item.GetGiver())):
		return No
	case on.Last > today || review.First <= today:
		return No
	}
	return yes(ageOf(c, date(on.First)) == adult)
}

// servicesConsent is a consent to services: given by somebody who may give it,
// and not yet due for review. What falls short of that is unknown, but for a refusal.
func servicesConsent(item *homewardv1.ConsentItem, now time.Time) Tri {
	given := tri(item.GetGiven())
	if given != Yes {
		return given
	}
	on, review, ok := consentDates(item)
	switch {
	case !ok || !mayConsent(item.GetGiver(), item.GetAuthority()):
		return Unknown
	case on.Last > day(now) || review.First <= day(now):
		return Unknown
	}
	return Yes
}

// consentDates are when a consent was given and when it is to be looked at again.
func consentDates(item *homewardv1.ConsentItem) (given, review edtf.Date, ok bool) {
	if given, ok = edtf.Parse(item.GetDate()); !ok {
		return given, review, false
	}
	review, ok = edtf.Parse(item.GetReviewDate())
	return given, review, ok
}

// mayConsent says whether somebody may consent to services for a child: a parent,
// the child itself, the authority of origin for wards of state, and a guardian
// whom the authority of origin appointed. Anybody else, a guardian whom the
// captor appointed above all, gives no consent; nor does one of whom nothing is said.
func mayConsent(giver, by string) bool {
	switch plain(giver) {
	case "parent", "parents", "mother", "father", "child", "subject", "self", "authority_of_origin":
		return plain(by) != ""
	case "guardian":
		return plain(by) == "authority_of_origin"
	}
	return false
}

// plain is a word of a file in one spelling: "Authority of origin" is "authority_of_origin".
func plain(word string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(word)), " ", "_")
}

// day is a time as edtf counts days: YYYYMMDD.
func day(t time.Time) int {
	t = t.UTC()
	return t.Year()*10000 + int(t.Month())*100 + t.Day()
}

func date(day int) time.Time {
	return time.Date(day/10000, time.Month(day/100%100), day%100, 0, 0, 0, 0, time.UTC)
}
