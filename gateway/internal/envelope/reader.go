package envelope

import (
	"bytes"
	"encoding/json"
)

// reader takes members out of an object of a message, by exact name and kind.
// A decoder is a list of names; what is wrong is collected. Members that it is
// not asked for are ignored: a later version may have more.
type reader struct {
	doc
	faults *faults
	at     int32  // the object
	path   string // its name in errors, with a dot; empty for the claims
	absent bool   // the object is not there, and that was said
}

func (r *reader) fail(name, expected, found string) {
	r.faults.check(false, CodeClaim, "claim "+r.path+name, expected, found)
}

// find returns a member; if must, its absence is a fault.
func (r *reader) find(name string, k kind, must bool) (int32, bool) {
	if r.absent {
		return 0, false
	}
	i, ok := r.member(r.at, name)
	if !ok {
		if must {
			r.fail(name, "to be there", "missing")
		}
		return 0, false
	}
	if r.kind(i) != k {
		r.fail(name, k.String(), r.kind(i).String())
		return 0, false
	}
	return i, true
}

// text reads a string that must be there and not be empty.
func (r *reader) text(name string) string {
	i, ok := r.find(name, kindString, true)
	if !ok {
		return ""
	}
	s, _ := r.doc.text(i)
	if s == "" {
		r.fail(name, "a value", "an empty string")
	}
	return s
}

// optional reads a string that may be missing.
func (r *reader) optional(name string) string {
	i, ok := r.find(name, kindString, false)
	if !ok {
		return ""
	}
	s, _ := r.doc.text(i)
	return s
}

// integer reads a whole number above zero that must be there.
func (r *reader) integer(name string) int64 {
	i, ok := r.find(name, kindNumber, true)
	if !ok {
		return 0
	}
	n, ok := r.doc.integer(i)
	if !ok || n <= 0 {
		r.fail(name, "a whole number above 0", "another")
		return 0
	}
	return n
}

// truth reads true or false; missing is false.
func (r *reader) truth(name string) bool {
	i, ok := r.find(name, kindBool, false)
	return ok && r.raw(i) == "true"
}

// object enters a member that must be there.
func (r *reader) object(name string) *reader {
	i, ok := r.find(name, kindObject, true)
	return &reader{doc: r.doc, faults: r.faults, at: i, path: r.path + name + ".", absent: !ok}
}

// objects enters each element of an array of objects that must be there.
func (r *reader) objects(name string) (list []*reader, ok bool) {
	i, ok := r.find(name, kindArray, true)
	if !ok {
		return nil, false
	}
	for e := range r.children(i) {
		if r.kind(e) != kindObject {
			r.fail(name, "objects", "another kind of value in it")
			return nil, false
		}
		list = append(list, &reader{doc: r.doc, faults: r.faults, at: e, path: r.path + name + "."})
	}
	return list, true
}

// texts reads an array of strings that may be missing.
func (r *reader) texts(name string) []string {
	i, ok := r.find(name, kindArray, false)
	if !ok {
		return nil
	}
	var out []string
	for c := range r.children(i) {
		s, ok := r.doc.text(c)
		if !ok {
			r.fail(name, "strings", "another kind of value in it")
			return nil
		}
		out = append(out, s)
	}
	return out
}

func (k kind) String() string {
	switch k {
	case kindObject:
		return "an object"
	case kindArray:
		return "an array"
	case kindString:
		return "a string"
	case kindNumber:
		return "a number"
	case kindBool:
		return "true or false"
	}
	return "null"
}

// unquote reads a JSON string that a disclosure holds, which was scanned.
func unquote(value json.RawMessage) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), true
	}
	var s string
	err := json.Unmarshal(value, &s)
	return s, err == nil
}
