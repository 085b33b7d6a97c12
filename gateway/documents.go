package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// keepRegistry keeps the signed registry of this digest before it comes into force:
// evidence of a decision has the keys as they were on its day.
func (g *Gateway) keepRegistry(ctx context.Context, digest [32]byte, now time.Time) error {
	raw, err := os.ReadFile(g.config.Registry.File)
	if err != nil {
		return problem.Wrap(trust.CodeInvalid, "registry file", err)
	}
	if sha256.Sum256(raw) != digest {
		return problem.New(trust.CodeInvalid, "registry file: it changed while it was read") // the next look finds the newer one
	}
	return g.store.PutDocument(ctx, ledger.Document{
		Kind: ledger.DocumentRegistry, Digest: "sha256:" + hex.EncodeToString(digest[:]), At: now, Body: raw,
	})
}

// keepPolicy keeps the bundle and the overlay that come into force.
func (g *Gateway) keepPolicy(ctx context.Context, bundle, overlay decide.Bundle) error {
	for kind, b := range map[string]decide.Bundle{ledger.DocumentBundle: bundle, ledger.DocumentOverlay: overlay} {
		if b.Root == "" {
			continue
		}
		archive, err := b.Archive()
		if err != nil {
			return err
		}
		if err := g.store.PutDocument(ctx, ledger.Document{Kind: kind, Digest: b.Digest, At: time.Now(), Body: archive}); err != nil {
			return err
		}
	}
	return nil
}
