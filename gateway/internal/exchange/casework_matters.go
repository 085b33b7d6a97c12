package exchange

import (
	"context"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// PlaceHold implements api.Caseworker.
func (c Casework) PlaceHold(ctx context.Context, req *homewardv1.PlaceHoldRequest) (*homewardv1.Hold, error) {
	until, err := instant("until", req.GetUntil())
	if err != nil {
		return nil, err
	}
	h, err := c.Exchange.PlaceHold(ctx, HoldRequest{Child: req.GetChild(), Why: req.GetWhy(), Until: until, Officer: officer(req.GetOfficer())})
	if err != nil {
		return nil, err
	}
	return holdShown(h, c.Now()), nil
}

// LiftHold implements api.Caseworker.
func (c Casework) LiftHold(ctx context.Context, req *homewardv1.LiftHoldRequest) (*homewardv1.Hold, error) {
	h, err := c.Exchange.LiftHold(ctx, req.GetChild(), officer(req.GetOfficer()))
	if err != nil {
		return nil, err
	}
	return holdShown(h, c.Now()), nil
}

// ListHolds implements api.Caseworker.
func (c Casework) ListHolds(ctx context.Context, req *homewardv1.ListHoldsRequest) (*homewardv1.ListHoldsResponse, error) {
	holds, err := c.Holds(ctx)
	if err != nil {
		return nil, err
	}
	out := &homewardv1.ListHoldsResponse{}
	for _, h := range holds {
		if req.GetAll() || h.InForce(c.Now()) {
			out.Holds = append(out.Holds, holdShown(h, c.Now()))
		}
	}
	return out, nil
}

func holdShown(h Holding, now time.Time) *homewardv1.Hold {
	out := &homewardv1.Hold{Id: h.ID, State: h.State, By: h.By, Child: h.Record, Why: h.Why, At: utc(h.At), Until: day(h.Until)}
	if h.State == casework.HoldPlaced && !h.InForce(now) {
		out.State = "ended"
	}
	for _, t := range h.Told {
		out.Told = append(out.Told, &homewardv1.HoldNotice{Participant: t.Participant, Lifted: t.Lifted, Acknowledged: t.Acknowledged, At: utc(t.At)})
	}
	return out
}

// IssueRecall implements api.Caseworker.
func (c Casework) IssueRecall(ctx context.Context, req *homewardv1.IssueRecallRequest) (*homewardv1.ListRecallsResponse, error) {
	return recallsShown(c.Now())(c.Exchange.IssueRecall(ctx, RecallRequest{
		Child: req.GetChild(), Kind: req.GetKind(), Why: req.GetWhy(), Officer: officer(req.GetOfficer()),
	}))
}

// ListRecalls implements api.Caseworker.
func (c Casework) ListRecalls(ctx context.Context, _ *homewardv1.ListRecallsRequest) (*homewardv1.ListRecallsResponse, error) {
	return recallsShown(c.Now())(c.Recalls(ctx))
}

func recallsShown(now time.Time) func([]casework.Recall, error) (*homewardv1.ListRecallsResponse, error) {
	return func(list []casework.Recall, err error) (*homewardv1.ListRecallsResponse, error) {
		if err != nil {
			return nil, err
		}
		out := &homewardv1.ListRecallsResponse{}
		for _, r := range list {
			out.Recalls = append(out.Recalls, &homewardv1.Recall{
				Id: r.ID, Issue: r.Issue, Recipient: r.Recipient, Kind: r.Kind, Why: r.Why, Child: r.Record,
				Decisions: r.Decisions, State: recallState(r, now), At: utc(r.At), Due: utc(r.Due),
			})
		}
		return out, nil
	}
}

func recallState(r casework.Recall, now time.Time) string {
	switch {
	case r.Acknowledged:
		return casework.RecallAcknowledged
	case r.Overdue(now):
		return "overdue"
	}
	return casework.RecallWaiting
}

// ListObligations implements api.Caseworker.
func (c Casework) ListObligations(ctx context.Context, req *homewardv1.ListObligationsRequest) (*homewardv1.ListObligationsResponse, error) {
	list, err := c.Obligations(ctx, req.GetAll())
	if err != nil {
		return nil, err
	}
	out := &homewardv1.ListObligationsResponse{}
	for _, o := range list {
		out.Obligations = append(out.Obligations, obligationShown(o, c.Now()))
	}
	return out, nil
}

// FulfilObligation implements api.Caseworker.
func (c Casework) FulfilObligation(ctx context.Context, req *homewardv1.FulfilObligationRequest) (*homewardv1.Obligation, error) {
	o, err := c.Exchange.FulfilObligation(ctx, req.GetId(), req.GetHow(), officer(req.GetOfficer()))
	if err != nil {
		return nil, err
	}
	return obligationShown(o, c.Now()), nil
}

func obligationShown(o casework.Obligation, now time.Time) *homewardv1.Obligation {
	out := &homewardv1.Obligation{
		Id: o.ID, Holder: o.Holder, DecisionId: o.Decision, Text: o.Text, QueryId: o.QueryID, Case: o.Case,
		State: casework.ObligationOpen, At: utc(o.At), Due: day(o.Due), How: o.How, By: o.By,
	}
	switch {
	case o.Done:
		out.State = casework.ObligationDone
	case o.Overdue(now):
		out.State = "overdue"
	}
	return out
}

// day is utc, and nothing for never.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return utc(t)
}

// Push implements api.Caseworker.
func (c Casework) Push(ctx context.Context, req *homewardv1.PushRequest) (*homewardv1.PushedCase, error) {
	r := PushRequest{
		Link: req.GetLink(), GoAheads: req.GetGoaheads(), Approvals: req.GetApprovals(), Need: req.GetNeed(), Officer: officer(req.GetOfficer()),
	}
	if b := req.GetBreakGlass(); b != nil {
		r.BreakGlass = &envelope.BreakGlass{Columns: b.GetColumns(), Why: b.GetWhy()}
	}
	p, err := c.Exchange.Push(ctx, r)
	if err != nil {
		return nil, err
	}
	return c.pushShown(p), nil
}

// ListPushes implements api.Caseworker.
func (c Casework) ListPushes(ctx context.Context, req *homewardv1.ListPushesRequest) (*homewardv1.ListPushesResponse, error) {
	list, err := c.Pushes(ctx)
	if err != nil {
		return nil, err
	}
	out := &homewardv1.ListPushesResponse{}
	for _, p := range list {
		if req.GetAll() || p.InForce(c.Now()) {
			out.Pushes = append(out.Pushes, c.pushShown(p))
		}
	}
	return out, nil
}

func (c Casework) pushShown(p casework.Push) *homewardv1.PushedCase {
	out := &homewardv1.PushedCase{
		Id: p.ID, Holder: c.Self, Recipient: p.Peer, Purpose: p.Purpose, State: p.State, At: utc(p.At), Until: utc(p.Until),
	}
	if p.State == casework.PushCame {
		out.Holder, out.Recipient = p.Peer, c.Self
	}
	if !p.InForce(c.Now()) {
		out.State = "ended"
	}
	return out
}
