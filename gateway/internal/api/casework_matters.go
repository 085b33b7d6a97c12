package api

import (
	"context"
	"slices"

	"homeward.example/gateway/internal/casework"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Holds, recalls and obligations of Casework, on both transports.

func (s caseworkServer) PlaceHold(ctx context.Context, req *homewardv1.PlaceHoldRequest) (*homewardv1.Hold, error) {
	return checked(ctx, s.guard, req, s.people.PlaceHold, func(c Caller) error {
		return firstOf(checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkChild(req.GetChild()),
			checkNote("why", req.GetWhy()), checkTime("until", req.GetUntil(), true))
	})
}

func (s caseworkServer) LiftHold(ctx context.Context, req *homewardv1.LiftHoldRequest) (*homewardv1.Hold, error) {
	return checked(ctx, s.guard, req, s.people.LiftHold, func(c Caller) error {
		return firstOf(checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkChild(req.GetChild()))
	})
}

func (s caseworkServer) ListHolds(ctx context.Context, req *homewardv1.ListHoldsRequest) (*homewardv1.ListHoldsResponse, error) {
	return checked(ctx, s.guard, req, s.people.ListHolds, func(c Caller) error {
		return checkRole(c, casework.IssuerRoles())
	})
}

func (s caseworkServer) IssueRecall(ctx context.Context, req *homewardv1.IssueRecallRequest) (*homewardv1.ListRecallsResponse, error) {
	return checked(ctx, s.guard, req, s.people.IssueRecall, func(c Caller) error {
		return firstOf(checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkChild(req.GetChild()), checkNote("why", req.GetWhy()))
	})
}

func (s caseworkServer) ListRecalls(ctx context.Context, req *homewardv1.ListRecallsRequest) (*homewardv1.ListRecallsResponse, error) {
	return checked(ctx, s.guard, req, s.people.ListRecalls, func(c Caller) error {
		return checkRole(c, casework.IssuerRoles())
	})
}

func (s caseworkServer) ListObligations(ctx context.Context, req *homewardv1.ListObligationsRequest) (*homewardv1.ListObligationsResponse, error) {
	return checked(ctx, s.guard, req, s.people.ListObligations, func(c Caller) error {
		return checkRole(c, casework.RecipientRoles())
	})
}

func (s caseworkServer) FulfilObligation(ctx context.Context, req *homewardv1.FulfilObligationRequest) (*homewardv1.Obligation, error) {
	return checked(ctx, s.guard, req, s.people.FulfilObligation, func(c Caller) error {
		if err := firstOf(checkActing(req.GetOfficer(), c, casework.RecipientRoles()), checkID("id", req.GetId(), false), checkNote("how", req.GetHow())); err != nil {
			return err
		}
		if req.GetHow() == "" {
			return invalid("how", "what was done", "nothing")
		}
		return nil
	})
}

func (s caseworkServer) Push(ctx context.Context, req *homewardv1.PushRequest) (*homewardv1.PushedCase, error) {
	return checked(ctx, s.guard, req, s.people.Push, func(c Caller) error {
		errs := []error{checkActing(req.GetOfficer(), c, casework.IssuerRoles()), checkText("need", req.GetNeed()), checkNote("break_glass.why", req.GetBreakGlass().GetWhy())}
		for _, token := range slices.Concat([]string{req.GetLink()}, req.GetGoaheads(), req.GetApprovals()) {
			errs = append(errs, checkToken("link, goaheads, approvals", token))
		}
		return firstOf(errs...)
	})
}

func (s caseworkServer) ListPushes(ctx context.Context, req *homewardv1.ListPushesRequest) (*homewardv1.ListPushesResponse, error) {
	return checked(ctx, s.guard, req, s.people.ListPushes, func(c Caller) error {
		return checkRole(c, casework.RecipientRoles())
	})
}

// checkChild wants a record id of one's own case system; its form is that system's.
func checkChild(id string) error {
	if id == "" {
		return invalid("child", "a record id of this holder", "nothing")
	}
	return checkText("child", id)
}
