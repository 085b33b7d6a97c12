package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"homeward.example/gateway/internal/envelope"
)

// Kinds of decisions.
const (
	KindAsked    = "asked"    // a question of one's own was sent
	KindAnswered = "answered" // a question was answered, refused or promised an answer
	KindReceived = "received" // an answer came
	KindLinked   = "linked"   // a case link was issued
	KindRevoked  = "revoked"  // a case link was taken back
	KindNotified = "notified" // a notice was sent
	KindNoticed  = "noticed"  // a notice came
	// KindAcknowledged: the addressee of a hold or a recall has it.
	KindAcknowledged = "acknowledged"
	KindHeld         = "held"        // a child was put on hold, or let go
	KindRecalled     = "recalled"    // what was released was called back
	KindFulfilled    = "fulfilled"   // an obligation was done
	KindPushed       = "pushed"      // a case was made ready for a mediator
	KindDecoy        = "decoy"       // a decoy was laid or taken in
	KindTallied      = "tallied"     // who asked was counted for the authority of origin
	KindErased       = "erased"      // what ended holds and tallies said of children was erased
	KindWentAhead    = "went_ahead"  // the authority of origin, or the ICRC, opened columns
	KindApproved     = "approved"    // somebody decided on break-glass: issued, approved, refused
	KindReviewed     = "reviewed"    // a use of break-glass was reviewed
	KindForked       = "forked"      // a log showed two histories to this witness
	KindComplaint    = "complaint"   // a holder did not prove that its answer is in its log
	KindReconciling  = "reconciling" // another ledger was asked what it has of the exchanges with it
	KindReconciled   = "reconciled"  // another ledger was told so, or said so
	KindRegistry     = "registry"    // another registry came into force here
	KindExported     = "exported"    // evidence of a decision was handed out
	KindImported     = "imported"    // evidence of another participant's decision was taken in
	KindCollecting   = "collecting"  // a question of one's own was asked again
	KindCollected    = "collected"   // somebody asked again
)

// Decision is the content of a row. It is encoded once, by Record, and holds no
// value of a child's record: values appear as the digests of their disclosures.
type Decision struct {
	Version   int              `json:"v"`  // 1; set by Record
	ID        string           `json:"id"` // UUIDv7; given by Record if empty
	At        time.Time        `json:"at"` // UTC, microseconds; given by Record if zero
	Kind      string           `json:"kind"`
	Holder    string           `json:"holder"`
	Requester string           `json:"requester"`
	Peer      string           `json:"peer"`
	Officer   envelope.Officer `json:"officer"`
	Purpose   string           `json:"purpose,omitempty"`
	Basis     string           `json:"basis,omitempty"`
	Case      string           `json:"case,omitempty"`
	// Concerns is the decision that this one is about: whose evidence was handed out.
	Concerns string `json:"concerns,omitempty"`
	// Links: SHA-256 of the signed part of each case link, or the ids of those issued.
	Links     []string `json:"links,omitempty"`
	QueryID   string   `json:"query_jti,omitempty"`
	QueryHash string   `json:"query_hash,omitempty"`
	// Presented: digests of the disclosures that came with the message.
	Presented []string           `json:"presented,omitempty"`
	Policy    envelope.PolicyRef `json:"policy"`
	Outcome   string             `json:"outcome"`
	// BreakGlass: people approve, review or use what break-glass opens; Record sets it
	// by the matters that go with the decision.
	BreakGlass bool `json:"break_glass,omitempty"`
	// Reason is the exact code, e.g. "DENY_NO_CASE_REF"; the recipient never sees it.
	Reason string `json:"reason,omitempty"`
	// Failure is why the policy gave no word, so that all is denied: "timeout", …
	Failure     string   `json:"failure,omitempty"`
	Obligations []string `json:"obligations,omitempty"`
	// TheirDecision and TheirLeaf are the holder's, in a received answer.
	TheirDecision string `json:"their_decision,omitempty"`
	TheirLeaf     string `json:"their_leaf,omitempty"`
	// WithheldHere: columns of a received answer that the requester's own gateway
	// does not show, since with what came before they would join photo and name.
	WithheldHere []string `json:"withheld_here,omitempty"`
	// Registry is which one came into force.
	Registry *RegistryChange `json:"registry,omitempty"`
	// ContentHash is the base64url SHA-256 of what was released or refused; set by Record.
	ContentHash string `json:"content"`
	// Input is the canonical JSON that the policy saw at admission.
	Input   json.RawMessage `json:"input,omitempty"`
	Records []DecidedRecord `json:"records,omitempty"`
}

// RegistryChange is one registry in the place of another.
type RegistryChange struct {
	Version int64  `json:"version"`
	Digest  string `json:"digest"` // "sha256:…" of the signed bytes, in hex
	// Was and WasVersion are of the one before; "" and 0 for the first.
	Was        string `json:"was"`
	WasVersion int64  `json:"was_version"`
}

// DecidedRecord is one record that was decided.
type DecidedRecord struct {
	Subject  string          `json:"subject"` // keyed: says nothing of which child
	Version  string          `json:"version"` // HashVersion of the record's
	Matched  string          `json:"matched,omitempty"`
	Verdicts json.RawMessage `json:"verdicts,omitempty"` // with the exact reasons, as decide.ReadLedger takes them
	Input    json.RawMessage `json:"input,omitempty"`    // what the policy saw
	// Digests of what was disclosed.
	Digests Digests `json:"digests,omitempty"`
}

// Digest is that of one disclosure, with the disclosure's name.
type Digest struct{ Name, Value string }

// Digests are one JSON object, {"name.family":"…"}, in the order of the schema. A
// map would be made and sorted for each answer.
type Digests []Digest

// MarshalJSON writes the object.
func (d Digests) MarshalJSON() ([]byte, error) {
	return appendDigests(nil, d), nil
}

// UnmarshalJSON reads it.
func (d *Digests) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errNoDigests
	}
	*d = nil
	for dec.More() {
		name, err := dec.Token() // of an object: a string
		if err != nil {
			return err
		}
		value, err := dec.Token()
		s, ok := value.(string)
		if err != nil || !ok {
			return errNoDigests
		}
		*d = append(*d, Digest{name.(string), s})
	}
	return nil
}

var errNoDigests = errors.New("digests that are no object of strings")
