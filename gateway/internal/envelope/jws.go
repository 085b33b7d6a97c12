package envelope

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"homeward.example/gateway/internal/problem"
)

// verifyJWS verifies the signature with this key and its one algorithm, and
// reads the payload: canonical JSON, scanned before go-jose computes anything.
func verifyJWS(jws string, key PublicKey) (doc, error) {
	parsed, err := parseJWS(jws, key)
	if err != nil {
		return doc{}, err
	}
	payload, err := scan(string(parsed.UnsafePayloadWithoutVerification()), kindObject, "payload")
	if err != nil {
		return doc{}, err
	}
	return payload, verifySignature(parsed, key)
}

func parseJWS(jws string, key PublicKey) (*jose.JSONWebSignature, error) {
	parsed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Alg)})
	if err != nil {
		return nil, problem.Wrap(CodeMalformed, "message", err)
	}
	return parsed, nil
}

func verifySignature(parsed *jose.JSONWebSignature, key PublicKey) error {
	if _, err := parsed.Verify(key.Key); err != nil {
		return problem.Mismatch(CodeSignature, "signature", "one by key "+key.ID, "another")
	}
	return nil
}

// Sign signs a payload as it stands and puts the disclosures beside it. The
// payload must hold their digests (see the builders in payload.go). What it
// makes is a dozen lines, so the standard library makes it, in one buffer; tests
// verify it with go-jose and others.
func Sign(payload []byte, ds []Disclosure, t Type, key PrivateKey) (string, error) {
	b := takeBuffer()
	defer b.give()
	var err error
	if b.b, err = appendSigned(b.b, payload, ds, t, key); err != nil {
		return "", err
	}
	return string(b.b), nil
}

func appendSigned(out, payload []byte, ds []Disclosure, t Type, key PrivateKey) ([]byte, error) {
	if !key.Public("", UseSign).fits() || !memberName(string(t)) {
		return out, problem.Mismatch(CodeCannotSign, "key", "one for EdDSA or ES256", key.Alg)
	}
	b64 := base64.RawURLEncoding
	header := `{"alg":"` + key.Alg + `","kid":"` + key.ID + `","typ":"` + string(t) + `"}`
	size := b64.EncodedLen(len(header)) + b64.EncodedLen(len(payload)) + b64.EncodedLen(signatureSize) + 3
	for _, d := range ds {
		size += len(d.encoded) + 1
	}
	if size >= MaxMessage { // a byte is left for the padding
		return out, tooLarge("message", MaxMessage-1, size)
	}
	out = slices.Grow(out, sizeClass(size+1)+tagSize) // room to be padded and sealed in place
	start := len(out)
	out = append(b64.AppendEncode(out, []byte(header)), '.')
	out = b64.AppendEncode(out, payload)
	signature, err := key.sign(out[start:])
	if err != nil {
		return out, problem.Wrap(CodeCannotSign, "signature", err)
	}
	out = append(b64.AppendEncode(append(out, '.'), signature), '~')
	for _, d := range ds {
		out = append(append(out, d.encoded...), '~')
	}
	return out, nil
}

// signatureSize is that of Ed25519 and of ES256 (R ‖ S) alike.
const signatureSize = 64

func (k PrivateKey) sign(input []byte) ([]byte, error) {
	switch key := k.key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, input), nil
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256(input)
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			return nil, err
		}
		out := make([]byte, signatureSize) // RFC 7518 section 3.4
		r.FillBytes(out[:signatureSize/2])
		s.FillBytes(out[signatureSize/2:])
		return out, nil
	}
	return nil, problem.New(CodeCannotSign, "key")
}
