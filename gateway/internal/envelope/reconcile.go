package envelope

// Reconcile is the content of a homeward-reconcile: which messages its sender has a
// record of, in a stretch of time, and of a homeward-reconciled, which answers it.
// A message is named by the base64url SHA-256 of its signed part alone, so whoever
// has no record of it learns nothing of it. A half is "QUESTION", or
// "QUESTION.ANSWER" where there is a record of the answer.
type Reconcile struct {
	Claims
	InReplyTo string `json:"irt,omitempty"` // of a reply: the jti of what it answers
	// From and To bound the stretch, in microseconds since 1970; To is not in it.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Asked and Answered are halves of questions that the sender asked, and answered.
	// In a reply they are those that the other did not name.
	Asked    []string `json:"asked,omitempty"`
	Answered []string `json:"answered,omitempty"`
	// Unknown, in a reply, are those that were named and of which there is no record.
	Unknown []string `json:"unknown,omitempty"`
	// More says, in a reply, that there are more than it has room for, from then on.
	More   int64  `json:"more,omitempty"`
	Schema string `json:"schema"`
}

// ReconcilePayload builds either of the two. They have no disclosures.
func ReconcilePayload(r Reconcile) ([]byte, []Disclosure, error) { return payload(r) }

// Reconcile returns the content of a homeward-reconcile.
func (v Verified) Reconcile() (Reconcile, error) {
	return decode(v, TypeReconcile, (*decoder).reconcile)
}

// Reconciled returns the content of a homeward-reconciled.
func (v Verified) Reconciled() (Reconcile, error) {
	return decode(v, TypeReconciled, (*decoder).reconcile)
}

func (d *decoder) reconcile() Reconcile {
	r := Reconcile{
		Claims: d.claims, InReplyTo: d.optional("irt"), From: d.integer("from"), To: d.integer("to"), Asked: d.texts("asked"),
		Answered: d.texts("answered"), Unknown: d.texts("unknown"), Schema: d.text("schema"),
	}
	if _, ok := d.member(0, "more"); ok {
		r.More = d.integer("more")
	}
	return r
}
