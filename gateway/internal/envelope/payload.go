package envelope

import (
	"encoding/json"
	"slices"
	"strconv"

	"homeward.example/gateway/internal/problem"
)

// The builders turn a content into the JSON to sign and the disclosures that go
// beside it. Every value that describes a child leaves the signed part; decoys
// round the digests up to a size class. They are for whoever signs: gateways,
// holders' tools and tests.

const sdAlg = "sha-256"

// digests is an object of which nothing is in the open.
type digests struct {
	SD []string `json:"_sd"`
}

// QueryPayload builds a homeward-query.
func QueryPayload(q Query) ([]byte, []Disclosure, error) {
	criteria, err := hide(q.Criteria)
	if err != nil {
		return nil, nil, err
	}
	links, err := texts(q.Links)
	if err != nil {
		return nil, nil, err
	}
	glass, why, err := q.BreakGlass.hidden()
	if err != nil {
		return nil, nil, err
	}
	return payload(struct {
		Query
		Links      []Element         `json:"links,omitempty"`
		Criteria   digests           `json:"query"`
		BreakGlass *hiddenBreakGlass `json:"break_glass,omitempty"`
		SDAlg      string            `json:"_sd_alg"`
	}{q, elements(links), digests{DigestList(criteria)}, glass, sdAlg}, criteria, links, why)
}

// CaseLinkPayload builds a homeward-caselink. Leads are padded even where there
// are none, so that a lead who is shown no other cannot tell whether there are.
func CaseLinkPayload(l CaseLink) ([]byte, []Disclosure, error) {
	child, err := hide(l.Child)
	if err != nil {
		return nil, nil, err
	}
	l.Covers = covers(l.Child)
	leads, err := texts(l.Leads)
	if err != nil {
		return nil, nil, err
	}
	return payload(struct {
		CaseLink
		Child digests   `json:"child"`
		Leads []Element `json:"leads"`
		SDAlg string    `json:"_sd_alg"`
	}{l, digests{DigestList(child)}, ElementList(leads), sdAlg}, child, leads)
}

// covers lists what of a link's child is an identity and not a reference to it.
func covers(child map[string]string) []string {
	names := []string{}
	for name := range child {
		if name != LinkRecord && name != LinkIdentity {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// CollectPayload builds a homeward-collect. It has no disclosures.
func CollectPayload(c Collect) ([]byte, []Disclosure, error) { return payload(c) }

type answerRecord struct {
	SD []string `json:"_sd"`
	AnswerRecord
}

// AnswerPayload builds a homeward-answer.
func AnswerPayload(a Answer) ([]byte, []Disclosure, error) {
	records := make([]answerRecord, len(a.Records))
	var all [][]Disclosure
	for i, r := range a.Records {
		ds, err := disclose(r.Values)
		if err != nil {
			return nil, nil, err
		}
		records[i] = answerRecord{DigestList(ds), r}
		all = append(all, ds)
	}
	links, err := texts(a.Links)
	if err != nil {
		return nil, nil, err
	}
	return payload(struct {
		Answer
		Records []answerRecord `json:"records"`
		Links   []Element      `json:"links,omitempty"`
		SDAlg   string         `json:"_sd_alg"`
	}{a, records, elements(links), sdAlg}, append(all, links)...)
}

// AnswerHead is what every homeward-answer begins with, before the content that was
// decided on: {"iss":…,"leaf":"…" without an end. Its order stays: the content is
// what stands behind the leaf. Nearly always all of it are ids, times and digests;
// encoding/json would take six times as long.
func AnswerHead(a Answer) []byte {
	b := append(make([]byte, 0, 512), '{')
	text := func(name, value string) {
		b = append(append(append(b, '"'), name...), '"', ':')
		b = append(appendText(b, value), ',')
	}
	text("iss", a.Issuer)
	text("aud", a.Audience)
	text("jti", a.ID)
	b = strconv.AppendInt(append(b, `"iat":`...), a.IssuedAt, 10)
	b = append(strconv.AppendInt(append(b, `,"exp":`...), a.Expires, 10), ',')
	text("irt", a.InReplyTo)
	text("qh", a.QueryHash)
	text("decision", a.Decision)
	text("leaf", a.Leaf)
	return b[:len(b)-1]
}

// appendText quotes as encoding/json does. Who collects names what it asks for as it
// likes: any text, and a Go string literal is no JSON.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // a string never fails
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func payload(v any, ds ...[]Disclosure) ([]byte, []Disclosure, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, nil, problem.New(CodeCannotSign, "payload")
	}
	return b, slices.Concat(ds...), nil
}

// elements leaves a list that is empty away.
func elements(ds []Disclosure) []Element {
	if len(ds) == 0 {
		return nil
	}
	return ElementList(ds)
}

// disclose makes a disclosure of each value, in the order of their names.
func disclose(values map[string]json.RawMessage) ([]Disclosure, error) {
	names := make([]string, 0, len(values))
	for name, value := range values {
		if !memberName(name) {
			return nil, problem.Mismatch(CodeCannotSign, "name of a disclosure", "printable ASCII, not reserved", "another")
		}
		if !json.Valid(value) {
			return nil, problem.Mismatch(CodeCannotSign, "disclosure "+name, "JSON", "something else")
		}
		names = append(names, name)
	}
	slices.Sort(names)
	ordered := make([]json.RawMessage, len(names))
	for i, name := range names {
		ordered[i] = values[name]
	}
	return NewDisclosures(names, ordered), nil
}

// hide makes disclosures of criteria.
func hide(m map[string]string) ([]Disclosure, error) {
	values := make(map[string]json.RawMessage, len(m))
	for name, s := range m {
		v, err := quote(s)
		if err != nil {
			return nil, err
		}
		values[name] = v
	}
	return disclose(values)
}

// texts makes disclosures of the elements of an array.
func texts(list []string) ([]Disclosure, error) {
	values := make([]json.RawMessage, len(list))
	for i, s := range list {
		v, err := quote(s)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return NewDisclosures(make([]string, len(list)), values), nil
}

func quote(s string) (json.RawMessage, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, problem.New(CodeCannotSign, "value")
	}
	return b, nil
}
