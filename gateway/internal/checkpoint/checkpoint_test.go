package checkpoint

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

const origin = "homeward.example/gov-test/ledger"

func keys(t testing.TB) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(nil, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

// A body that is not written as the specification writes it is refused, signed or not.
func TestParse(t *testing.T) {
	t.Parallel()
	signer, verifier := keys(t)
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for body, want := range map[string]bool{
		origin + "\n32\n" + root + "\n":                   true,
		origin + "\n0\n" + root + "\n":                    true,
		origin + "\n032\n" + root + "\n":                  false,
		origin + "\n+32\n" + root + "\n":                  false,
		origin + "\n-1\n" + root + "\n":                   false,
		origin + "\n99999999999999999999\n" + root + "\n": false,
		origin + "\n9223372036854775808\n" + root + "\n":  false, // a head that no store reads back
		origin + "\n9223372036854775807\n" + root + "\n":  true,
		origin + "\n32\n" + root[:40] + "\n":              false,
		origin + "\n32\n" + root + "\nmore\n":             false,
		"another.example/log\n32\n" + root + "\n":         false,
		"\n32\n" + root + "\n":                            false,
	} {
		raw, err := note.Sign(&note.Note{Text: body}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(raw, origin, verifier); (err == nil) != want {
			t.Errorf("%q: %v", body, err)
		}
		for i := range len(raw) * 8 {
			raw[i/8] ^= 1 << (i % 8)
			if c, err := Parse(raw, origin, verifier); err == nil {
				t.Errorf("bit %d of %q is not noticed: %+v", i, body, c.Head)
			}
			raw[i/8] ^= 1 << (i % 8)
		}
	}
}

func FuzzParse(f *testing.F) {
	_, verifier := keys(f)
	f.Add([]byte(origin + "\n32\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n\n— x y\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := Parse(raw, origin, verifier); err == nil {
			t.Fatalf("signed by nobody: %+v", c)
		}
		if c, err := Read(raw); err == nil && !strings.HasPrefix(string(raw), c.Body(c.Origin)+"\n") {
			t.Fatal("a checkpoint that is not canonical")
		}
		if head, name, ok := parseBody(string(raw)); ok && head.Body(name) != string(raw) {
			t.Fatal("a body that is not canonical")
		}
	})
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte(`{"index":1,"size":32,"proof":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],"checkpoint":"x"}`))
	f.Add([]byte(`{"proof":[""]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, path, err := ParseProof(raw)
		if err == nil && VerifyInclusion(Leaf{}, p.Index, Head{Size: p.Size}, path) == nil && p.Size > 0 {
			t.Fatal("a proof of a root that is no hash")
		}
	})
}
