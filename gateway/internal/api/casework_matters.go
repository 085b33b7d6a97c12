package api

import (
	"context"
	"slices"

	"homeward.example/gateway/internal/casework"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Holds, recalls and obligations of Casework, on both transports.

func (s caseworkServer) PlaceHold(ctx context.Context, req *homewardv1.PlaceHoldRequest) (*homewardv1.Hold, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.Hold, error) {
		if err := firstOf(checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkChild(req.GetChild()),
			checkNote("why", req.GetWhy()), checkTime("until", req.GetUntil(), true)); err != nil {
			return nil, err
		}
		return s.people.PlaceHold(ctx, req)
	})
}

func (s caseworkServer) LiftHold(ctx context.Context, req *homewardv1.LiftHoldRequest) (*homewardv1.Hold, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.Hold, error) {
		if err := firstOf(checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkChild(req.GetChild())); err != nil {
			return nil, err
		}
		return s.people.LiftHold(ctx, req)
	})
}

func (s caseworkServer) ListHolds(ctx context.Context, req *homewardv1.ListHoldsRequest) (*homewardv1.ListHoldsResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.ListHoldsResponse, error) {
		if err := checkRole(c, casework.IssuerRoles()); err != nil {
			return nil, err
		}
		return s.people.ListHolds(ctx, req)
	})
}

func (s caseworkServer) IssueRecall(ctx context.Context, req *homewardv1.IssueRecallRequest) (*homewardv1.ListRecallsResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.ListRecallsResponse, error) {
		if err := firstOf(checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkChild(req.GetChild()), checkNote("why", req.GetWhy())); err != nil {
			return nil, err
		}
		return s.people.IssueRecall(ctx, req)
	})
}

func (s caseworkServer) ListRecalls(ctx context.Context, req *homewardv1.ListRecallsRequest) (*homewardv1.ListRecallsResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.ListRecallsResponse, error) {
		if err := checkRole(c, casework.IssuerRoles()); err != nil {
			return nil, err
		}
		return s.people.ListRecalls(ctx, req)
	})
}

func (s caseworkServer) ListObligations(ctx context.Context, req *homewardv1.ListObligationsRequest) (*homewardv1.ListObligationsResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.ListObligationsResponse, error) {
		if err := checkRole(c, casework.RecipientRoles()); err != nil {
			return nil, err
		}
		return s.people.ListObligations(ctx, req)
	})
}

func (s caseworkServer) FulfilObligation(ctx context.Context, req *homewardv1.FulfilObligationRequest) (*homewardv1.Obligation, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.Obligation, error) {
		if err := firstOf(checkActing(req.GetOfficer(), c, casework.RecipientRoles()), checkID("id", req.GetId(), false), checkNote("how", req.GetHow())); err != nil {
			return nil, err
		}
		if req.GetHow() == "" {
			return nil, invalid("how", "what was done", "nothing")
		}
		return s.people.FulfilObligation(ctx, req)
	})
}

func (s caseworkServer) Push(ctx context.Context, req *homewardv1.PushRequest) (*homewardv1.PushedCase, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.PushedCase, error) {
		errs := []error{checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkText("need", req.GetNeed()), checkNote("break_glass.why", req.GetBreakGlass().GetWhy())}
		for _, token := range slices.Concat([]string{req.GetLink()}, req.GetGoaheads(), req.GetApprovals()) {
			errs = append(errs, checkToken("link, goaheads, approvals", token))
		}
		if err := firstOf(errs...); err != nil {
			return nil, err
		}
		return s.people.Push(ctx, req)
	})
}

func (s caseworkServer) ListPushes(ctx context.Context, req *homewardv1.ListPushesRequest) (*homewardv1.ListPushesResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.ListPushesResponse, error) {
		if err := checkRole(c, casework.RecipientRoles()); err != nil {
			return nil, err
		}
		return s.people.ListPushes(ctx, req)
	})
}

// checkChild wants a record id of one's own case system; its form is that system's.
func checkChild(id string) error {
	if id == "" {
		return invalid("child", "a record id of this holder", "nothing")
	}
	return checkText("child", id)
}
