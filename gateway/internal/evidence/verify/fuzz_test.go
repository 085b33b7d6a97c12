package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
)

// signer signs packages of a test.
type signer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newSigner(t testing.TB) signer {
	t.Helper()
	crt, key := filepath.Join(t.TempDir(), "tls.crt"), filepath.Join(t.TempDir(), "tls.key")
	if _, err := keyring.NewCertificate(crt, key, "gov-test", time.Now()); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(crt, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return signer{leaf, pair.PrivateKey.(crypto.Signer)}
}

func (s signer) sign(c verify.Contents) ([]byte, error) {
	files, err := c.Files()
	if err != nil {
		return nil, err
	}
	return asice.Write(files, s.cert, s.key, time.Now().UTC().Truncate(time.Second))
}

// catch is a store that shows what it is asked to commit.
type catch struct {
	ledger.Store
	row *ledger.Row
}

func (c catch) Commit(_ context.Context, m ledger.Commit) error {
	*c.row = m.Row
	c.row.Content = bytes.Clone(m.Row.Content) // its memory is used again
	return nil
}

// small is a package of a decision without messages.
func small(t testing.TB) verify.Contents {
	t.Helper()
	var row ledger.Row
	_, err := ledger.New(catch{row: &row}, time.Now).Record(t.Context(), nil, ledger.Decision{
		Kind: ledger.KindAnswered, Holder: "gov-test", Requester: "gov-pl", Peer: "gov-pl", Outcome: "answered",
	}, ledger.Commit{})
	if err != nil {
		t.Fatal(err)
	}
	return verify.Contents{
		About:    verify.About{Version: 1, Participant: "gov-test", Decision: row.ID, LeftOut: []verify.LeftOut{}},
		Decision: row.Content, Registry: []byte("a.b.c"),
	}
}

// FuzzRead: no bytes make the reader fall over, and nobody but the signer makes a package.
func FuzzRead(f *testing.F) {
	raw, err := newSigner(f).sign(small(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, changed []byte) {
		c, container, err := verify.Read(changed)
		if err == nil && (container.Certificate.Subject.CommonName != "gov-test" || c.About.Participant != "gov-test") {
			t.Error("a package that nobody signed") // the fuzzer has no key
		}
	})
}

// FuzzContents: whatever signed files say, verifying ends with verdicts, and with
// none that passed for a registry that is none.
func FuzzContents(f *testing.F) {
	s, c := newSigner(f), small(f)
	f.Add(c.Decision, "a.b.c~", "a.b.c~WyJhIiwiYiIsImMiXQ~", []byte("e30.e30.e30~\n"), []byte(`{"index":0,"size":1,"proof":[],"checkpoint":""}`), []byte{31, 139})
	f.Fuzz(func(t *testing.T, decision []byte, query, answer string, registry, proof, bundle []byte) {
		c := c
		c.Decision, c.Query, c.Answer, c.Registry, c.Proof, c.Bundle = decision, query, answer, registry, proof, bundle
		raw, err := s.sign(c)
		if err != nil {
			return // a decision of which there is no summary
		}
		r := verify.Package(t.Context(), raw, verify.Options{})
		if r.Verdicts.Registry.Verdict == verify.Passed || r.Verdicts.Worst() == verify.Passed {
			t.Errorf("passed with no key of a registry: %+v", r)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
