package minimize

import (
	"encoding/json"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
)

// body is the content of an answer in the making. Records are appended as
// bytes: the policy's list of fields is copied as it was encoded with the verdicts.
type body struct {
	Status       string                  `json:"-"`
	Links        []envelope.Element      `json:"links,omitempty"`
	PendingUntil int64                   `json:"pending_until,omitempty"`
	Problem      *envelope.AnswerProblem `json:"problem,omitempty"`
	Policy       envelope.PolicyRef      `json:"policy"`
	Schema       string                  `json:"schema"`
	SDAlg        string                  `json:"_sd_alg"`
	records      []byte
}

// add appends one record: digests and decoys, what the recipient is told of
// each field, obligations.
func (b *body) add(ds []envelope.Disclosure, set *decide.Set) {
	list := envelope.DigestList(ds)
	if b.records == nil {
		b.records = make([]byte, 0, len(set.Answer)+50*len(list)+512)
	} else {
		b.records = append(b.records, ',')
	}
	b.records = append(b.records, `{"_sd":`...)
	b.records = appendStrings(b.records, list)
	b.records = append(b.records, `,"fields":`...)
	b.records = append(b.records, set.Answer...)
	if len(set.Obligations) > 0 {
		b.records = append(b.records, `,"obligations":`...)
		b.records = appendStrings(b.records, set.Obligations)
	}
	b.records = append(b.records, '}')
}

func (b *body) close(ref envelope.PolicyRef) []byte {
	b.Policy, b.Schema, b.SDAlg = ref, envelope.Schema, "sha-256"
	tail, err := json.Marshal(b)
	if err != nil {
		// Strings and one number: json.Marshal cannot fail on them. A content
		// that is no JSON would be refused by every reader.
		return nil
	}
	out := make([]byte, 0, len(b.records)+len(tail)+64)
	out = append(out, `{"status":"`...)
	out = append(out, b.Status...)
	out = append(out, `","records":[`...)
	out = append(out, b.records...)
	out = append(out, "],"...)
	return append(out, tail[1:]...)
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}
