package envelope

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// saltSize is 128 bits, the least that RFC 9901 section 9.3 recommends.
const saltSize = 16

// NewDisclosure salts a value and encodes it once: what is digested is what is
// sent. An empty name makes an element of an array. The value must be JSON.
func NewDisclosure(name string, value json.RawMessage) Disclosure {
	var salt [saltSize]byte
	rand.Read(salt[:]) // never fails
	return newDisclosure(name, value, salt[:])
}

// NewDisclosures makes one disclosure for each value, with one draw of randomness for all.
func NewDisclosures(names []string, values []json.RawMessage) []Disclosure {
	salts := make([]byte, saltSize*len(values))
	rand.Read(salts)
	out := make([]Disclosure, len(values))
	for i := range values {
		out[i] = newDisclosure(names[i], values[i], salts[i*saltSize:(i+1)*saltSize])
	}
	return out
}

func newDisclosure(name string, value json.RawMessage, salt []byte) Disclosure {
	b := make([]byte, 0, 40+len(name)+len(value))
	b = append(b, '[', '"')
	b = append(b, Base64(salt)...)
	b = append(b, '"', ',')
	if name != "" {
		b = strconv.AppendQuote(b, name) // names are ASCII; one that is not is refused by every reader
		b = append(b, ',')
	}
	b = append(b, value...)
	b = append(b, ']')
	encoded := Base64(b)
	return Disclosure{Name: name, Value: value, encoded: encoded, digest: digest(encoded)}
}

// String returns the disclosure as it stands in an SD-JWT.
func (d Disclosure) String() string { return d.encoded }

// Digest returns base64url SHA-256 of the encoded disclosure (RFC 9901 section 4.2.3).
func (d Disclosure) Digest() string { return d.digest }

func digest(encoded string) string {
	sum := sha256.Sum256([]byte(encoded))
	return Base64(sum[:])
}

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
	decoys := make([]byte, sha256.Size*(class-len(ds)))
	rand.Read(decoys)
	for len(decoys) > 0 {
		out = append(out, Base64(decoys[:sha256.Size]))
		decoys = decoys[sha256.Size:]
	}
	sort.Strings(out)
	return out
}

// parseDisclosure reads one disclosure strictly: canonical base64url and JSON,
// [salt, name, value] or [salt, value], a salt of 128 bits or more, no digests
// inside the value (nothing of ours nests). where names its place for an error;
// no error says what it holds.
func parseDisclosure(encoded, where string) (Disclosure, error) {
	b, err := decode64(encoded, where)
	if err != nil {
		return Disclosure{}, err
	}
	d, err := scan(string(b), kindArray, where)
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
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) < 0
}

func badDisclosure(where, expected, found string) *problem.Error {
	return problem.Mismatch(CodeDisclosure, where, expected, found)
}
