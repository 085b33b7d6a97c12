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
