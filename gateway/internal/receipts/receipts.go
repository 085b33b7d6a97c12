// Package receipts sees to it that what a holder answered is in its transparency
// log: a Prover shows others the proofs of the answers that they got from here, a
// Collector asks for those of the answers that came, checks each, keeps it, and
// complains in its own ledger of what does not come or does not hold.
package receipts

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Path is where proofs are asked for, below /tlog/ on the federation listener.
const Path = "inclusion"

// AtOnce is how many proofs are in one reply: of a log of 2^40 entries they are
// within the 64 KiB that are read of a peer.
const AtOnce = 24

// request asks for the proofs of some decisions, and that the checkpoint which
// they come under continues the one of Since entries; 0 for none.
type request struct {
	Since     uint64   `json:"since"`
	Decisions []string `json:"decisions"`
}

// reply has a proof for each decision that is in the published log and was made on
// a message of who asks; of any other it says nothing.
type reply struct {
	Checkpoint  string   `json:"checkpoint"`            // the signed note
	Consistency []string `json:"consistency,omitempty"` // base64
	Proofs      []proof  `json:"proofs"`
}

type proof struct {
	Decision string   `json:"decision"`
	Index    uint64   `json:"index"`
	Path     []string `json:"proof"` // base64
}

// Log is the published part of one's own log.
type Log interface {
	Published() (checkpoint.Checkpoint, error)
	Inclusion(ctx context.Context, index, size uint64) ([][]byte, error)
	Consistency(ctx context.Context, from, to uint64) ([][]byte, error)
}

// Prover proves to others that what they were answered is logged.
type Prover struct {
	Log Log
	// Entries finds those of the decisions that were made on a peer's messages and
	// have a place in the log: ledger.Store.EntriesFor.
	Entries func(ctx context.Context, peer string, decisions []string) (map[string]ledger.LogEntry, error)
}

// Prove answers a request of a proven participant. A request that is none is CodeInvalidRequest.
func (p Prover) Prove(ctx context.Context, peer string, body []byte) ([]byte, error) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil || len(r.Decisions) > AtOnce || peer == "" {
		return nil, problem.Wrap(problem.CodeInvalidRequest, "receipts", err)
	}
	entries, err := p.Entries(ctx, peer, r.Decisions)
	if err != nil {
		return nil, err
	}
	head, err := p.Log.Published()
	if err != nil {
		return nil, err
	}
	out := reply{Checkpoint: string(head.Raw), Proofs: []proof{}}
	if r.Since < head.Size {
		path, err := p.Log.Consistency(ctx, r.Since, head.Size)
		if err != nil {
			return nil, err
		}
		out.Consistency = encode(path)
	}
	for _, id := range r.Decisions {
		entry, ok := entries[id]
		if !ok || entry.Index >= head.Size {
			continue // the next checkpoint has it, or nobody's business
		}
		path, err := p.Log.Inclusion(ctx, entry.Index, head.Size)
		if err != nil {
			return nil, err
		}
		delete(entries, id) // asked for twice, proven once
		out.Proofs = append(out.Proofs, proof{Decision: id, Index: entry.Index, Path: encode(path)})
	}
	return json.Marshal(out)
}

func encode(path [][]byte) []string {
	out := make([]string, len(path))
	for i, hash := range path {
		out[i] = base64.StdEncoding.EncodeToString(hash)
	}
	return out
}

// maxPath: no tree of less than 2^64 leaves is deeper, and a consistency proof has
// no more than twice as many hashes.
const maxPath = 128

func decode(path []string) ([][]byte, bool) {
	if len(path) > maxPath {
		return nil, false
	}
	out := make([][]byte, len(path))
	for i, text := range path {
		hash, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(hash) != len(checkpoint.Leaf{}) {
			return nil, false
		}
		out[i] = hash
	}
	return out, true
}
