package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
)

func TestGenerateThenRead(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	p, err := keyring.Generate(dir, "gov-xx", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	sign, err := keyring.ReadPrivate(filepath.Join(dir, keyring.SignFile))
	if err != nil || sign.ID != p.Keys[0].JWK["kid"] {
		t.Errorf("sign key %q, registry says %q: %v", sign.ID, p.Keys[0].JWK["kid"], err)
	}
	spki, err := keyring.CertificateSPKI(filepath.Join(dir, keyring.TLSCert))
	if err != nil || spki != p.TLS[0] {
		t.Errorf("certificate %s, registry says %s: %v", spki, p.TLS[0], err)
	}
	secret, err := keyring.ReadSecret(filepath.Join(dir, keyring.SecretFile))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := secret.Derive("pseudonyms")
	b, _ := secret.Derive("subjects")
	if len(a) != 32 || string(a) == string(b) {
		t.Error("keys of two uses must differ")
	}
	for _, f := range []string{keyring.SignFile, keyring.SealFile, keyring.TLSKey, keyring.SecretFile} {
		info, err := os.Stat(filepath.Join(dir, f))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, want 0600: %v", f, info.Mode(), err)
		}
	}
}

func TestGenerateNeverOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := keyring.Generate(dir, "gov-xx", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Generate(dir, "gov-xx", time.Now()); !errors.Is(err, problem.New(keyring.CodeKeyExists, "")) {
		t.Errorf("a second time: %v, want key_exists", err)
	}
}

func TestReadSecretRefuses(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty": "", "short": "abcd", "not hexadecimal": string(make([]byte, 64)), "long": strings.Repeat("ab", 1<<15),
	} {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.ReadSecret(file); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
