package envelope

import (
	"strconv"
	"unicode/utf8"

	"homeward.example/gateway/internal/problem"
)

// kind is the kind of a JSON value.
type kind uint8

const (
	kindObject kind = iota + 1
	kindArray
	kindString
	kindNumber
	kindBool
	kindNull
)

// node is one value of a scanned text. Nodes stand in document order; next is
// the index of the first node after this one and all it holds.
type node struct {
	kind         kind
	escaped      bool  // a string with a backslash
	start, end   int32 // the value; of a string, with its quotes
	name0, name1 int32 // the name of a member, without quotes
	next         int32
}

// doc is a JSON text that was found canonical: valid UTF-8, no name twice nor
// in two cases, bounded depth and size, numbers that every language reads alike.
// It is read where it lies; nothing is decoded twice.
type doc struct {
	src   string
	nodes []node
	// reserved counts the members named _sd, ... or _sd_alg, wherever they are.
	reserved int
}

type scanner struct {
	doc
	at    int
	names []int32 // nodes of the members of the objects that are open
	err   string  // what is wrong at at; no value of the text is ever in it
}

// scan reads a JSON text whose root has the given kind. What names the text in
// an error ("header", "payload").
func scan(src string, root kind, what string) (doc, error) {
	return scanInto(make([]node, 0, 8+len(src)/24), src, root, what)
}

// scanInto puts the nodes behind those of room, of which there are none.
func scanInto(room []node, src string, root kind, what string) (doc, error) {
	s := scanner{doc: doc{src: src, nodes: room}}
	if root == kindObject { // a disclosure is a list, mostly of texts
		s.names = make([]int32, 0, 32) // enough for most
	}
	switch {
	case len(src) > MaxMessage:
		return doc{}, problem.Mismatch(CodeTooLarge, what, "at most "+strconv.Itoa(MaxMessage)+" bytes", strconv.Itoa(len(src)))
	case !utf8.ValidString(src):
		return doc{}, malformed(what, "UTF-8", "other bytes")
	}
	ok := s.value(0)
	if ok && s.skipSpace() < len(src) {
		ok = s.fail("text after the end of the JSON value")
	}
	if ok && s.nodes[0].kind != root {
		ok = s.fail("the wrong kind of JSON value")
	}
	if !ok {
		return doc{}, malformed(what+", byte "+strconv.Itoa(s.at), "canonical JSON", s.err)
	}
	return s.doc, nil
}

func (s *scanner) fail(why string) bool {
	if s.err == "" {
		s.err = why
	}
	return false
}

func (s *scanner) skipSpace() int {
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return s.at
		}
	}
	return s.at
}

// peek returns the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	if s.skipSpace() == len(s.src) {
		return 0
	}
	return s.src[s.at]
}

func (s *scanner) value(depth int) bool {
	c := s.peek()
	if len(s.nodes) >= maxNodes {
		return s.fail("too many values")
	}
	i := len(s.nodes)
	s.nodes = append(s.nodes, node{start: int32(s.at)})
	var ok bool
	switch c {
	case '{':
		ok = s.container(i, kindObject, '}', depth)
	case '[':
		ok = s.container(i, kindArray, ']', depth)
	case '"':
		s.nodes[i].kind = kindString
		s.nodes[i].escaped, ok = s.text()
	case 't':
		ok = s.literal(i, "true", kindBool)
	case 'f':
		ok = s.literal(i, "false", kindBool)
	case 'n':
		ok = s.literal(i, "null", kindNull)
	default:
		s.nodes[i].kind = kindNumber
		ok = s.number()
	}
	s.nodes[i].end = int32(s.at)
	s.nodes[i].next = int32(len(s.nodes))
	return ok
}

func (s *scanner) literal(i int, word string, k kind) bool {
	s.nodes[i].kind = k
	if len(s.src)-s.at < len(word) || s.src[s.at:s.at+len(word)] != word {
		return s.fail("no JSON value")
	}
	s.at += len(word)
	return true
}

func (s *scanner) container(i int, k kind, end byte, depth int) bool {
	if depth >= maxDepth {
		return s.fail("more than " + strconv.Itoa(maxDepth) + " levels")
	}
	s.nodes[i].kind = k
	s.at++
	open := len(s.names)
	for first := true; ; first = false {
		c := s.peek()
		if c == end && first {
			break
		}
		if k == kindObject {
			if !s.member(open, depth) {
				return false
			}
		} else if !s.value(depth + 1) {
			return false
		}
		if c = s.peek(); c == end {
			break
		}
		if c != ',' {
			return s.fail("no comma and no end")
		}
		s.at++
	}
	s.at++
	s.names = s.names[:open]
	return true
}

// member reads a name, a colon and a value. open is where the names of this object begin.
func (s *scanner) member(open, depth int) bool {
	if s.peek() != '"' {
		return s.fail("no name of a member")
	}
	name0 := s.at + 1
	for s.at++; s.at < len(s.src) && s.src[s.at] != '"'; s.at++ {
		if c := s.src[s.at]; c < ' ' || c > '~' || c == '\\' {
			return s.fail("a name with an escape or a character other than ASCII")
		}
	}
	name1 := s.at
	if s.at++; s.at > len(s.src) {
		return s.fail("a name without end")
	}
	if !s.unique(open, s.src[name0:name1]) {
		return false
	}
	if s.peek() != ':' {
		return s.fail("no colon after a name")
	}
	s.at++
	i := len(s.nodes)
	s.names = append(s.names, int32(i))
	if !s.value(depth + 1) {
		return false
	}
	s.nodes[i].name0, s.nodes[i].name1 = int32(name0), int32(name1)
	return true
}

// unique refuses a name that this object has already, in any case: readers that
// ignore case, or take the first or the last, would disagree about the message.
func (s *scanner) unique(open int, name string) bool {
	if name == "_sd" || name == "..." || name == "_sd_alg" {
		s.reserved++
	}
	if len(s.names)-open >= maxMembers {
		return s.fail("more than " + strconv.Itoa(maxMembers) + " members")
	}
	for _, i := range s.names[open:] {
		n := &s.nodes[i]
		if int(n.name1-n.name0) == len(name) && sameFold(s.src[n.name0:n.name1], name) {
			return s.fail("a name that stands there twice (names are compared without case)")
		}
	}
	return true
}

// sameFold compares two ASCII strings of one length without case.
func sameFold(a, b string) bool {
	for i := range len(a) {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}
