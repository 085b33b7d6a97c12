// Package decide asks the policy: whom to ask, whether a question is admitted
// and which fields may be read for it, and the verdict on every field. It is
// the only importer of OPA. The policy sees the context only, never a value or
// an identifier of a child, never the clock (design.md, "Deciding").
package decide

import (
	"homeward.example/adapters"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/replay"
	"homeward.example/schemas/catalog"
)

// Tri is a fact that may be unknown; unknown protects. The zero value is unknown.
type Tri int8

const (
	Unknown Tri = iota
	No
	Yes
)

// Party is a participant as the policy sees it.
type Party struct {
	ID   string `json:"id"`
	Kind string `json:"kind"` // government, unicef, icrc, ngo, icc, prosecutor, mediator
	// AuthorityOfOrigin is true for the authority whose children these are.
	AuthorityOfOrigin bool `json:"authority_of_origin"`
	Prohibited        bool `json:"prohibited"`
	Suspended         bool `json:"suspended"`
}

// Facts are the context of one question at one holder, computed before the
// policy runs. Everything that depends on time or on a signature is a fact here.
type Facts struct {
	Requester, Holder Party
	Query             envelope.Query
	// Agreement in force between holder and requester for this purpose.
	Agreement Tri
	// Link: a case link that is signed by the authority of origin or by this
	// holder, names the requester as recipient and this purpose, has not ended, and
	// comes from this holder or has it among its leads. Unknown if none came.
	Link Tri
	// LinkCriteria replaces the criteria of a linked query: the identity that
	// the link covers. LinkRecord is set at the link's issuer alone.
	LinkCriteria adapters.Criteria
	LinkIdentity string // "original" or "imposed"
	LinkRecord   string
	// GoAhead lists the columns that a go-ahead of the authority of origin opens for
	// this child, this requester, now. "photo" lifts never 6, "kind" lifts never 7.
	GoAhead []string
	// Sites are the places that go-aheads for whereabouts name as the requester's own
	// (CARE), by member of a place. The policy learns whether a child is at one.
	Sites []map[string]string
	// Approved lists the columns that two organisations approved, one of them the
	// holder or the authority of origin; Waiting those on which people still decide.
	Approved, Waiting []string
	// ICRCRelease: a release that the ICRC signed for this child and requester.
	ICRCRelease Tri
	// Attested: a named officer attests that the child is with the requester (FOUND).
	Attested Tri
	// Mandate: an agreement in force names the requester as a reviewer who covers
	// this holder (AUDIT).
	Mandate Tri
	// Push: the holder sends on its own initiative and nobody asked. It is the only
	// way to a mediator. Never true of a query that came in.
	Push bool
}

// Columns of the policy's matrix: those of the schema, and "kind", the kind of an
// assertion, which tells the identities apart.
func Columns() []string { return append(catalog.Groups(), columnKind) }

const columnKind = "kind"

// Admitted is a question that the policy let in, with the paths that may be
// read for it; or one that it refused, which takes the same road. Only Admit
// makes one that is good for anything: the zero value is refused.
type Admitted struct {
	engine   *Engine // who admitted; nil in the zero value
	fresh    replay.Fresh
	facts    Facts
	criteria adapters.Criteria
	context  prefix
	*admission
}

// Fetched is what the adapter returned, after the mask and the version were
// checked again and the identity that matched was computed.
type Fetched struct {
	admitted Admitted
	records  []fetchedRecord
}

type fetchedRecord struct {
	record  adapters.Record
	matched string // identity that the criteria matched
}

// Verdict on one path and identity.
type Verdict struct {
	Path     string   `json:"path"`
	Identity string   `json:"identity"`
	Verdict  string   `json:"verdict"` // released, generalised, withheld
	To       string   `json:"to,omitempty"`
	Reasons  []string `json:"reasons"` // exact codes: for the ledger alone
	Basis    string   `json:"basis,omitempty"`
}

// Verdicts as they stand in Verdict.Verdict.
const (
	released    = envelope.VerdictReleased
	generalised = envelope.VerdictGeneralised
	withheld    = envelope.VerdictWithheld
)

// Disclosed is what a requester already received of one subject.
type Disclosed struct {
	Version int64
	// Groups by name and identity, e.g. "photo/original". Everything if Unreadable.
	Groups     []string
	Unreadable bool
	// Held: this gateway got a sealed notice of the authority of origin that puts
	// the child on hold (never 15), whatever the record itself says.
	Held bool
}

// Set is the policy's word on one record: immutable, cached, with the two
// encodings of it made once, so that a cache hit copies bytes.
type Set struct {
	// Verdicts on every path and identity of the schema, in the catalogue's order.
	Verdicts    []Verdict
	Obligations []string
	// Groups that this releases, as in Disclosed.Groups.
	Groups []string
	// Withheld is true if nothing is released: the record is answered as absent.
	Withheld bool
	// Both is true if the recipient may see both identities (never 7); then, and
	// only then, fields of the answer carry their identity.
	Both bool
	// Answer is the JSON array of envelope.AnswerField; coarse, without reasons.
	// For a recipient bound to one identity it lists that identity's verdicts alone.
	Answer []byte
	// Ledger is Verdicts with the exact reasons, grouped, as ReadLedger takes it:
	// [{"verdict":"generalised","to":"year","reasons":["GEN_YEAR"],"basis":"…","identity":"original","paths":["birth.birth_date"]}, …]
	Ledger []byte
	// Input is the canonical JSON that the policy saw; it holds no child data.
	Input []byte
	// Failure is "" or why there is no decision, so that all is withheld:
	// "undefined", "error", "timeout", "panic", "wrong_type".
	Failure string
	// Disclosed is what this was decided on; its Version must not have moved
	// when the decision is committed. Of one record, unlike the rest of the set.
	Disclosed Disclosed
}

// RecordVerdicts binds a record, the identity it was asked by, and the policy's word.
type RecordVerdicts struct {
	Record  adapters.Record
	Matched string // "original" or "imposed"
	Set     *Set
	// Tellable: the authority of origin may hear of the hit from this holder. False
	// if something of the ICRC recognised the record: a hit would confirm it.
	Tellable bool
}

// Verdicts is the policy's word on all records of one answer.
type Verdicts struct {
	admitted Admitted
	records  []RecordVerdicts
}
