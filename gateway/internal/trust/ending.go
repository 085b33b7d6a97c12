package trust

import (
	"slices"
	"time"
)

// endingWithin is how long before its end an agreement is worth a warning: a new
// one has to be negotiated and signed.
const endingWithin = 30 * 24 * time.Hour

// Ending lists the agreements that have ended or will within endingWithin, the
// first to end at the top, unless a later one covers the same.
func (r Registry) Ending(now time.Time) []Agreement {
	var out []Agreement
	for _, a := range r.Agreements {
		if a.Until.Sub(now) < endingWithin && !slices.ContainsFunc(r.Agreements, a.replacedBy) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Agreement) int { return a.Until.Compare(b.Until) })
	return out
}

// replacedBy says whether another agreement covers the same, for longer.
func (a Agreement) replacedBy(b Agreement) bool {
	return b.Holder == a.Holder && b.Recipient == a.Recipient && b.Until.After(a.Until) &&
		!slices.ContainsFunc(a.Purposes, func(p string) bool { return !slices.Contains(b.Purposes, p) })
}
