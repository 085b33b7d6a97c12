package envelope

import (
	"crypto/ecdh"
	"encoding/base64"
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
	var f faults
	if checkParts(parts, &f); len(f) > 0 {
		return sealed{}, f.err()
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
func checkParts(parts []string, f *faults) {
	b64, size := base64.RawURLEncoding, base64.RawURLEncoding.DecodedLen(len(parts[3]))
	f.check(parts[1] == "", CodeMalformed, "sealed encrypted key", "none (ECDH-ES is direct)", "one")
	f.check(len(parts[2]) == b64.EncodedLen(nonceSize), CodeMalformed, "sealed nonce", "12 bytes", "another length")
	f.check(len(parts[4]) == b64.EncodedLen(tagSize), CodeMalformed, "sealed tag", "16 bytes", "another length")
	f.check(size >= minClass && size <= MaxMessage && sizeClass(size) == size, CodeMalformed,
		"sealed ciphertext", "a size class (1, 2, 4, … KiB, at most 1 MiB)", "another length")
}

// readHeader reads the header: exactly alg, enc, epk, kid, typ and cty. So there
// is no zip, no p2c, no apu, no crit, no jku, jwk, x5u or x5c.
func (s *sealed) readHeader(t Type) error {
	d, err := scanHeader(s.header)
	if err != nil {
		return err
	}
	var f faults
	s.checkHeader(d, t, &f)
	return f.err()
}

func (s *sealed) checkHeader(d doc, t Type, f *faults) {
	var alg, enc, typ, cty string
	d.exactly(f, 0, "sealed header", field{"alg", &alg}, field{"enc", &enc}, field{"epk", nil},
		field{"kid", &s.kid}, field{"typ", &typ}, field{"cty", &cty})
	f.check(alg == AlgECDHES, CodeAlgorithm, "sealed header alg", AlgECDHES, shown(alg))
	f.check(enc == encryption, CodeAlgorithm, "sealed header enc", encryption, shown(enc))
	f.check(typ == TypeSealed, CodeType, "sealed header typ", TypeSealed, shown(typ))
	f.check(cty == string(t), CodeType, "sealed header cty", string(t), shown(cty))
	f.check(identifier(s.kid), CodeHeader, "sealed header kid", kidForm, shown(s.kid))
	if epk, ok := d.member(0, "epk"); ok {
		s.checkEphemeral(d, epk, f)
	}
}

// checkEphemeral reads the sender's one-time key: a point on P-256 and nothing
// beside it. A point on another curve would draw bits out of our key.
func (s *sealed) checkEphemeral(d doc, epk int32, f *faults) {
	if !f.check(d.kind(epk) == kindObject, CodeHeader, "sealed header epk", "an object", d.kind(epk).String()) {
		return
	}
	var kty, crv, x, y string
	d.exactly(f, epk, "sealed header epk", field{"kty", &kty}, field{"crv", &crv}, field{"x", &x}, field{"y", &y})
	f.check(kty == "EC" && crv == "P-256", CodeAlgorithm, "sealed header epk", "kty EC, crv P-256", shown(kty)+", "+shown(crv))
	uncompressed, err := point(x, y)
	if err == nil {
		s.epk, err = ecdh.P256().NewPublicKey(uncompressed)
	}
	f.check(err == nil, CodeSealed, "sealed header epk", "a point on P-256", "another")
}

// writeSealedHeader writes the same header. Its values need no escape: the key
// id and the type were checked, the rest is ours. public is 0x04 ‖ X ‖ Y.
func writeSealedHeader(public []byte, kid string, t Type) string {
	return Base64([]byte(`{"alg":"` + AlgECDHES + `","enc":"` + encryption +
		`","epk":{"kty":"EC","crv":"P-256","x":"` + Base64(public[1:33]) + `","y":"` + Base64(public[33:]) +
		`"},"kid":"` + kid + `","typ":"` + TypeSealed + `","cty":"` + string(t) + `"}`))
}
