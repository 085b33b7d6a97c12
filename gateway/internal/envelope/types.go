// Package envelope makes and checks the messages that cross a border: an
// SD-JWT (RFC 9901) inside a compact JWE (RFC 7516). It is the only importer
// of go-jose and does no I/O. schemas/wire.md is its specification.
package envelope

import (
	"crypto"
	"encoding/json"
	"strings"
	"time"
)

// Type is the JOSE typ of a message. A message of one type is never accepted as another.
type Type string

const (
	TypeQuery    Type = "homeward-query+sd-jwt"
	TypeAnswer   Type = "homeward-answer+sd-jwt"
	TypeCaseLink Type = "homeward-caselink+sd-jwt"
	TypeCollect  Type = "homeward-collect+sd-jwt"
	TypeNotice   Type = "homeward-notice+sd-jwt"
	TypeRegistry Type = "homeward-registry+sd-jwt"
	TypeGoAhead  Type = "homeward-goahead+sd-jwt"
	TypeApproval Type = "homeward-approval+sd-jwt"
	TypeOverlay  Type = "homeward-overlay+sd-jwt"
	TypeSighting Type = "homeward-sighting+sd-jwt"
	// TypeReconcile and TypeReconciled compare two ledgers.
	TypeReconcile  Type = "homeward-reconcile+sd-jwt"
	TypeReconciled Type = "homeward-reconciled+sd-jwt"
)

// Use says what a registry key is for. A key has one use and one algorithm.
type Use string

const (
	UseSign   Use = "sign"   // the gateway's signatures: EdDSA or ES256
	UseAgency Use = "agency" // queries that an agency's own system signs: EdDSA or ES256
	UseSeal   Use = "seal"   // sealing to this participant: ECDH-ES on P-256
	UseLog    Use = "log"    // checkpoints of its transparency log, and cosignatures: EdDSA
)

// PublicKey is a key as the registry names it. The zero times mean no bound.
type PublicKey struct {
	ID                  string
	Participant         string
	Use                 Use
	Alg                 string // "EdDSA", "ES256" or "ECDH-ES"
	Key                 crypto.PublicKey
	NotBefore, NotAfter time.Time
}

// Keys finds public keys by id. The registry of participants is one.
type Keys interface {
	PublicKey(kid string) (PublicKey, bool)
}

// Disclosure is one salted value beside the signed part, which holds its digest
// alone (RFC 9901 section 4.2). Name is empty for an element of an array.
type Disclosure struct {
	Name    string
	Value   json.RawMessage
	encoded string // base64url, as signed over: never re-encoded
	digest  string // of encoded
}

// Expect is what a verifier requires of a message. Every field but Seen is
// mandatory: an empty one refuses (an empty setting must not disable a check).
type Expect struct {
	Type Type
	// Audience is the one aud that is accepted.
	Audience string
	// Issuer is the participant that must have signed: the TLS peer, or the
	// holder that was asked. AnyIssuer accepts whomever the registry gives the key to.
	Issuer string
	// Uses lists the accepted uses of the signing key.
	Uses []Use
	Keys Keys
	Now  time.Time
	// Seen spares computing a signature again, for what comes more than once: case
	// links. Nil computes each.
	Seen *Signatures
}

// AnyIssuer stands in Expect.Issuer where the signer is found by its key alone, as for a case link.
const AnyIssuer = "*"

// Officer is the person who acts: a pseudonym and a role.
type Officer struct {
	ID   string `json:"id"`
	Role string `json:"role"`
}

// Same says whether two are one person: a pseudonym in other letters, or in another
// role, is no second person.
func (o Officer) Same(other Officer) bool {
	return strings.EqualFold(strings.TrimSpace(o.ID), strings.TrimSpace(other.ID))
}

// Claims that every message has. All are mandatory.
type Claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	ID       string `json:"jti"` // 128 random bits, base64url
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// Query is the content of a homeward-query. Criteria and links are disclosures.
type Query struct {
	Claims
	Officer  Officer           `json:"act"`
	Purpose  string            `json:"purpose"` // "RETURN"
	Basis    string            `json:"basis"`
	Case     string            `json:"case,omitempty"`
	Links    []string          `json:"links,omitempty"`  // SD-JWTs: one case link and statements bound to it; array disclosures on the wire
	Criteria map[string]string `json:"query,omitempty"`  // by criterion: "family", "born"; disclosures on the wire
	Fields   []string          `json:"fields,omitempty"` // paths or groups; empty asks for all
	// Need is the one need that is asked for: "medication", "disability_aid", "language".
	Need string `json:"need,omitempty"`
	// Present: the officer attests that the child is with them (FOUND).
	Present bool `json:"present,omitempty"`
	// BreakGlass asks for columns that two people must approve.
	BreakGlass *BreakGlass `json:"break_glass,omitempty"`
	// Has lists what the requester's own ledger shows that it received of this
	// child: "names_birth", "photo".
	Has    []string `json:"has,omitempty"`
	Schema string   `json:"schema"`
}

// CaseLink is the content of a homeward-caselink: this child, this recipient
// (aud), this purpose, until exp, these leads.
type CaseLink struct {
	Claims
	Purpose string `json:"purpose"`
	// Child: disclosures "record_id" (for the issuer) and the criteria of one
	// identity (for other holders), and "identity" which one it is.
	Child map[string]string `json:"child"`
	// Covers names the criteria that make the identity, in the open: who presents
	// the link to a lead must disclose all of them, or the rest would fit another
	// child as well. CaseLinkPayload fills it in.
	Covers []string `json:"covers"`
	// Leads: further holders that may be asked; array disclosures.
	Leads []string `json:"leads,omitempty"`
}

// Members of a case link's child that only its issuer is shown.
const (
	LinkRecord   = "record_id"
	LinkIdentity = "identity"
)

// Answer is the content of a homeward-answer.
type Answer struct {
	Claims
	InReplyTo    string         `json:"irt"` // the query's jti
	QueryHash    string         `json:"qh"`  // base64url SHA-256 of the query's JWS
	Status       string         `json:"status"`
	Decision     string         `json:"decision"`
	Leaf         string         `json:"leaf"` // base64url, the holder's ledger leaf
	Policy       PolicyRef      `json:"policy"`
	Records      []AnswerRecord `json:"records"`
	Links        []string       `json:"links,omitempty"` // array disclosures
	PendingUntil int64          `json:"pending_until,omitempty"`
	Advice       *Advice        `json:"advice,omitempty"`
	// Receipt answers a homeward-sighting.
	Receipt *SightingReceipt `json:"receipt,omitempty"`
	Problem *AnswerProblem   `json:"problem,omitempty"`
	Schema  string           `json:"schema"`
}

// PolicyRef names what decided, by digest ("sha256:…") and version.
type PolicyRef struct {
	Bundle  string `json:"bundle"`
	Overlay string `json:"overlay,omitempty"`
	Version string `json:"version"`
}

// AnswerRecord is one record of an answer: a verdict per field, and the values by disclosure.
type AnswerRecord struct {
	Fields      []AnswerField `json:"fields"`
	Obligations []string      `json:"obligations,omitempty"`
	// Values by path ("name.family", or "name.family#imposed" for recipients who
	// may see both); disclosures on the wire.
	Values map[string]json.RawMessage `json:"-"`
}

// AnswerField is one verdict as the recipient sees it.
type AnswerField struct {
	Path string `json:"path"`
	// Identity is set only for recipients who may see both.
	Identity string `json:"identity,omitempty"`
	Verdict  string `json:"verdict"` // "released", "generalised", "withheld"
	To       string `json:"to,omitempty"`
	Basis    string `json:"basis,omitempty"`
}

// AnswerProblem tells a proven caller why it was refused.
type AnswerProblem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

// Collect asks again for the answer to an earlier query.
type Collect struct {
	Claims
	Officer   Officer `json:"act"`
	InReplyTo string  `json:"irt"` // the jti of the query
	Schema    string  `json:"schema"`
}

// Schema is the version of the record's schema that this build speaks.
const Schema = "homeward/1"
