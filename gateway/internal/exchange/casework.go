package exchange

import (
	"context"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Casework is the agency listener's and the command line's way to what people
// decide here.
type Casework struct{ *Exchange }

// IssueGoAhead implements api.Caseworker.
func (c Casework) IssueGoAhead(ctx context.Context, req *homewardv1.IssueGoAheadRequest) (*homewardv1.Statement, error) {
	from, err := instant("from", req.GetFrom())
	if err != nil {
		return nil, err
	}
	until, err := instant("until", req.GetUntil())
	if err != nil {
		return nil, err
	}
	return statement(c.Exchange.IssueGoAhead(ctx, GoAheadRequest{
		Link: req.GetLink(), Hit: req.GetHit(), Columns: req.GetColumns(), Holders: req.GetHolders(), Site: req.GetSite(), From: from, Until: until, Officer: officer(req.GetOfficer()),
	}))
}

// IssueApproval implements api.Caseworker.
func (c Casework) IssueApproval(ctx context.Context, req *homewardv1.IssueApprovalRequest) (*homewardv1.Statement, error) {
	hours := req.GetHours()
	if hours == 0 {
		hours = 6
	}
	return statement(c.Exchange.IssueApproval(ctx, ApprovalRequest{
		Holder: req.GetHolder(), Requester: req.GetRequester(), Purpose: purposeWordOf(req.GetPurpose()), Criteria: req.GetCriteria(),
		Link: req.GetLink(), Columns: req.GetColumns(), Why: req.GetWhy(), For: time.Duration(hours) * time.Hour,
		Officer: officer(req.GetOfficer()), Asking: req.GetAsking().GetId(),
	}))
}

// ListPending implements api.Caseworker.
func (c Casework) ListPending(ctx context.Context, req *homewardv1.ListPendingRequest) (*homewardv1.ListPendingResponse, error) {
	list, err := c.PendingQuestions(ctx, req.GetAll())
	if err != nil {
		return nil, err
	}
	out := &homewardv1.ListPendingResponse{}
	for _, p := range list {
		out.Pending = append(out.Pending, pendingShown(p))
	}
	return out, nil
}

// GetPending implements api.Caseworker.
func (c Casework) GetPending(ctx context.Context, req *homewardv1.GetPendingRequest) (*homewardv1.PendingQuestion, error) {
	p, err := c.PendingQuestion(ctx, req.GetId())
	if err != nil {
		return nil, err
	}
	return pendingShown(p), nil
}

// DecidePending implements api.Caseworker.
func (c Casework) DecidePending(ctx context.Context, req *homewardv1.DecidePendingRequest, approve bool) (*homewardv1.PendingQuestion, error) {
	p, err := c.Exchange.DecidePending(ctx, req.GetId(), officer(req.GetOfficer()), approve, req.GetNote())
	if err != nil {
		return nil, err
	}
	return pendingShown(p), nil
}

// ListReviews implements api.Caseworker.
func (c Casework) ListReviews(ctx context.Context, req *homewardv1.ListReviewsRequest) (*homewardv1.ListReviewsResponse, error) {
	list, err := c.Reviews(ctx, req.GetAll())
	if err != nil {
		return nil, err
	}
	out := &homewardv1.ListReviewsResponse{}
	for _, r := range list {
		out.Reviews = append(out.Reviews, reviewShown(r, c.Now()))
	}
	return out, nil
}

// CloseReview implements api.Caseworker.
func (c Casework) CloseReview(ctx context.Context, req *homewardv1.CloseReviewRequest) (*homewardv1.Review, error) {
	r, err := c.Exchange.CloseReview(ctx, req.GetId(), officer(req.GetOfficer()), req.GetFinding(), req.GetNote())
	if err != nil {
		return nil, err
	}
	return reviewShown(r, c.Now()), nil
}

func statement(s Statement, err error) (*homewardv1.Statement, error) {
	if err != nil {
		return nil, err
	}
	return &homewardv1.Statement{
		Id: s.ID, Token: s.Token, Recipient: s.Recipient, Columns: s.Columns, From: utc(s.From), Until: utc(s.Until),
	}, nil
}

func pendingShown(p PendingQuestion) *homewardv1.PendingQuestion {
	out := approvalShown(p.ApprovalBody)
	out.Id, out.State, out.Requester = p.ID, p.State, p.Requester
	out.AskedAt, out.Until, out.DecisionId = utc(p.At), utc(p.Until), p.Decision
	return out
}

func approvalShown(a casework.ApprovalBody) *homewardv1.PendingQuestion {
	out := &homewardv1.PendingQuestion{
		Officer: officerShown(a.Officer), Purpose: a.Purpose, Case: a.Case, Columns: a.Columns, Why: a.Why, Note: a.Note,
	}
	for _, g := range a.Given {
		out.Approvals = append(out.Approvals, &homewardv1.GivenApproval{
			Organisation: g.Organisation, Officer: officerShown(g.Officer), At: utc(g.At),
		})
	}
	return out
}

func reviewShown(r casework.Review, now time.Time) *homewardv1.Review {
	use := approvalShown(r.Approval)
	use.Requester = r.Participant
	out := &homewardv1.Review{
		Id: r.ID, State: r.State, Overdue: r.Overdue(now), Use: use, UsedAt: utc(r.At), Due: utc(r.Due), Finding: r.Finding, Note: r.Note,
	}
	if r.By.ID != "" {
		out.Reviewer = officerShown(r.By)
	}
	return out
}

func officer(o *homewardv1.Officer) envelope.Officer {
	return envelope.Officer{ID: o.GetId(), Role: o.GetRole()}
}

func officerShown(o envelope.Officer) *homewardv1.Officer {
	return &homewardv1.Officer{Id: o.ID, Role: o.Role}
}

// instant reads RFC 3339; nothing is the zero time.
func instant(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, problem.Mismatch(problem.CodeInvalidRequest, name, "RFC 3339, e.g. 2027-02-20T23:59:59Z", "another text")
	}
	return t, nil
}
