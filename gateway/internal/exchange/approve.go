package exchange

import (
	"context"
	"errors"
	"slices"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// ApprovalRequest is what a supervisor decides: this officer's question, to this
// holder, may open these columns for this reason, for some hours.
type ApprovalRequest struct {
	Holder, Requester string // Requester: this participant if empty
	Purpose           string // "RETURN"
	Criteria          *homewardv1.Criteria
	Link              string // the case link (SD-JWT), instead of criteria
	Columns           []string
	Why               string
	For               time.Duration
	Officer           envelope.Officer // who approves
	Asking            string           // pseudonym of the one officer who may ask with it; any if left out
}

// IssueApproval records an approval and signs it. Its holder checks it again.
func (x *Exchange) IssueApproval(ctx context.Context, r ApprovalRequest) (Statement, error) {
	if r.Requester == "" {
		r.Requester = x.Self
	}
	if err := x.mayApprove(r); err != nil {
		return Statement{}, err
	}
	q := envelope.Query{Purpose: r.Purpose, Criteria: wireCriteria(r.Criteria)}
	var link *envelope.CaseLink
	switch {
	case r.Link != "" && len(q.Criteria) > 0:
		return Statement{}, problem.New(CodeLinkCriteria, "criteria")
	case r.Link == "" && len(q.Criteria) == 0:
		return Statement{}, problem.New(CodeNothingAsked, "criteria")
	case r.Link != "":
		l, err := x.link(r.Link, r.Requester, r.Purpose)
		if err != nil {
			return Statement{}, err
		}
		link = &l
	}
	now := x.Now()
	a := envelope.Approval{
		Claims: envelope.Claims{
			Issuer: x.Self, Audience: r.Holder, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(r.For).Unix(),
		},
		Officer: r.Officer, Requester: r.Requester, Purpose: r.Purpose, Columns: r.Columns,
		Asking: r.Asking, Question: questionDigest(q, link), Why: r.Why,
	}
	payload, disclosures, err := envelope.ApprovalPayload(a)
	if err != nil {
		return Statement{}, err
	}
	receipt, err := x.Ledger.Record(ctx, payload, ledger.Decision{
		Kind: ledger.KindApproved, Holder: r.Holder, Requester: r.Requester, Peer: r.Holder, Purpose: r.Purpose,
		Officer: r.Officer, Links: []string{a.ID}, Policy: x.Engine.Ref(), Outcome: "issued",
	}, ledger.Commit{})
	if err != nil {
		return Statement{}, err
	}
	token, err := seal.Statement(receipt, payload, disclosures, envelope.TypeApproval, x.SignKey)
	return Statement{
		ID: a.ID, Token: token, Recipient: r.Holder, Purpose: r.Purpose, Columns: r.Columns,
		From: now.UTC(), Until: now.Add(r.For).UTC(),
	}, err
}

func (x *Exchange) mayApprove(r ApprovalRequest) error {
	if !x.party(x.Self).AuthorityOfOrigin && r.Requester != x.Self {
		return problem.Mismatch(CodeStatementIssuer, "this gateway", "that of the requester or of the authority of origin", x.Self)
	}
	for _, id := range []string{r.Holder, r.Requester} {
		if _, ok := x.Registry.Participant(id); !ok {
			return problem.Mismatch(CodeUnknownParticipant, "registry", "a participant", id)
		}
	}
	if r.For < time.Hour || r.For > casework.ApprovalLife {
		return problem.Mismatch(CodeWindow, "for", "1 to 12 hours", r.For.String())
	}
	asking := casework.Approval{ApprovalBody: casework.ApprovalBody{Officer: envelope.Officer{ID: r.Asking}}}
	if r.Asking != "" {
		if err := word("asking", r.Asking, officerWord); err != nil {
			return err
		}
	}
	return firstOf(
		word("purpose", r.Purpose, purposeWord), officerWords(r.Officer), asking.May(x.Self, r.Officer),
		glassWords(envelope.BreakGlass{Columns: r.Columns, Why: r.Why}),
	)
}

// PendingQuestion is a break-glass question as those see it who decide on it.
type PendingQuestion struct {
	casework.Approval
	Decision string // the last that changed it
}

// PendingQuestions lists those that wait, or all; what ends first comes first.
func (x *Exchange) PendingQuestions(ctx context.Context, all bool) ([]PendingQuestion, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterApproval})
	if err != nil {
		return nil, err
	}
	out := []PendingQuestion{}
	for _, m := range rows {
		p, err := x.pendingOf(m)
		if err != nil {
			return nil, err
		}
		if all || p.State == casework.ApprovalWaiting {
			out = append(out, p)
		}
	}
	return out, nil
}

// PendingQuestion reads one.
func (x *Exchange) PendingQuestion(ctx context.Context, id string) (PendingQuestion, error) {
	m, err := x.Store.Matter(ctx, id)
	if err == nil && m.Kind != ledger.MatterApproval {
		err = problem.New(problem.CodeNotFound, "id")
	}
	if err != nil {
		return PendingQuestion{}, err
	}
	return x.pendingOf(m)
}

func (x *Exchange) pendingOf(m ledger.Matter) (PendingQuestion, error) {
	a, err := casework.ApprovalOf(x.box, m)
	a.State = a.StateAt(x.Now())
	return PendingQuestion{a, m.Decision}, err
}

// DecidePending is the holder's own approval of a break-glass question, or its
// refusal: then it is answered without the columns. What was approved may be
// refused until it is used. note is for the record; a refusal needs one.
func (x *Exchange) DecidePending(ctx context.Context, id string, by envelope.Officer, approve bool, note string) (PendingQuestion, error) {
	p, err := x.PendingQuestion(ctx, id)
	if err != nil {
		return p, err
	}
	if err := firstOf(officerWords(by), p.May(x.Self, by)); err != nil {
		return p, err
	}
	was, own := p.State, casework.Given{Organisation: x.Self, Officer: by, At: x.Now().UTC()}
	switch {
	case was != casework.ApprovalWaiting && (approve || was != casework.ApprovalApproved):
		return p, problem.Mismatch(casework.CodeDecided, "id", casework.ApprovalWaiting, was)
	case approve:
		p.State, p.Note = casework.ApprovalApproved, note
		p.Given = append(slices.Clip(p.Given), own)
		err = x.enough(p.Given)
	default:
		p.State, p.Refused, p.Note = casework.ApprovalRefused, &own, note
		if note == "" {
			err = problem.Mismatch(problem.CodeInvalidRequest, "note", "why it is refused", "nothing")
		}
	}
	if err != nil {
		return p, err
	}
	p.Decision, err = x.decideMatter(ctx, ledger.KindApproved, p.State, by, p.Requester, p.Purpose, p.Query, func() (ledger.Matter, error) {
		return p.Matter(x.box, was)
	})
	return p, err
}

// enough says whether approvals suffice, of organisations that are not refused today.
func (x *Exchange) enough(given []casework.Given) error {
	origin, _ := x.origin()
	today := slices.DeleteFunc(slices.Clone(given), func(g casework.Given) bool {
		p := x.party(g.Organisation)
		return p.Suspended || p.Prohibited
	})
	if casework.Complete(today, x.Self, origin.ID, x.runBy, x.Now()) {
		return nil
	}
	return problem.Mismatch(casework.CodeApprovalMissing, "approvals", "one of another organisation, still in time", "none")
}

// decideMatter records what a person decided on a matter, with the matter. The
// content that the decision covers is the matter's new state.
func (x *Exchange) decideMatter(ctx context.Context, kind, outcome string, by envelope.Officer, requester, purpose, query string, change func() (ledger.Matter, error)) (string, error) {
	m, err := change()
	if err != nil {
		return "", err
	}
	receipt, err := x.Ledger.Record(ctx, m.Body, ledger.Decision{
		Kind: kind, Holder: x.Self, Requester: requester, Peer: requester, Purpose: purpose, Officer: by,
		QueryID: query, Links: []string{m.ID}, Policy: x.Engine.Ref(), Outcome: outcome,
	}, ledger.Commit{Matters: []ledger.Matter{m}})
	if errors.Is(err, problem.New(ledger.CodeMoved, "")) {
		return "", problem.New(casework.CodeDecided, "id")
	}
	return receipt.ID(), err
}
