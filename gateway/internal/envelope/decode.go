package envelope

import (
	"encoding/json"

	"homeward.example/gateway/internal/problem"
)

// reader starts to read the content of a message of type t.
func (v Verified) reader(t Type) (*reader, error) {
	if v.typ != t || len(v.content.nodes) == 0 {
		return nil, problem.Mismatch(CodeType, "header typ", string(t), string(v.typ))
	}
	return &reader{doc: v.content.doc}, nil
}

// result turns what a decoder read into its answer: all of it, or an error.
func result[T any](r *reader, read T) (T, error) {
	if r.err != nil {
		var none T
		return none, r.err
	}
	return read, nil
}

// Query returns the content of a homeward-query, as far as it was disclosed.
func (v Verified) Query() (Query, error) {
	r, err := v.reader(TypeQuery)
	if err != nil {
		return Query{}, err
	}
	return result(r, Query{
		Claims: v.claims, Officer: r.officer(), Purpose: r.text("purpose"), Basis: r.text("basis"), Case: r.optional("case"),
		Links: v.content.elements(r, "links"), Criteria: v.content.criteria(r, "query", false),
		Fields: r.texts("fields"), Schema: r.text("schema"),
	})
}

// CaseLink returns the content of a homeward-caselink, as far as it was disclosed.
func (v Verified) CaseLink() (CaseLink, error) {
	r, err := v.reader(TypeCaseLink)
	if err != nil {
		return CaseLink{}, err
	}
	return result(r, CaseLink{
		Claims: v.claims, Purpose: r.text("purpose"),
		Child: v.content.criteria(r, "child", true), Leads: v.content.elements(r, "leads"),
	})
}

// Collect returns the content of a homeward-collect.
func (v Verified) Collect() (Collect, error) {
	r, err := v.reader(TypeCollect)
	if err != nil {
		return Collect{}, err
	}
	return result(r, Collect{Claims: v.claims, Officer: r.officer(), InReplyTo: r.text("irt"), Schema: r.text("schema")})
}

// Notice returns the content of a homeward-notice, as far as it was disclosed.
func (v Verified) Notice() (Notice, error) {
	r, err := v.reader(TypeNotice)
	if err != nil {
		return Notice{}, err
	}
	return result(r, Notice{
		Claims: v.claims, Event: r.text("event"), Requester: r.text("requester"), Purpose: r.text("purpose"),
		Query: r.text("query_id"), Criteria: v.content.criteria(r, "query", false),
		Subject: r.optional("subject"), Schema: r.text("schema"),
	})
}

func (r *reader) officer() Officer {
	act := r.object("act")
	o := Officer{ID: act.text("id"), Role: act.text("role")}
	r.leave(act)
	return o
}

// criteria reads the disclosed members of a claim, which are strings. In the
// open they may not stand: a value of a child's is always a disclosure.
func (c content) criteria(r *reader, claim string, must bool) map[string]string {
	i, ok := r.find(claim, kindObject, must)
	if !ok {
		return nil
	}
	for m := range c.children(i) {
		if c.name(m) != "_sd" {
			r.fail(claim, "disclosures alone", "a member in the open")
			return nil
		}
	}
	var out map[string]string
	for _, o := range c.disclosed {
		if o.owner != i || o.slot.element != 0 {
			continue
		}
		s, ok := unquote(o.Value)
		if !ok {
			r.fail(claim, "strings", "another kind of value in a disclosure")
			return nil
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[o.Name] = s
	}
	return out
}

// elements reads the disclosed elements of an array of strings.
func (c content) elements(r *reader, claim string) []string {
	i, ok := r.find(claim, kindArray, false)
	if !ok {
		return nil
	}
	var out []string
	for e := range c.children(i) {
		value, hidden := c.element(i, e)
		switch s, isText := unquote(value); {
		case !hidden:
			r.fail(claim, "disclosures alone", "an element in the open")
		case value == nil: // a decoy, or kept back
		case !isText:
			r.fail(claim, "strings", "another kind of value in a disclosure")
		default:
			out = append(out, s)
		}
	}
	return out
}

// values reads the disclosed members of one object.
func (c content) values(owner int32) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	for _, o := range c.disclosed {
		if o.owner != owner || o.slot.element != 0 {
			continue
		}
		if out == nil {
			out = make(map[string]json.RawMessage)
		}
		out[o.Name] = o.Value
	}
	return out
}
