package envelope

import (
	"strconv"
	"strings"
)

// place is where a type of message may hold digests. Nowhere else.
type place struct {
	claim string
	shape shape
}

type shape uint8

const (
	inObject  shape = iota // claim._sd: disclosures are members of claim
	inObjects              // claim[i]._sd: members of each element
	inArray                // claim[i]["..."]: elements of claim
)

func places(t Type) []place {
	switch t {
	case TypeQuery:
		return []place{{"query", inObject}, {"links", inArray}, {"break_glass", inObject}}
	case TypeApproval:
		return []place{{"about", inObject}}
	case TypeAnswer:
		return []place{{"records", inObjects}, {"links", inArray}}
	case TypeCaseLink:
		return []place{{"child", inObject}, {"leads", inArray}}
	case TypeGoAhead:
		return []place{{"holders", inArray}, {"site", inObject}}
	case TypeNotice:
		return []place{{"query", inObject}, {"lines", inArray}}
	case TypeSighting:
		return []place{{"report", inObject}}
	}
	return nil
}

// opened is a disclosure in its slot.
type opened struct {
	Disclosure
	owner, element int32 // as in slot
}

// content is a signed part with the disclosures that came beside it.
type content struct {
	doc
	disclosed []opened
}

// resolve applies the disclosures to the signed part (RFC 9901 section 7.1),
// strictly: digests stand only where the type has them, each once; each
// disclosure is named by exactly one digest, and adds no name that is there.
func resolve(d doc, t Type, disclosures []string, f *faults) content {
	slots := collect(d, t, f)
	c := content{doc: d, disclosed: make([]opened, 0, len(disclosures))}
	names := make(map[name]bool, len(disclosures))
	o := newOpener(disclosures, slots)
	for i, encoded := range disclosures {
		disclosure, s, ok := o.open(encoded)
		if !ok {
			_, err := parseDisclosure(encoded, nth(i)) // what is wrong with it
			f.took(err)
			continue
		}
		called := name{}
		if s != nil && s.element == 0 {
			called = name{s.owner, strings.ToLower(disclosure.Name)}
		}
		if expected, got := misfit(s, disclosure, names[called] || d.taken(called)); expected != "" {
			f.add(badDisclosure(nth(i), expected, got))
			continue
		}
		s.used = true
		names[called] = s.element == 0
		c.disclosed = append(c.disclosed, opened{disclosure, s.owner, s.element})
	}
	return c
}

// nth names a disclosure in an error.
func nth(i int) string { return "disclosure " + strconv.Itoa(i+1) }

// misfit says why a disclosure does not belong to the slot of its digest; it says nothing if it does.
func misfit(s *slot, d Disclosure, taken bool) (expected, found string) {
	switch {
	case s == nil:
		return "a digest that the signed part holds", "none"
	case s.used:
		return "each disclosure once", "it came before"
	case (s.element == 0) != (d.Name != ""):
		return "a name in an object, none in an array", "the other"
	case taken:
		return "a name that its object does not have", "it has"
	}
	return "", ""
}

// name is a name in an object, in small letters: names are compared without case.
type name struct {
	owner int32
	lower string
}

// taken says whether an object has a member of this name in the open.
func (d doc) taken(n name) bool {
	if n.lower == "" {
		return false
	}
	for m := range d.children(n.owner) {
		if strings.EqualFold(d.name(m), n.lower) {
			return true
		}
	}
	return false
}

// cut separates an SD-JWT: the signed part, and its disclosures. It ends in a
// tilde, so there is no key binding JWT (RFC 9901 section 4).
func cut(sdjwt string) (jws string, disclosures []string, err error) {
	if len(sdjwt) > MaxMessage {
		return "", nil, tooLarge("message", MaxMessage, len(sdjwt))
	}
	jws, rest, ok := strings.Cut(sdjwt, "~")
	if !ok || rest != "" && !strings.HasSuffix(rest, "~") {
		return "", nil, malformed("message", "an SD-JWT that ends in ~", "another end")
	}
	if rest == "" {
		return jws, nil, nil
	}
	disclosures = strings.Split(strings.TrimSuffix(rest, "~"), "~")
	if len(disclosures) > maxDisclosures {
		return "", nil, tooLarge("disclosures", maxDisclosures, len(disclosures))
	}
	return jws, disclosures, nil
}

// Present drops the disclosures that keep does not want. The signature still
// verifies. It checks their form, not the signature.
func Present(sdjwt string, keep func(Disclosure) bool) (string, error) {
	jws, disclosures, err := cut(sdjwt)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString(jws + "~")
	for i, encoded := range disclosures {
		d, err := parseDisclosure(encoded, nth(i))
		if err != nil {
			return "", err
		}
		if keep(d) {
			out.WriteString(encoded + "~")
		}
	}
	return out.String(), nil
}
