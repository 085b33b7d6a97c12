package envelope

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"pgregory.net/rapid"
)

// goJose is a sealing key in the form of go-jose, which uses ecdsa keys for ECDH.
func goJose(t testing.TB, k PrivateKey) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), k.key.(*ecdh.PrivateKey).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// go-jose is the judge of our JWE, in both directions.
func TestSealOpensWithGoJose(t *testing.T) {
	t.Parallel()
	key := newKey(t, "gov-ua.seal.1", AlgECDHES)
	jwe := must(Seal("a.b.c~d~", TypeQuery, key.Public("gov-ua", UseSeal)))
	parsed, err := jose.ParseEncryptedCompact(jwe, []jose.KeyAlgorithm{jose.ECDH_ES}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		t.Fatal(err)
	}
	plaintext, err := parsed.Decrypt(goJose(t, key))
	if err != nil || string(plaintext) != string(pad([]byte("a.b.c~d~"))) {
		t.Errorf("%q, %v", plaintext, err)
	}
	if parsed.Header.KeyID != key.ID || parsed.Header.ExtraHeaders["typ"] != TypeSealed || parsed.Header.ExtraHeaders["cty"] != string(TypeQuery) {
		t.Errorf("header %v", parsed.Header)
	}
}

func TestGoJoseSealsForUs(t *testing.T) {
	t.Parallel()
	key := newKey(t, "gov-ua.seal.1", AlgECDHES)
	options := (&jose.EncrypterOptions{}).WithType(TypeSealed).WithContentType(jose.ContentType(TypeQuery))
	recipient := jose.Recipient{Algorithm: jose.ECDH_ES, Key: goJose(t, key).Public(), KeyID: key.ID}
	for _, n := range []int{0, 1, minClass - 1, minClass, 5000} { // several keys, so that leading zeros of Z come up in the end
		encrypter, err := jose.NewEncrypter(jose.A256GCM, recipient, options)
		if err != nil {
			t.Fatal(err)
		}
		message := strings.Repeat("x", n)
		sealed, err := encrypter.Encrypt(pad([]byte(message)))
		if err != nil {
			t.Fatal(err)
		}
		opened, err := Open(must(sealed.CompactSerialize()), TypeQuery, []PrivateKey{newKey(t, "other", AlgECDHES), key})
		if err != nil || opened != message {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Our signature verifies with go-jose, whose own writing of the header differs.
func TestGoJoseSignsForUs(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{AlgEdDSA, AlgES256} {
		p := newParty(t, alg)
		payload, ds, err := QueryPayload(sampleQuery())
		if err != nil {
			t.Fatal(err)
		}
		options := (&jose.SignerOptions{}).WithType(jose.ContentType(TypeQuery)).WithHeader("kid", p.key.ID)
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: p.key.key}, options)
		if err != nil {
			t.Fatal(err)
		}
		message := must(must(signer.Sign(payload)).CompactSerialize()) + "~"
		for _, d := range ds {
			message += d.String() + "~"
		}
		if _, err := Verify(message, expect(TypeQuery, p.keys)); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
	}
}

func TestSealRefusesOtherKeys(t *testing.T) {
	t.Parallel()
	seal, sign := newKey(t, "k", AlgECDHES), newKey(t, "k", AlgES256)
	for name, k := range map[string]PublicKey{
		"signing key": sign.Public("p", UseSign), "signing key marked seal": sign.Public("p", UseSeal),
		"sealing key marked sign": seal.Public("p", UseSign), "nothing": {},
	} {
		if _, err := Seal("x", TypeQuery, k); code(t, err) != CodeKeyUse {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Sign([]byte("{}"), nil, TypeQuery, seal); code(t, err) != CodeCannotSign {
		t.Error("a sealing key signed")
	}
	if _, err := Seal(strings.Repeat("x", MaxMessage), TypeQuery, seal.Public("p", UseSeal)); code(t, err) != CodeTooLarge {
		t.Error("a message without room for its padding was sealed")
	}
	if _, err := Sign(make([]byte, MaxMessage), nil, TypeQuery, sign); code(t, err) != CodeTooLarge {
		t.Error("a message that nobody may read was signed")
	}
}

// The largest message goes through; its sealed form is within the bound that a reader sets.
func TestLargest(t *testing.T) {
	t.Parallel()
	key := newKey(t, "gov-ua.seal.1", AlgECDHES)
	message := strings.Repeat("x", MaxMessage-1)
	jwe := must(Seal(message, TypeQuery, key.Public("gov-ua", UseSeal)))
	if opened, err := Open(jwe, TypeQuery, []PrivateKey{key}); err != nil || opened != message || len(jwe) > MaxSealed {
		t.Errorf("%d bytes: %v", len(jwe), err)
	}
	if _, err := Open(strings.Repeat("x", MaxSealed+1), TypeQuery, []PrivateKey{key}); code(t, err) != CodeTooLarge {
		t.Error(err)
	}
}

// A message shows its size class and no more; two of one class have one length.
func TestPadding(t *testing.T) {
	t.Parallel()
	key := newKey(t, "gov-ua.seal.1", AlgECDHES)
	rapid.Check(t, func(t *rapid.T) {
		message := string(rapid.SliceOfN(rapid.Byte(), 0, 9000).Draw(t, "message"))
		padded := pad([]byte(message))
		back, ok := unpad(padded)
		if !ok || back != message || len(padded) < minClass || len(padded)&(len(padded)-1) != 0 || len(padded) > max(minClass, 2*len(message)+2) {
			t.Fatalf("%d bytes became %d, %v", len(message), len(padded), ok)
		}
		if _, ok := unpad(append(padded, make([]byte, len(padded))...)); ok {
			t.Fatal("a second padding was accepted")
		}
		other := must(Seal(strings.Repeat("y", sizeClass(len(message)+1)-1), TypeQuery, key.Public("gov-ua", UseSeal)))
		if a := must(Seal(message, TypeQuery, key.Public("gov-ua", UseSeal))); len(a) != len(other) {
			t.Fatalf("lengths %d and %d in one class", len(a), len(other))
		}
	})
}

// FuzzOpen: no input opens but the message that was sealed.
func FuzzOpen(f *testing.F) {
	key := newKey(f, "gov-ua.seal.1", AlgECDHES)
	jwe := must(Seal("a.b.c~Шевченко~", TypeQuery, key.Public("gov-ua", UseSeal)))
	f.Add(jwe)
	f.Add(strings.Replace(jwe, ".", "..", 1))
	f.Add("....")
	f.Fuzz(func(t *testing.T, s string) {
		opened, err := Open(s, TypeQuery, []PrivateKey{key})
		code(t, err)
		if err == nil && (s != jwe || opened != "a.b.c~Шевченко~") {
			t.Fatal("opened what nobody sealed")
		}
	})
}
