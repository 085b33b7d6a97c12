package decide

import (
	"context"
	"crypto/sha256"
	"slices"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
)

// CodeUnbound: the facts are of another message than the one that was verified.
// It is a fault of this gateway, never of a caller.
const CodeUnbound problem.Code = "facts_of_another_message"

// Reason codes that are given without a policy's word.
const (
	// reasonUndecided: this gateway could not decide. domain.md has no code of its own for it.
	reasonUndecided = "SUP_LOCAL"
	reasonBulk      = "DENY_BULK"
)

// admission is the policy's word on a question: immutable, and cached.
type admission struct {
	refusal    string // reason code; empty when admitted
	reason     string // why nothing may be read, for the ledger
	failure    string
	mask       adapters.Mask
	cut        *adapters.Cut
	opens      bool // something could be released
	pending    bool
	glass      []string // columns that break-glass can open
	tellOrigin bool
	notify     bool // the authority of origin is told, hit or miss
}

// Admit asks the policy whether a question is let in and what may be read for
// it. A refusal is an Admitted too: it is recorded and answered like any other.
// An error means that nothing was decided: CodeUnbound, or the context ended.
func (e *Engine) Admit(ctx context.Context, fresh replay.Fresh, f Facts) (Admitted, error) {
	v := fresh.Verified()
	if v.ID() == "" || v.ID() != f.Query.ID || v.Issuer() != f.Query.Issuer ||
		f.Requester.ID != f.Query.Issuer || f.Holder.ID != f.Query.Audience {
		return Admitted{}, problem.New(CodeUnbound, "facts")
	}
	criteria, known := wireCriteria(f.Query.Criteria)
	if f.Link == Yes {
		criteria = f.LinkCriteria
	}
	a := Admitted{engine: e, fresh: fresh, facts: f, criteria: criteria}
	by, wildcard := given(criteria)
	a.context = newPrefix(questionInput(f, by, wildcard || !known))
	a.admission = e.admitted(ctx, a.context, by)
	if err := ctx.Err(); err != nil {
		return Admitted{}, err
	}
	return a, nil
}

// admitted looks the decision up, or makes it. What failed is not kept.
func (e *Engine) admitted(ctx context.Context, p prefix, by []string) *admission {
	if a, ok := e.admissions.Get(p.digest); ok {
		return a
	}
	result, failure := e.admit.eval(ctx, p.bytes)
	if failure != "" {
		return &admission{refusal: reasonUndecided, failure: failure}
	}
	a, ok := newAdmission(result, by)
	if !ok {
		return &admission{refusal: reasonUndecided, failure: failedType}
	}
	if a = e.overlay.question(ctx, p.bytes, a); a.failure == "" {
		e.admissions.Add(p.digest, a)
	}
	return a
}

// newAdmission reads the policy's result: every part must be there and of its type.
func newAdmission(result map[string]any, by []string) (*admission, bool) {
	in, ok := result["admitted"].(bool)
	refusal, ok2 := result["refusal"].(string)
	reason, ok3 := result["reason"].(string)
	pending, ok4 := result["pending"].(bool)
	tell, ok5 := result["tell_origin"].(bool)
	notify, ok6 := result["notify_always"].(bool)
	list, ok7 := result["paths"].([]any)
	if !(ok && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) || in != (refusal == "") {
		return nil, false
	}
	a := &admission{refusal: refusal, reason: reason, opens: in && len(list) > 0}
	if a.glass, ok = stringsOf(result["break_glass"]); !ok {
		a.glass = Columns() // a bundle that does not say which: any may be a use of it
	}
	a.pending, a.tellOrigin, a.notify = pending && in, tell && in, notify && in
	if a.opens || a.tellOrigin || a.notify {
		paths := make(map[string]bool, len(list))
		for _, p := range list {
			path, ok := p.(string)
			if !ok {
				return nil, false
			}
			paths[path] = true
		}
		a.mask = mask(paths, by)
		a.cut = adapters.NewCut(a.mask)
	}
	return a, true
}

// prefix is the input of admission, which that of every record begins with.
type prefix struct {
	bytes  []byte
	digest [sha256.Size]byte
}

func newPrefix(input []byte) prefix { return prefix{input, sha256.Sum256(input)} }

// questionInput is what the policy sees of a question: of its criteria which
// were given, never what they say.
func questionInput(f Facts, by []string, wildcard bool) []byte {
	paths, fieldsKnown := requestedPaths(f.Query.Fields)
	linked := len(f.Query.Links) > 0
	w := writer{make([]byte, 0, 1024)}
	w.open()
	w.text("purpose", f.Query.Purpose)
	w.object("officer")
	w.text("role", f.Query.Officer.Role)
	w.close()
	w.party("requester", f.Requester)
	w.party("holder", f.Holder)
	w.tri("agreement", f.Agreement)
	w.tri("link", f.Link)
	w.columns("go_ahead", f.GoAhead, nil)
	w.columns("approval", f.Approved, f.Waiting)
	w.tri("icrc_release", f.ICRCRelease)
	w.tri("attested", f.Attested)
	w.tri("mandate", f.Mandate)
	w.text("need", f.Query.Need)
	w.object("question")
	w.texts("by", by)
	w.tri("wildcard", yes(wildcard))
	w.tri("linked", yes(linked))
	w.tri("criteria", yes(len(f.Query.Criteria) > 0))
	w.tri("record", yes(f.LinkRecord != ""))
	w.tri("push", yes(f.Push))
	w.tri("fields_known", yes(fieldsKnown))
	w.object("fields")
	if fieldsKnown && paths == nil {
		w.flag("*", true)
	}
	for _, p := range paths {
		w.flag(p, true)
	}
	w.close()
	w.close()
	// What the question contains, and what the requester says it received from
	// anybody. A link names its child; the recipient has read it.
	w.object("known")
	w.tri("name", yes(linked || slices.ContainsFunc(by, isName) || slices.Contains(f.Query.Has, "names_birth")))
	w.tri("photo", yes(slices.Contains(f.Query.Has, "photo")))
	w.close()
	w.close()
	return w.b
}
