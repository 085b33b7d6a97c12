// Package evidence makes evidence packages out of a ledger, and takes in those of
// other participants. What a package is, and whether one holds, package verify
// says: it knows nothing of the ledger's store.
package evidence

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of evidence.
const (
	// CodeRefused: the package does not hold, and is not taken in.
	CodeRefused problem.Code = "evidence_refused"
	// CodeUnknownPath: nothing of this name is disclosed.
	CodeUnknownPath problem.Code = "evidence_path"
	// CodeUnder: no ground was given.
	CodeUnder problem.Code = "evidence_ground"
	// CodeDenied: the policy lets no evidence be handed out by this officer or participant.
	CodeDenied problem.Code = "evidence_denied"
)

// Store is what evidence needs of a ledger's store.
type Store interface {
	Decision(ctx context.Context, id string) (ledger.Row, error)
	ledger.ExchangeStore
	ledger.DocumentStore
}

// Policy decides on an export, and names itself.
type Policy interface {
	Export(ctx context.Context, x decide.Export) (decide.Exported, envelope.PolicyRef, error)
}

// Builder makes the packages of one participant. All fields are mandatory.
type Builder struct {
	Self string
	// Registry in force says what participants are, and has the keys of the ICRC's releases.
	Registry verify.Registry
	// Policy in force decides what leaves.
	Policy Policy
	Store  Store
	Ledger *ledger.Ledger
	Box    ledger.Box
	// Prove gives the inclusion proof of a decision; "not_found" if it is in no
	// published checkpoint yet.
	Prove func(ctx context.Context, decision string) (checkpoint.Proof, error)
	// Certificate and Key sign the container: those of the federation listener, which
	// the registry names.
	Certificate *x509.Certificate
	Key         crypto.Signer
	RegistryKey envelope.PublicKey
	Program     string // "homeward 0.4"
	Now         func() time.Time
}

// Request says what to export.
type Request struct {
	Decision string
	// Redact names values to leave out: "name.family", "name" for all below it, "query"
	// for all of the question, "query.family" for one, "*" for everything.
	Redact  []string
	Officer envelope.Officer
	Under   string // the ground: an order of a court, a rule
	// Release is what the ICRC signed so that what came from it may leave; "" for none.
	Release string
}

// Export makes the package of a decision and records, before it returns it, that it
// was handed out, to whom and under what.
func (b *Builder) Export(ctx context.Context, r Request) ([]byte, verify.About, error) {
	if r.Under == "" || r.Officer.ID == "" || r.Officer.Role == "" {
		return nil, verify.About{}, problem.New(CodeUnder, "officer, role, under")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, verify.About{}, problem.Wrap(problem.CodeUnavailable, "decision id", err)
	}
	now := b.Now().UTC().Truncate(time.Second)
	export := verify.Export{Decision: id.String(), At: now, Officer: r.Officer, Under: r.Under}
	c, p, err := b.contents(ctx, r, export)
	if err != nil {
		return nil, c.About, err
	}
	if p.word.Refusal != "" {
		return nil, c.About, errors.Join(problem.Mismatch(CodeDenied, "policy", "reviewer or legal_reviewer, of a participant in good standing", p.word.Refusal), b.record(ctx, nil, p, export))
	}
	files, err := c.Files()
	if err != nil {
		return nil, c.About, err
	}
	raw, err := asice.Write(files, b.Certificate, b.Key, now)
	if err != nil {
		return nil, c.About, err
	}
	return raw, c.About, b.record(ctx, raw, p, export)
}

// record keeps the policy's word on an export, with what it saw.
func (b *Builder) record(ctx context.Context, raw []byte, p permission, e verify.Export) error {
	d := ledger.Decision{
		ID: e.Decision, Kind: ledger.KindExported, Holder: p.of.Holder, Requester: p.of.Requester, Peer: b.Self, Officer: e.Officer,
		Purpose: p.of.Purpose, Basis: e.Under, Case: p.of.Case, QueryID: p.of.QueryID, Policy: p.policy, Concerns: p.of.ID,
		Outcome: outcomeExported, Reason: p.reason(), Failure: p.word.Failure, Input: p.word.Input,
	}
	if p.word.Refusal != "" {
		d.Outcome = envelope.StatusRefused
	}
	if len(p.word.Reasons) > 0 {
		d.Records = []ledger.DecidedRecord{{Verdicts: p.word.Ledger}}
	}
	if p.release != "" {
		d.Links = []string{p.release}
	}
	_, err := b.Ledger.Record(ctx, raw, d, ledger.Commit{})
	return err
}

const outcomeExported = "exported"

func (b *Builder) contents(ctx context.Context, r Request, export verify.Export) (c verify.Contents, p permission, err error) {
	row, err := b.Store.Decision(ctx, r.Decision)
	if err != nil {
		return c, p, err
	}
	if err := ledger.Verify(row); err != nil {
		return c, p, err
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		return c, p, err
	}
	c.Decision = row.Content
	c.About = verify.About{
		Version: 1, Participant: b.Self, Decision: d.ID, Salt: envelope.Base64(row.Salt),
		Program: b.Program, Export: export, LeftOut: []verify.LeftOut{},
	}
	for _, add := range []func(context.Context, *verify.Contents, ledger.Decision) error{b.registries, b.policy, b.proof} {
		if err := add(ctx, &c, d); err != nil {
			return c, p, err
		}
	}
	p, err = b.said(ctx, &c, d, r)
	return c, p, err
}

// registries adds the registry of the day, and that of the export if it is another.
func (b *Builder) registries(ctx context.Context, c *verify.Contents, d ledger.Decision) error {
	then, err := b.Store.DocumentAt(ctx, ledger.DocumentRegistry, d.At)
	if err != nil {
		return err
	}
	now, err := b.Store.DocumentAt(ctx, ledger.DocumentRegistry, c.About.Export.At.Add(time.Second))
	if err != nil {
		return err
	}
	c.Registry = then.Body
	if now.Digest != then.Digest {
		c.Exported = now.Body
	}
	return nil
}

// policy adds what decided. That of another participant, in a received answer, is not
// kept here: the verdict says so.
func (b *Builder) policy(ctx context.Context, c *verify.Contents, d ledger.Decision) (err error) {
	if c.Bundle, err = document(ctx, b.Store, ledger.DocumentBundle, d.Policy.Bundle); err == nil {
		c.Overlay, err = document(ctx, b.Store, ledger.DocumentOverlay, d.Policy.Overlay)
	}
	return err
}

// document is nil if it is not kept, or has no digest.
func document(ctx context.Context, s ledger.DocumentStore, kind, digest string) ([]byte, error) {
	if digest == "" {
		return nil, nil
	}
	d, err := s.Document(ctx, kind, digest)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil, nil
	}
	return d.Body, err
}

func (b *Builder) proof(ctx context.Context, c *verify.Contents, d ledger.Decision) error {
	proof, err := b.Prove(ctx, d.ID)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Proof, err = json.Marshal(proof)
	return err
}

// Import takes in a package of another participant, read-only, if nothing in it is
// wrong under this gateway's own registry key. It is found by the holder's decision.
func (b *Builder) Import(ctx context.Context, raw []byte, by envelope.Officer) (verify.Result, error) {
	result := verify.Package(ctx, raw, verify.Options{RegistryKey: &b.RegistryKey})
	if result.Verdicts.Worst() == verify.Failed {
		return result, problem.New(CodeRefused, "the package")
	}
	c, _, err := verify.Read(raw)
	if err != nil {
		return result, err
	}
	d, err := ledger.ParseDecision(c.Decision)
	if err != nil {
		return result, err
	}
	sum := sha256.Sum256(raw)
	_, err = b.Ledger.Record(ctx, raw, ledger.Decision{
		Kind: ledger.KindImported, Holder: d.Holder, Requester: d.Requester, Peer: c.About.Participant, Officer: by,
		Purpose: d.Purpose, Case: d.Case, QueryID: d.QueryID, Concerns: d.ID, Outcome: "imported",
	}, ledger.Commit{})
	if err != nil {
		return result, err
	}
	return result, b.Store.PutDocument(ctx, ledger.Document{
		Kind: ledger.DocumentEvidence, Digest: "sha256:" + hex.EncodeToString(sum[:]), At: b.Now(), Name: verify.HolderDecision(d), Body: raw,
	})
}
