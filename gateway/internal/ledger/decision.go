package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"time"

	"homeward.example/gateway/internal/envelope"
)

// Kinds of decisions.
const (
	KindAsked      = "asked"      // a question of one's own was sent
	KindAnswered   = "answered"   // a question was answered, refused or promised an answer
	KindReceived   = "received"   // an answer came
	KindLinked     = "linked"     // a case link was issued
	KindNotified   = "notified"   // the authority of origin was told of a hit
	KindNoticed    = "noticed"    // a notice of a hit came
	KindCollecting = "collecting" // a question of one's own was asked again
	KindCollected  = "collected"  // somebody asked again
)

// Decision is the content of a row. It is encoded once, by Record, and holds no
// value of a child's record: values appear as the digests of their disclosures.
type Decision struct {
	Version   int              `json:"v"`
	ID        string           `json:"id"`
	At        time.Time        `json:"at"`
	Kind      string           `json:"kind"`
	Holder    string           `json:"holder"`
	Requester string           `json:"requester"`
	Peer      string           `json:"peer"`
	Officer   envelope.Officer `json:"officer"`
	Purpose   string           `json:"purpose,omitempty"`
	Basis     string           `json:"basis,omitempty"`
	Case      string           `json:"case,omitempty"`
	// Links: SHA-256 of the signed part of each case link, or the ids of those issued.
	Links     []string `json:"links,omitempty"`
	QueryID   string   `json:"query_jti,omitempty"`
	QueryHash string   `json:"query_hash,omitempty"`
	// Presented: digests of the disclosures that came with the message.
	Presented []string           `json:"presented,omitempty"`
	Policy    envelope.PolicyRef `json:"policy"`
	Outcome   string             `json:"outcome"`
	// Reason is the exact code, e.g. "DENY_NO_CASE_REF"; the recipient never sees it.
	Reason      string   `json:"reason,omitempty"`
	Obligations []string `json:"obligations,omitempty"`
	// TheirDecision and TheirLeaf are the holder's, in a received answer.
	TheirDecision string `json:"their_decision,omitempty"`
	TheirLeaf     string `json:"their_leaf,omitempty"`
	// ContentHash is the SHA-256 of what was released or refused.
	ContentHash string `json:"content"`
	// Input is what the policy saw at admission. It and Records come last, since
	// encode appends them as they are.
	Input   json.RawMessage `json:"input,omitempty"`
	Records []DecidedRecord `json:"records,omitempty"`
}

// DecidedRecord is one record that was decided.
type DecidedRecord struct {
	Subject  string            `json:"subject"` // keyed: says nothing of which child
	Version  string            `json:"version"`
	Matched  string            `json:"matched,omitempty"`
	Verdicts json.RawMessage   `json:"verdicts,omitempty"` // []decide.Verdict with the exact reasons
	Input    json.RawMessage   `json:"input,omitempty"`    // what the policy saw
	Digests  map[string]string `json:"digests,omitempty"`
}

// encode makes the bytes of a row. The parts that were encoded when the policy
// decided are appended as they are: they are most of the row, and encoding/json
// would check them again on the path of every query.
func (d Decision) encode() ([]byte, error) {
	input, records := d.Input, d.Records
	d.Input, d.Records = nil, nil
	out, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	out = out[:len(out)-1]
	if len(input) > 0 {
		out = append(append(out, `,"input":`...), input...)
	}
	for i, r := range records {
		sep := `},`
		if i == 0 {
			sep = `,"records":[`
		}
		verdicts, seen := r.Verdicts, r.Input
		r.Verdicts, r.Input = nil, nil
		head, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		out = append(append(out, sep...), head[:len(head)-1]...)
		out = append(append(out, `,"verdicts":`...), verdicts...)
		out = append(append(out, `,"input":`...), seen...)
	}
	if len(records) > 0 {
		out = append(out, `}]`...)
	}
	return append(out, '}'), nil
}

// HashVersion names the version of a record without showing it: a source may
// make versions from content.
func HashVersion(v string) string { return envelope.SHA256(v) }

// leafTag separates leaves from every other hash of this system.
const leafTag = "homeward-decision-v1\n"

// Leaf is SHA-256(tag ‖ salt ‖ SHA-256(content)): what the transparency log
// will hold. Without the salt it tells nothing of the content.
func Leaf(salt, content []byte) [32]byte {
	inner := sha256.Sum256(content)
	buf := make([]byte, 0, len(leafTag)+len(salt)+len(inner))
	buf = append(buf, leafTag...)
	buf = append(buf, salt...)
	buf = append(buf, inner[:]...)
	return sha256.Sum256(buf)
}
