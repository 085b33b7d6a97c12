// Package witness cosigns the checkpoints of other participants' logs, after it
// saw that each continues the one before, so that no log can show two histories:
// https://c2sp.org/tlog-witness. It also asks the witnesses of one's own log.
package witness

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of witnesses.
const (
	// CodeFork: a log signed a checkpoint that does not continue the one before.
	CodeFork problem.Code = "log_forked"
	// CodeWitnesses: fewer witnesses cosigned than the registry wants.
	CodeWitnesses problem.Code = "witnesses_missing"
)

// Path of a witness on the federation listener, and the type of a size in a refusal.
const (
	Path     = "/tlog/add-checkpoint"
	SizeType = "text/x.tlog.size"
)

// maxProof: a tree of 2^63 leaves has no longer proof.
const maxProof = 63

// Heads remembers what was cosigned: a part of ledger.Store.
type Heads interface {
	Head(ctx context.Context, kind, origin string) (ledger.Head, error)
	Heads(ctx context.Context, kind string) ([]ledger.Head, error)
	SetHead(ctx context.Context, was uint64, h ledger.Head) error
}

// Witness cosigns for one participant.
type Witness struct {
	Signer note.Signer // of checkpoint.NewCosigner
	Heads  Heads
	// Key finds the key of a participant's log in the registry.
	Key func(participant string) (ed25519.PublicKey, bool)
	// Breaks are where the registry ends the generations of a participant's log, in
	// their order. Nil where no log has ever broken.
	Breaks func(participant string) []checkpoint.Break
	// Forked is told of a log that shows two histories, once of each: both checkpoints
	// are signed by it. Of one size and two roots they are proof; of two sizes they are
	// what the log has to explain, by a consistency proof that it did not have.
	Forked func(ctx context.Context, participant string, have, other []byte)

	told sync.Map // by participant, the head reported last: a log that asks again and again is reported once
}

// Refusal is an answer that is no cosignature.
type Refusal struct {
	Status int
	Type   string
	Body   string
}

func refuse(status int, why string) *Refusal {
	return &Refusal{status, "text/plain; charset=utf-8", why + "\n"}
}

// Add takes an add-checkpoint request of a proven participant and returns the
// line of the cosignature, or what to answer instead.
func (w *Witness) Add(ctx context.Context, participant string, body []byte) ([]byte, *Refusal) {
	r, ok := parse(body)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "expected: old SIZE, the consistency proof, an empty line, the checkpoint")
	}
	public, ok := w.Key(participant)
	if !ok {
		return nil, refuse(http.StatusNotFound, "the registry has no log key of "+participant)
	}
	origin := checkpoint.Generation(participant, len(w.breaks(participant))+1)
	verifier, err := checkpoint.NewVerifier(origin, public)
	if err != nil {
		return nil, refuse(http.StatusNotFound, "the registry has no log key of "+participant)
	}
	c, err := checkpoint.Parse(r.raw, origin, verifier)
	if err != nil {
		return nil, refuse(http.StatusForbidden, "the checkpoint is not signed by the log "+origin)
	}
	if r.old > c.Size {
		return nil, refuse(http.StatusBadRequest, "old is larger than the checkpoint")
	}
	return w.add(ctx, participant, c, r)
}

// add compares a checkpoint, signed by its log, with what was cosigned before.
func (w *Witness) add(ctx context.Context, participant string, c checkpoint.Checkpoint, r request) ([]byte, *Refusal) {
	before, stored, err := Standing(ctx, w.Heads, ledger.HeadWitnessed, participant, w.breaks(participant))
	switch {
	case errors.Is(err, problem.New(checkpoint.CodeBreak, "")):
		w.forked(ctx, participant, before, c)
		return nil, refuse(http.StatusForbidden, "the registry ends the generation before elsewhere than where it was cosigned")
	case errors.Is(err, problem.New(checkpoint.CodeCheckpoint, "")):
		return nil, refuse(http.StatusForbidden, "what the generation continues was not cosigned by this witness, or by too few")
	case errors.Is(err, problem.New(checkpoint.CodeGeneration, "")):
		return nil, refuse(http.StatusForbidden, "the registry names an earlier generation than was cosigned")
	case err != nil:
		return nil, refuse(http.StatusServiceUnavailable, "the store is away")
	}
	if r.old != before.Size {
		w.compare(ctx, participant, before, c)
		return nil, &Refusal{http.StatusConflict, SizeType, strconv.FormatUint(before.Size, 10) + "\n"}
	}
	if refusal := w.continues(ctx, participant, before, c, r.proof); refusal != nil {
		return nil, refusal
	}
	// Stored before it is signed: what was cosigned is never forgotten.
	err = w.Heads.SetHead(ctx, stored, ledger.Head{
		Kind: ledger.HeadWitnessed, Origin: c.Origin, Size: c.Size, Root: c.Root, Raw: c.Raw,
	})
	switch {
	case errors.Is(err, problem.New(ledger.CodeHeadMoved, "")):
		return nil, refuse(http.StatusServiceUnavailable, "another checkpoint came at the same time") // a size would say that this one differs
	case err != nil:
		return nil, refuse(http.StatusServiceUnavailable, "the store is away")
	}
	line, err := checkpoint.Line(w.Signer, c.Body(c.Origin))
	if err != nil {
		return nil, refuse(http.StatusServiceUnavailable, "the witness cannot sign")
	}
	return []byte(line), nil
}

func (w *Witness) continues(ctx context.Context, participant string, before ledger.Head, c checkpoint.Checkpoint, proof [][]byte) *Refusal {
	if before.Size == 0 {
		if len(proof) > 0 {
			return refuse(http.StatusBadRequest, "the first checkpoint has no proof")
		}
		return nil
	}
	if before.Size == c.Size && before.Root != c.Root {
		w.compare(ctx, participant, before, c)
		return &Refusal{http.StatusConflict, SizeType, strconv.FormatUint(before.Size, 10) + "\n"}
	}
	if err := checkpoint.VerifyConsistency(checkpoint.Head{Size: before.Size, Root: before.Root}, c.Head, proof); err != nil {
		w.forked(ctx, participant, before, c)
		return refuse(http.StatusUnprocessableEntity, "the checkpoint does not continue the one of size "+strconv.FormatUint(before.Size, 10))
	}
	return nil
}

// compare reports two signed heads of one size with two roots: nothing but a log
// that shows two histories makes them.
func (w *Witness) compare(ctx context.Context, participant string, before ledger.Head, c checkpoint.Checkpoint) {
	if before.Size == c.Size && before.Root != c.Root {
		w.forked(ctx, participant, before, c)
	}
}

func (w *Witness) forked(ctx context.Context, participant string, before ledger.Head, c checkpoint.Checkpoint) {
	if last, _ := w.told.Swap(participant, c.Head); last != c.Head && w.Forked != nil {
		w.Forked(ctx, participant, before.Raw, c.Raw)
	}
}

// request is the body of add-checkpoint.
type request struct {
	old   uint64
	proof [][]byte
	raw   []byte
}

func parse(body []byte) (r request, ok bool) {
	head, raw, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	size, isOld := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseUint(size, 10, 64)
	if !found || !isOld || err != nil || strconv.FormatUint(old, 10) != size || len(lines)-1 > maxProof {
		return r, false
	}
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(hash) != len(checkpoint.Leaf{}) {
			return r, false
		}
		r.proof = append(r.proof, hash)
	}
	r.old, r.raw = old, raw
	return r, true
}
