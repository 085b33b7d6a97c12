package envelope

// Statuses of an answer.
const (
	StatusAnswered = "answered"
	StatusPending  = "pending"
	StatusRefused  = "refused"
)

// Verdicts of a field, as the recipient sees them.
const (
	VerdictReleased    = "released"
	VerdictGeneralised = "generalised"
	VerdictWithheld    = "withheld"
)

// answer refuses an unknown status or verdict: a reader must not take it for a release.
func (d *decoder) answer() Answer {
	a := Answer{
		Claims: d.claims, InReplyTo: d.text("irt"), QueryHash: d.digest("qh"),
		Status: d.oneOf("status", StatusAnswered, StatusPending, StatusRefused), Decision: d.text("decision"), Leaf: d.digest("leaf"),
		Policy: d.policy(), Records: d.records(), Links: d.elements("links"), Schema: d.text("schema"),
	}
	if _, ok := d.member(0, "pending_until"); ok {
		a.PendingUntil = d.integer("pending_until")
	}
	d.promise(a)
	a.Advice = d.advice()
	a.Receipt = d.receipt()
	if _, ok := d.member(0, "problem"); ok {
		p := d.object("problem")
		a.Problem = &AnswerProblem{Code: p.text("code"), Detail: p.optional("detail"), Remedy: p.optional("remedy")}
	}
	return a
}

// promise: an answer that is still to come says until when, and nothing else.
func (d *decoder) promise(a Answer) {
	pending := a.Status == StatusPending
	if pending != (a.PendingUntil > 0) {
		d.fail("pending_until", "a time with status pending, none with another", "another")
	}
	if pending && len(a.Records)+len(a.Links) > 0 {
		d.fail("records", "neither records nor links with status pending", "some")
	}
}

func (d *decoder) policy() PolicyRef {
	p := d.object("policy")
	return PolicyRef{Bundle: p.text("bundle"), Overlay: p.optional("overlay"), Version: p.text("version")}
}

// records reads the records of an answer. The array must be there, empty if there are none.
func (d *decoder) records() []AnswerRecord {
	list, ok := d.objects("records")
	if !ok {
		return nil
	}
	out := make([]AnswerRecord, len(list))
	for i, r := range list {
		out[i] = AnswerRecord{Fields: r.fields(), Obligations: r.texts("obligations"), Values: d.content.values(r.at)}
	}
	return out
}

func (r *reader) fields() []AnswerField {
	list, _ := r.objects("fields")
	out := make([]AnswerField, len(list))
	for i, f := range list {
		out[i] = AnswerField{
			Path: f.text("path"), Identity: f.optional("identity"),
			Verdict: f.oneOf("verdict", VerdictReleased, VerdictGeneralised, VerdictWithheld),
			To:      f.optional("to"), Basis: f.optional("basis"),
		}
	}
	return out
}

// digest reads SHA-256 in base64url.
func (r *reader) digest(name string) string {
	s := r.text(name)
	if s != "" && (len(s) != 43 || canonical64(s, "") != nil) {
		r.fail(name, "SHA-256 in base64url", "another value")
	}
	return s
}

func (r *reader) oneOf(name string, allowed ...string) string {
	s := r.text(name)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	if s != "" {
		r.fail(name, "one of the values of this schema", "another")
	}
	return ""
}
