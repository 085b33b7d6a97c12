package envelope

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// Base64 encodes as every part of a message is encoded: base64url without padding (RFC 7515 section 2).
func Base64(b []byte) string {
	var short [64]byte // a digest or a salt needs no memory but its text's
	return string(base64.RawURLEncoding.AppendEncode(short[:0], b))
}

// NewID returns 128 random bits: a jti.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])              // never fails (crypto/rand, Go 1.24)
	for b[0]>>2 == sextet['-'] { // people type ids, and a command line takes such a one for a flag
		rand.Read(b[:1])
	}
	return Base64(b[:])
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// sextet gives the value of a character of base64url, 0xff for any other.
var sextet = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte(alphabet) {
		t[c] = byte(i)
	}
	return t
}()

// canonical64 accepts the one way to write some bytes in base64url: no padding,
// no white space, no other alphabet, tail bits zero. The decoders of Go and
// go-jose let line ends through and ignore tail bits.
func canonical64(s, where string) error {
	var bad byte
	for i := range len(s) {
		bad |= sextet[s[i]]
	}
	if bad&0x80 != 0 {
		i := strings.IndexFunc(s, func(r rune) bool { return r > 0x7f || sextet[byte(r)] == 0xff })
		return malformed(where+", character "+strconv.Itoa(i+1), "base64url without padding", "another character")
	}
	var tail byte
	switch len(s) % 4 {
	case 1:
		return malformed(where, "base64url", "a length that no bytes have")
	case 2:
		tail = 0x0f
	case 3:
		tail = 0x03
	}
	if tail != 0 && sextet[s[len(s)-1]]&tail != 0 {
		return malformed(where, "unused last bits that are zero", "bits that are set")
	}
	return nil
}

// strict64 decodes base64url and refuses tail bits; line ends it lets through.
var strict64 = base64.RawURLEncoding.Strict()

// decode64 reads canonical base64url.
func decode64(s, where string) ([]byte, error) {
	return appendDecode64(make([]byte, 0, strict64.DecodedLen(len(s))), s, where)
}

// appendDecode64 lets the decoder find what canonical64 would, in one pass, and
// asks that for the words only when something was found.
func appendDecode64(dst []byte, s, where string) ([]byte, error) {
	out, err := strict64.AppendDecode(dst, []byte(s))
	if err == nil && strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		return out, nil
	}
	if err = canonical64(s, where); err == nil {
		err = malformed(where, "base64url", "something else")
	}
	return nil, err
}

// split cuts a compact serialisation in exactly n parts.
func split(s string, n int, where string) ([]string, error) {
	if found := strings.Count(s, ".") + 1; found != n {
		return nil, malformed(where, strconv.Itoa(n)+" parts", strconv.Itoa(found))
	}
	return strings.Split(s, "."), nil
}

// identifier accepts what a kid, an issuer or an audience may look like. It is
// looked up, logged and compared, so it has no path, quote, space or control character.
func identifier(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if sextet[c] == 0xff && c != '.' && c != ':' && c != '@' {
			return false
		}
	}
	return !strings.Contains(s, "..")
}

// randomBits accepts canonical base64url of at least n bytes.
func randomBits(s string, n int) bool {
	return canonical64(s, "") == nil && base64.RawURLEncoding.DecodedLen(len(s)) >= n
}

func tooLarge(where string, limit, found int) *problem.Error {
	return problem.Mismatch(CodeTooLarge, where, "at most "+strconv.Itoa(limit), strconv.Itoa(found))
}
