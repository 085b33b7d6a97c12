package envelope

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"homeward.example/gateway/internal/problem"
)

// saltSize is 128 bits, the least that RFC 9901 section 9.3 recommends.
const saltSize = 16

// NewDisclosure salts a value and encodes it once: what is digested is what is
// sent. An empty name makes an element of an array. The value must be JSON.
func NewDisclosure(name string, value json.RawMessage) Disclosure {
	return NewDisclosures([]string{name}, []json.RawMessage{value})[0]
}

// NewDisclosures makes one disclosure for each value, with one draw of
// randomness and one piece of memory for all.
func NewDisclosures(names []string, values []json.RawMessage) []Disclosure {
	salts := make([]byte, saltSize*len(values))
	rand.Read(salts) // never fails
	size, most := 0, 0
	for i := range values {
		n := disclosureSize(names[i], values[i])
		size, most = size+base64.RawURLEncoding.EncodedLen(n), max(most, n)
	}
	encoded, digests, plain := newTexts64(len(values), size), newTexts64(len(values), digestSize*len(values)), takeBuffer()
	defer plain.give()
	plain.b = slices.Grow(plain.b, most)
	for i := range values {
		one := appendDisclosure(plain.b[:0], names[i], values[i], salts[i*saltSize:(i+1)*saltSize])
		sum := sha256.Sum256(encoded.add(one))
		digests.add(sum[:])
	}
	plain.b = plain.b[:most] // all that was written
	out := make([]Disclosure, len(values))
	texts, sums := encoded.split(), digests.split()
	for i := range out {
		out[i] = Disclosure{Name: names[i], Value: values[i], encoded: texts[i], digest: sums[i]}
	}
	return out
}

// digestSize is the length of a SHA-256 in base64url.
const digestSize = 43

// disclosureSize bounds the JSON of a disclosure with a name of ASCII.
func disclosureSize(name string, value json.RawMessage) int { return 40 + len(name) + len(value) }

func appendDisclosure(b []byte, name string, value json.RawMessage, salt []byte) []byte {
	b = append(b, '[', '"')
	b = append(base64.RawURLEncoding.AppendEncode(b, salt), '"', ',')
	if name != "" {
		b = append(appendQuoted(b, name), ',')
	}
	return append(append(b, value...), ']')
}

// appendQuoted quotes a name. One that would need an escape is refused by every reader.
func appendQuoted(b []byte, name string) []byte {
	if !memberName(name) {
		return strconv.AppendQuote(b, name)
	}
	return append(append(append(b, '"'), name...), '"')
}

// texts64 gathers texts in base64url, which become parts of one string.
type texts64 struct {
	*buffer
	ends []int
}

// newTexts64 makes room for n texts of so many characters together.
func newTexts64(n, size int) texts64 {
	t := texts64{takeBuffer(), make([]int, 0, n)}
	t.b = slices.Grow(t.b, size)
	return t
}

// add returns the new text, which is good until the next.
func (t *texts64) add(plain []byte) []byte {
	start := len(t.b)
	t.b = base64.RawURLEncoding.AppendEncode(t.b, plain)
	t.ends = append(t.ends, len(t.b))
	return t.b[start:]
}

// split ends the gathering.
func (t *texts64) split() []string {
	defer t.give()
	all, out, start := string(t.b), make([]string, len(t.ends)), 0
	for i, end := range t.ends {
		out[i], start = all[start:end], end
	}
	return out
}

// String returns the disclosure as it stands in an SD-JWT.
func (d Disclosure) String() string { return d.encoded }

// Digest returns base64url SHA-256 of the encoded disclosure (RFC 9901 section 4.2.3).
func (d Disclosure) Digest() string { return d.digest }

// DigestList is the content of "_sd" for these disclosures: their digests and
// decoys up to the next size class (8, 16, 32, …), sorted, so that neither the
// number nor the order of the values shows (RFC 9901 sections 4.2.5, 9.7).
func DigestList(ds []Disclosure) []string {
	return list(ds, 8)
}

// ElementList is the same for an array of disclosable elements; its classes are
// 4, 8, 16, …. The elements keep their order, decoys stand between them: where
// the sorted list has a digest of an element, the next element's is put.
func ElementList(ds []Disclosure) []Element {
	real := make(map[string]bool, len(ds))
	for _, d := range ds {
		real[d.Digest()] = true
	}
	digests := list(ds, 4)
	out := make([]Element, len(digests))
	next := 0
	for i, d := range digests {
		if real[d] {
			d = ds[next].Digest()
			next++
		}
		out[i] = Element{Digest: d}
	}
	return out
}

// Element stands in an array for an element that is disclosed beside it.
type Element struct {
	Digest string `json:"..."`
}

func list(ds []Disclosure, class int) []string {
	for class < len(ds) {
		class *= 2
	}
	out := make([]string, 0, class)
	for _, d := range ds {
		out = append(out, d.Digest())
	}
	random := make([]byte, sha256.Size*(class-len(ds)))
	rand.Read(random)
	decoys := newTexts64(class-len(ds), digestSize*(class-len(ds)))
	for len(random) > 0 {
		decoys.add(random[:sha256.Size])
		random = random[sha256.Size:]
	}
	out = append(out, decoys.split()...)
	slices.Sort(out)
	return out
}

// parseDisclosure reads one disclosure strictly: canonical base64url and JSON,
// [salt, name, value] or [salt, value], a salt of 128 bits or more, no digests
// inside the value (nothing of ours nests). where names its place for an error;
// no error says what it holds.
func parseDisclosure(encoded, where string) (Disclosure, error) {
	b := takeBuffer()
	defer b.give()
	plain, err := b.decode64(encoded, where)
	if err != nil {
		return Disclosure{}, err
	}
	d, err := scan(plain, kindArray, where)
	if err != nil {
		return Disclosure{}, err
	}
	var parts [3]int32
	n := 0
	for c := range d.children(0) {
		if n < len(parts) {
			parts[n] = c
		}
		n++
	}
	if n != 2 && n != 3 {
		return Disclosure{}, badDisclosure(where, "[salt, name, value] or [salt, value]", strconv.Itoa(n)+" elements")
	}
	salt, ok := d.text(parts[0])
	if !ok || !randomBits(salt, saltSize) {
		return Disclosure{}, badDisclosure(where+" salt", "128 bits or more in base64url", "another")
	}
	out := Disclosure{Value: json.RawMessage(d.raw(parts[n-1])), encoded: encoded, digest: digest(encoded)}
	if n == 3 {
		if out.Name, ok = d.text(parts[1]); !ok || !memberName(out.Name) {
			return Disclosure{}, badDisclosure(where+" name", "a name of ASCII letters that is not reserved", "another")
		}
	}
	if d.reserved > 0 {
		return Disclosure{}, badDisclosure(where, "a value without digests inside", "_sd, _sd_alg or ... in it")
	}
	return out, nil
}

// memberName accepts what a disclosed member may be called: as strict as the
// scanner is with names in the open.
func memberName(s string) bool {
	if s == "" || s == "_sd" || s == "..." || s == "_sd_alg" {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func badDisclosure(where, expected, found string) *problem.Error {
	return problem.Mismatch(CodeDisclosure, where, expected, found)
}
