package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// A sealed message is a compact JWE (RFC 7516): ECDH-ES direct on P-256 with
// A256GCM and nothing else. With one algorithm and a header that is parsed
// strictly anyway (sealed.go), the standard library does it in a few lines,
// without a second parser and with the constant-time crypto/ecdh, for half the
// time; the tests check both directions against go-jose.

// TypeSealed is the typ of every JWE; its cty is the type of what is inside.
const TypeSealed = "homeward-sealed+jwe"

const (
	encryption = "A256GCM"
	nonceSize  = 12
	tagSize    = 16
)

// Seal pads an SD-JWT to its size class and encrypts it to a participant's key.
func Seal(sdjwt string, t Type, to PublicKey) (string, error) {
	theirs, ok := to.Key.(*ecdh.PublicKey)
	if !ok || !to.fits() {
		return "", problem.Mismatch(CodeKeyUse, "key "+to.ID, "a key for seal", "a key for "+string(to.Use))
	}
	if len(sdjwt) >= MaxMessage {
		return "", tooLarge("message", MaxMessage-1, len(sdjwt))
	}
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", problem.Wrap(problem.CodeInternal, "ephemeral key", err)
	}
	gcm, err := agree(once, theirs)
	if err != nil {
		return "", err
	}
	var nonce [nonceSize]byte
	rand.Read(nonce[:]) // never fails
	header := writeSealedHeader(once.PublicKey().Bytes(), to.ID, t)
	sealed := pad(sdjwt, tagSize)
	sealed = gcm.Seal(sealed[:0], nonce[:], sealed, []byte(header)) // in place: no copy of the plaintext is left
	return joinSealed(header, nonce[:], sealed), nil
}

// joinSealed writes the five parts; the encrypted key is empty, since ECDH-ES is direct.
func joinSealed(header string, nonce, sealed []byte) string {
	b64, body := base64.RawURLEncoding, len(sealed)-tagSize
	var out strings.Builder
	out.Grow(len(header) + 4 + b64.EncodedLen(nonceSize) + b64.EncodedLen(body) + b64.EncodedLen(tagSize))
	out.WriteString(header + ".." + Base64(nonce) + ".")
	w := base64.NewEncoder(b64, &out) // straight into the string; a Builder returns no error
	_, _ = w.Write(sealed[:body])
	_ = w.Close()
	out.WriteString("." + Base64(sealed[body:]))
	return out.String()
}

// Open decrypts a message of type t with the one of these keys that it names.
// Its form, its header and its size are checked before anything is computed.
func Open(jwe string, t Type, keys []PrivateKey) (string, error) {
	s, err := parseSealed(jwe, t)
	if err != nil {
		return "", err
	}
	own, ok := sealKey(s.kid, keys)
	if !ok {
		return "", problem.Mismatch(CodeUnknownKey, "sealed header kid", "a sealing key of this gateway", s.kid)
	}
	return s.decrypt(own)
}

func sealKey(kid string, keys []PrivateKey) (*ecdh.PrivateKey, bool) {
	for _, k := range keys {
		if own, ok := k.key.(*ecdh.PrivateKey); ok && k.ID == kid {
			return own, true
		}
	}
	return nil, false
}

func (s sealed) decrypt(own *ecdh.PrivateKey) (string, error) {
	gcm, err := agree(own, s.epk)
	if err != nil {
		return "", err
	}
	plaintext, err := gcm.Open(s.body[:0], s.nonce, s.body, []byte(s.header))
	if err != nil {
		return "", problem.Mismatch(CodeSealed, "sealed message", "one made for key "+s.kid, "one made for another, or altered")
	}
	defer clear(plaintext)
	sdjwt, ok := unpad(plaintext)
	if !ok {
		return "", malformed("padding", "0x80 and zeros up to the size class", "another end")
	}
	return sdjwt, nil
}

// agree derives the cipher of one message from its key agreement.
func agree(own *ecdh.PrivateKey, theirs *ecdh.PublicKey) (cipher.AEAD, error) {
	z, err := own.ECDH(theirs)
	if err != nil {
		return nil, problem.Wrap(CodeSealed, "sealed header epk", err)
	}
	key := contentKey(z)
	clear(z)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, problem.Wrap(problem.CodeInternal, "content key", err)
	}
	return cipher.NewGCM(block)
}

// contentKey is one round of the Concat KDF (RFC 7518 section 4.6), which gives
// the 256 bits that A256GCM takes. For the party infos, which the header may not
// have, the empty length stands.
func contentKey(z []byte) [sha256.Size]byte {
	input := make([]byte, 0, 64+len(z))
	input = append(append(input, 0, 0, 0, 1), z...) // round 1, Z
	input = append(append(input, 0, 0, 0, byte(len(encryption))), encryption...)
	input = append(input, 0, 0, 0, 0, 0, 0, 0, 0) // PartyUInfo, PartyVInfo
	input = append(input, 0, 0, 1, 0)             // 256 bits
	key := sha256.Sum256(input)
	clear(input)
	return key
}
