package envelope

// Events of a notice: what it says, and who may say it to whom.
const (
	EventMatchHit = "match_hit" // a holder, to the authority of origin: somebody asked for a child who is known here
	EventFound    = "found"     // a holder, to the authority of origin: somebody says that a child is with them
	EventHold     = "hold"      // the authority of origin, to a holder: answer as if nobody knew this child
	EventLifted   = "hold_lifted"
	EventRecall   = "recall"         // a holder, to who received an answer: it is corrected, returned, held, erased
	EventOrigin   = "notify_origin"  // who received an answer, to the authority of origin
	EventReceipt  = "return_receipt" // who received an answer, to its holder
	EventPush     = "push"           // a holder, to a transit mediator: a case waits to be collected
	EventTally    = "tally"          // a holder, to the authority of origin: who asked how often
)

// Notice is the content of a homeward-notice: one event that its addressee must
// know of. It is acknowledged by a signed answer, and sent until it is.
type Notice struct {
	Claims
	Event string `json:"event"`
	// Requester is who asked; the sender itself where nobody did.
	Requester string `json:"requester"`
	Purpose   string `json:"purpose"` // of the question; "HOLD", "RECALL" or "TALLY" where there was none
	// Query is the question's jti; the id of the hold, the recall, the push or the tally where there was none.
	Query string `json:"query_id"`
	// Criteria are disclosures: what was asked. Of a hold they are those of both
	// identities; "given#imposed" belongs to the imposed one.
	Criteria map[string]string `json:"query,omitempty"`
	Subject  string            `json:"subject,omitempty"` // the sender's pseudonym for its record
	// Holder is who answered, when its recipient tells the authority of origin.
	Holder string `json:"holder,omitempty"`
	// Kind of a recall: "corrected", "returned", "held", "erased".
	Kind string `json:"kind,omitempty"`
	// Decisions of a holder's ledger: those that are recalled, or were received.
	Decisions []string `json:"decisions,omitempty"`
	// Until, in seconds since 1970: when a hold ends by itself (0: never), by when a recall must be acknowledged, or how long a case waits.
	Until int64 `json:"until,omitempty"`
	// Lines of a tally; array disclosures.
	Lines  []string `json:"lines,omitempty"`
	Schema string   `json:"schema"`
}

// NoticePayload builds a homeward-notice.
func NoticePayload(n Notice) ([]byte, []Disclosure, error) {
	criteria, err := hide(n.Criteria)
	if err != nil {
		return nil, nil, err
	}
	lines, err := texts(n.Lines)
	if err != nil {
		return nil, nil, err
	}
	return payload(struct {
		Notice
		Criteria digests   `json:"query"`
		Lines    []Element `json:"lines,omitempty"`
		SDAlg    string    `json:"_sd_alg"`
	}{n, digests{DigestList(criteria)}, elements(lines), sdAlg}, criteria, lines)
}

// Notice returns the content of a homeward-notice, as far as it was disclosed.
func (v Verified) Notice() (Notice, error) { return decode(v, TypeNotice, (*decoder).notice) }

func (d *decoder) notice() Notice {
	n := Notice{
		Claims: d.claims, Event: d.text("event"), Requester: d.text("requester"), Purpose: d.text("purpose"),
		Query: d.text("query_id"), Criteria: d.criteria("query", false), Subject: d.optional("subject"),
		Holder: d.optional("holder"), Kind: d.optional("kind"), Decisions: d.texts("decisions"), Lines: d.elements("lines"), Schema: d.text("schema"),
	}
	if _, ok := d.member(0, "until"); ok {
		n.Until = d.integer("until")
	}
	return n
}
