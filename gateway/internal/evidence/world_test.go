package evidence_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// world is a federation whose gov-ua has one decision that a court asks for.
type world struct {
	t        testing.TB
	f        *gatewaytest.Federation
	registry trust.Registry
	key      envelope.PrivateKey // of the registry
	logs     map[string]ed25519.PrivateKey
	decision string // of gov-ua, on the linked question of gov-pl
	unknown  string // of gov-ua, on a question for a child nobody knows
	received string // of gov-pl, on the answer
	*evidence.Builder
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // of a test's own preparations
	}
	return v
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, logs: make(map[string]ed25519.PrivateKey)}
	dir, now := t.TempDir(), time.Now()
	must(keyring.NewKey(filepath.Join(dir, "registry.jwk"), trust.Issuer, "ES256", envelope.UseSign, now))
	w.key = must(keyring.ReadPrivate(filepath.Join(dir, "registry.jwk")))
	spki := must(keyring.NewCertificate(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"), "gov-ua", now))
	w.f = gatewaytest.New(t, gatewaytest.Options{Prepare: func(r *trust.Registry) { w.prepare(r, dir, spki) }})
	pair := must(tls.LoadX509KeyPair(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")))
	ua := w.f.Member("gov-ua")
	w.Builder = &evidence.Builder{
		Self: "gov-ua", Registry: w.f.Registry(), Policy: ua.Engine, Store: ua.Store, Ledger: ua.Ledger, Box: must(ledger.NewBox(ua.SubjectKey)), Prove: w.prove,
		Certificate: must(x509.ParseCertificate(pair.Certificate[0])), Key: pair.PrivateKey.(crypto.Signer),
		RegistryKey: w.key.Public("", envelope.UseSign), Program: "homeward test", Now: w.f.Clock.Now,
	}
	for _, id := range []string{"gov-ua", "gov-pl"} {
		w.keep(w.f.Member(id).Store)
	}
	w.ask()
	return w
}

// prepare gives the registry what a gateway in process needs none of.
func (w *world) prepare(r *trust.Registry, dir, spki string) {
	for i, p := range r.Participants {
		if p.ID == "gov-ua" {
			r.Participants[i].TLS = []string{spki}
		}
		if p.ID == "gov-pl" {
			continue
		}
		file := filepath.Join(dir, p.ID+"-log.jwk")
		key := must(keyring.NewKey(file, p.ID, "EdDSA", envelope.UseLog, time.Now().Add(-time.Hour)))
		r.Participants[i].Keys = append(r.Participants[i].Keys, key)
		w.logs[p.ID], _ = must(keyring.ReadPrivate(file)).Ed25519()
	}
	r.Witnesses = trust.Witnesses{Quorum: 2, Participants: []string{"unicef", "icrc", "gov-ca"}}
	w.registry = *r
}

// keep is what a gateway does when registry and policy come into force.
func (w *world) keep(s ledger.Store) {
	bundle := must(decide.Embedded())
	for _, d := range []ledger.Document{
		{Kind: ledger.DocumentRegistry, Digest: "sha256:1", Body: must(trust.Sign(w.registry, w.key))},
		{Kind: ledger.DocumentBundle, Digest: bundle.Digest, Body: must(bundle.Archive())},
	} {
		d.At = w.f.Clock.Now().Add(-time.Hour)
		if err := s.PutDocument(context.Background(), d); err != nil {
			w.t.Fatal(err)
		}
	}
}

// ask makes the decisions.
func (w *world) ask() {
	ctx := context.Background()
	link := must(w.f.Member("gov-ua").IssueLink(ctx, exchange.LinkRequest{
		Child: w.f.Child.IDs["gov-ua"], Recipient: "gov-pl", Purpose: "RETURN", Until: w.f.Clock.Now().Add(time.Hour),
		Officer: envelope.Officer{ID: "officer-ua", Role: "case_officer"},
	}))
	for to, req := range map[*string]*homewardv1.AskRequest{
		&w.decision: {Links: []string{link.Token}},
		&w.unknown:  {Criteria: &homewardv1.Criteria{Given: "Ніхто", Family: "Невідомий", Born: "2013-05-05"}},
	} {
		req.Purpose, req.Basis, req.Case = homewardv1.Purpose_PURPOSE_RETURN, "GDPR 6(1)(e)", "TEST-1"
		req.Officer = &homewardv1.Officer{Id: "officer-pl", Role: "case_officer"}
		for _, a := range must(w.f.Member("gov-pl").Ask(ctx, exchange.Client{Name: "test"}, req, nil)).GetAnswers() {
			if a.GetHolder() == "gov-ua" {
				*to = a.GetDecisionId()
			}
		}
	}
	for _, row := range must(w.f.Member("gov-pl").Store.Decisions(ctx, 0, 100)) {
		if d := must(ledger.ParseDecision(row.Content)); d.TheirDecision == w.decision {
			w.received = d.ID
		}
	}
}

// prove makes a log of two leaves: this decision and another.
func (w *world) prove(ctx context.Context, decision string) (checkpoint.Proof, error) {
	row, err := w.Store.Decision(ctx, decision)
	if err != nil {
		return checkpoint.Proof{}, err
	}
	return w.proof("gov-ua", row.Leaf, "unicef", "icrc"), nil
}

func (w *world) proof(of string, leaf []byte, witnesses ...string) checkpoint.Proof {
	h := rfc6962.DefaultHasher
	beside := h.HashLeaf(make([]byte, 32))
	head := checkpoint.Head{Size: 2, Root: checkpoint.Leaf(h.HashChildren(h.HashLeaf(leaf), beside))}
	name := checkpoint.LogName(of)
	signers := []note.Signer{must(checkpoint.NewSigner(name, w.logs[of]))}
	for _, id := range witnesses {
		signers = append(signers, must(checkpoint.NewCosigner(checkpoint.WitnessName(id), w.logs[id], w.f.Clock.Now)))
	}
	return checkpoint.Proof{
		Index: 0, Size: 2, Path: []string{base64.StdEncoding.EncodeToString(beside)},
		Checkpoint: string(must(note.Sign(&note.Note{Text: head.Body(name)}, signers...))),
	}
}

// export makes the package of a decision.
func (w *world) export(decision string, redact ...string) []byte {
	w.t.Helper()
	raw, _, err := w.Export(context.Background(), evidence.Request{
		Decision: decision, Redact: redact, Officer: envelope.Officer{ID: "legal-1", Role: "legal_reviewer"}, Under: "order 1/26 of a synthetic court",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

// sign makes a package of contents that the participant itself changed.
func (w *world) sign(c verify.Contents) []byte {
	return must(signFiles(w, must(c.Files())))
}

func (w *world) verify(raw []byte) verify.Result {
	return verify.Package(context.Background(), raw, verify.Options{RegistryKey: &w.RegistryKey})
}

// soak says that the long run is wanted.
func soak() bool { return os.Getenv("HOMEWARD_SOAK") != "" }

func signFiles(w *world, files []asice.File) ([]byte, error) {
	return asice.Write(files, w.Certificate, w.Key, w.f.Clock.Now().UTC().Truncate(time.Second))
}
