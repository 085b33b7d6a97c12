package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Caseworker records what one's own people decide. What it gets has passed the
// checks of form here and names only roles that the caller may use.
type Caseworker interface {
	IssueGoAhead(ctx context.Context, req *homewardv1.IssueGoAheadRequest) (*homewardv1.Statement, error)
	IssueApproval(ctx context.Context, req *homewardv1.IssueApprovalRequest) (*homewardv1.Statement, error)
	ListPending(ctx context.Context, req *homewardv1.ListPendingRequest) (*homewardv1.ListPendingResponse, error)
	GetPending(ctx context.Context, req *homewardv1.GetPendingRequest) (*homewardv1.PendingQuestion, error)
	DecidePending(ctx context.Context, req *homewardv1.DecidePendingRequest, approve bool) (*homewardv1.PendingQuestion, error)
	ListReviews(ctx context.Context, req *homewardv1.ListReviewsRequest) (*homewardv1.ListReviewsResponse, error)
	CloseReview(ctx context.Context, req *homewardv1.CloseReviewRequest) (*homewardv1.Review, error)
	PlaceHold(ctx context.Context, req *homewardv1.PlaceHoldRequest) (*homewardv1.Hold, error)
	LiftHold(ctx context.Context, req *homewardv1.LiftHoldRequest) (*homewardv1.Hold, error)
	ListHolds(ctx context.Context, req *homewardv1.ListHoldsRequest) (*homewardv1.ListHoldsResponse, error)
	IssueRecall(ctx context.Context, req *homewardv1.IssueRecallRequest) (*homewardv1.ListRecallsResponse, error)
	ListRecalls(ctx context.Context, req *homewardv1.ListRecallsRequest) (*homewardv1.ListRecallsResponse, error)
	ListObligations(ctx context.Context, req *homewardv1.ListObligationsRequest) (*homewardv1.ListObligationsResponse, error)
	FulfilObligation(ctx context.Context, req *homewardv1.FulfilObligationRequest) (*homewardv1.Obligation, error)
	Push(ctx context.Context, req *homewardv1.PushRequest) (*homewardv1.PushedCase, error)
	ListPushes(ctx context.Context, req *homewardv1.ListPushesRequest) (*homewardv1.ListPushesResponse, error)
}

// caseworkServer is Casework on both transports.
type caseworkServer struct {
	homewardv1.UnimplementedCaseworkServer
	people Caseworker
	guard  *guard
}

// maxNote bounds a note and a justification, in characters.
const maxNote = 2000

func (s caseworkServer) IssueGoAhead(ctx context.Context, req *homewardv1.IssueGoAheadRequest) (*homewardv1.Statement, error) {
	return checked(ctx, s.guard, req, s.people.IssueGoAhead, func(c Caller) error {
		if err := checkActing(req.GetOfficer(), c, casework.IssuerRoles()); err != nil {
			return err
		}
		if (req.GetLink() == "") == (req.GetHit() == "") {
			return invalid("link, hit", "one of them", "none or both")
		}
		return firstOf(optionalToken("link", req.GetLink()), checkID("hit", req.GetHit(), true),
			checkTime("from", req.GetFrom(), true), checkTime("until", req.GetUntil(), false))
	})
}

func (s caseworkServer) IssueApproval(ctx context.Context, req *homewardv1.IssueApprovalRequest) (*homewardv1.Statement, error) {
	return checked(ctx, s.guard, req, s.people.IssueApproval, func(c Caller) error {
		if err := checkActing(req.GetOfficer(), c, casework.ApproverRoles()); err != nil {
			return err
		}
		_, err := checkCriteria(req.GetCriteria())
		return firstOf(err, optionalToken("link", req.GetLink()), checkNote("why", req.GetWhy()))
	})
}

func (s caseworkServer) ListPending(ctx context.Context, req *homewardv1.ListPendingRequest) (*homewardv1.ListPendingResponse, error) {
	return checked(ctx, s.guard, req, s.people.ListPending, func(c Caller) error {
		return checkRole(c, casework.ApproverRoles())
	})
}

func (s caseworkServer) GetPending(ctx context.Context, req *homewardv1.GetPendingRequest) (*homewardv1.PendingQuestion, error) {
	return checked(ctx, s.guard, req, s.people.GetPending, func(c Caller) error {
		return firstOf(checkRole(c, casework.ApproverRoles()), checkID("id", req.GetId(), false))
	})
}

func (s caseworkServer) ApprovePending(ctx context.Context, req *homewardv1.DecidePendingRequest) (*homewardv1.PendingQuestion, error) {
	return s.decide(ctx, req, true)
}

func (s caseworkServer) RefusePending(ctx context.Context, req *homewardv1.DecidePendingRequest) (*homewardv1.PendingQuestion, error) {
	return s.decide(ctx, req, false)
}

func (s caseworkServer) decide(ctx context.Context, req *homewardv1.DecidePendingRequest, approve bool) (*homewardv1.PendingQuestion, error) {
	decided := func(ctx context.Context, req *homewardv1.DecidePendingRequest) (*homewardv1.PendingQuestion, error) {
		return s.people.DecidePending(ctx, req, approve)
	}
	return checked(ctx, s.guard, req, decided, func(c Caller) error {
		return firstOf(checkActing(req.GetOfficer(), c, casework.ApproverRoles()), checkID("id", req.GetId(), false), checkNote("note", req.GetNote()))
	})
}

func (s caseworkServer) ListReviews(ctx context.Context, req *homewardv1.ListReviewsRequest) (*homewardv1.ListReviewsResponse, error) {
	return checked(ctx, s.guard, req, s.people.ListReviews, func(c Caller) error {
		return checkRole(c, casework.ReviewerRoles())
	})
}

func (s caseworkServer) CloseReview(ctx context.Context, req *homewardv1.CloseReviewRequest) (*homewardv1.Review, error) {
	return checked(ctx, s.guard, req, s.people.CloseReview, func(c Caller) error {
		return firstOf(checkActing(req.GetOfficer(), c, casework.ReviewerRoles()), checkID("id", req.GetId(), false), checkNote("note", req.GetNote()))
	})
}

// checkActing lets a client act in its own roles alone, and only in one that may
// do this.
func checkActing(o *homewardv1.Officer, c Caller, roles []string) error {
	if err := checkOfficer(o, c); err != nil {
		return err
	}
	if !slices.Contains(roles, o.GetRole()) {
		return problem.Mismatch(problem.CodeForbidden, "officer.role", strings.Join(roles, ", "), "another role")
	}
	return nil
}

// checkRole wants a client that has one of the roles, for what it only reads.
func checkRole(c Caller, roles []string) error {
	if !slices.ContainsFunc(c.Roles, func(r string) bool { return slices.Contains(roles, r) }) {
		return problem.Mismatch(problem.CodeForbidden, "role", strings.Join(roles, ", "), "a client without any of them")
	}
	return nil
}

func checkID(name, id string, optional bool) error {
	if (id != "" || !optional) && !idPattern.MatchString(id) {
		return invalid(name, "an id", "another text")
	}
	return nil
}

func checkTime(name, s string, optional bool) error {
	if _, err := time.Parse(time.RFC3339, s); err != nil && (s != "" || !optional) {
		return invalid(name, "RFC 3339, e.g. 2027-02-20T23:59:59Z", "another text")
	}
	return nil
}

func optionalToken(name, token string) error {
	if token == "" {
		return nil
	}
	return checkToken(name, token)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
