package cli

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/trust"
)

func (a *app) keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Make and show key files"}
	c.AddCommand(a.keysNewCommand(), a.keysShowCommand())
	return c
}

// keyKinds are what keys new makes: all of a new gateway's, or one for a rotation.
const keyKinds = "all, sign, seal, agency, client, registry"

func (a *app) keysNewCommand() *cobra.Command {
	var participant, dir, kind string
	cmd := &cobra.Command{
		Use: "new", Short: "Make keys, and print what the secretariat needs of them",
		Long: "new writes private keys that only their owner can read, never over an existing file, and prints the public\n" +
			"part as JSON: the participant's entry for the registry, or one key of it.\n\n" +
			"  all       a new gateway: sign.jwk, seal.jwk, tls.crt, tls.key, secret.key\n" +
			"  sign      one more signing key (EdDSA), to rotate\n" +
			"  seal      one more sealing key (ECDH-ES), to rotate: put it first in keys.seal\n" +
			"  agency    a key with which an agency's own system signs its questions (ES256)\n" +
			"  client    a certificate with which an agency's system calls its gateway: client.crt, client.key\n" +
			"  registry  the secretariat's key: registry.jwk, and registry.pub.jwk to hand out",
		Example: "  homeward keys new --participant gov-pl --dir keys > entry.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			made, err := a.newKeys(kind, participant, dir)
			if err != nil {
				return err
			}
			return a.json(made) // JSON in any case: it is sent on
		},
	}
	cmd.Flags().StringVar(&participant, "participant", "", "id of the participant, e.g. gov-pl")
	cmd.Flags().StringVar(&dir, "dir", "keys", "folder for the files")
	cmd.Flags().StringVar(&kind, "kind", "all", keyKinds)
	required(cmd, "participant")
	return cmd
}

func (a *app) newKeys(kind, participant, dir string) (any, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	one := func(alg string, use envelope.Use) (trust.Key, error) {
		file := filepath.Join(dir, fmt.Sprintf("%s-%s.jwk", use, a.now().UTC().Format("20060102-150405")))
		return keyring.NewKey(file, participant, alg, use, a.now())
	}
	switch kind {
	case "all":
		return keyring.Generate(dir, participant, a.now())
	case "sign":
		return one("EdDSA", envelope.UseSign)
	case "seal":
		return one("ECDH-ES", envelope.UseSeal)
	case "agency":
		return one("ES256", envelope.UseAgency)
	case "client":
		spki, err := keyring.NewCertificate(filepath.Join(dir, "client.crt"), filepath.Join(dir, "client.key"), participant+"-agency", a.now())
		return map[string]string{"spki": spki}, err
	case "registry":
		key, err := keyring.NewKey(filepath.Join(dir, "registry.jwk"), trust.Issuer, "ES256", envelope.UseSign, a.now())
		if err != nil {
			return nil, err
		}
		public, err := json.MarshalIndent(key.JWK, "", "  ")
		if err != nil {
			return nil, err
		}
		return key.JWK, os.WriteFile(filepath.Join(dir, "registry.pub.jwk"), append(public, '\n'), 0o644) //nolint:gosec // G306: public by purpose
	}
	return nil, usage("--kind %s: expected one of %s", kind, keyKinds)
}

// shownKey is the public side of one key file.
type shownKey struct {
	File    string            `json:"file"`
	Kid     string            `json:"kid,omitempty"`
	Alg     string            `json:"alg,omitempty"`
	JWK     map[string]string `json:"jwk,omitempty"`
	SPKI    string            `json:"spki,omitempty"`
	Expires string            `json:"expires,omitempty"`
}

func (a *app) keysShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show FILE...", Short: "Print the public side of key files: key id, algorithm, fingerprint",
		Long: "show reads JWKs and PEM certificates. Of a certificate it prints the SHA-256 of its public key, which is\n" +
			"what the registry (tls) and the configuration (agency.clients spki) name. No private part is printed.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			shown := []shownKey{}
			for _, file := range files {
				k, err := showKey(file)
				if err != nil {
					return err
				}
				shown = append(shown, k)
			}
			return a.show(shown, func(p *printer) {
				var rows [][]string
				for _, k := range shown {
					rows = append(rows, []string{k.File, k.Alg, k.Expires, k.Kid + k.SPKI})
				}
				p.table("", []string{"FILE", "ALG", "EXPIRES", "KEY ID OR SPKI"}, rows, nil)
			})
		},
	}
}

func showKey(file string) (shownKey, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return shownKey{}, err
	}
	if block, _ := pem.Decode(raw); block != nil {
		return showCertificate(file, block)
	}
	if !strings.Contains(string(raw), `"d"`) {
		key, err := keyring.ReadPublic(file)
		if err != nil {
			return shownKey{}, err
		}
		jwk, err := envelope.MarshalPublicJWK(key)
		return shownKey{File: file, Kid: key.ID, Alg: key.Alg, JWK: jwk}, err
	}
	key, err := keyring.ReadPrivate(file)
	if err != nil {
		return shownKey{}, err
	}
	jwk, err := envelope.MarshalPublicJWK(key.Public("", ""))
	return shownKey{File: file, Kid: key.ID, Alg: key.Alg, JWK: jwk}, err
}

func showCertificate(file string, block *pem.Block) (shownKey, error) {
	if block.Type != "CERTIFICATE" {
		return shownKey{}, errors.New(file + ": a PEM file, but no certificate: show the certificate that belongs to it")
	}
	spki, err := keyring.SPKI(block.Bytes)
	if err != nil {
		return shownKey{}, fmt.Errorf("%s: %w", file, err)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return shownKey{}, fmt.Errorf("%s: %w", file, err)
	}
	return shownKey{File: file, SPKI: spki, Alg: cert.PublicKeyAlgorithm.String(), Expires: day(cert.NotAfter)}, nil
}
