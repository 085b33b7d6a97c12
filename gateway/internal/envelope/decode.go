package envelope

import (
	"encoding/json"

	"homeward.example/gateway/internal/problem"
)

// decoder reads the content of one type of message.
type decoder struct {
	reader
	claims  Claims
	content content
}

// decode runs a decoder over a message of type t.
func decode[T any](v Verified, t Type, read func(*decoder) T) (T, error) {
	var none T
	if v.typ != t || len(v.content.nodes) == 0 {
		return none, problem.Mismatch(CodeType, "header typ", string(t), shown(string(v.typ)))
	}
	var f faults
	d := decoder{reader: reader{doc: v.content.doc, faults: &f}, claims: v.claims, content: v.content}
	out := read(&d)
	if err := f.err(); err != nil {
		return none, err
	}
	return out, nil
}

// Query returns the content of a homeward-query, as far as it was disclosed.
func (v Verified) Query() (Query, error) { return decode(v, TypeQuery, (*decoder).query) }

// CaseLink returns the content of a homeward-caselink, as far as it was disclosed.
func (v Verified) CaseLink() (CaseLink, error) { return decode(v, TypeCaseLink, (*decoder).caseLink) }

// Collect returns the content of a homeward-collect.
func (v Verified) Collect() (Collect, error) { return decode(v, TypeCollect, (*decoder).collect) }

// Answer returns the content of a homeward-answer, as far as it was disclosed.
func (v Verified) Answer() (Answer, error) { return decode(v, TypeAnswer, (*decoder).answer) }

func (d *decoder) query() Query {
	return Query{
		Claims: d.claims, Officer: d.officer(), Purpose: d.text("purpose"), Basis: d.text("basis"), Case: d.optional("case"),
		Links: d.elements("links"), Criteria: d.criteria("query", false),
		Fields: d.texts("fields"), Need: d.optional("need"), Present: d.truth("present"), BreakGlass: d.breakGlass(),
		Has: d.texts("has"), Schema: d.text("schema"),
	}
}

func (d *decoder) caseLink() CaseLink {
	return CaseLink{Claims: d.claims, Purpose: d.text("purpose"), Child: d.criteria("child", true), Covers: d.texts("covers"), Leads: d.elements("leads")}
}

func (d *decoder) collect() Collect {
	return Collect{Claims: d.claims, Officer: d.officer(), InReplyTo: d.text("irt"), Schema: d.text("schema")}
}

func (d *decoder) officer() Officer {
	act := d.object("act")
	return Officer{ID: act.text("id"), Role: act.text("role")}
}

// criteria reads the disclosed members of a claim, which are strings. In the
// open they may not stand: a value of a child's is always a disclosure.
func (d *decoder) criteria(claim string, must bool) map[string]string {
	i, ok := d.find(claim, kindObject, must)
	if !ok {
		return nil
	}
	for m := range d.children(i) {
		if d.name(m) != "_sd" {
			d.fail(claim, "disclosures alone", "a member in the open")
			return nil
		}
	}
	var out map[string]string
	for name, value := range d.content.values(i) {
		s, ok := unquote(value)
		if !ok {
			d.fail(claim, "strings", "another kind of value in a disclosure")
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[name] = s
	}
	return out
}

// elements reads the disclosed elements of an array of strings.
func (d *decoder) elements(claim string) []string {
	i, ok := d.find(claim, kindArray, false)
	if !ok {
		return nil
	}
	var out []string
	for e := range d.children(i) {
		value, hidden := d.content.element(i, e)
		if hidden && value == nil {
			continue // a decoy, or kept back
		}
		s, ok := unquote(value)
		if !ok {
			d.fail(claim, "disclosed strings", "an element in the open, or of another kind")
			return nil
		}
		out = append(out, s)
	}
	return out
}

// values reads the disclosed members of one object.
func (c content) values(owner int32) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	for _, o := range c.disclosed {
		if o.owner != owner || o.element != 0 {
			continue
		}
		if out == nil {
			out = make(map[string]json.RawMessage)
		}
		out[o.Name] = o.Value
	}
	return out
}
