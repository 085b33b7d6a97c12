package minimize

import (
	"encoding/json"
	"slices"

	"homeward.example/gateway/internal/envelope"
)

// Attachment is what an answer brings beside its records: advice, which is the
// same for every question of a purpose, and case links that wait for the asker.
type Attachment struct {
	Advice *envelope.Advice
	Links  []string // SD-JWTs
}

// With attaches to an answer. To one that is pending or refused it adds nothing.
func (r Released) With(a Attachment) Released {
	if r.status != envelope.StatusAnswered || a.Advice == nil && len(a.Links) == 0 {
		return r
	}
	ds := linkDisclosures(a.Links)
	added := struct {
		Advice *envelope.Advice   `json:"advice,omitempty"`
		Links  []envelope.Element `json:"links,omitempty"`
	}{Advice: a.Advice}
	if len(ds) > 0 {
		added.Links = envelope.ElementList(ds)
	}
	b, err := json.Marshal(added)
	if err != nil || len(r.content) == 0 {
		return r // texts and digests: json.Marshal cannot fail on them
	}
	content := append(slices.Clone(r.content[:len(r.content)-1]), ',')
	r.content = append(content, b[1:]...)
	r.disclosures = slices.Concat(r.disclosures, ds)
	return r
}

// linkDisclosures makes array disclosures of case links.
func linkDisclosures(tokens []string) []envelope.Disclosure {
	names, values := make([]string, len(tokens)), make([]json.RawMessage, len(tokens))
	for i, token := range tokens {
		values[i] = appendString(nil, token)
	}
	return envelope.NewDisclosures(names, values)
}
