package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
)

// Check opens what a loaded configuration names: files are there, private ones
// are private, keys parse and fit their use, certificate and key are a pair
// that is valid at the given time. The error joins one *problem.Error of
// CodeConfig for each thing found. No key is part of it.
func (c Config) Check(now time.Time) error {
	var all []error
	for _, s := range settings() {
		switch v := s.of(&c).Interface().(type) {
		case string:
			all = append(all, c.file(s, v))
		case []string:
			for _, file := range v {
				all = append(all, c.file(s, file))
			}
		}
	}
	if err := errors.Join(all...); err != nil {
		return err // keys that are not there are not worth parsing
	}
	return errors.Join(c.checkKeys(), c.checkTLS(now))
}

func (c *Config) file(s setting, file string) error {
	is := s.tag("is")
	if file == "" || is != "file" && is != "private" && is != "path" && is != "folder" {
		return nil
	}
	info, err := os.Stat(file)
	switch {
	case is == "folder" && errors.Is(err, os.ErrNotExist):
		return nil // made at the start
	case err != nil:
		p := problem.Mismatch(CodeConfig, c.place(s.path), "a file that can be read", file+": "+cause(err))
		switch {
		case errors.Is(err, os.ErrPermission):
			p.Remedy = "Act as the user of the gateway, or let this user into the folders above it"
		case strings.HasPrefix(s.path, "keys."):
			p.Remedy = "Correct the path (it is relative to the configuration), or make the keys once with `homeward keys new` and have the registry list them"
		}
		return p
	case is == "folder" && !info.IsDir():
		return c.wrong(s.path, "a folder", file+" is a file")
	case (is == "file" || is == "private") && info.IsDir():
		return c.wrong(s.path, "a file", file+" is a folder")
	case is == "private" && info.Mode().Perm()&0o077 != 0:
		p := problem.Mismatch(CodeConfig, c.place(s.path), "a file that only its owner can read", file+" with mode "+info.Mode().Perm().String())
		p.Remedy = "chmod 600 " + file
		return p
	}
	return nil
}

func (c *Config) checkKeys() error {
	all := []error{c.private("keys.sign", c.Keys.Sign, "EdDSA", "ES256")}
	for _, file := range c.Keys.Seal {
		all = append(all, c.private("keys.seal", file, "ECDH-ES"))
	}
	if _, err := keyring.ReadSecret(c.Keys.Secret); err != nil {
		all = append(all, c.wrong("keys.secret", "32 bytes as 64 hexadecimal digits", "something else in "+c.Keys.Secret))
	}
	if key, err := keyring.ReadPublic(c.Registry.Key); err != nil {
		all = append(all, c.broken("registry.key", "a public JWK", err))
	} else if key.Alg != "EdDSA" && key.Alg != "ES256" {
		all = append(all, c.wrong("registry.key", "alg EdDSA or ES256", key.Alg))
	}
	return errors.Join(all...)
}

func (c *Config) private(path, file string, algs ...string) error {
	var key envelope.PrivateKey
	key, err := keyring.ReadPrivate(file)
	if err != nil {
		return c.broken(path, "a private JWK", err)
	}
	for _, alg := range algs {
		if key.Alg == alg {
			return nil
		}
	}
	return c.wrong(path, "alg "+strings.Join(algs, " or "), key.Alg+" in "+file)
}

// broken is a key file that does not parse; its cause stays in the house.
func (c *Config) broken(path, expected string, err error) error {
	p := problem.Wrap(CodeConfig, c.place(path), err)
	p.Expected, p.Found = expected, "something else"
	var inner *problem.Error
	if errors.As(err, &inner) {
		p.Found = "a problem with " + inner.Where
	}
	return p
}

func (c *Config) checkTLS(now time.Time) error {
	pair, err := tls.LoadX509KeyPair(c.Keys.TLSCert, c.Keys.TLSKey)
	if err != nil {
		return c.broken("keys.tls_cert", "a PEM certificate and, in keys.tls_key, its private key", err)
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return c.broken("keys.tls_cert", "an X.509 certificate", err)
	}
	if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return c.wrong("keys.tls_cert", "a certificate that is valid now", "one valid from "+
			cert.NotBefore.UTC().Format(time.DateOnly)+" to "+cert.NotAfter.UTC().Format(time.DateOnly))
	}
	return nil
}
