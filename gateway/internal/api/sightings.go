package api

import (
	"context"

	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Reporter submits sightings and triages those that came. What it gets names only
// roles that the caller may use; its form the reporter checks by the schema's rules.
type Reporter interface {
	SubmitSightings(ctx context.Context, req *homewardv1.SubmitSightingsRequest) (*homewardv1.SubmitSightingsResponse, error)
	SightingStatus(ctx context.Context, req *homewardv1.SightingStatusRequest) (*homewardv1.SightingStatusResponse, error)
	WithdrawSighting(ctx context.Context, req *homewardv1.WithdrawSightingRequest) (*homewardv1.SubmittedSighting, error)
	ListSightings(ctx context.Context, req *homewardv1.ListSightingsRequest) (*homewardv1.ListSightingsResponse, error)
	TriagedSighting(ctx context.Context, id string) (*homewardv1.TriagedSighting, error)
	ReviewSighting(ctx context.Context, req *homewardv1.ReviewSightingRequest) (*homewardv1.TriagedSighting, error)
	MergeSighting(ctx context.Context, req *homewardv1.MergeSightingRequest) (*homewardv1.TriagedSighting, error)
	SplitSighting(ctx context.Context, req *homewardv1.SplitSightingRequest) (*homewardv1.TriagedSighting, error)
	ShareSighting(ctx context.Context, req *homewardv1.ShareSightingRequest) (*homewardv1.TriagedSighting, error)
	CloseSighting(ctx context.Context, req *homewardv1.CloseSightingRequest) (*homewardv1.TriagedSighting, error)
	ConfirmClosing(ctx context.Context, req *homewardv1.ConfirmClosingRequest) (*homewardv1.TriagedSighting, error)
}

// sightingsServer is Sightings on both transports.
type sightingsServer struct {
	homewardv1.UnimplementedSightingsServer
	reporter Reporter
	guard    *guard
}

func (s sightingsServer) Submit(ctx context.Context, req *homewardv1.SubmitSightingsRequest) (*homewardv1.SubmitSightingsResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.SubmitSightingsResponse, error) {
		if err := checkActing(req.GetOfficer(), c, sightings.SubmitterRoles()); err != nil {
			return nil, err
		}
		resp, err := s.reporter.SubmitSightings(ctx, req)
		sightings.InLanguage(languageOf(ctx), resp.GetSightings()...)
		return resp, err
	})
}

func (s sightingsServer) Status(ctx context.Context, req *homewardv1.SightingStatusRequest) (*homewardv1.SightingStatusResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.SightingStatusResponse, error) {
		if err := firstOf(checkRole(c, sightings.SubmitterRoles()), checkID("id", req.GetId(), true)); err != nil {
			return nil, err
		}
		resp, err := s.reporter.SightingStatus(ctx, req)
		sightings.InLanguage(languageOf(ctx), resp.GetSightings()...)
		return resp, err
	})
}

func (s sightingsServer) Withdraw(ctx context.Context, req *homewardv1.WithdrawSightingRequest) (*homewardv1.SubmittedSighting, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.SubmittedSighting, error) {
		if err := firstOf(checkActing(req.GetOfficer(), c, sightings.SubmitterRoles()), checkID("id", req.GetId(), false)); err != nil {
			return nil, err
		}
		resp, err := s.reporter.WithdrawSighting(ctx, req)
		sightings.InLanguage(languageOf(ctx), resp)
		return resp, err
	})
}

func (s sightingsServer) List(ctx context.Context, req *homewardv1.ListSightingsRequest) (*homewardv1.ListSightingsResponse, error) {
	return checked(ctx, s.guard, req, s.reporter.ListSightings, func(c Caller) error {
		return checkRole(c, sightings.TriageRoles())
	})
}

func (s sightingsServer) Get(ctx context.Context, req *homewardv1.GetSightingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req.GetId(), s.reporter.TriagedSighting, func(c Caller) error {
		return firstOf(checkRole(c, sightings.TriageRoles()), checkID("id", req.GetId(), false))
	})
}

func (s sightingsServer) Review(ctx context.Context, req *homewardv1.ReviewSightingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req, s.reporter.ReviewSighting, triaging(req.GetOfficer(), req.GetId()))
}

func (s sightingsServer) Merge(ctx context.Context, req *homewardv1.MergeSightingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req, s.reporter.MergeSighting, triaging(req.GetOfficer(), req.GetId(), req.GetInto()))
}

func (s sightingsServer) Split(ctx context.Context, req *homewardv1.SplitSightingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req, s.reporter.SplitSighting, triaging(req.GetOfficer(), req.GetId()))
}

func (s sightingsServer) Share(ctx context.Context, req *homewardv1.ShareSightingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req, s.reporter.ShareSighting, triaging(req.GetOfficer(), req.GetId()))
}

func (s sightingsServer) Close(ctx context.Context, req *homewardv1.CloseSightingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req, s.reporter.CloseSighting, triaging(req.GetOfficer(), req.GetId()))
}

func (s sightingsServer) ConfirmClosing(ctx context.Context, req *homewardv1.ConfirmClosingRequest) (*homewardv1.TriagedSighting, error) {
	return checked(ctx, s.guard, req, s.reporter.ConfirmClosing, func(c Caller) error {
		return firstOf(checkActing(req.GetOfficer(), c, sightings.ClosingRoles()), checkID("id", req.GetId(), false))
	})
}

// triaging checks an act on sightings by a person who may triage.
func triaging(by *homewardv1.Officer, ids ...string) func(Caller) error {
	return func(c Caller) error {
		if err := checkActing(by, c, sightings.TriageRoles()); err != nil {
			return err
		}
		for _, id := range ids {
			if err := checkID("id", id, false); err != nil {
				return err
			}
		}
		return nil
	}
}
