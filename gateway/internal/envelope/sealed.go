package envelope

import (
	"crypto/ecdh"
	"encoding/base64"

	"homeward.example/gateway/internal/problem"
)

// sealed is a JWE of which all was checked that can be checked without a key.
type sealed struct {
	header string // as received: the additional authenticated data
	kid    string
	epk    *ecdh.PublicKey
	nonce  []byte
	body   []byte // ciphertext ‖ tag
}

func parseSealed(jwe string, t Type) (sealed, error) {
	if len(jwe) > MaxSealed {
		return sealed{}, tooLarge("sealed message", MaxSealed, len(jwe))
	}
	parts, err := split(jwe, 5, "sealed message")
	if err != nil {
		return sealed{}, err
	}
	s := sealed{header: parts[0]}
	if err = s.readHeader(t); err != nil {
		return sealed{}, err
	}
	if err = checkParts(parts); err != nil {
		return sealed{}, err
	}
	if s.nonce, err = decode64(parts[2], "sealed nonce"); err != nil {
		return sealed{}, err
	}
	// Ciphertext and tag behind one another, as GCM takes them.
	body := make([]byte, 0, base64.RawURLEncoding.DecodedLen(len(parts[3]))+tagSize)
	if body, err = appendDecode64(body, parts[3], "sealed ciphertext"); err != nil {
		return sealed{}, err
	}
	s.body, err = appendDecode64(body, parts[4], "sealed tag")
	return s, err
}

// checkParts checks the sizes of what follows the header: no encrypted key
// (ECDH-ES is direct), a nonce, a ciphertext of a size class, a tag.
func checkParts(parts []string) error {
	b64 := base64.RawURLEncoding
	size := b64.DecodedLen(len(parts[3]))
	switch {
	case parts[1] != "":
		return malformed("sealed encrypted key", "none (ECDH-ES is direct)", "one")
	case len(parts[2]) != b64.EncodedLen(nonceSize):
		return malformed("sealed nonce", "12 bytes", "another length")
	case len(parts[4]) != b64.EncodedLen(tagSize):
		return malformed("sealed tag", "16 bytes", "another length")
	case size < minClass || size > MaxMessage || sizeClass(size) != size:
		return malformed("sealed ciphertext", "a size class (1, 2, 4, … KiB, at most 1 MiB)", "another length")
	}
	return nil
}

// readHeader reads the header: exactly alg, enc, epk, kid, typ and cty. So there
// is no zip, no p2c, no apu, no crit, no jku, jwk, x5u or x5c.
func (s *sealed) readHeader(t Type) error {
	d, err := scanHeader(s.header)
	if err != nil {
		return err
	}
	var alg, enc, typ, cty string
	err = d.exactly(0, "sealed header", field{"alg", &alg}, field{"enc", &enc}, field{"epk", nil},
		field{"kid", &s.kid}, field{"typ", &typ}, field{"cty", &cty})
	switch {
	case err != nil:
		return err
	case alg != AlgECDHES:
		return problem.Mismatch(CodeAlgorithm, "sealed header alg", AlgECDHES, "another")
	case enc != encryption:
		return problem.Mismatch(CodeAlgorithm, "sealed header enc", encryption, "another")
	case typ != TypeSealed:
		return problem.Mismatch(CodeType, "sealed header typ", TypeSealed, "another")
	case cty != string(t):
		return problem.Mismatch(CodeType, "sealed header cty", string(t), "another")
	case !identifier(s.kid):
		return problem.Mismatch(CodeHeader, "sealed header kid", "letters, digits and - _ . : @", "another character")
	}
	return s.readEphemeral(d)
}

// readEphemeral reads the sender's one-time key: a point on P-256 and nothing
// beside it. A point on another curve would draw bits out of our key.
func (s *sealed) readEphemeral(d doc) error {
	epk, _ := d.member(0, "epk")
	if d.kind(epk) != kindObject {
		return problem.Mismatch(CodeHeader, "sealed header epk", "an object", d.kind(epk).String())
	}
	var kty, crv, x, y string
	err := d.exactly(epk, "sealed header epk", field{"kty", &kty}, field{"crv", &crv}, field{"x", &x}, field{"y", &y})
	if err != nil {
		return err
	}
	if kty != "EC" || crv != "P-256" {
		return problem.Mismatch(CodeAlgorithm, "sealed header epk", "kty EC, crv P-256", "another")
	}
	uncompressed, err := point(x, y)
	if err == nil {
		s.epk, err = ecdh.P256().NewPublicKey(uncompressed)
	}
	if err != nil {
		return problem.Mismatch(CodeSealed, "sealed header epk", "a point on P-256", "another")
	}
	return nil
}

// writeSealedHeader writes the same header. Its values need no escape: the key
// id and the type were checked, the rest is ours. public is 0x04 ‖ X ‖ Y.
func writeSealedHeader(public []byte, kid string, t Type) string {
	return Base64([]byte(`{"alg":"` + AlgECDHES + `","enc":"` + encryption +
		`","epk":{"kty":"EC","crv":"P-256","x":"` + Base64(public[1:33]) + `","y":"` + Base64(public[33:]) +
		`"},"kid":"` + kid + `","typ":"` + TypeSealed + `","cty":"` + string(t) + `"}`))
}
