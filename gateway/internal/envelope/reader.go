package envelope

import (
	"encoding/json"

	"homeward.example/gateway/internal/problem"
)

// reader takes members out of an object of a message, by exact name and kind.
// It keeps its first error, so that a decoder is a list of names. Members that
// it is not asked for are ignored: a later version may have more.
type reader struct {
	doc
	at   int32  // the object
	path string // its name in errors, with a dot; empty for the claims
	err  *problem.Error
}

func (r *reader) fail(name, expected, found string) {
	if r.err == nil {
		r.err = badClaim(r.path+name, expected, found)
	}
}

// find returns a member; if must, its absence is an error.
func (r *reader) find(name string, k kind, must bool) (int32, bool) {
	if r.err != nil {
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

func (r *reader) str(name string, must bool) string {
	i, ok := r.find(name, kindString, must)
	if !ok {
		return ""
	}
	s, _ := r.doc.text(i)
	if s == "" && must {
		r.fail(name, "a value", "an empty string")
	}
	return s
}

// text reads a string that must be there and not be empty.
func (r *reader) text(name string) string { return r.str(name, true) }

// optional reads a string that may be missing.
func (r *reader) optional(name string) string { return r.str(name, false) }

// integer reads a whole number that must be there.
func (r *reader) integer(name string) int64 {
	i, ok := r.find(name, kindNumber, true)
	if !ok {
		return 0
	}
	n, ok := r.doc.integer(i)
	if !ok {
		r.fail(name, "a whole number", "a fraction")
	}
	return n
}

// object enters a member that must be there; its errors come back by leave.
func (r *reader) object(name string) *reader {
	i, ok := r.find(name, kindObject, true)
	if !ok {
		return &reader{err: r.err}
	}
	return &reader{doc: r.doc, at: i, path: r.path + name + ".", err: r.err}
}

func (r *reader) leave(inner *reader) {
	if r.err == nil {
		r.err = inner.err
	}
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

// unquote reads a JSON string that a disclosure holds.
func unquote(value json.RawMessage) (string, bool) {
	var s string
	if len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return "", false
	}
	return s, true
}
