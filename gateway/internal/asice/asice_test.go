package asice

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/problem"
)

var (
	types = map[string]string{"evidence.json": "application/json", "query.jws": "application/jose"}
	files = []File{
		{"evidence.json", "application/json", []byte(`{"synthetic":true}`)},
		{"query.jws", "application/jose", []byte("a.b.c")},
	}
	signedAt = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func signer(t testing.TB) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "gov-test"},
		NotBefore: signedAt.Add(-time.Hour), NotAfter: signedAt.Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func container(t testing.TB) ([]byte, *x509.Certificate) {
	t.Helper()
	cert, key := signer(t)
	raw, err := Write(files, cert, key, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	return raw, cert
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	raw, cert := container(t)
	c, err := Read(raw, types)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, c.Files); diff != "" || !c.SignedAt.Equal(signedAt) || !c.Certificate.Equal(cert) {
		t.Errorf("%s, %v", diff, c.SignedAt)
	}
}

// Every single bit of a container is noticed.
func TestEveryBit(t *testing.T) {
	t.Parallel()
	raw, cert := container(t)
	for i := range len(raw) * 8 {
		raw[i/8] ^= 1 << (i % 8)
		// The certificate's own signature is not ours to check; its bytes are in what was signed.
		if c, err := Read(raw, types); err == nil && c.Certificate.Equal(cert) {
			t.Errorf("bit %d of byte %d is not noticed", i%8, i/8)
		} else if err == nil {
			t.Errorf("byte %d makes another certificate", i/8)
		}
		raw[i/8] ^= 1 << (i % 8)
	}
	for n := range len(raw) {
		if _, err := Read(raw[:n], types); err == nil {
			t.Fatalf("the first %d bytes are a container", n)
		}
	}
	if _, err := Read(append(raw, 0), types); err == nil {
		t.Error("a byte more is not noticed")
	}
}

// OpenSSL, which does not know our code, opens the signature.
func TestForeignReader(t *testing.T) {
	t.Parallel()
	cert, key := signer(t)
	content := manifest(files)
	der, err := sign(content, cert, key, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pemCert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	for name, b := range map[string][]byte{"sig.p7s": der, "cert.pem": pemCert, "manifest.xml": content, "other.xml": content[1:]} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{"manifest.xml": true, "other.xml": false} {
		cmd := exec.Command("openssl", "cms", "-verify", "-cades", "-CAfile", "cert.pem", "-partial_chain", "-purpose", "any", "-no_check_time", "-binary", "-inform", "DER", "-in", "sig.p7s", "-content", name, "-out", "out")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if (err == nil) != want {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	cert, key := signer(t)
	for _, name := range []string{"", "../x", "/x", "a//b", "META-INF/x", `a"b`, "a<b", "a b", ".x"} {
		if _, err := Write([]File{{name, "text/plain", nil}}, cert, key, signedAt); !errors.Is(err, problem.New(CodeContainer, "")) {
			t.Errorf("%q: %v", name, err)
		}
	}
	raw, _ := container(t)
	if _, err := Read(raw, map[string]string{"evidence.json": "application/json"}); !errors.Is(err, problem.New(CodeContainer, "")) {
		t.Errorf("a file that nobody expects: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	raw, _ := container(f)
	f.Add(raw)
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := Read(b, types); err == nil && len(c.Files) == 0 {
			t.Fatal("a container without files")
		}
	})
}
