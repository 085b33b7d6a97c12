package exchange

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// reasonSuspended is recorded where a review that is overdue suspends the
// break-glass of a participant.
const reasonSuspended = "BG_SUSPENDED"

// glass is where one break-glass question stands.
type glass struct {
	casework.Approval
	stands    string // state of its row; "" if there is none yet
	approved  bool   // two organisations approved, and in time
	suspended bool
}

// breakGlass says of a question that asks for columns by break-glass whether
// people approved, are still to decide, or did not. nil if it asks for none.
func (x *Exchange) breakGlass(ctx context.Context, f *decide.Facts, link *envelope.CaseLink, b beside, resumed bool) (*glass, error) {
	q := f.Query
	if q.BreakGlass == nil {
		if len(b.approvals) > 0 && !resumed {
			return nil, problem.Mismatch(CodeStatementForeign, "approval", "columns asked for by break-glass", "none")
		}
		return nil, nil
	}
	if err := glassWords(*q.BreakGlass); err != nil {
		return nil, err
	}
	given, err := x.approvals(q, questionDigest(q, link), b.approvals, resumed)
	if err != nil {
		return nil, err
	}
	g, err := x.glassOf(ctx, q, b.id, questionDigest(q, link), given)
	if err != nil {
		return nil, err
	}
	origin, _ := x.origin()
	if g.suspended, err = x.reviewOverdue(ctx, q.Issuer); err != nil || g.suspended {
		return g, err
	}
	now := x.Now()
	own := casework.Given{Organisation: x.Self, At: now}
	switch state := g.StateAt(now); {
	case g.stands != casework.ApprovalRefused && casework.Complete(g.Given, x.Self, origin.ID, x.runBy, now):
		g.approved, f.Approved = true, q.BreakGlass.Columns
	case state != casework.ApprovalWaiting:
	case casework.Complete(append(slices.Clip(g.Given), own), x.Self, origin.ID, x.runBy, now):
		f.Waiting = q.BreakGlass.Columns
	case !resumed:
		return nil, problem.Mismatch(casework.CodeApprovalMissing, "claim links", "the approval of a supervisor of another organisation than "+x.Self, "none")
	}
	return g, nil
}

// glassOf reads the row of a question, by the id under which people decide on it, or
// begins one. given is what came signed with the question; the holder's own approval
// is in the row.
func (x *Exchange) glassOf(ctx context.Context, q envelope.Query, id, digest string, given []casework.Given) (*glass, error) {
	now := x.Now()
	row := casework.ApprovalID(q.Issuer, id)
	m, err := x.Store.Matter(ctx, row)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return &glass{Approval: casework.Approval{
			ID: row, State: casework.ApprovalWaiting, Requester: q.Issuer,
			Subject: x.subject("question\x00" + digest), At: now, Until: casework.EndOf(given, now),
			ApprovalBody: casework.ApprovalBody{
				Query: id, Officer: q.Officer, Purpose: q.Purpose, Case: q.Case,
				Columns: q.BreakGlass.Columns, Why: q.BreakGlass.Why, Given: given,
			},
		}}, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := casework.ApprovalOf(x.box, m)
	// What came signed counts as far as it verifies today; one's own stands.
	a.Given = append(given, slices.DeleteFunc(a.Given, func(g casework.Given) bool { return g.Statement != "" })...)
	return &glass{Approval: a, stands: a.State}, err
}

// approvals verifies the approvals that came with a question.
func (x *Exchange) approvals(q envelope.Query, digest string, tokens []string, resumed bool) ([]casework.Given, error) {
	var given []casework.Given
	for _, token := range tokens {
		g, err := x.approval(token, q, x.Self, digest)
		switch {
		case err == nil:
			given = append(given, g)
		case !resumed:
			return nil, err
		}
	}
	return given, nil
}

// approval verifies one: for this holder, requester and question, by an officer of
// the authority of origin or of the requester, who is not the one who asks.
func (x *Exchange) approval(token string, q envelope.Query, holder, digest string) (casework.Given, error) {
	const where = "approval, claim "
	v, err := x.statement(token, envelope.TypeApproval, holder, x.Now())
	if err != nil {
		return casework.Given{}, err
	}
	a, err := v.Approval()
	if err != nil {
		return casework.Given{}, said("approval", err)
	}
	uncovered := slices.ContainsFunc(q.BreakGlass.Columns, func(c string) bool { return !slices.Contains(a.Columns, c) })
	switch {
	case !x.party(a.Issuer).AuthorityOfOrigin && a.Issuer != q.Issuer:
		return casework.Given{}, problem.Mismatch(CodeStatementIssuer, where+"iss", "the authority of origin or "+q.Issuer, a.Issuer)
	case a.Requester != q.Issuer:
		return casework.Given{}, problem.Mismatch(CodeStatementForeign, where+"requester", q.Issuer, "another")
	case a.Purpose != q.Purpose:
		return casework.Given{}, problem.Mismatch(CodeStatementForeign, where+"purpose", q.Purpose, "another")
	case a.Question != digest:
		return casework.Given{}, problem.Mismatch(CodeStatementForeign, where+"about.question", "this question", "another one, or not disclosed")
	case a.Asking != "" && a.Asking != q.Officer.ID:
		return casework.Given{}, problem.Mismatch(CodeStatementForeign, where+"asking", "the officer who asks", "another")
	case a.Why != q.BreakGlass.Why:
		return casework.Given{}, problem.Mismatch(CodeStatementForeign, where+"about.why", "the justification that is given", "another one, or not disclosed")
	case uncovered:
		return casework.Given{}, problem.Mismatch(CodeStatementForeign, where+"columns", strings.Join(q.BreakGlass.Columns, ", "), "fewer")
	}
	asking := casework.Approval{ApprovalBody: casework.ApprovalBody{Officer: q.Officer}}
	return casework.Given{Organisation: a.Issuer, Officer: a.Officer, At: time.Unix(a.IssuedAt, 0).UTC(), Statement: a.ID, Until: time.Unix(a.Expires, 0).UTC()},
		firstOf(officerWords(a.Officer), asking.May(a.Issuer, a.Officer))
}

// maxWhy bounds a justification, in bytes.
const maxWhy = 2000

func glassWords(b envelope.BreakGlass) error {
	if len(strings.TrimSpace(b.Why)) < 10 || len(b.Why) > maxWhy {
		return problem.Mismatch(CodeBreakGlass, "claim break_glass.why", "a justification of 10 to 2000 characters", "another, or not disclosed")
	}
	if len(b.Columns) == 0 || slices.ContainsFunc(b.Columns, func(c string) bool { return !slices.Contains(decide.Columns(), c) }) {
		return problem.Mismatch(CodeBreakGlass, "claim break_glass.columns", strings.Join(decide.Columns(), ", "), "another word, or none")
	}
	return nil
}

// reviewOverdue says whether a use of break-glass by a participant waits for its
// review longer than it may.
func (x *Exchange) reviewOverdue(ctx context.Context, participant string) (bool, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{
		Kind: ledger.MatterReview, State: casework.ReviewOpen, Participant: participant, DueBefore: x.Now(), Limit: 1,
	})
	return len(rows) > 0, err
}

// used looks again at a break-glass question whose row may have moved: what another
// collect of the same question used meanwhile, this one fetches again.
func (x *Exchange) used(ctx context.Context, g *glass) error {
	if g == nil || !g.approved || g.stands == casework.ApprovalUsed {
		return nil
	}
	m, err := x.Store.Matter(ctx, g.ID)
	if err == nil && m.State == casework.ApprovalUsed {
		g.stands = m.State
	}
	return err
}

// asks says whether a column is among those that were asked for.
func (g *glass) asks(column string) bool { return slices.Contains(g.Columns, column) }

// keep adds to a decision what it means for the break-glass that was asked for: a
// question that waits for people, or a use that waits for its review.
func (x *Exchange) keep(g *glass, a decide.Admitted, extra *ledger.Commit) error {
	pending := a.Pending()
	switch {
	case g == nil || a.Refusal() != "" || g.suspended || !slices.ContainsFunc(a.BreakGlass(), g.asks):
		return nil
	case pending && g.stands == "":
		m, err := g.Matter(x.box, "")
		extra.Matters = append(extra.Matters, m)
		return err
	case pending || !g.approved:
		return nil
	}
	if g.stands == casework.ApprovalUsed {
		return nil // fetched again: the same use
	}
	g.State = casework.ApprovalUsed
	used, err := g.Matter(x.box, g.stands)
	if err != nil {
		return err
	}
	review, err := g.Use(x.Now()).Matter(x.box, "")
	extra.Matters = append(extra.Matters, used, review)
	return err
}
