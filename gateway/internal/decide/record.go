package decide

import (
	"sync"
	"time"

	"homeward.example/schemas/catalog"
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
	refused                        Tri // for_services was refused
	denyDetails, fresh, icrc       Tri
	atSite                         Tri // at a place that a go-ahead names
	own                            ownership
	disclosed                      [maxGroups][2]Tri // by group, original and imposed
}

// maxGroups bounds the columns of the catalogue; a test holds it.
const maxGroups = 12

func factsOf(r fetchedRecord, q Facts, count int, d Disclosed, now time.Time) recordFacts {
	c := r.record.Child
	flags, consent := c.GetFlags(), c.GetConsent()
	f := recordFacts{
		matched: r.matched, count: count, age: ageOf(c, now),
		locationProtected: tri(flags.GetLocationProtected()), publicity: tri(flags.GetPublicityForbidden()),
		litigation: tri(flags.GetLitigationHold()), captor: tri(flags.GetCaptorRisk()),
		hold: tri(flags.GetHoldByOrigin()), safe: tri(flags.GetSafeAndReachable()),
		tracing: tri(consent.GetForTracing().GetGiven()), others: tri(consent.GetDiscloseToOthers().GetGiven()),
		services: servicesConsent(consent.GetForServices(), now), refused: yes(consent.GetForServices().GetGiven() == homewardv1.Tristate_TRISTATE_FALSE),
		denyDetails: tri(consent.GetDenyDetails().GetGiven()),
		fresh:       freshConsent(c, now), own: ownOf(c, q.Holder.Kind),
	}
	f.icrc = yes(f.own != allOwn())
	f.atSite = atSite(c, f.own, q)
	if d.Held {
		f.hold = Yes
	}
	for i, group := range groups() {
		f.disclosed[i] = [2]Tri{d.has(group, catalog.Original), d.has(group, catalog.Imposed)}
	}
	return f
}

var groups = sync.OnceValue(catalog.Groups)

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
	w.tri("services_refused", f.refused)
	w.tri("deny_details", f.denyDetails)
	w.tri("fresh", f.fresh)
	w.close()
	w.text("age", f.age)
	w.tri("icrc_origin", f.icrc)
	w.tri("at_site", f.atSite)
	f.own.write(&w)
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
