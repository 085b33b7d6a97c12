package envelope

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
)

// children yields the members of an object or the elements of an array.
func (d doc) children(i int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for c := i + 1; c < d.nodes[i].next; c = d.nodes[c].next {
			if !yield(c) {
				return
			}
		}
	}
}

func (d doc) name(i int32) string { return d.src[d.nodes[i].name0:d.nodes[i].name1] }

func (d doc) kind(i int32) kind { return d.nodes[i].kind }

// raw returns the bytes of a value as they stand in the text.
func (d doc) raw(i int32) string { return d.src[d.nodes[i].start:d.nodes[i].end] }

// member finds a member of an object by its exact name.
func (d doc) member(i int32, name string) (int32, bool) {
	for c := range d.children(i) {
		if d.name(c) == name {
			return c, true
		}
	}
	return 0, false
}

// text returns the value of a string.
func (d doc) text(i int32) (string, bool) {
	n := d.nodes[i]
	if n.kind != kindString {
		return "", false
	}
	if !n.escaped {
		return d.src[n.start+1 : n.end-1], true
	}
	var s string
	err := json.Unmarshal([]byte(d.raw(i)), &s)
	return s, err == nil
}

// integer returns the value of a number without a fraction.
func (d doc) integer(i int32) (int64, bool) {
	if d.nodes[i].kind != kindNumber || strings.Contains(d.raw(i), ".") {
		return 0, false
	}
	n, err := strconv.ParseInt(d.raw(i), 10, 64)
	return n, err == nil
}
