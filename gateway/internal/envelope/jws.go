package envelope

import (
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"homeward.example/gateway/internal/problem"
)

// verifyJWS verifies the signature with this key and its one algorithm. The
// payload is scanned before, and is read where go-jose verified it.
func verifyJWS(jws string, key PublicKey) (doc, error) {
	parsed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Alg)})
	if err != nil {
		return doc{}, problem.Wrap(CodeMalformed, "message", err)
	}
	payload, err := scan(string(parsed.UnsafePayloadWithoutVerification()), kindObject, "payload")
	if err != nil {
		return doc{}, err
	}
	if _, err = parsed.Verify(key.Key); err != nil {
		return doc{}, problem.Mismatch(CodeSignature, "signature", "one by key "+key.ID, "another")
	}
	return payload, nil
}

// Sign signs a payload as it stands and puts the disclosures beside it. The
// payload must hold their digests (see the builders in payload.go).
func Sign(payload []byte, ds []Disclosure, t Type, key PrivateKey) (string, error) {
	if key.Alg != AlgEdDSA && key.Alg != AlgES256 || !key.Public("", UseSign).fits() {
		return "", problem.Mismatch(CodeCannotSign, "key", "one for EdDSA or ES256", key.Alg)
	}
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(t)).WithHeader("kid", key.ID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(key.Alg), Key: key.key}, options)
	if err != nil {
		return "", problem.Wrap(CodeCannotSign, "key", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", problem.Wrap(CodeCannotSign, "signature", err)
	}
	jws, err := signed.CompactSerialize()
	if err != nil {
		return "", problem.Wrap(CodeCannotSign, "message", err)
	}
	return attach(jws, ds)
}

func attach(jws string, ds []Disclosure) (string, error) {
	size := len(jws) + 1
	for _, d := range ds {
		size += len(d.encoded) + 1
	}
	if size >= MaxMessage { // a byte is left for the padding
		return "", problem.Mismatch(CodeTooLarge, "message", "less than "+strconv.Itoa(MaxMessage)+" bytes", strconv.Itoa(size))
	}
	var out strings.Builder
	out.Grow(size)
	out.WriteString(jws)
	out.WriteByte('~')
	for _, d := range ds {
		out.WriteString(d.encoded)
		out.WriteByte('~')
	}
	return out.String(), nil
}
