package envelope

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"

	"homeward.example/gateway/internal/problem"
)

// Algorithms of keys. A key has exactly one.
const (
	AlgEdDSA  = "EdDSA"   // Ed25519 (RFC 8037)
	AlgES256  = "ES256"   // ECDSA on P-256 with SHA-256 (RFC 7518)
	AlgECDHES = "ECDH-ES" // key agreement on P-256 (RFC 7518)
)

// PrivateKey is a key of this participant. ID is the kid under which the registry knows it.
type PrivateKey struct {
	ID, Alg string
	key     crypto.PrivateKey // by Alg: ed25519.PrivateKey, *ecdsa.PrivateKey, *ecdh.PrivateKey
}

// String keeps the key out of logs and of %v.
func (k PrivateKey) String() string { return "PrivateKey(" + k.ID + ")" }

// GoString keeps the key out of %#v.
func (k PrivateKey) GoString() string { return k.String() }

// GenerateKey makes a key for one of the three algorithms.
func GenerateKey(id, alg string) (PrivateKey, error) {
	k := PrivateKey{ID: id, Alg: alg}
	if !identifier(id) {
		return PrivateKey{}, problem.New(CodeInvalidKey, "kid")
	}
	var err error
	switch alg {
	case AlgEdDSA:
		_, k.key, err = ed25519.GenerateKey(rand.Reader)
	case AlgES256:
		k.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case AlgECDHES:
		k.key, err = ecdh.P256().GenerateKey(rand.Reader)
	default:
		err = problem.Mismatch(CodeInvalidKey, "alg", "EdDSA, ES256 or ECDH-ES", "another")
	}
	if err != nil {
		return PrivateKey{}, err
	}
	return k, nil
}

// Public returns the public half as the registry lists it, without bounds of time.
func (k PrivateKey) Public(participant string, use Use) PublicKey {
	p := PublicKey{ID: k.ID, Participant: participant, Use: use, Alg: k.Alg}
	switch key := k.key.(type) {
	case ed25519.PrivateKey:
		p.Key = key.Public()
	case *ecdsa.PrivateKey:
		p.Key = &key.PublicKey
	case *ecdh.PrivateKey:
		p.Key = key.PublicKey()
	}
	return p
}

// Ed25519 returns the key for a signature that is no JWS; false if it is of
// another algorithm.
func (k PrivateKey) Ed25519() (ed25519.PrivateKey, bool) {
	key, ok := k.key.(ed25519.PrivateKey)
	return key, ok
}

// fits says whether the key is of its algorithm, and the algorithm of its use. An
// algorithm that is only named would let a key be used with another; and a key
// for sealing has a Go type that cannot sign.
func (k PublicKey) fits() bool {
	if !identifier(k.ID) {
		return false
	}
	switch key := k.Key.(type) {
	case ed25519.PublicKey:
		return k.Alg == AlgEdDSA && len(key) == ed25519.PublicKeySize && k.Use != UseSeal
	case *ecdsa.PublicKey:
		return k.Alg == AlgES256 && key != nil && key.Curve == elliptic.P256() && k.Use != UseSeal
	case *ecdh.PublicKey:
		return k.Alg == AlgECDHES && key != nil && key.Curve() == ecdh.P256() && k.Use == UseSeal
	}
	return false
}
