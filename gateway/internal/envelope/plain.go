package envelope

import "encoding/json"

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
