package gateway

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Evidence makes and takes in evidence packages in this gateway's name.
func (g *Gateway) Evidence() (*evidence.Builder, error) {
	box, err := ledger.NewBox(g.exchange.SubjectKey)
	if err != nil {
		return nil, err
	}
	key, ok := g.tls.PrivateKey.(crypto.Signer)
	if !ok || len(g.tls.Certificate) == 0 {
		return nil, problem.New(problem.CodeInternal, "keys.tls_key")
	}
	certificate, err := x509.ParseCertificate(g.tls.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("keys.tls_cert: %w", err)
	}
	registryKey, err := keyring.ReadPublic(g.config.Registry.Key)
	if err != nil {
		return nil, err
	}
	return &evidence.Builder{
		Self: g.config.Participant, Registry: g.registry, Policy: g.exchange.Engine, Store: g.store, Ledger: g.recorder, Box: box, Prove: g.prove,
		Certificate: certificate, Key: key, RegistryKey: registryKey, Program: g.program, Now: g.exchange.Now,
	}, nil
}

// prove is the inclusion proof of one of this ledger's decisions.
func (g *Gateway) prove(ctx context.Context, decision string) (checkpoint.Proof, error) {
	entry, err := g.store.LogEntryOf(ctx, decision)
	if err != nil {
		return checkpoint.Proof{}, err
	}
	return g.ledgerLog.reader.Prove(ctx, entry.Index)
}
