package attack

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"homeward.example/gateway/internal/envelope"
)

// forger signs and seals what the envelope itself would never make. It uses the
// standard library alone, so that no check of ours or of a library is in its way.
type forger struct {
	Material
	key envelope.PrivateKey
}

// b64 encodes a string as a part of a token.
func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// private takes the bare key out of its JWK.
func private(k envelope.PrivateKey) crypto.Signer {
	var jwk struct{ D string }
	raw, err := envelope.MarshalPrivateJWK(k)
	if err == nil {
		err = json.Unmarshal(raw, &jwk)
	}
	d, err2 := base64.RawURLEncoding.DecodeString(jwk.D)
	if err != nil || err2 != nil {
		panic("attack: not a signing key") // a test's own mistake
	}
	if k.Alg == envelope.AlgEdDSA {
		return ed25519.NewKeyFromSeed(d)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	if err != nil {
		panic("attack: not a signing key")
	}
	return key
}

// bare signs bytes with a bare key as JWS does.
func bare(key crypto.Signer, input string) string {
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return string(ed25519.Sign(k, []byte(input)))
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256([]byte(input))
		r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			panic(err)
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return string(out)
	}
	panic("attack: no such key")
}

// header is the right header of the forger's key.
func (f forger) header() string {
	return `{"alg":"` + f.key.Alg + `","kid":"` + f.key.ID + `","typ":"` + string(f.Type) + `"}`
}

// sign signs any header and payload, correctly.
func (f forger) sign(header, payload string) string {
	input := b64(header) + "." + b64(payload)
	return input + "." + b64(bare(private(f.key), input))
}

// join adds disclosures to a signed part.
func join(jws string, ds []envelope.Disclosure) string {
	var out strings.Builder
	out.WriteString(jws + "~")
	for _, d := range ds {
		out.WriteString(d.String() + "~")
	}
	return out.String()
}

// withHeader is a valid message but for its header.
func (f forger) withHeader(header string) string {
	payload, ds := f.Payload()
	return join(f.sign(header, string(payload)), ds)
}

// withPayload is a valid message but for a change of its payload.
func (f forger) withPayload(change func(payload string) string) string {
	payload, ds := f.Payload()
	return join(f.sign(f.header(), change(string(payload))), ds)
}

// withSignature is a valid message but for its signature.
func (f forger) withSignature(header, signature string) string {
	payload, ds := f.Payload()
	return join(b64(header)+"."+b64(string(payload))+"."+b64(signature), ds)
}

// valid is a message that would be accepted.
func (f forger) valid() string { return f.withHeader(f.header()) }

// members reads a payload to be changed member by member.
func members(payload string) map[string]any {
	var m map[string]any
	if err := json.Unmarshal([]byte(payload), &m); err != nil {
		panic(err)
	}
	for _, claim := range []string{"iat", "exp"} {
		if n, ok := m[claim].(float64); ok {
			m[claim] = int64(n)
		}
	}
	return m
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// with sets one member of the payload, or takes it away if v is nil.
func (f forger) with(name string, v any) string {
	return f.withPayload(func(p string) string {
		m := members(p)
		m[name] = v
		if v == nil {
			delete(m, name)
		}
		return marshal(m)
	})
}

// box is a JWE in the making.
type box struct {
	header       func(x, y string) string // x and y of the right ephemeral key
	plaintext    string
	algorithm    string // AlgorithmID of the key derivation
	encryptedKey string
	nonceSize    int
}

// seal encrypts correctly whatever the box says.
func (f forger) seal(b box) string {
	theirs, ok := f.SealTo.Key.(*ecdh.PublicKey)
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if !ok || err != nil {
		panic("attack: SealTo is not a key for sealing")
	}
	z, err := once.ECDH(theirs)
	if err != nil {
		panic(err)
	}
	if b.algorithm == "" {
		b.algorithm = "A256GCM"
	}
	key := sha256.Sum256([]byte("\x00\x00\x00\x01" + string(z) + "\x00\x00\x00" + string(rune(len(b.algorithm))) + b.algorithm +
		"\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x01\x00"))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	if b.nonceSize == 0 {
		b.nonceSize = 12
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, b.nonceSize)
	if err != nil {
		panic(err)
	}
	public := once.PublicKey().Bytes()
	header := b64(b.header(b64(string(public[1:33])), b64(string(public[33:]))))
	nonce := make([]byte, b.nonceSize)
	sealed := string(gcm.Seal(nil, nonce, []byte(b.plaintext), []byte(header)))
	body, tag := sealed[:len(sealed)-16], sealed[len(sealed)-16:]
	return strings.Join([]string{header, b64(b.encryptedKey), b64(string(nonce)), b64(body), b64(tag)}, ".")
}
