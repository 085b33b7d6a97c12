package envelope

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
)

// NewDisclosure salts a value and encodes it once: what is digested is what is
// sent. An empty name makes an element of an array. The value must be JSON.
func NewDisclosure(name string, value json.RawMessage) Disclosure {
	return NewDisclosures([]string{name}, []json.RawMessage{value})[0]
}

// NewDisclosures makes one disclosure for each value.
func NewDisclosures(names []string, values []json.RawMessage) []Disclosure {
	size := 0
	for i := range values {
		size += len(saltRoom) + len(names[i]) + len(values[i]) + len(`"",]`)
	}
	d := NewDisclosing(len(values), size)
	for i := range values {
		d.Add(append(d.Name(names[i]), values[i]...))
	}
	return d.Disclosures()
}

// Disclosing are disclosures in the making. Each value is written where it is
// encoded from, behind its salt and its name, and all share one draw of randomness
// and two pieces of memory: an answer has dozens.
type Disclosing struct {
	plain []byte // the JSON of each, one behind the other; it may move as it grows
	made  []Disclosure
	heads []int // what stands before the value of each
	name  string
	head  int
}

// saltRoom is how a disclosure begins, with zeros where its salt will stand.
const saltRoom = `["0000000000000000000000",`

// NewDisclosing makes room for n disclosures that take so many bytes together. Both may be exceeded.
func NewDisclosing(n, size int) Disclosing {
	return Disclosing{plain: make([]byte, 0, size), made: make([]Disclosure, 0, n), heads: make([]int, 0, n)}
}

// Name begins a disclosure. It returns what the value, which is JSON, is to be
// appended to. What was begun and not added is forgotten.
func (d *Disclosing) Name(name string) []byte {
	begun := appendNamed(append(d.plain, saltRoom...), name)
	d.name, d.head = name, len(begun)-len(d.plain)
	return begun
}

// Add ends the disclosure that was begun.
func (d *Disclosing) Add(plain []byte) {
	start := len(d.plain)
	d.plain = append(plain, ']')
	d.made = append(d.made, Disclosure{Name: d.name, Value: d.plain[start:]}) // cut to the value at the end
	d.heads = append(d.heads, d.head)
}

// Disclosures ends the making.
func (d *Disclosing) Disclosures() []Disclosure {
	b64, n, size := base64.RawURLEncoding, len(d.made), 0
	for i := range d.made {
		size += b64.EncodedLen(len(d.made[i].Value))
	}
	b := takeBuffer()
	defer b.give()
	b.b = slices.Grow(b.b, (saltSize+digestSize)*n+size)[:(saltSize+digestSize)*n+size]
	salts, sums, texts := b.b[:saltSize*n], b.b[saltSize*n:(saltSize+digestSize)*n], b.b[(saltSize+digestSize)*n:]
	rand.Read(salts) // never fails
	at := 0
	for i := range d.made {
		plain := d.made[i].Value
		b64.Encode(plain[len(`["`):], salts[i*saltSize:(i+1)*saltSize])
		text := texts[at : at+b64.EncodedLen(len(plain))]
		b64.Encode(text, plain)
		sum := sha256.Sum256(text)
		b64.Encode(sums[i*digestSize:], sum[:])
		at += len(text)
	}
	d.cut(string(texts), string(sums))
	return slices.Clip(d.made)
}

// cut gives each its part of the texts. The digests are no part of them: who keeps
// a digest must not keep a value.
func (d *Disclosing) cut(texts, sums string) {
	for i := range d.made {
		m := &d.made[i]
		size, end := base64.RawURLEncoding.EncodedLen(len(m.Value)), len(m.Value)-1
		m.encoded, texts = texts[:size], texts[size:]
		m.digest, sums = sums[:digestSize], sums[digestSize:]
		m.Value = m.Value[d.heads[i]:end:end]
	}
}

// appendNamed writes a name and a comma, nothing for an element of an array.
func appendNamed(b []byte, name string) []byte {
	if name == "" {
		return b
	}
	return append(appendQuoted(b, name), ',')
}

// appendQuoted quotes a name. One that would need an escape is refused by every reader.
func appendQuoted(b []byte, name string) []byte {
	if !memberName(name) {
		return strconv.AppendQuote(b, name)
	}
	return append(append(append(b, '"'), name...), '"')
}
