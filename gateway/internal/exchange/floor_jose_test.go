package exchange_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"homeward.example/gateway/internal/envelope"
)

// library is the cryptography of one exchange as go-jose does it alone, on messages
// of the same sizes: what the same four steps cost who writes none of them. It is
// shown beside floor, which is the harder measure, and promises nothing.
type library struct {
	query     string // a query, sealed anew to open
	plain     []byte // an answer as it is sealed, padded
	payload   []byte // what of it is signed
	open      *ecdsa.PrivateKey
	public    any // of the query's signer
	alg       jose.SignatureAlgorithm
	signer    ed25519.PrivateKey
	recipient jose.Recipient
}

// libraryOf takes for its messages those of the floor.
func libraryOf(b *testing.B, f floor, query string) library {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	_, signer, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	opened, err := envelope.Open(query, envelope.TypeQuery, f.open)
	if err != nil {
		b.Fatal(err)
	}
	l := library{
		payload: f.payload, open: key, public: f.verify, alg: f.alg, signer: signer,
		recipient: jose.Recipient{Algorithm: jose.ECDH_ES, Key: key.Public(), KeyID: "seal"},
	}
	signed, err := envelope.Sign(f.payload, nil, envelope.TypeAnswer, f.sign)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := envelope.Seal(signed+f.beside, envelope.TypeAnswer, f.seal)
	if err != nil {
		b.Fatal(err)
	}
	l.plain = padded(signed+f.beside, answer)
	if l.query, err = l.seal(padded(opened, query)); err != nil {
		b.Fatal(err)
	}
	return l
}

// padded brings a message to the size that it has in a sealed one.
func padded(message, sealed string) []byte {
	size := base64.RawURLEncoding.DecodedLen(len(strings.Split(sealed, ".")[3]))
	return append([]byte(message), bytes.Repeat([]byte{' '}, size-len(message))...)
}

func (l library) seal(plain []byte) (string, error) {
	encrypter, err := jose.NewEncrypter(jose.A256GCM, l.recipient, nil)
	if err != nil {
		return "", err
	}
	sealed, err := encrypter.Encrypt(plain)
	if err != nil {
		return "", err
	}
	return sealed.CompactSerialize()
}

func (l library) once() error {
	sealed, err := jose.ParseEncryptedCompact(l.query, []jose.KeyAlgorithm{jose.ECDH_ES}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		return err
	}
	plain, err := sealed.Decrypt(l.open)
	if err != nil {
		return err
	}
	jws, _, _ := strings.Cut(string(plain), "~")
	parsed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{l.alg})
	if err != nil {
		return err
	}
	if _, err := parsed.Verify(l.public); err != nil {
		return err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: l.signer}, nil)
	if err != nil {
		return err
	}
	signed, err := signer.Sign(l.payload)
	if err != nil {
		return err
	}
	if _, err := signed.CompactSerialize(); err != nil {
		return err
	}
	_, err = l.seal(l.plain)
	return err
}
