package envelope

import (
	"crypto/ecdsa"

	"github.com/go-jose/go-jose/v4"

	"homeward.example/gateway/internal/problem"
)

// TypeSealed is the typ of every JWE; its cty is the type of what is inside.
const TypeSealed = "homeward-sealed+jwe"

// minClass is the least size class of a plaintext; the classes are its powers of two times, up to MaxMessage.
const minClass = 1024

// sizeClass returns the class of a plaintext of n bytes, its padding included.
func sizeClass(n int) int {
	class := minClass
	for class < n {
		class *= 2
	}
	return class
}

// pad appends 0x80 and zeros up to the size class (ISO/IEC 7816-4).
func pad(s string) []byte {
	b := make([]byte, sizeClass(len(s)+1))
	copy(b, s)
	b[len(s)] = 0x80
	return b
}

// unpad returns what stands before the last 0x80; only zeros may follow it.
func unpad(b []byte) (string, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		switch b[i] {
		case 0:
		case 0x80:
			return string(b[:i]), sizeClass(i+1) == len(b)
		default:
			return "", false
		}
	}
	return "", false
}

// Seal encrypts an SD-JWT to a participant's key: ECDH-ES on P-256, A256GCM.
func Seal(sdjwt string, t Type, to PublicKey) (string, error) {
	if to.Alg != AlgECDHES || to.Use != UseSeal || !to.fits() {
		return "", problem.Mismatch(CodeKeyUse, "key "+to.ID, "a key for seal", "a key for "+string(to.Use))
	}
	if len(sdjwt) >= MaxMessage {
		return "", tooLarge("message", MaxMessage-1, len(sdjwt))
	}
	options := (&jose.EncrypterOptions{}).WithType(TypeSealed).WithContentType(jose.ContentType(t))
	encrypter, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.ECDH_ES, Key: to.Key, KeyID: to.ID}, options)
	if err != nil {
		return "", problem.Wrap(CodeInvalidKey, "key "+to.ID, err)
	}
	plaintext := pad(sdjwt)
	defer clear(plaintext)
	sealed, err := encrypter.Encrypt(plaintext)
	if err != nil {
		return "", problem.Wrap(CodeInvalidKey, "key "+to.ID, err)
	}
	return sealed.CompactSerialize()
}

// Open decrypts a message of type t with the one of these keys that it names.
// Its form, its header and its size are checked before anything is computed.
func Open(jwe string, t Type, keys []PrivateKey) (string, error) {
	kid, err := parseSealed(jwe, t)
	if err != nil {
		return "", err
	}
	key, ok := sealKey(kid, keys)
	if !ok {
		return "", problem.Mismatch(CodeUnknownKey, "sealed header kid", "a sealing key of this gateway", kid)
	}
	sealed, err := jose.ParseEncryptedCompact(jwe, []jose.KeyAlgorithm{jose.ECDH_ES}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		return "", problem.Wrap(CodeMalformed, "sealed message", err)
	}
	plaintext, err := sealed.Decrypt(key)
	if err != nil {
		return "", problem.Mismatch(CodeSealed, "sealed message", "one made for key "+kid, "one made for another, or altered")
	}
	defer clear(plaintext)
	sdjwt, ok := unpad(plaintext)
	if !ok {
		return "", malformed("padding", "0x80 and zeros up to the size class", "another end")
	}
	return sdjwt, nil
}

func sealKey(kid string, keys []PrivateKey) (*ecdsa.PrivateKey, bool) {
	for _, k := range keys {
		if key, ok := k.key.(*ecdsa.PrivateKey); ok && k.ID == kid && k.Alg == AlgECDHES {
			return key, true
		}
	}
	return nil, false
}

// parseSealed checks all of a JWE that can be checked without a key.
func parseSealed(jwe string, t Type) (kid string, err error) {
	if len(jwe) > MaxSealed {
		return "", tooLarge("sealed message", MaxSealed, len(jwe))
	}
	parts, err := split(jwe, 5, "sealed message")
	if err != nil {
		return "", err
	}
	if kid, err = sealedHeader(parts[0], t); err != nil {
		return "", err
	}
	return kid, sealedParts(parts)
}

// sealedHeader reads the header: exactly alg, enc, epk, kid, typ and cty.
func sealedHeader(part string, t Type) (string, error) {
	d, err := scanHeader(part)
	if err != nil {
		return "", err
	}
	var alg, enc, kid, typ, cty string
	err = d.exactly(0, "sealed header", field{"alg", &alg}, field{"enc", &enc}, field{"epk", nil}, field{"kid", &kid}, field{"typ", &typ}, field{"cty", &cty})
	switch {
	case err != nil:
		return "", err
	case alg != AlgECDHES:
		return "", problem.Mismatch(CodeAlgorithm, "sealed header alg", AlgECDHES, "another")
	case enc != string(jose.A256GCM):
		return "", problem.Mismatch(CodeAlgorithm, "sealed header enc", string(jose.A256GCM), "another")
	case typ != TypeSealed:
		return "", problem.Mismatch(CodeType, "sealed header typ", TypeSealed, "another")
	case cty != string(t):
		return "", problem.Mismatch(CodeType, "sealed header cty", string(t), "another")
	case !identifier(kid):
		return "", problem.Mismatch(CodeHeader, "sealed header kid", "letters, digits and - _ . : @", "another character")
	}
	return kid, ephemeral(d)
}

// ephemeral checks the sender's one-time key: a point on P-256 and nothing
// beside it. A point on another curve would leak bits of our key.
func ephemeral(d doc) error {
	epk, _ := d.member(0, "epk")
	if d.kind(epk) != kindObject {
		return problem.Mismatch(CodeHeader, "sealed header epk", "an object", "another kind of value")
	}
	var kty, crv, x, y string
	err := d.exactly(epk, "sealed header epk", field{"kty", &kty}, field{"crv", &crv}, field{"x", &x}, field{"y", &y})
	if err != nil {
		return err
	}
	if kty != "EC" || crv != "P-256" {
		return problem.Mismatch(CodeAlgorithm, "sealed header epk", "kty EC, crv P-256", "another")
	}
	if _, err = point(map[string]string{"x": x, "y": y}); err != nil {
		return problem.Mismatch(CodeSealed, "sealed header epk", "a point on P-256", "another")
	}
	return nil
}

// sealedParts checks the sizes of the other parts: no encrypted key (ECDH-ES is
// direct), a nonce of 12 bytes, a tag of 16, a ciphertext of a size class.
func sealedParts(parts []string) error {
	for i, p := range []struct {
		name, want string
		chars      int
	}{
		{"encrypted key", "none", 0}, {"nonce", "12 bytes", 16}, {"ciphertext", "", -1}, {"tag", "16 bytes", 22},
	} {
		part := parts[i+1]
		if p.chars >= 0 && len(part) != p.chars {
			return malformed("sealed "+p.name, p.want, "another length")
		}
		if err := canonical64(part, "sealed "+p.name); err != nil {
			return err
		}
	}
	if n := len(parts[3]) * 3 / 4; n < minClass || n > MaxMessage || sizeClass(n) != n {
		return malformed("sealed ciphertext", "a size class (1, 2, 4, … KiB)", "another length")
	}
	return nil
}
