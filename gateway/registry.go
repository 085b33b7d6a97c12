package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// recordTime bounds how long a registry waits for its record.
const recordTime = 5 * time.Second

// activated records that another registry comes into force, before it does: whom
// this gateway trusted, and when, is part of what a court asks. Without a record it
// stays out, and without a store nothing is answered anyway. Replicas record one
// change once, and one that has an older file than another does not go back.
func (g *Gateway) activated(version int64, digest [32]byte, now time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), recordTime)
	defer cancel()
	if err := g.keepRegistry(ctx, digest, now); err != nil {
		return err
	}
	for {
		change := ledger.RegistryChange{Version: version, Digest: "sha256:" + hex.EncodeToString(digest[:])}
		err := g.recordRegistry(ctx, &change, digest, now)
		if !errors.Is(err, problem.New(ledger.CodeMoved, "")) {
			return err
		}
	}
}

func (g *Gateway) recordRegistry(ctx context.Context, change *ledger.RegistryChange, digest [32]byte, now time.Time) error {
	before, err := g.store.Matter(ctx, ledger.MatterRegistry)
	switch {
	case errors.Is(err, problem.New(problem.CodeNotFound, "")):
	case err != nil:
		return err
	default:
		if _, err := fmt.Sscanf(before.State, "%d %s", &change.WasVersion, &change.Was); err != nil {
			return problem.Wrap(ledger.CodeLedgerMismatch, "registry in force", err)
		}
	}
	switch {
	case change.Was == change.Digest:
		return nil // a restart, or a replica
	case change.Version <= change.WasVersion:
		return problem.Mismatch(trust.CodeOlder, "registry version", "more than "+strconv.FormatInt(change.WasVersion, 10)+", which was in force before",
			strconv.FormatInt(change.Version, 10))
	}
	self := g.config.Participant
	_, err = g.recorder.Record(ctx, digest[:], ledger.Decision{
		Kind: ledger.KindRegistry, Holder: self, Requester: self, Peer: self, Outcome: "in_force", Registry: change,
	}, ledger.Commit{Matters: []ledger.Matter{{
		ID: ledger.MatterRegistry, Kind: ledger.MatterRegistry, State: strconv.FormatInt(change.Version, 10) + " " + change.Digest,
		Participant: self, At: now, Was: before.State,
	}}})
	return err
}
