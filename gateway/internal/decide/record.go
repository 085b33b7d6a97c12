package decide

import (
	"strings"
	"sync"
	"time"

	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// recordFacts is what the policy sees of a record and of what its requester
// already has: no value of it. It is comparable, so that it is itself the key of
// a cached decision, and the input is made from it alone.
type recordFacts struct {
	matched                        string
	count                          int // records that matched
	age                            string
	locationProtected, publicity   Tri
	litigation, captor, hold, safe Tri
	tracing, others, services      Tri
	denyDetails, fresh, icrc       Tri
	disclosed                      [maxGroups][2]Tri // by group, original and imposed
}

// maxGroups bounds the columns of the catalogue; a test holds it.
const maxGroups = 12

func factsOf(r fetchedRecord, count int, d Disclosed, now time.Time) recordFacts {
	c := r.record.Child
	flags, consent := c.GetFlags(), c.GetConsent()
	f := recordFacts{
		matched: r.matched, count: count, age: ageOf(c, now),
		locationProtected: tri(flags.GetLocationProtected()), publicity: tri(flags.GetPublicityForbidden()),
		litigation: tri(flags.GetLitigationHold()), captor: tri(flags.GetCaptorRisk()),
		hold: tri(flags.GetHoldByOrigin()), safe: tri(flags.GetSafeAndReachable()),
		tracing: tri(consent.GetForTracing().GetGiven()), others: tri(consent.GetDiscloseToOthers().GetGiven()),
		services: tri(consent.GetForServices().GetGiven()), denyDetails: tri(consent.GetDenyDetails().GetGiven()),
		fresh: freshConsent(c, now), icrc: icrcOrigin(c),
	}
	for i, group := range groups() {
		f.disclosed[i] = [2]Tri{d.has(group, catalog.Original), d.has(group, catalog.Imposed)}
	}
	return f
}

var groups = sync.OnceValue(catalog.Groups)

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
// up (never 11) and that need not be looked at again yet.
func freshConsent(c *homewardv1.ChildRecord, now time.Time) Tri {
	item := c.GetConsent().GetDiscloseToOthers()
	given, ok := edtf.Parse(item.GetDate())
	review, ok2 := edtf.Parse(item.GetReviewDate())
	today := day(now)
	switch {
	case item.GetGiven() == homewardv1.Tristate_TRISTATE_FALSE:
		return No
	case item.GetGiven() != homewardv1.Tristate_TRISTATE_TRUE || !ok || !ok2:
		return Unknown
	case given.Last > today || review.First <= today:
		return No
	}
	return yes(ageOf(c, date(given.First)) == adult)
}

// day is a time as edtf counts days: YYYYMMDD.
func day(t time.Time) int {
	t = t.UTC()
	return t.Year()*10000 + int(t.Month())*100 + t.Day()
}

func date(day int) time.Time {
	return time.Date(day/10000, time.Month(day/100%100), day%100, 0, 0, 0, 0, time.UTC)
}

// icrcOrigin says whether anything in a record came from the ICRC: one such
// source makes all of it ICRC-origin. A record that does not say where it comes
// from is unknown. An assertion without a source has that of its record.
func icrcOrigin(c *homewardv1.ChildRecord) Tri {
	system := c.GetRecord().GetOriginSystem()
	if isICRC(system) {
		return Yes
	}
	n, b := c.GetName(), c.GetBirth()
	for _, list := range [...][]*homewardv1.Assertion{
		n.GetFull(), n.GetGiven(), n.GetPatronymic(), n.GetFamily(), n.GetNickname(), n.GetOther(),
		b.GetBirthDate(), b.GetAge(), b.GetBirthPlace(), c.GetOrigin().GetNationality(),
	} {
		for _, a := range list {
			if isICRC(a.GetSource()) {
				return Yes
			}
		}
	}
	if strings.TrimSpace(system) == "" {
		return Unknown
	}
	return No
}

// isICRC finds the organisation in the name of a source: "icrc", "ICRC-Kyiv", "icrc:rfl".
func isICRC(source string) bool {
	const name = "icrc"
	for i := 0; i+len(name) <= len(source); i++ {
		if strings.EqualFold(source[i:i+len(name)], name) {
			return true
		}
	}
	return false
}

// input completes the input of a question.
func (f recordFacts) input(question []byte) []byte {
	w := writer{append(make([]byte, 0, len(question)+1024), question[:len(question)-1]...)}
	w.object("record")
	w.text("matched", f.matched)
	w.number("count", f.count)
	w.object("flags")
	w.tri("location_protected", f.locationProtected)
	w.tri("publicity_forbidden", f.publicity)
	w.tri("litigation_hold", f.litigation)
	w.tri("captor_risk", f.captor)
	w.tri("hold_by_origin", f.hold)
	w.tri("safe_and_reachable", f.safe)
	w.close()
	w.object("consent")
	w.tri("for_tracing", f.tracing)
	w.tri("disclose_to_others", f.others)
	w.tri("for_services", f.services)
	w.tri("deny_details", f.denyDetails)
	w.tri("fresh", f.fresh)
	w.close()
	w.text("age", f.age)
	w.tri("icrc_origin", f.icrc)
	w.close()
	w.object("disclosed")
	for i, group := range groups() {
		w.object(group)
		w.tri(catalog.Original, f.disclosed[i][0])
		w.tri(catalog.Imposed, f.disclosed[i][1])
		w.close()
	}
	w.close()
	w.close()
	return w.b
}

// has: a ledger that could not be read has given everything.
func (d Disclosed) has(group, identity string) Tri {
	if d.Unreadable {
		return Yes
	}
	for _, g := range d.Groups {
		if len(g) == len(group)+1+len(identity) && g[:len(group)] == group && g[len(group)] == '/' && g[len(group)+1:] == identity {
			return Yes
		}
	}
	return No
}
