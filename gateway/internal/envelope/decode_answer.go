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

// Answer returns the content of a homeward-answer, as far as it was disclosed.
// An unknown status or verdict is an error: a reader must not take it for a release.
func (v Verified) Answer() (Answer, error) {
	r, err := v.reader(TypeAnswer)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{
		Claims: v.claims, InReplyTo: r.text("irt"), QueryHash: r.digest("qh"),
		Status: r.oneOf("status", StatusAnswered, StatusPending, StatusRefused), Decision: r.text("decision"), Leaf: r.digest("leaf"),
		Policy: r.policy(), Records: v.content.records(r), Links: v.content.elements(r, "links"), Schema: r.text("schema"),
	}
	if _, ok := r.member(0, "pending_until"); ok {
		a.PendingUntil = r.integer("pending_until")
	}
	if _, ok := r.member(0, "problem"); ok {
		a.Problem = r.problem()
	}
	return result(r, a)
}

// digest reads SHA-256 in base64url.
func (r *reader) digest(name string) string {
	s := r.text(name)
	if r.err == nil && (len(s) != 43 || canonical64(s, "") != nil) {
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
	r.fail(name, "one of the values of this schema", "another")
	return ""
}

func (r *reader) policy() PolicyRef {
	in := r.object("policy")
	p := PolicyRef{Bundle: in.text("bundle"), Overlay: in.optional("overlay"), Version: in.text("version")}
	r.leave(in)
	return p
}

func (r *reader) problem() *AnswerProblem {
	in := r.object("problem")
	p := &AnswerProblem{Code: in.text("code"), Detail: in.optional("detail"), Remedy: in.optional("remedy")}
	r.leave(in)
	return p
}

// records reads the records of an answer. The array must be there, empty if there are none.
func (c content) records(r *reader) []AnswerRecord {
	i, ok := r.find("records", kindArray, true)
	if !ok {
		return nil
	}
	out := []AnswerRecord{}
	for e := range c.children(i) {
		if c.kind(e) != kindObject {
			r.fail("records", "objects", "another kind of value in it")
			return nil
		}
		in := &reader{doc: c.doc, at: e, path: "records.", err: r.err}
		out = append(out, AnswerRecord{Fields: in.fields(), Obligations: in.texts("obligations"), Values: c.values(e)})
		r.leave(in)
	}
	return out
}

func (r *reader) fields() []AnswerField {
	i, ok := r.find("fields", kindArray, true)
	if !ok {
		return nil
	}
	var out []AnswerField
	for e := range r.children(i) {
		if r.kind(e) != kindObject {
			r.fail("fields", "objects", "another kind of value in it")
			return nil
		}
		in := &reader{doc: r.doc, at: e, path: r.path + "fields.", err: r.err}
		out = append(out, AnswerField{
			Path: in.text("path"), Identity: in.optional("identity"),
			Verdict: in.oneOf("verdict", VerdictReleased, VerdictGeneralised, VerdictWithheld),
			To:      in.optional("to"), Basis: in.optional("basis"),
		})
		r.leave(in)
	}
	return out
}
