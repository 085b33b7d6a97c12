package receipts

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/witness"
)

// finding is what came of looking for a receipt.
type finding struct {
	code problem.Code // "" if it is here
	// bad: what came can never hold. Otherwise it may come right with the next look.
	bad      bool
	evidence []byte // what came, if it is bad
	forked   [2][]byte
}

// answered are the proofs that came for a request, under a checkpoint that held.
type answered struct {
	finding
	head   checkpoint.Checkpoint
	proofs map[string]proof
}

// ask asks a holder once. Its error is of this side alone.
func (c *Collector) ask(ctx context.Context, holder string, receipts []ledger.HolderReceipt) (answered, error) {
	seen, stored, err := witness.Standing(ctx, c.Store, ledger.HeadSeen, holder, c.Registry.Breaks(holder))
	if err != nil {
		code := problem.Of(err).Code
		if code == checkpoint.CodeBreak || code == checkpoint.CodeCheckpoint || code == checkpoint.CodeGeneration {
			return answered{finding: finding{code: code, evidence: seen.Raw}}, nil // until the registry says what was seen
		}
		return answered{}, err
	}
	r := request{Since: seen.Size}
	for _, owed := range receipts {
		r.Decisions = append(r.Decisions, owed.Theirs)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return answered{}, err
	}
	status, raw, err := c.Fetch(ctx, holder, Path, body)
	switch {
	case err != nil:
		return answered{finding: finding{code: problem.Of(err).Code}}, nil
	case status != http.StatusOK:
		return answered{finding: finding{code: problem.CodeNotFound}}, nil // nothing published, or it is busy
	}
	came := c.check(holder, seen, raw)
	if came.code == "" && came.head.Size > stored {
		h := came.head
		err = c.Store.SetHead(ctx, stored, ledger.Head{Kind: ledger.HeadSeen, Origin: h.Origin, Size: h.Size, Root: h.Root, Raw: h.Raw})
	}
	return came, err
}

// check holds a reply against the log's key, against what was seen of the log
// before, and against the witnesses.
func (c *Collector) check(holder string, seen ledger.Head, raw []byte) answered {
	var came reply
	read := json.Unmarshal(raw, &came) == nil
	path, ok := decode(came.Consistency)
	if !read || !ok {
		return answered{finding: finding{code: problem.CodeInvalidReply, bad: true, evidence: raw}}
	}
	head, found := c.head(holder, []byte(came.Checkpoint))
	if found.code == "" {
		found = continues(seen, head, path)
	}
	if found.code == "" && !c.cosigned(holder, head.Raw) {
		found.code = witness.CodeWitnesses
	}
	if found.code != "" {
		found.evidence = raw
		return answered{finding: found}
	}
	out := answered{head: head, proofs: make(map[string]proof)}
	for _, p := range came.Proofs {
		out.proofs[p.Decision] = p
	}
	return out
}

// head reads a checkpoint of a holder's log. One that it signed for another generation
// than the registry here names may come right with the next registry, or its next start.
func (c *Collector) head(holder string, raw []byte) (checkpoint.Checkpoint, finding) {
	public, ok := c.Registry.LogKey(holder)
	if !ok {
		return checkpoint.Checkpoint{}, finding{code: problem.CodeUnreachable} // suspended: it may come back
	}
	origin := checkpoint.Generation(holder, len(c.Registry.Breaks(holder))+1)
	said := origin
	if read, err := checkpoint.Read(raw); err == nil && checkpoint.GenerationOf(holder, read.Origin) > 0 {
		said = read.Origin
	}
	v, err := checkpoint.NewVerifier(said, public)
	if err != nil {
		return checkpoint.Checkpoint{}, finding{code: problem.CodeUnreachable}
	}
	head, err := checkpoint.Parse(raw, said, v)
	switch {
	case err != nil:
		return head, finding{code: checkpoint.CodeCheckpoint, bad: true}
	case said != origin:
		return head, finding{code: checkpoint.CodeGeneration}
	}
	return head, finding{}
}

// continues: two roots of one size are proof of a fork, and so are kept. A log that
// is smaller than it was may be a copy that lags; if it stays so, it is overdue.
func continues(seen ledger.Head, head checkpoint.Checkpoint, path [][]byte) finding {
	switch {
	case head.Size < seen.Size:
		return finding{code: checkpoint.CodeRolledBack}
	case head.Size == seen.Size && head.Root != seen.Root:
		return finding{code: witness.CodeFork, bad: true, forked: [2][]byte{seen.Raw, head.Raw}}
	case seen.Size == 0 || head.Size == seen.Size:
		return finding{}
	}
	if err := checkpoint.VerifyConsistency(checkpoint.Head{Size: seen.Size, Root: seen.Root}, head.Head, path); err != nil {
		return finding{code: checkpoint.CodeProof, bad: true}
	}
	return finding{}
}

// cosigned: as many distinct witnesses as the registry wants.
func (c *Collector) cosigned(holder string, raw []byte) bool {
	ids, need := c.Registry.Witnesses(holder)
	var keys []note.Verifier
	for _, id := range ids {
		public, ok := c.Registry.LogKey(id)
		if !ok {
			continue
		}
		if v, err := checkpoint.NewCosignatureVerifier(checkpoint.WitnessName(id), public); err == nil {
			keys = append(keys, v)
		}
	}
	return need == 0 || checkpoint.Cosigners(raw, keys) >= need
}

// take finds the proof of one receipt and completes it.
func (a answered) take(r *ledger.HolderReceipt) finding {
	if a.code != "" {
		return a.finding
	}
	p, ok := a.proofs[r.Theirs]
	if !ok {
		return finding{code: problem.CodeNotFound}
	}
	path, ok := decode(p.Path)
	if !ok || checkpoint.VerifyInclusion(r.Leaf, p.Index, a.head.Head, path) != nil {
		evidence, _ := json.Marshal(struct { // strings and numbers alone
			Checkpoint string `json:"checkpoint"`
			Proof      proof  `json:"proof"`
		}{string(a.head.Raw), p})
		return finding{code: checkpoint.CodeProof, bad: true, evidence: evidence}
	}
	r.Index, r.Size, r.Path, r.Checkpoint = p.Index, a.head.Size, bytes.Join(path, nil), a.head.Raw
	return finding{}
}
