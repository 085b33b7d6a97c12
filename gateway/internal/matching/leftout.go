package matching

import (
	"errors"
	"strings"

	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// LeftOut names what a record says and FromRecord does not compare: the field and
// why, never the value.
func LeftOut(c *homewardv1.ChildRecord) (out []string) {
	var p *problem.Error
	if errors.As(Check(c), &p) {
		out = append(out, p.Where+": a word has letters of two alphabets that look alike")
	}
	say := func(path, why string) {
		if s := path + ": " + why; len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	for _, a := range c.GetBirth().GetBirthDate() {
		if d, ok := edtf.Parse(strings.TrimSpace(a.GetValue())); !ok || !d.Within(maxRecordYears) {
			say("birth.birth_date", "no date within ten years, as 2014-03-09, 2014-03, 2014 or 2014~")
		}
	}
	for _, a := range c.GetBirth().GetAge() {
		if d, ok := edtf.Parse(strings.TrimSpace(a.GetAssertedAt())); !ok || !d.Within(2) {
			say("birth.age", "asserted_at does not say when the age was stated, as 2023-11")
		}
	}
	if l := c.GetListing(); l.GetListedAge() > 0 && len(c.GetBirth().GetAge()) == 0 {
		if d, ok := edtf.Parse(strings.TrimSpace(c.GetRecord().GetCreatedAt())); !ok || !d.Within(2) {
			say("listing.listed_age", "neither birth.age nor record.created_at says when the age was stated")
		}
	}
	return out
}
