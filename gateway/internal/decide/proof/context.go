package proof

import "encoding/json"

// Fact is "yes", "no" or "unknown"; "" is a fact that is missing from the input.
type Fact string

// Words of a Fact.
const (
	Yes     Fact = "yes"
	No      Fact = "no"
	Unknown Fact = "unknown"
)

// Party is a participant as the policy sees it. Its flags are true or false;
// anything else, or nothing at all, is what an input may hold and nobody knows.
type Party struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Origin     any    `json:"authority_of_origin,omitempty"`
	Prohibited any    `json:"prohibited,omitempty"`
	Suspended  any    `json:"suspended,omitempty"`
}

// Context is one input of the policy, of the form that package decide writes.
type Context struct {
	Purpose        string                     `json:"purpose"`
	Officer        Officer                    `json:"officer"`
	Requester      Party                      `json:"requester"`
	Holder         Party                      `json:"holder"`
	Agreement      Fact                       `json:"agreement,omitempty"`
	Link           Fact                       `json:"link,omitempty"`
	GoAhead        map[string]Fact            `json:"go_ahead,omitempty"` // by column
	Approval       map[string]string          `json:"approval,omitempty"` // by column: "yes" or "waiting"
	ICRCRelease    Fact                       `json:"icrc_release,omitempty"`
	Attested       Fact                       `json:"attested,omitempty"`
	Mandate        Fact                       `json:"mandate,omitempty"` // AUDIT: an agreement names the reviewer, and covers the holder
	Need           string                     `json:"need"`
	Linked         Fact                       `json:"linked,omitempty"` // these four: whom to ask, before it is asked
	Lead           Fact                       `json:"lead,omitempty"`
	GoAheadNames   Fact                       `json:"go_ahead_names,omitempty"`
	AgreementNames Fact                       `json:"agreement_names,omitempty"`
	Question       Question                   `json:"question"`
	Known          Known                      `json:"known"`
	Record         Record                     `json:"record"`
	Disclosed      map[string]map[string]Fact `json:"disclosed"` // by column and identity
}

// Officer who asks.
type Officer struct {
	Role string `json:"role"`
}

// Question is its form: which criteria it has, never what they say.
type Question struct {
	By          []string        `json:"by"`
	Wildcard    Fact            `json:"wildcard,omitempty"`
	Linked      Fact            `json:"linked,omitempty"`
	Criteria    Fact            `json:"criteria,omitempty"`
	Record      Fact            `json:"record,omitempty"`
	Push        Fact            `json:"push,omitempty"` // nobody asked: the holder sends
	FieldsKnown Fact            `json:"fields_known,omitempty"`
	Fields      map[string]bool `json:"fields"`
}

// Known is what the requester has of the child before any answer.
type Known struct {
	Name  Fact `json:"name,omitempty"`
	Photo Fact `json:"photo,omitempty"`
}

// Record is what is known of the record that was found: facts, no values.
type Record struct {
	Matched    string                     `json:"matched"`
	Count      int                        `json:"count"`
	Flags      map[string]Fact            `json:"flags"`
	Consent    map[string]Fact            `json:"consent"`
	Age        string                     `json:"age"`
	ICRCOrigin Fact                       `json:"icrc_origin,omitempty"`
	AtSite     Fact                       `json:"at_site,omitempty"` // at the place that a go-ahead names
	Own        map[string]map[string]Fact `json:"own"`               // by path ("*": every one) and identity: no source of it is the ICRC
}

// Input is the context as the policy reads it.
func (c *Context) Input() []byte {
	b, _ := json.Marshal(c) // structs, maps and texts: it cannot fail
	return b
}
