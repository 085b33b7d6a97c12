package envelope

import "encoding/json"

// Events of a homeward-sighting: what it says, and who may say it to whom.
const (
	EventSubmitted = "submitted"  // a submitter, to a recipient: a child was seen
	EventWithdrawn = "withdrawn"  // a submitter, to whom it submitted: take it back
	EventNeedsInfo = "needs_info" // a recipient, to the submitter: something is missing
	EventShared    = "shared"     // a holder, to a second organisation: look at this too
	EventReviewed  = "reviewed"   // a second organisation, to the holder: what its people say
	EventClosing   = "closing"    // a holder, to the authority of origin: the child is reunified, or dead
	EventClosed    = "closed"     // the authority of origin, back: that is so, or is not
)

// Sighting is the content of a homeward-sighting: a report that a child was seen,
// or what belongs to one. It is answered by a receipt, and sent until it is.
type Sighting struct {
	Claims
	Event string `json:"event"`
	// Report is the id that its submitter gave it, the same for every recipient; of
	// what is shared and reviewed, the holder's.
	Report string `json:"report_id"`
	// Values by member of the schema's message, e.g. "claimed_identity"; disclosures on the wire.
	Values map[string]json.RawMessage `json:"-"`
	Schema string                     `json:"schema"`
}

// SightingReceipt is what an answer says to a homeward-sighting: the same whether
// the child is known or not.
type SightingReceipt struct {
	// Reference in words, by language: "en", "uk".
	Reference map[string]string `json:"reference"`
	Filler    string            `json:"filler"`      // makes receipts of one length, whatever the words
	Received  int64             `json:"received_at"` // seconds since 1970
	// Hash is the base64url SHA-256 of the report.
	Hash string `json:"hash"`
	// Feedback is on the report, never on a match.
	Feedback []string `json:"feedback,omitempty"`
}

// SightingPayload builds a homeward-sighting.
func SightingPayload(s Sighting) ([]byte, []Disclosure, error) {
	values, err := disclose(s.Values)
	if err != nil {
		return nil, nil, err
	}
	return payload(struct {
		Sighting
		Report digests `json:"report"`
		SDAlg  string  `json:"_sd_alg"`
	}{s, digests{DigestList(values)}, sdAlg}, values)
}

// Sighting returns the content of a homeward-sighting, as far as it was disclosed.
func (v Verified) Sighting() (Sighting, error) { return decode(v, TypeSighting, (*decoder).sighting) }

func (d *decoder) sighting() Sighting {
	s := Sighting{Claims: d.claims, Event: d.text("event"), Report: d.text("report_id"), Schema: d.text("schema")}
	i, ok := d.find("report", kindObject, true)
	if !ok {
		return s
	}
	for m := range d.children(i) {
		if d.name(m) != "_sd" {
			d.fail("report", "disclosures alone", "a member in the open")
			return s
		}
	}
	s.Values = d.content.values(i)
	return s
}

// receipt reads the claim of an answer; nil if it has none.
func (d *decoder) receipt() *SightingReceipt {
	i, ok := d.find("receipt", kindObject, false)
	if !ok {
		return nil
	}
	r := &SightingReceipt{}
	if json.Unmarshal([]byte(d.raw(i)), r) != nil { // scanned before: a kind that does not fit, and nothing else
		d.fail("receipt", "reference, received_at, hash and feedback", "another kind of value in it")
	}
	return r
}
