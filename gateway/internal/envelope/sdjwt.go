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
func resolve(d doc, t Type, disclosures []string, f *faults) content {
	slots := collect(d, t, f)
	c := content{doc: d, disclosed: make([]opened, 0, len(disclosures))}
	for i, encoded := range disclosures {
		where := "disclosure " + strconv.Itoa(i+1)
		disclosure, err := parseDisclosure(encoded, where)
		if !f.took(err) {
			continue
		}
		s := slots[disclosure.Digest()]
		switch {
		case s == nil:
			f.check(false, CodeDisclosure, where, "a digest that the signed part holds", "none")
		case s.used:
			f.check(false, CodeDisclosure, where, "each disclosure once", "it came before")
		case (s.element == 0) != (disclosure.Name != ""):
			f.check(false, CodeDisclosure, where, "a name in an object, none in an array", "the other")
		case s.element == 0 && c.has(s.owner, disclosure.Name):
			f.check(false, CodeDisclosure, where, "a name that its object does not have", "it has")
		default:
			s.used = true
			c.disclosed = append(c.disclosed, opened{disclosure, *s})
		}
	}
	return c
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
func collect(d doc, t Type, f *faults) map[string]*slot {
	c := collector{doc: d, faults: f, slots: make(map[string]*slot)}
	if alg, ok := d.member(0, "_sd_alg"); ok {
		name, _ := d.text(alg)
		f.check(name == sdAlg, CodeDisclosure, "claim _sd_alg", sdAlg, shown(name))
		c.reserved++
	}
	for _, p := range places(t) {
		if claim, ok := d.member(0, p.claim); ok {
			c.place(claim, p)
		}
	}
	f.check(c.reserved == d.reserved, CodeDisclosure, "payload", "_sd and ... only where "+shown(string(t))+" has them", "elsewhere, too")
	return c.slots
}

type collector struct {
	doc
	faults   *faults
	slots    map[string]*slot
	reserved int // members met that are reserved for SD-JWT
}

func (c *collector) place(claim int32, p place) {
	if p.shape == inObject {
		if c.kind(claim) == kindObject {
			c.object(claim, "claim "+p.claim)
		}
		return
	}
	if c.kind(claim) != kindArray {
		return // the decoder of the type says so
	}
	for e := range c.children(claim) {
		switch {
		case c.kind(e) != kindObject: // an element in the open: likewise
		case p.shape == inObjects:
			c.object(e, "claim "+p.claim)
		default:
			c.element(claim, e, "claim "+p.claim)
		}
	}
}

// object takes the digests of the members of an object.
func (c *collector) object(owner int32, where string) {
	sd, ok := c.member(owner, "_sd")
	if !ok {
		return
	}
	c.reserved++
	if c.faults.check(c.kind(sd) == kindArray, CodeDisclosure, where, "an array of digests in _sd", c.kind(sd).String()) {
		for d := range c.children(sd) {
			c.add(d, slot{owner: owner}, where)
		}
	}
}

// element takes the digest of an element of an array.
func (c *collector) element(owner, element int32, where string) {
	dots, ok := c.member(element, "...")
	if !ok {
		return
	}
	c.reserved++
	alone := c.nodes[element].next == c.nodes[dots].next && dots == element+1
	c.faults.check(alone, CodeDisclosure, where, `{"...": digest} alone`, "other members beside it")
	c.add(dots, slot{owner: owner, element: element}, where)
}

func (c *collector) add(i int32, s slot, where string) {
	digest, ok := c.text(i)
	if !c.faults.check(ok && len(digest) == 43 && canonical64(digest, "") == nil, CodeDisclosure, where, "SHA-256 in base64url", "another value") {
		return
	}
	_, twice := c.slots[digest]
	if !c.faults.check(!twice, CodeDisclosure, where, "each digest once", "one twice") {
		return
	}
	if len(c.slots) >= maxDisclosures {
		c.faults.add(tooLarge(where, maxDisclosures, len(c.slots)+1))
		return
	}
	c.slots[digest] = &s
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
