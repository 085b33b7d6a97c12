package sightings

import (
	"time"

	"homeward.example/gateway/internal/envelope"
)

// kept is what stays of a report that is erased: which capture it was of, and when that
// was made. Its own hash stands in the receipt.
func kept() []string { return []string{"content_sha256", "captured_at"} }

// Erase takes away what a sighting said, of the child, the witness and who reported, and
// what people wrote about it. What stays is its custody: from which organisation it came
// and when, who did what with it, its grades, and its hashes.
func (r *Received) Erase(now time.Time) {
	r.Values = Keep(r.Values, kept())
	r.Candidates, r.Child, r.Closing = nil, "", nil
	for i := range r.Steps {
		r.Steps[i].Note, r.Steps[i].Child = "", ""
	}
	r.Erased, r.Due = now, time.Time{}
}

// Erase takes away what a report said, what was asked about it, and which officer
// submitted it. Its hash stays.
func (r *Report) Erase(now time.Time) {
	r.Values, r.Question, r.Officer = nil, "", envelope.Officer{}
	r.Erased, r.Due = now, time.Time{}
}

// Linked says whether somebody connected a sighting with a record, or with another
// sighting that may be: a litigation hold on that record keeps it.
func (r Received) Linked() bool { return r.Child+r.MergedInto+r.DuplicateOf != "" }
