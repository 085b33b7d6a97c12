// Package keyring makes and reads the key files of one gateway: a signing key,
// a sealing key, the key of its log, a TLS certificate, and one secret from which the keyed hashes
// are derived. Files are PEM or JWK, mode 0600, one key each.
package keyring

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// Names of the files in a gateway's key folder.
const (
	SignFile   = "sign.jwk"
	SealFile   = "seal.jwk"
	LogFile    = "log.jwk"
	TLSCert    = "tls.crt"
	TLSKey     = "tls.key"
	SecretFile = "secret.key"
)

// certLife is how long a self-signed certificate is good for; the registry pins
// its public key, so the date is a reminder and not the protection.
const certLife = 2 * 365 * 24 * time.Hour

// CodeKeyExists: a key file is there already and was left as it is.
const CodeKeyExists problem.Code = "key_exists"

// Generate writes all keys of a new gateway into dir and returns what the
// secretariat needs of them for the registry. It never overwrites a file.
func Generate(dir, participant string, now time.Time) (trust.Participant, error) {
	p := trust.Participant{ID: participant}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return p, err
	}
	for _, name := range []string{SignFile, SealFile, LogFile, TLSCert, TLSKey, SecretFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil { // before any is written
			return p, problem.Wrap(CodeKeyExists, filepath.Join(dir, name), fs.ErrExist)
		}
	}
	for _, k := range []struct {
		file, alg string
		use       envelope.Use
	}{{SignFile, "EdDSA", envelope.UseSign}, {SealFile, "ECDH-ES", envelope.UseSeal}, {LogFile, "EdDSA", envelope.UseLog}} {
		key, err := NewKey(filepath.Join(dir, k.file), participant, k.alg, k.use, now)
		if err != nil {
			return p, err
		}
		p.Keys = append(p.Keys, key)
	}
	spki, err := NewCertificate(filepath.Join(dir, TLSCert), filepath.Join(dir, TLSKey), participant, now)
	if err != nil {
		return p, err
	}
	p.TLS = []string{spki}
	secret := make([]byte, 32)
	rand.Read(secret)
	return p, create(filepath.Join(dir, SecretFile), []byte(hex.EncodeToString(secret)+"\n"))
}

// NewKey writes one private JWK and returns the registry's entry for it. The
// key id holds participant, use and day, so that a person can tell keys apart.
func NewKey(file, participant, alg string, use envelope.Use, now time.Time) (trust.Key, error) {
	id := fmt.Sprintf("%s-%s-%s-%s", participant, use, now.UTC().Format("20060102"), envelope.NewID()[:6])
	key, err := envelope.GenerateKey(id, alg)
	if err != nil {
		return trust.Key{}, err
	}
	private, err := envelope.MarshalPrivateJWK(key)
	if err != nil {
		return trust.Key{}, err
	}
	jwk, err := envelope.MarshalPublicJWK(key.Public(participant, use))
	if err != nil {
		return trust.Key{}, err
	}
	return trust.Key{JWK: jwk, Use: use}, create(file, append(private, '\n'))
}

// NewCertificate writes a self-signed certificate for loopback and for the
// participant's name, and returns the SHA-256 of its public key in hex.
func NewCertificate(certFile, keyFile, name string, now time.Time) (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{name, "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	if err := create(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})); err != nil {
		return "", err
	}
	spki, err := SPKI(der)
	if err != nil {
		return "", err
	}
	return spki, create(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// SPKI is the fingerprint by which the registry and the config name a
// certificate: SHA-256 of its public key, in hex.
func SPKI(der []byte) (string, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:]), nil
}

// CertificateSPKI reads a PEM certificate and returns its fingerprint.
func CertificateSPKI(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != "CERTIFICATE" {
		return "", fmt.Errorf("%s: want a PEM certificate", file)
	}
	return SPKI(block.Bytes)
}

// ReadPrivate reads one private JWK.
func ReadPrivate(file string) (envelope.PrivateKey, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return envelope.PrivateKey{}, err
	}
	key, err := envelope.ParsePrivateJWK(b)
	if err != nil {
		return envelope.PrivateKey{}, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// ReadPublic reads one public JWK, as the registry's key is handed out.
func ReadPublic(file string) (envelope.PublicKey, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return envelope.PublicKey{}, err
	}
	var jwk map[string]string
	if err := json.Unmarshal(b, &jwk); err != nil {
		return envelope.PublicKey{}, fmt.Errorf("%s: %w", file, err)
	}
	key, err := envelope.ParsePublicJWK(jwk)
	if err != nil {
		return envelope.PublicKey{}, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// Secret is the gateway's one secret. Every keyed hash has a key of its own,
// derived from it by name, so that none tells anything of another.
type Secret struct{ key []byte }

// ReadSecret reads 32 bytes in hex.
func ReadSecret(file string) (Secret, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return Secret{}, err
	}
	key, err := hex.DecodeString(strings.TrimRight(string(b), "\r\n"))
	if err != nil || len(key) != 32 {
		return Secret{}, fmt.Errorf("%s: want 64 hexadecimal digits", file)
	}
	return Secret{key}, nil
}

// Derive returns the 32-byte key of one use (HKDF-SHA-256, RFC 5869).
func (s Secret) Derive(use string) ([]byte, error) {
	return hkdf.Key(sha256.New, s.key, nil, "homeward "+use, 32)
}

// create writes a new file that only its owner can read; an existing one is an error.
func create(file string, content []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return problem.Wrap(CodeKeyExists, file, fs.ErrExist)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
