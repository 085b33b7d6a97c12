package minimize

import (
	"slices"
	"strconv"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
)

// body is the content of an answer in the making. Records are appended as
// bytes: the policy's list of fields is copied as it was encoded with the verdicts.
type body struct {
	Status       string
	Links        []envelope.Element
	PendingUntil int64
	Problem      *envelope.AnswerProblem
	content      []byte // as far as it is written
}

// tailSize is room for what comes after the records, and before them.
const tailSize = 384

// add appends one record: digests and decoys, what the recipient is told of
// each field, obligations.
func (b *body) add(ds []envelope.Disclosure, set *decide.Set) {
	b.content = slices.Grow(b.content, len(set.Answer)+envelope.DigestListSize(len(ds))+tailSize)
	if len(b.content) == 0 {
		b.open()
	} else {
		b.content = append(b.content, ',')
	}
	b.content = envelope.AppendDigestList(append(b.content, `{"_sd":`...), ds)
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

// close writes the rest by hand: encoding/json takes for it what a dozen values cost.
func (b *body) close(ref envelope.PolicyRef) []byte {
	if len(b.content) == 0 {
		b.open()
	}
	o := object{dst: append(b.content, ']'), any: true}
	if len(b.Links) > 0 {
		o.key("links")
		o.dst = appendElements(o.dst, b.Links)
	}
	if b.PendingUntil != 0 {
		o.key("pending_until")
		o.dst = strconv.AppendInt(o.dst, b.PendingUntil, 10)
	}
	if p := b.Problem; p != nil {
		o.key("problem")
		o.members("code", p.Code, "detail", p.Detail, "remedy", p.Remedy)
	}
	o.key("policy")
	o.members("bundle", ref.Bundle, "overlay", ref.Overlay, "version", ref.Version)
	o.text("schema", envelope.Schema)
	o.text("_sd_alg", "sha-256")
	return append(o.dst, '}')
}

// members writes an object of texts; those that are empty are left out.
func (o *object) members(pairs ...string) {
	inner := object{dst: append(o.dst, '{')}
	for i := 0; i < len(pairs); i += 2 {
		inner.text(pairs[i], pairs[i+1])
	}
	o.dst = append(inner.dst, '}')
}

func appendElements(dst []byte, list []envelope.Element) []byte {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"...":`...)
		dst = append(appendString(dst, e.Digest), '}')
	}
	return append(dst, ']')
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
