package api

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// fakeReporter counts what comes through.
type fakeReporter struct{ calls *int }

func (f fakeReporter) SubmitSightings(context.Context, *homewardv1.SubmitSightingsRequest) (*homewardv1.SubmitSightingsResponse, error) {
	*f.calls++
	return &homewardv1.SubmitSightingsResponse{}, nil
}

func (f fakeReporter) SightingStatus(context.Context, *homewardv1.SightingStatusRequest) (*homewardv1.SightingStatusResponse, error) {
	*f.calls++
	return &homewardv1.SightingStatusResponse{}, nil
}

func (f fakeReporter) WithdrawSighting(context.Context, *homewardv1.WithdrawSightingRequest) (*homewardv1.SubmittedSighting, error) {
	*f.calls++
	return &homewardv1.SubmittedSighting{}, nil
}

func (f fakeReporter) ListSightings(context.Context, *homewardv1.ListSightingsRequest) (*homewardv1.ListSightingsResponse, error) {
	*f.calls++
	return &homewardv1.ListSightingsResponse{}, nil
}

func (f fakeReporter) triaged() (*homewardv1.TriagedSighting, error) {
	*f.calls++
	return &homewardv1.TriagedSighting{}, nil
}

func (f fakeReporter) TriagedSighting(context.Context, string) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

func (f fakeReporter) ReviewSighting(context.Context, *homewardv1.ReviewSightingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

func (f fakeReporter) MergeSighting(context.Context, *homewardv1.MergeSightingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

func (f fakeReporter) SplitSighting(context.Context, *homewardv1.SplitSightingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

func (f fakeReporter) ShareSighting(context.Context, *homewardv1.ShareSightingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

// Each call is for clients that may act in a role which may do it, in that role.
func TestSightingsAreForTheirRoles(t *testing.T) {
	t.Parallel()
	calls := 0
	s := sightingsServer{reporter: fakeReporter{&calls}, guard: &guard{limits: Limits{}.withDefaults(1 << 20), log: slog.New(slog.DiscardHandler)}}
	who := &homewardv1.Officer{Id: "o-1", Role: "tracing_officer"}
	const id = "sg-AAAAAAAAAAAAAAAAAAAAAA"
	rpcs := map[string]func(ctx context.Context) error{
		"submit": func(ctx context.Context) error {
			_, err := s.Submit(ctx, &homewardv1.SubmitSightingsRequest{Officer: who})
			return err
		},
		"status": func(ctx context.Context) error {
			_, err := s.Status(ctx, &homewardv1.SightingStatusRequest{})
			return err
		},
		"withdraw": func(ctx context.Context) error {
			_, err := s.Withdraw(ctx, &homewardv1.WithdrawSightingRequest{Officer: who, Id: id})
			return err
		},
		"list": func(ctx context.Context) error { _, err := s.List(ctx, &homewardv1.ListSightingsRequest{}); return err },
		"get": func(ctx context.Context) error {
			_, err := s.Get(ctx, &homewardv1.GetSightingRequest{Id: id})
			return err
		},
		"review": func(ctx context.Context) error {
			_, err := s.Review(ctx, &homewardv1.ReviewSightingRequest{Officer: who, Id: id})
			return err
		},
		"merge": func(ctx context.Context) error {
			_, err := s.Merge(ctx, &homewardv1.MergeSightingRequest{Officer: who, Id: id, Into: id})
			return err
		},
		"split": func(ctx context.Context) error {
			_, err := s.Split(ctx, &homewardv1.SplitSightingRequest{Officer: who, Id: id})
			return err
		},
		"share": func(ctx context.Context) error {
			_, err := s.Share(ctx, &homewardv1.ShareSightingRequest{Officer: who, Id: id, Participant: "icrc"})
			return err
		},
	}
	for name, call := range rpcs {
		for role, want := range map[string]problem.Code{"tracing_officer": "", "legal_reviewer": problem.CodeForbidden} {
			before := calls
			err := call(context.WithValue(t.Context(), callerKey{}, Caller{Name: "agency", Roles: []string{role}}))
			if f, ok := errors.AsType[failure](err); (err == nil) != (want == "") || ok && f.p.Code != want {
				t.Errorf("%s as %s: %v", name, role, err)
			}
			if (calls > before) != (want == "") {
				t.Errorf("%s as %s came through %d times", name, role, calls-before)
			}
		}
		if err := call(t.Context()); err == nil {
			t.Errorf("%s by nobody", name)
		}
	}
	ctx := context.WithValue(t.Context(), callerKey{}, Caller{Name: "agency", Roles: []string{"tracing_officer"}})
	if _, err := s.Get(ctx, &homewardv1.GetSightingRequest{Id: "../x"}); err == nil {
		t.Error("an id that is none")
	}
	if _, err := s.List(ctx, &homewardv1.ListSightingsRequest{Limit: 1001}); err == nil {
		t.Error("a list without end")
	}
}
