package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"

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
	b := takeBuffer()
	defer b.give()
	if len(sdjwt) >= MaxMessage {
		return "", tooLarge("message", MaxMessage-1, len(sdjwt))
	}
	b.b = append(slices.Grow(b.b, sizeClass(len(sdjwt)+1)+tagSize), sdjwt...)
	return b.seal(t, to)
}

// seal pads and encrypts the buffer, which has the room, in place: no copy of the
// plaintext is left.
func (b *buffer) seal(t Type, to PublicKey) (string, error) {
	theirs, ok := to.Key.(*ecdh.PublicKey)
	if !ok || !to.fits() {
		return "", problem.Mismatch(CodeKeyUse, "key "+to.ID, "a key for seal", "a key for "+string(to.Use))
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
	b.b = pad(b.b)
	b.b = gcm.Seal(b.b[:0], nonce[:], b.b, []byte(header))
	return joinSealed(header, nonce[:], b.b), nil
}

// joinSealed writes the five parts; the encrypted key is empty, since ECDH-ES is direct.
func joinSealed(header string, nonce, sealed []byte) string {
	b64, body := base64.RawURLEncoding, len(sealed)-tagSize
	out := takeBuffer()
	defer out.give()
	out.b = slices.Grow(out.b, len(header)+4+b64.EncodedLen(nonceSize)+b64.EncodedLen(body)+b64.EncodedLen(tagSize))
	out.b = append(append(out.b, header...), '.', '.')
	out.b = append(b64.AppendEncode(out.b, nonce), '.')
	out.b = append(b64.AppendEncode(out.b, sealed[:body]), '.')
	return string(b64.AppendEncode(out.b, sealed[body:]))
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
