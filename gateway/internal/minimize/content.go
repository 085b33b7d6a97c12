package minimize

import (
	"encoding/json"
	"slices"

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
	content      []byte                  // as far as it is written
}

// tailSize is room for what comes after the records.
const tailSize = 512

// add appends one record: digests and decoys, what the recipient is told of
// each field, obligations.
func (b *body) add(ds []envelope.Disclosure, set *decide.Set) {
	list := envelope.DigestList(ds)
	b.content = slices.Grow(b.content, len(set.Answer)+50*len(list)+tailSize)
	if len(b.content) == 0 {
		b.open()
	} else {
		b.content = append(b.content, ',')
	}
	b.content = append(b.content, `{"_sd":`...)
	b.content = appendStrings(b.content, list)
	b.content = append(b.content, `,"fields":`...)
	b.content = append(b.content, set.Answer...)
	if len(set.Obligations) > 0 {
		b.content = append(b.content, `,"obligations":`...)
		b.content = appendStrings(b.content, set.Obligations)
	}
	b.content = append(b.content, '}')
}

func (b *body) open() {
	b.content = append(b.content, `{"status":"`...)
	b.content = append(b.content, b.Status...)
	b.content = append(b.content, `","records":[`...)
}

func (b *body) close(ref envelope.PolicyRef) []byte {
	b.Policy, b.Schema, b.SDAlg = ref, envelope.Schema, "sha-256"
	tail, err := json.Marshal(b)
	if err != nil {
		// Strings and one number: json.Marshal cannot fail on them. A content
		// that is no JSON would be refused by every reader.
		return nil
	}
	if len(b.content) == 0 {
		b.open()
	}
	b.content = append(b.content, "],"...)
	return append(b.content, tail[1:]...)
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
