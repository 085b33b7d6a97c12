package envelope

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// collect finds the digests of a signed part, sorted.
func collect(d doc, t Type, f *faults) slots {
	c := collector{doc: d, faults: f, places: places(t), slots: make(slots, 0, 16)}
	if alg, ok := d.member(0, "_sd_alg"); ok {
		name, _ := d.text(alg)
		f.check(name == sdAlg, CodeDisclosure, "claim _sd_alg", sdAlg, shown(name))
		c.reserved++
	}
	for i := range c.places {
		if claim, ok := d.member(0, c.places[i].claim); ok {
			c.place(claim, int16(i))
		}
	}
	c.sort()
	if c.reserved != d.reserved {
		f.add(badDisclosure("payload", "_sd and ... only where "+shown(string(t))+" has them", "elsewhere, too"))
	}
	return c.slots
}

// slot is one digest of the signed part: where a disclosure, or a decoy, belongs.
type slot struct {
	digest  string
	owner   int32 // the object that holds _sd, or the array
	element int32 // the element that is replaced; 0 in an object
	claim   int16 // among the places of the type
	used    bool
}

// slots are sorted by digest. Writers sort them too, but for the elements of arrays.
type slots []slot

// find returns the slot of a digest, nil if there is none.
func (s slots) find(digest string) *slot {
	i, ok := slices.BinarySearchFunc(s, digest, func(x slot, d string) int { return compareDigests(x.digest, d) })
	if !ok {
		return nil
	}
	return &s[i]
}

// compareDigests orders texts of digestSize, which nearly always differ where they begin.
func compareDigests(x, y string) int {
	if c := cmp.Compare(binary.BigEndian.Uint64([]byte(x[:8])), binary.BigEndian.Uint64([]byte(y[:8]))); c != 0 {
		return c
	}
	return strings.Compare(x, y)
}

type collector struct {
	doc
	faults   *faults
	places   []place
	slots    slots
	reserved int // members met that are reserved for SD-JWT
}

func (c *collector) place(claim int32, p int16) {
	shape := c.places[p].shape
	if shape == inObject {
		if c.kind(claim) == kindObject {
			c.object(claim, p)
		}
		return
	}
	if c.kind(claim) != kindArray {
		return // the decoder of the type says so
	}
	for e := range c.children(claim) {
		switch {
		case c.kind(e) != kindObject: // an element in the open: likewise
		case shape == inObjects:
			c.object(e, p)
		default:
			c.element(claim, e, p)
		}
	}
}

// object takes the digests of the members of an object.
func (c *collector) object(owner int32, claim int16) {
	sd, ok := c.member(owner, "_sd")
	if !ok {
		return
	}
	c.reserved++
	if c.kind(sd) != kindArray {
		c.fault(claim, "an array of digests in _sd", c.kind(sd).String())
		return
	}
	for d := range c.children(sd) {
		c.add(d, slot{claim: claim, owner: owner})
	}
}

// element takes the digest of an element of an array.
func (c *collector) element(owner, element int32, claim int16) {
	dots, ok := c.member(element, "...")
	if !ok {
		return
	}
	c.reserved++
	if alone := c.nodes[element].next == c.nodes[dots].next && dots == element+1; !alone {
		c.fault(claim, `{"...": digest} alone`, "other members beside it")
	}
	c.add(dots, slot{claim: claim, owner: owner, element: element})
}

func (c *collector) add(i int32, s slot) {
	var ok bool
	if s.digest, ok = c.text(i); !ok || len(s.digest) != digestSize || canonical64(s.digest, "") != nil {
		c.fault(s.claim, "SHA-256 in base64url", "another value")
		return
	}
	if len(c.slots) >= maxDisclosures {
		c.faults.add(tooLarge("claim "+c.places[s.claim].claim, maxDisclosures, len(c.slots)+1))
		return
	}
	c.slots = append(c.slots, s)
}

// sort brings equal digests together, which must not be.
func (c *collector) sort() {
	slices.SortFunc(c.slots, func(x, y slot) int { return compareDigests(x.digest, y.digest) })
	for i := 1; i < len(c.slots); i++ {
		if c.slots[i].digest == c.slots[i-1].digest {
			c.fault(c.slots[i].claim, "each digest once", "one twice")
		}
	}
}

func (c *collector) fault(claim int16, expected, found string) {
	c.faults.add(badDisclosure("claim "+c.places[claim].claim, expected, found))
}
