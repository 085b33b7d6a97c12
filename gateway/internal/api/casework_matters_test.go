package api

import (
	"context"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func (fakePeople) hold() *homewardv1.Hold {
	return &homewardv1.Hold{
		Id: "h1", State: "placed", By: "gov-ua", Child: "ua-1", Why: "synthetic", At: "2026-11-22T12:00:00Z", Until: "2026-12-22T12:00:00Z",
		Told: []*homewardv1.HoldNotice{{Participant: "unicef", Lifted: true, Acknowledged: true, At: "2026-11-22T12:00:00Z"}},
	}
}

func (fakePeople) recalls() *homewardv1.ListRecallsResponse {
	return &homewardv1.ListRecallsResponse{Recalls: []*homewardv1.Recall{{
		Id: "r1", Issue: "i1", Recipient: "gov-pl", Kind: "erased", Why: "synthetic", Child: "ua-1", Decisions: []string{"d1"},
		State: "waiting", At: "2026-11-22T12:00:00Z", Due: "2026-11-25T12:00:00Z",
	}}}
}

func (fakePeople) obligation() *homewardv1.Obligation {
	return &homewardv1.Obligation{
		Id: "o-1", Holder: "unicef", DecisionId: "d1", Text: "delete_by=P90D", QueryId: "q1", Case: "c", State: "done",
		At: "2026-11-22T12:00:00Z", Due: "2027-02-20T12:00:00Z", How: "deleted", By: "p-1",
	}
}

func (f fakePeople) PlaceHold(context.Context, *homewardv1.PlaceHoldRequest) (*homewardv1.Hold, error) {
	return f.hold(), nil
}

func (f fakePeople) LiftHold(context.Context, *homewardv1.LiftHoldRequest) (*homewardv1.Hold, error) {
	return f.hold(), nil
}

func (f fakePeople) ListHolds(context.Context, *homewardv1.ListHoldsRequest) (*homewardv1.ListHoldsResponse, error) {
	return &homewardv1.ListHoldsResponse{Holds: []*homewardv1.Hold{f.hold()}}, nil
}

func (f fakePeople) IssueRecall(context.Context, *homewardv1.IssueRecallRequest) (*homewardv1.ListRecallsResponse, error) {
	return f.recalls(), nil
}

func (f fakePeople) ListRecalls(context.Context, *homewardv1.ListRecallsRequest) (*homewardv1.ListRecallsResponse, error) {
	return f.recalls(), nil
}

func (f fakePeople) ListObligations(context.Context, *homewardv1.ListObligationsRequest) (*homewardv1.ListObligationsResponse, error) {
	return &homewardv1.ListObligationsResponse{Obligations: []*homewardv1.Obligation{f.obligation()}}, nil
}

func (f fakePeople) FulfilObligation(context.Context, *homewardv1.FulfilObligationRequest) (*homewardv1.Obligation, error) {
	return f.obligation(), nil
}

func (fakePeople) Push(context.Context, *homewardv1.PushRequest) (*homewardv1.PushedCase, error) {
	return &homewardv1.PushedCase{
		Id: "p1", Holder: "gov-ua", Recipient: "mediator-1", Purpose: "RETURN", State: "sent", At: "2026-11-22T12:00:00Z", Until: "2026-12-22T12:00:00Z",
	}, nil
}

func (f fakePeople) ListPushes(ctx context.Context, _ *homewardv1.ListPushesRequest) (*homewardv1.ListPushesResponse, error) {
	p, err := f.Push(ctx, nil)
	return &homewardv1.ListPushesResponse{Pushes: []*homewardv1.PushedCase{p}}, err
}
