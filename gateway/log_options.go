package gateway

import (
	"crypto/ed25519"
	"path/filepath"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// LogOptions are those of a configuration's transparency log, without witnesses: for
// commands that read it, or build it anew.
func LogOptions(c Config) (o tlog.Options, err error) {
	key, err := keyring.ReadPrivate(c.Keys.Log)
	if err != nil {
		return o, err
	}
	private, ok := key.Ed25519()
	if !ok {
		return o, problem.Mismatch(tlog.CodeKey, "keys.log", "an EdDSA key", key.Alg)
	}
	secret, err := keyring.ReadSecret(c.Keys.Secret)
	if err != nil {
		return o, err
	}
	o = tlog.Options{Dir: filepath.Join(c.StateDir, "log"), Origin: checkpoint.LogName(c.Participant)}
	if o.PadKey, err = secret.Derive("pads"); err != nil {
		return o, err
	}
	if o.Signer, err = checkpoint.NewSigner(o.Origin, private); err != nil {
		return o, err
	}
	o.Verifier, err = checkpoint.NewVerifier(o.Origin, private.Public().(ed25519.PublicKey))
	return o, err
}
