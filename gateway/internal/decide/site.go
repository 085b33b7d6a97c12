package decide

import (
	"slices"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Leaves of an organisation's own site.
const (
	location = "current.location"
	careType = "current.care_type"
)

// SiteMembers are the members of a place that a site may name, the widest first.
func SiteMembers() []string {
	return []string{"country", "oblast", "raion", "hromada", "settlement", "katottg", "point"}
}

// IsSite says whether a place is narrow enough to be one organisation's own: a point
// in a settlement. Anything wider would be the whereabouts of other people's children.
func IsSite(site map[string]string) bool {
	for name, value := range site {
		if !slices.Contains(SiteMembers(), name) || adapters.Normalise(value) == "" {
			return false
		}
	}
	return site["point"] != "" && (site["settlement"] != "" || site["katottg"] != "")
}

// atSite says whether a child is at a place that a go-ahead names, by all that the
// go-ahead says of it. Unknown if no go-ahead names one, or where the child is came
// from the ICRC and is not released: the answer would tell of it.
func atSite(c *homewardv1.ChildRecord, own ownership, q Facts) Tri {
	i, ok := slots()[slot{location, catalog.Original}]
	free := q.ICRCRelease == Yes || q.Holder.Kind == "icrc"
	place := c.GetCurrent().GetLocation()
	if !ok || len(q.Sites) == 0 || place == nil || !own.has(i) && !free {
		return Unknown
	}
	return yes(slices.ContainsFunc(q.Sites, func(site map[string]string) bool { return IsSite(site) && within(place, site) }))
}

func within(p *homewardv1.Place, site map[string]string) bool {
	of := map[string]string{
		"country": p.GetCountry(), "oblast": p.GetOblast(), "raion": p.GetRaion(), "hromada": p.GetHromada(),
		"settlement": p.GetSettlement(), "katottg": p.GetKatottg(), "point": p.GetPoint(),
	}
	for name, value := range site {
		if adapters.Normalise(of[name]) != adapters.Normalise(value) {
			return false
		}
	}
	return true
}
