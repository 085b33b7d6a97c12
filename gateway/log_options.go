package gateway

import (
	"context"
	"crypto/ed25519"
	"path/filepath"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/tlog"
)

// LogOptions are those of one generation of a configuration's transparency log,
// without witnesses: for commands that read it, or build it anew.
func LogOptions(c Config, generation int) (o tlog.Options, err error) {
	private, err := logKeyOf(c)
	if err != nil {
		return o, err
	}
	secret, err := keyring.ReadSecret(c.Keys.Secret)
	if err != nil {
		return o, err
	}
	o = tlog.Options{Dir: filepath.Join(c.StateDir, "log"), Origin: checkpoint.Generation(c.Participant, generation)}
	if o.PadKey, err = secret.Derive("pads"); err != nil {
		return o, err
	}
	public := private.Public().(ed25519.PublicKey)
	for n := 1; n < generation; n++ {
		v, err := checkpoint.NewVerifier(checkpoint.Generation(c.Participant, n), public)
		if err != nil {
			return o, err
		}
		o.Earlier = append(o.Earlier, v)
	}
	if o.Signer, err = checkpoint.NewSigner(o.Origin, private); err != nil {
		return o, err
	}
	o.Verifier, err = checkpoint.NewVerifier(o.Origin, public)
	return o, err
}

func logKeyOf(c Config) (ed25519.PrivateKey, error) {
	key, err := keyring.ReadPrivate(c.Keys.Log)
	if err != nil {
		return nil, err
	}
	private, ok := key.Ed25519()
	if !ok {
		return nil, problem.Mismatch(tlog.CodeKey, "keys.log", "an EdDSA key", key.Alg)
	}
	return private, nil
}

// LogGeneration is the generation of its own log that a store remembers, with the
// newest head of it; the first, and no head, if it remembers none.
func LogGeneration(ctx context.Context, s ledger.Store, participant string) (n int, head ledger.Head, err error) {
	heads, err := s.Heads(ctx, ledger.HeadOwn)
	n = 1
	for _, h := range heads {
		if of := checkpoint.GenerationOf(participant, h.Origin); of >= n {
			n, head = of, h
		}
	}
	return n, head, err
}
