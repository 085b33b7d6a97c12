package envelope

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/json"

	"homeward.example/gateway/internal/problem"
)

// A JWK of ours is an object of strings with exactly these members (RFC 7517,
// RFC 8037): kty, crv, x, kid, alg, y on P-256, d if it is private. Anything
// else is refused, so that nothing a reader might act on goes unread.

// MarshalPublicJWK writes a public key as the registry lists it.
func MarshalPublicJWK(k PublicKey) (map[string]string, error) {
	jwk := map[string]string{"kid": k.ID, "alg": k.Alg}
	switch key := k.Key.(type) {
	case ed25519.PublicKey:
		jwk["kty"], jwk["crv"], jwk["x"] = "OKP", "Ed25519", Base64(key)
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil || key.Curve != elliptic.P256() {
			return nil, problem.New(CodeInvalidKey, "crv")
		}
		ecJWK(jwk, point)
	case *ecdh.PublicKey:
		if key.Curve() != ecdh.P256() {
			return nil, problem.New(CodeInvalidKey, "crv")
		}
		ecJWK(jwk, key.Bytes())
	default:
		return nil, problem.New(CodeInvalidKey, "kty")
	}
	return jwk, nil
}

// ecJWK adds an uncompressed point of P-256: 0x04 ‖ X ‖ Y.
func ecJWK(jwk map[string]string, point []byte) {
	jwk["kty"], jwk["crv"], jwk["x"], jwk["y"] = "EC", "P-256", Base64(point[1:33]), Base64(point[33:])
}

// ParsePublicJWK reads a public key. Participant, use and time are the registry's to fill in.
// It refuses a private key, other members, and points that are not on the curve.
func ParsePublicJWK(jwk map[string]string) (PublicKey, error) {
	if _, private := jwk["d"]; private {
		return PublicKey{}, problem.Mismatch(CodeInvalidKey, "jwk", "a public key", "a private key")
	}
	k := PublicKey{ID: jwk["kid"], Alg: jwk["alg"]}
	if !identifier(k.ID) {
		return PublicKey{}, problem.Mismatch(CodeInvalidKey, "jwk kid", "letters, digits and - _ . : @", "something else")
	}
	var err error
	switch kind := jwk["kty"] + " " + jwk["crv"] + " " + k.Alg; {
	case kind == "OKP Ed25519 EdDSA" && len(jwk) == 5:
		var x []byte
		x, err = coordinate(jwk["x"], "x")
		k.Key = ed25519.PublicKey(x)
	case (kind == "EC P-256 ES256" || kind == "EC P-256 ECDH-ES") && len(jwk) == 6:
		k.Key, err = curveKey(jwk["x"], jwk["y"], k.Alg)
	default:
		err = problem.Mismatch(CodeInvalidKey, "jwk",
			"kid, alg, kty, crv, x (and y) of Ed25519 with EdDSA, or of P-256 with ES256 or ECDH-ES", "another set")
	}
	if err != nil {
		return PublicKey{}, err
	}
	return k, nil
}

// curveKey reads a point of P-256 as a key of its algorithm.
func curveKey(x, y, alg string) (crypto.PublicKey, error) {
	uncompressed, err := point(x, y)
	if err != nil {
		return nil, err
	}
	var key crypto.PublicKey
	if alg == AlgECDHES {
		key, err = ecdh.P256().NewPublicKey(uncompressed)
	} else {
		key, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), uncompressed)
	}
	if err != nil {
		return nil, problem.Mismatch(CodeInvalidKey, "jwk x, y", "a point on P-256", "another")
	}
	return key, nil
}

// point joins two coordinates to 0x04 ‖ X ‖ Y. Whoever makes a key of it checks the curve.
func point(x, y string) ([]byte, error) {
	out := append(make([]byte, 0, 65), 4)
	for _, c := range []struct{ value, name string }{{x, "x"}, {y, "y"}} {
		b, err := coordinate(c.value, c.name)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

// coordinate reads 32 bytes, canonical and of full length (RFC 7518 section 6.2.1.2).
func coordinate(value, name string) ([]byte, error) {
	b, err := decode64(value, "jwk "+name)
	if err != nil || len(b) != 32 {
		return nil, problem.Mismatch(CodeInvalidKey, "jwk "+name, "32 bytes in base64url", "something else")
	}
	return b, nil
}

// MarshalPrivateJWK writes a private key for a key file.
func MarshalPrivateJWK(k PrivateKey) ([]byte, error) {
	jwk, err := MarshalPublicJWK(k.Public("", ""))
	if err != nil {
		return nil, err
	}
	switch key := k.key.(type) {
	case ed25519.PrivateKey:
		jwk["d"] = Base64(key.Seed())
	case *ecdsa.PrivateKey:
		d, err := key.Bytes()
		if err != nil {
			return nil, problem.New(CodeInvalidKey, "d")
		}
		jwk["d"] = Base64(d)
	case *ecdh.PrivateKey:
		jwk["d"] = Base64(key.Bytes())
	}
	return json.Marshal(jwk)
}

// ParsePrivateJWK reads a private key as strictly, and checks that its halves belong together.
func ParsePrivateJWK(b []byte) (PrivateKey, error) {
	jwk, err := parseJWK(string(b))
	if err != nil {
		return PrivateKey{}, err
	}
	d, err := coordinate(jwk["d"], "d")
	if err != nil {
		return PrivateKey{}, err
	}
	delete(jwk, "d")
	public, err := ParsePublicJWK(jwk)
	if err != nil {
		return PrivateKey{}, err
	}
	k := PrivateKey{ID: public.ID, Alg: public.Alg}
	var same bool
	switch want := public.Key.(type) {
	case ed25519.PublicKey:
		key := ed25519.NewKeyFromSeed(d)
		k.key, same = key, want.Equal(key.Public())
	case *ecdsa.PublicKey:
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
		k.key, same = key, err == nil && want.Equal(&key.PublicKey)
	case *ecdh.PublicKey:
		key, err := ecdh.P256().NewPrivateKey(d)
		k.key, same = key, err == nil && want.Equal(key.PublicKey())
	}
	if !same {
		return PrivateKey{}, problem.Mismatch(CodeInvalidKey, "jwk d", "the private half of x", "another")
	}
	return k, nil
}

// parseJWK reads a flat object of strings.
func parseJWK(s string) (map[string]string, error) {
	d, err := scan(s, kindObject, "jwk")
	if err != nil {
		return nil, problem.Wrap(CodeInvalidKey, "jwk", err)
	}
	jwk := make(map[string]string)
	for c := range d.children(0) {
		v, ok := d.text(c)
		if !ok {
			return nil, problem.Mismatch(CodeInvalidKey, "jwk "+d.name(c), "a string", "another kind of value")
		}
		jwk[d.name(c)] = v
	}
	return jwk, nil
}
