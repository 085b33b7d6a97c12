// Package seal signs and seals what was recorded, and nothing else: each
// function demands the Receipt of the exact content and recomputes its digest.
// What the ledger keeps beside the decision is the content of its Draft, signed: a
// Signed, which only the Receipt of that draft turns into a message. It is
// the only caller of the envelope's sealing side on the path of a query.
package seal

import (
	"crypto/sha256"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// CodeUnrecorded refuses content that its receipt does not cover. It is a fault
// of this gateway, never of a caller.
const CodeUnrecorded problem.Code = "unrecorded"

// Sealed is a message that may leave: signed, encrypted, and recorded before.
type Sealed struct{ jwe string }

// String returns the compact JWE.
func (s Sealed) String() string { return s.jwe }

// Asking is a sealed message that is answered.
type Asking struct {
	Sealed
	hash [32]byte
}

// Hash is the SHA-256 of the signed part, to which the answer must refer.
func (a Asking) Hash() [32]byte { return a.hash }

// Head is what an answer says of itself. Seal adds decision and leaf from the receipt.
type Head struct {
	Issuer, Audience string
	InReplyTo        string
	QueryHash        string
	Now              time.Time
}

// answerLife bounds how long an answer may be under way (security.md: <= 120 s).
const answerLife = 120 * time.Second

// Signed is a message that is signed over a draft, to be stored with it. It may not
// leave: there is no way to its text but Seal, which wants the draft's receipt.
type Signed struct {
	draft  ledger.Draft
	signed *envelope.Signed
}

// Answer puts the head before the content that is decided on, and signs both.
func Answer(d ledger.Draft, ds []envelope.Disclosure, h Head, key envelope.PrivateKey) (Signed, error) {
	if len(d.Content()) == 0 {
		return Signed{}, problem.New(CodeUnrecorded, "answer")
	}
	leaf := d.Leaf()
	head := envelope.AnswerHead(envelope.Answer{
		Claims: envelope.Claims{
			Issuer: h.Issuer, Audience: h.Audience, ID: envelope.NewID(),
			IssuedAt: h.Now.Unix(), Expires: h.Now.Add(answerLife).Unix(),
		},
		InReplyTo: h.InReplyTo, QueryHash: h.QueryHash, Decision: d.ID(), Leaf: envelope.Base64(leaf[:]),
	})
	signed, err := envelope.SignParts([][]byte{head, {','}, d.Content()[1:]}, ds, envelope.TypeAnswer, key)
	return Signed{d, signed}, err
}

// Query signs a whole payload that is decided on.
func Query(d ledger.Draft, ds []envelope.Disclosure, t envelope.Type, key envelope.PrivateKey) (Signed, error) {
	if len(d.Content()) == 0 {
		return Signed{}, problem.New(CodeUnrecorded, string(t))
	}
	signed, err := envelope.SignParts([][]byte{d.Content()}, ds, t, key)
	return Signed{d, signed}, err
}

// Kept is what the ledger keeps of it. It is not to be read after Seal.
func (s Signed) Kept() ledger.Message {
	return ledger.Message{JWS: s.signed.JWS(), Payload: s.signed.Payload(), Disclosures: s.signed.Disclosures()}
}

// Seal seals what was signed over the draft of this receipt.
func (s Signed) Seal(rc ledger.Receipt, to envelope.PublicKey) (Sealed, error) {
	if s.signed == nil || !rc.Of(s.draft) {
		return Sealed{}, problem.New(CodeUnrecorded, "signed message")
	}
	jwe, err := s.signed.Seal(to)
	return Sealed{jwe}, err
}

// SealAsking is Seal of a message that is answered.
func (s Signed) SealAsking(rc ledger.Receipt, to envelope.PublicKey) (Asking, error) {
	if s.signed == nil || !rc.Of(s.draft) {
		return Asking{}, problem.New(CodeUnrecorded, "signed message")
	}
	hash := sha256.Sum256(s.signed.JWS())
	sealed, err := s.Seal(rc, to)
	return Asking{sealed, hash}, err
}

// Message signs and seals a whole recorded payload: a query, a collect, a notice.
func Message(rc ledger.Receipt, payload []byte, ds []envelope.Disclosure, t envelope.Type, key envelope.PrivateKey, to envelope.PublicKey) (Asking, error) {
	if !rc.Covers(payload) {
		return Asking{}, problem.New(CodeUnrecorded, string(t))
	}
	sdjwt, err := envelope.Sign(payload, ds, t, key)
	if err != nil {
		return Asking{}, err
	}
	return asking(sdjwt, t, to)
}

// Forward seals what an agency's own system signed, unchanged.
func Forward(rc ledger.Receipt, sdjwt string, t envelope.Type, to envelope.PublicKey) (Asking, error) {
	if !rc.Covers([]byte(sdjwt)) {
		return Asking{}, problem.New(CodeUnrecorded, string(t))
	}
	return asking(sdjwt, t, to)
}

func asking(sdjwt string, t envelope.Type, to envelope.PublicKey) (Asking, error) {
	jwe, err := envelope.Seal(sdjwt, t, to)
	if err != nil {
		return Asking{}, err
	}
	jws, _, _ := strings.Cut(sdjwt, "~")
	return Asking{Sealed{jwe}, sha256.Sum256([]byte(jws))}, nil
}

// Statement signs a recorded statement that travels inside other messages: a case link.
func Statement(rc ledger.Receipt, payload []byte, ds []envelope.Disclosure, t envelope.Type, key envelope.PrivateKey) (string, error) {
	if !rc.Covers(payload) {
		return "", problem.New(CodeUnrecorded, string(t))
	}
	return envelope.Sign(payload, ds, t, key)
}
