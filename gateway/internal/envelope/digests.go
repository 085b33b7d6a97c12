package envelope

// collect finds the digests of a signed part.
func collect(d doc, t Type, f *faults) map[string]slot {
	c := collector{doc: d, faults: f, slots: make(map[string]slot, 16)}
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
	slots    map[string]slot
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
	c.slots[digest] = s
}
