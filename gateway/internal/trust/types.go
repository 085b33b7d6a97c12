// Package trust is the registry of participants: who takes part, with which
// keys and certificates, under which agreements. It is read from a signed file
// behind an interface that threshold-signed metadata can fill later.
package trust

import (
	"encoding/base64"
	"time"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/envelope"
)

// Participant as the registry names it.
type Participant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Kind: government, unicef, icrc, ngo, icc, prosecutor, mediator.
	Kind string `json:"kind"`
	// Organisation that runs it; its id if empty. Where people of two organisations are
	// needed, participants of one are one.
	Organisation      string `json:"organisation,omitempty"`
	AuthorityOfOrigin bool   `json:"authority_of_origin,omitempty"`
	Holder            bool   `json:"holder,omitempty"` // answers questions
	Prohibited        bool   `json:"prohibited,omitempty"`
	Suspended         bool   `json:"suspended,omitempty"`
	// Endpoint of the federation listener: "https://host:port".
	Endpoint string `json:"endpoint,omitempty"`
	// TLS lists the SHA-256 fingerprints (hex) of the public keys (SPKI) of its certificates.
	TLS     []string `json:"tls"`
	Keys    []Key    `json:"keys"`
	Contact string   `json:"contact,omitempty"` // duty contact
	// EndedLogs are the generations of its transparency log that ended, in their order;
	// the next one is in force.
	EndedLogs []EndedLog `json:"ended_logs,omitempty"`
}

// EndedLog is one generation of a log that cannot go on, since entries that it had
// published are lost: where it ended, and from where the next generation goes on.
type EndedLog struct {
	Origin string `json:"origin"` // checkpoint.Generation
	// Size and Root (base64) are those of its newest checkpoint that anybody remembers.
	Size uint64 `json:"size"`
	Root string `json:"root"`
	// Continues is the signed note, with its cosignatures, of the checkpoint that the
	// next generation continues; empty if nothing was left.
	Continues string `json:"continues,omitempty"`
}

// Break is what the entry says. Whether From is cosigned by enough witnesses, whoever
// knows them must say. ok is false for an entry that Validate refuses.
func (e EndedLog) Break() (b checkpoint.Break, ok bool) {
	root, err := base64.StdEncoding.Strict().DecodeString(e.Root)
	if err != nil || len(root) != len(b.End.Root) {
		return b, false
	}
	b.End = checkpoint.Head{Size: e.Size, Root: [32]byte(root)}
	if e.Continues == "" {
		return b, e.Size > 0
	}
	from, err := checkpoint.Read([]byte(e.Continues))
	b.From = from.Head
	return b, err == nil && from.Size < e.Size
}

// RunBy is the organisation that runs the participant.
func (p Participant) RunBy() string {
	if p.Organisation != "" {
		return p.Organisation
	}
	return p.ID
}

// Key is a JWK with its use and its time.
type Key struct {
	JWK       map[string]string `json:"jwk"` // kty, crv, x, y, kid, alg
	Use       envelope.Use      `json:"use"`
	NotBefore time.Time         `json:"not_before,omitzero"`
	NotAfter  time.Time         `json:"not_after,omitzero"`
}

// Agreement lets a holder answer a recipient for purposes until a day.
type Agreement struct {
	Holder    string    `json:"holder"`    // participant, or "*" for any
	Recipient string    `json:"recipient"` // participant, or "*"
	Purposes  []string  `json:"purposes"`
	Until     time.Time `json:"until"`
	// Asked: the recipient may ask the holder, which must be named, about any child
	// for these purposes; without it only where a case link or a go-ahead names it.
	Asked bool `json:"asked,omitempty"`
	// Mandates to review (AUDIT). Nobody reviews without one.
	Mandates []Mandate `json:"mandates,omitempty"`
}

// Mandate lets the legal reviewers of a participant review at the holders that it covers.
type Mandate struct {
	Reviewer string   `json:"reviewer"` // participant
	Covers   []string `json:"covers"`   // holders, each named
}

// Registry is the whole file, as signed. Version only grows.
type Registry struct {
	Version      int64         `json:"version"`
	IssuedAt     time.Time     `json:"issued_at"`
	Expires      time.Time     `json:"expires"`
	Participants []Participant `json:"participants"`
	Agreements   []Agreement   `json:"agreements"`
	// Bundle is the digest of the policy bundle in force ("sha256:…"); empty accepts the embedded one.
	Bundle string `json:"bundle,omitempty"`
	// BundleVersion is the version of that bundle; not held against it if empty.
	BundleVersion string `json:"bundle_version,omitempty"`
	// Witnesses cosign the checkpoints of everybody's log but their own.
	Witnesses Witnesses `json:"witnesses,omitzero"`
}

// Witnesses names who cosigns, and how many of them must.
type Witnesses struct {
	Quorum       int      `json:"quorum"`
	Participants []string `json:"participants"`
}
