package envelope

import (
	"encoding/json"
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
		return []place{{"query", inObject}, {"links", inArray}}
	case TypeAnswer:
		return []place{{"records", inObjects}, {"links", inArray}}
	case TypeCaseLink:
		return []place{{"child", inObject}, {"leads", inArray}}
	case TypeNotice:
		return []place{{"query", inObject}}
	}
	return nil
}

// slot is one digest of the signed part: where a disclosure, or a decoy, belongs.
type slot struct {
	owner   int32 // the object that holds _sd, or the array
	element int32 // the element that is replaced; 0 in an object
	used    bool
}

// opened is a disclosure in its slot.
type opened struct {
	Disclosure
	slot
}

// content is a signed part with the disclosures that came beside it.
type content struct {
	doc
	disclosed []opened
}

// resolve applies the disclosures to the signed part (RFC 9901 section 7.1),
// strictly: digests stand only where the type has them, each once; each
// disclosure is named by exactly one digest, and adds no name that is there.
func resolve(d doc, t Type, disclosures []string) (content, error) {
	slots, err := collect(d, t)
	if err != nil {
		return content{}, err
	}
	c := content{doc: d, disclosed: make([]opened, 0, len(disclosures))}
	for i, encoded := range disclosures {
		where := "disclosure " + strconv.Itoa(i+1)
		disclosure, err := parseDisclosure(encoded, where)
		if err != nil {
			return content{}, err
		}
		s := slots[disclosure.Digest()]
		switch {
		case s == nil:
			return content{}, badDisclosure(where, "a digest that the signed part holds", "none")
		case s.used:
			return content{}, badDisclosure(where, "each disclosure once", "it came before")
		case (s.element == 0) != (disclosure.Name != ""):
			return content{}, badDisclosure(where, "a name in an object, none in an array", "the other")
		case s.element == 0 && c.has(s.owner, disclosure.Name):
			return content{}, badDisclosure(where, "a name that its object does not have", "it has")
		}
		s.used = true
		c.disclosed = append(c.disclosed, opened{disclosure, *s})
	}
	return c, nil
}

// has says whether an object has a member, in the open or disclosed before, in any case.
func (c content) has(owner int32, name string) bool {
	for m := range c.children(owner) {
		if strings.EqualFold(c.name(m), name) {
			return true
		}
	}
	for _, o := range c.disclosed {
		if o.owner == owner && o.element == 0 && strings.EqualFold(o.Name, name) {
			return true
		}
	}
	return false
}

// collect finds the digests of a signed part.
func collect(d doc, t Type) (map[string]*slot, error) {
	found := collector{doc: d, slots: make(map[string]*slot)}
	if alg, ok := d.member(0, "_sd_alg"); ok {
		if name, _ := d.text(alg); name != "sha-256" {
			return nil, badDisclosure("claim _sd_alg", "sha-256", "another")
		}
		found.reserved++
	}
	for _, p := range places(t) {
		claim, ok := d.member(0, p.claim)
		if !ok {
			continue
		}
		if err := found.place(claim, p); err != nil {
			return nil, err
		}
	}
	if found.reserved != d.reserved {
		return nil, badDisclosure("payload", "_sd and ... only where "+string(t)+" has them", "elsewhere, too")
	}
	return found.slots, nil
}

type collector struct {
	doc
	slots    map[string]*slot
	reserved int // members met that are reserved for SD-JWT
}

func (f *collector) place(claim int32, p place) error {
	where := "claim " + p.claim
	want := kindArray
	if p.shape == inObject {
		want = kindObject
	}
	if f.kind(claim) != want {
		return badDisclosure(where, "an object or an array, as the type has it", "another kind of value")
	}
	if p.shape == inObject {
		return f.object(claim, where)
	}
	for c := range f.children(claim) {
		if f.kind(c) != kindObject {
			continue // an element in the open: the decoder of the type reads or refuses it
		}
		var err error
		if p.shape == inObjects {
			err = f.object(c, where)
		} else {
			err = f.element(claim, c, where)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *collector) object(owner int32, where string) error {
	sd, ok := f.member(owner, "_sd")
	if !ok {
		return nil
	}
	f.reserved++
	if f.kind(sd) != kindArray {
		return badDisclosure(where+" _sd", "an array of digests", "another kind of value")
	}
	for c := range f.children(sd) {
		if err := f.add(c, slot{owner: owner}, where+" _sd"); err != nil {
			return err
		}
	}
	return nil
}

func (f *collector) element(owner, element int32, where string) error {
	dots, ok := f.member(element, "...")
	if !ok {
		return nil
	}
	f.reserved++
	if f.nodes[element].next != element+2 { // the object, its one member, nothing more
		return badDisclosure(where, `{"...": digest} alone`, "other members beside it")
	}
	return f.add(dots, slot{owner: owner, element: element}, where)
}

func (f *collector) add(i int32, s slot, where string) error {
	digest, ok := f.text(i)
	if !ok || len(digest) != 43 || canonical64(digest, where) != nil {
		return badDisclosure(where, "SHA-256 in base64url", "another value")
	}
	if _, twice := f.slots[digest]; twice {
		return badDisclosure(where, "each digest once", "one twice")
	}
	if len(f.slots) >= maxDisclosures {
		return tooLarge(where, maxDisclosures, len(f.slots)+1)
	}
	f.slots[digest] = &s
	return nil
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
		d, err := parseDisclosure(encoded, "disclosure "+strconv.Itoa(i+1))
		if err != nil {
			return "", err
		}
		if keep(d) {
			out.WriteString(encoded + "~")
		}
	}
	return out.String(), nil
}

// plain writes the content as if nothing had been hidden: disclosures in their
// places, digests gone.
func (c content) plain(out []byte, i int32) []byte {
	switch c.kind(i) {
	case kindObject:
		return c.plainObject(out, i)
	case kindArray:
		return c.plainArray(out, i)
	}
	return append(out, c.raw(i)...)
}

func (c content) plainObject(out []byte, i int32) []byte {
	out = append(out, '{')
	open := len(out)
	for m := range c.children(i) {
		if name := c.name(m); name != "_sd" && name != "_sd_alg" {
			out = c.plain(appendName(out, open, name), m)
		}
	}
	for _, o := range c.disclosed {
		if o.owner == i && o.element == 0 {
			out = append(appendName(out, open, o.Name), o.Value...)
		}
	}
	return append(out, '}')
}

func appendName(out []byte, open int, name string) []byte {
	if len(out) > open {
		out = append(out, ',')
	}
	return append(append(append(out, '"'), name...), '"', ':')
}

func (c content) plainArray(out []byte, i int32) []byte {
	out = append(out, '[')
	open := len(out)
	for e := range c.children(i) {
		value, hidden := c.element(i, e)
		if hidden && value == nil {
			continue
		}
		if len(out) > open {
			out = append(out, ',')
		}
		if hidden {
			out = append(out, value...)
		} else {
			out = c.plain(out, e)
		}
	}
	return append(out, ']')
}

// element says whether an element of an array stands for a digest, and its value if it was disclosed.
func (c content) element(array, e int32) (value json.RawMessage, hidden bool) {
	if c.kind(e) != kindObject {
		return nil, false
	}
	if _, hidden = c.member(e, "..."); !hidden {
		return nil, false
	}
	for _, o := range c.disclosed {
		if o.owner == array && o.element == e {
			return o.Value, true
		}
	}
	return nil, true
}
