package envelope

import (
	"encoding/json"
	"strconv"

	"homeward.example/gateway/internal/problem"
)

// saltSize is 128 bits, the least that RFC 9901 section 9.3 recommends.
const saltSize = 16

// digestSize is the length of a SHA-256 in base64url.
const digestSize = 43

// String returns the disclosure as it stands in an SD-JWT.
func (d Disclosure) String() string { return d.encoded }

// Digest returns base64url SHA-256 of the encoded disclosure (RFC 9901 section 4.2.3).
func (d Disclosure) Digest() string { return d.digest }

// parseDisclosure reads one disclosure. where names its place for an error; no
// error says what it holds.
func parseDisclosure(encoded, where string) (Disclosure, error) {
	b := takeBuffer()
	defer b.give()
	plain, err := b.decode64(encoded, where)
	if err != nil {
		return Disclosure{}, err
	}
	d, err := readDisclosure(nil, plain, where)
	if err != nil {
		return Disclosure{}, err
	}
	return Disclosure{Name: d.name, Value: json.RawMessage(plain[d.start:d.end]), encoded: encoded, digest: digest(encoded)}, nil
}

// opener opens all disclosures of one message.
type opener struct {
	slots   slots
	decoded []byte // one behind the other
	nodes   []node // of the one that is read
}

func newOpener(disclosures []string, s slots) opener {
	size := 0
	for _, encoded := range disclosures {
		size += strict64.DecodedLen(len(encoded))
	}
	return opener{s, make([]byte, 0, size), make([]node, 0, 16)}
}

// open is parseDisclosure of one of them, without the words for what is wrong. It
// finds its slot too.
func (o *opener) open(encoded string) (Disclosure, *slot, bool) {
	start := len(o.decoded)
	decoded, err := appendDecode64(o.decoded, encoded, "")
	if err != nil {
		return Disclosure{}, nil, false
	}
	o.decoded = decoded
	d, err := readDisclosure(o.nodes[:0], string(decoded[start:]), "")
	if err != nil {
		return Disclosure{}, nil, false
	}
	value := decoded[start+int(d.start) : start+int(d.end) : start+int(d.end)]
	out := Disclosure{Name: d.name, Value: value, encoded: encoded, digest: digest(encoded)}
	return out, o.slots.find(out.digest), true
}

// plainDisclosure is what the JSON of a disclosure says: a name, and where the value stands.
type plainDisclosure struct {
	name       string
	start, end int32
}

// readDisclosure reads canonical JSON strictly: [salt, name, value] or [salt, value],
// a salt of 128 bits or more, no digests inside the value (nothing of ours nests).
func readDisclosure(room []node, plain, where string) (plainDisclosure, error) {
	d, err := scanInto(room, plain, kindArray, where)
	if err != nil {
		return plainDisclosure{}, err
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
		return plainDisclosure{}, badDisclosure(where, "[salt, name, value] or [salt, value]", strconv.Itoa(n)+" elements")
	}
	salt, ok := d.text(parts[0])
	if !ok || !randomBits(salt, saltSize) {
		return plainDisclosure{}, badDisclosure(where+" salt", "128 bits or more in base64url", "another")
	}
	value := &d.nodes[parts[n-1]]
	out := plainDisclosure{start: value.start, end: value.end}
	if n == 3 {
		if out.name, ok = d.text(parts[1]); !ok || !memberName(out.name) {
			return plainDisclosure{}, badDisclosure(where+" name", "a name of ASCII letters that is not reserved", "another")
		}
	}
	if d.reserved > 0 {
		return plainDisclosure{}, badDisclosure(where, "a value without digests inside", "_sd, _sd_alg or ... in it")
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
