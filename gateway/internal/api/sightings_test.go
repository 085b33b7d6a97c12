package api

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// sightingCalls are all of them, well formed. The child is nobody's.
var sightingCalls = []struct{ method, path, url, body, role string }{
	{"POST", "/v1/sightings", "/v1/sightings", `{"officer":{"id":"f-3","role":"tracing_officer"},"sightings":[{"source_type":"open_web","url":"https://listing.example/synthetic","claimed_identity":{"given":"Т. (synthetic)"}}]}`, "tracing_officer"},
	{"GET", "/v1/sightings", "/v1/sightings?limit=2&page=1.A", "", "tracing_officer"},
	{"POST", "/v1/sightings/{id}:withdraw", "/v1/sightings/AAAAAAAAAAAAAAAAAAAAAA:withdraw", `{"officer":{"id":"f-3","role":"tracing_officer"},"why":"synthetic"}`, "tracing_officer"},
	{"GET", "/v1/triage", "/v1/triage?state=triaged&limit=2&page=1.sg-A", "", "tracing_officer"},
	{"GET", "/v1/triage/{id}", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA", "", "tracing_officer"},
	{"POST", "/v1/triage/{id}:review", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA:review", `{"officer":{"id":"o-7","role":"tracing_officer"},"state":"possible","child":"ua-1","reliability":"C","credibility":3}`, "tracing_officer"},
	{"POST", "/v1/triage/{id}:merge", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA:merge", `{"officer":{"id":"o-7","role":"tracing_officer"},"into":"sg-BBBBBBBBBBBBBBBBBBBBBB"}`, "tracing_officer"},
	{"POST", "/v1/triage/{id}:split", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA:split", `{"officer":{"id":"o-7","role":"tracing_officer"}}`, "tracing_officer"},
	{"POST", "/v1/triage/{id}:share", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA:share", `{"officer":{"id":"o-7","role":"tracing_officer"},"participant":"icrc","why":"synthetic"}`, "tracing_officer"},
	{"POST", "/v1/triage/{id}:close", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA:close", `{"officer":{"id":"o-7","role":"tracing_officer"},"outcome":"reunified","note":"synthetic"}`, "tracing_officer"},
	{"POST", "/v1/triage/{id}:confirmClosing", "/v1/triage/sg-AAAAAAAAAAAAAAAAAAAAAA:confirmClosing", `{"officer":{"id":"s-1","role":"supervisor"},"confirmed":true}`, "supervisor"},
}

// fakeReporter counts what comes through, and answers with all members set.
type fakeReporter struct{ calls *atomic.Int32 }

func (f fakeReporter) submitted() *homewardv1.SubmittedSighting {
	const at = "2026-11-22T12:00:00Z"
	return &homewardv1.SubmittedSighting{
		Id: "AAAAAAAAAAAAAAAAAAAAAA", State: "received", SubmittedAt: at, ClosesAt: "2027-02-20T12:00:00Z", Hash: "h", DecisionId: "d1", Question: "missing date",
		Deliveries: []*homewardv1.SightingDelivery{{
			Recipient: "gov-ua", State: "delivered", At: at,
			Receipt: &homewardv1.SightingReceipt{Reference: map[string]string{"en": "candle-otter-maple-417"}, ReceivedAt: at, Hash: "h", DecisionId: "d2", Leaf: "l", Feedback: []string{"missing_date"}},
		}, {
			Recipient: "icrc", State: "refused", At: at,
			Problem: &homewardv1.Problem{Code: "bad_sighting", Title: "English", Status: 400, Detail: "at report", Remedy: "English"},
		}},
	}
}

func (f fakeReporter) SubmitSightings(context.Context, *homewardv1.SubmitSightingsRequest) (*homewardv1.SubmitSightingsResponse, error) {
	f.calls.Add(1)
	return &homewardv1.SubmitSightingsResponse{
		Sightings: []*homewardv1.SubmittedSighting{f.submitted()}, Duplicates: []*homewardv1.DuplicateSighting{{Index: 1, Id: "AAAAAAAAAAAAAAAAAAAAAA"}},
	}, nil
}

func (f fakeReporter) SightingStatus(context.Context, *homewardv1.SightingStatusRequest) (*homewardv1.SightingStatusResponse, error) {
	f.calls.Add(1)
	return &homewardv1.SightingStatusResponse{Sightings: []*homewardv1.SubmittedSighting{f.submitted()}}, nil
}

func (f fakeReporter) WithdrawSighting(context.Context, *homewardv1.WithdrawSightingRequest) (*homewardv1.SubmittedSighting, error) {
	f.calls.Add(1)
	return f.submitted(), nil
}

func (f fakeReporter) ListSightings(context.Context, *homewardv1.ListSightingsRequest) (*homewardv1.ListSightingsResponse, error) {
	one, err := f.triaged()
	return &homewardv1.ListSightingsResponse{Sightings: []*homewardv1.TriagedSighting{one}}, err
}

func (f fakeReporter) triaged() (*homewardv1.TriagedSighting, error) {
	f.calls.Add(1)
	return &homewardv1.TriagedSighting{
		Id: "sg-AAAAAAAAAAAAAAAAAAAAAA", State: "possible", Submitter: "ngo-watch", ReceivedAt: "2026-11-22T12:00:00Z", Reliability: "C", Credibility: 3,
		Sighting:   &homewardv1.Sighting{SourceType: "open_web", ClaimedIdentity: &homewardv1.ClaimedIdentity{Given: "Т. (synthetic)"}},
		Candidates: []*homewardv1.SightingCandidate{{RecordId: "ua-1", Band: "possible", Probability: 0.6, Weight: 1.5, Features: []*homewardv1.MatchFeature{{Name: "given", Weight: 6, Reason: "The first name is the same."}}}},
		Child:      "ua-1", Steps: []*homewardv1.SightingStep{{At: "2026-11-22T12:00:00Z", Organisation: "gov-ua", Act: "reviewed", DecisionId: "d3"}}, Sources: 1,
	}, nil
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

func (f fakeReporter) CloseSighting(context.Context, *homewardv1.CloseSightingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

func (f fakeReporter) ConfirmClosing(context.Context, *homewardv1.ConfirmClosingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

func (f fakeReporter) ShareSighting(context.Context, *homewardv1.ShareSightingRequest) (*homewardv1.TriagedSighting, error) {
	return f.triaged()
}

// Each call is for clients that may act in a role which may do it, in that role.
func TestSightingsAreForTheirRoles(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
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
		"close": func(ctx context.Context) error {
			_, err := s.Close(ctx, &homewardv1.CloseSightingRequest{Officer: who, Id: id, Outcome: "reunified"})
			return err
		},
		"share": func(ctx context.Context) error {
			_, err := s.Share(ctx, &homewardv1.ShareSightingRequest{Officer: who, Id: id, Participant: "icrc"})
			return err
		},
	}
	for name, call := range rpcs {
		for role, want := range map[string]problem.Code{"tracing_officer": "", "legal_reviewer": problem.CodeForbidden} {
			before := calls.Load()
			err := call(context.WithValue(t.Context(), callerKey{}, Caller{Name: "agency", Roles: []string{role}}))
			if f, ok := errors.AsType[failure](err); (err == nil) != (want == "") || ok && f.p.Code != want {
				t.Errorf("%s as %s: %v", name, role, err)
			}
			if (calls.Load() > before) != (want == "") {
				t.Errorf("%s as %s came through %d times", name, role, calls.Load()-before)
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
	supervises := context.WithValue(t.Context(), callerKey{}, Caller{Name: "agency", Roles: []string{"supervisor", "tracing_officer"}})
	for _, c := range []struct {
		ctx  context.Context
		role string
		want bool
	}{{supervises, "supervisor", true}, {supervises, "tracing_officer", false}, {ctx, "supervisor", false}} {
		_, err := s.ConfirmClosing(c.ctx, &homewardv1.ConfirmClosingRequest{Id: id, Officer: &homewardv1.Officer{Id: "s-1", Role: c.role}, Confirmed: true})
		if (err == nil) != c.want {
			t.Errorf("a %s confirms a closing: %v", c.role, err)
		}
	}
}

// Why a recipient refused a report its reporter reads in the language asked for.
func TestRefusedReportsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{}, "tracing_officer")
	uk, _ := problem.Text(sightings.CodeSighting, "uk")
	for _, c := range sightingCalls[:3] {
		for lang, want := range map[string]string{"": "English", "en": "English", "uk-UA, en;q=0.5": uk.Remedy} {
			r := s.do(s.http(true), c.method, c.url, jsonFor(c.method), c.body, header("Accept-Language", lang))
			if !strings.Contains(r.body, want) || strings.Contains(r.body, "English") != (want == "English") {
				t.Errorf("%s %s in %q: %s", c.method, c.url, lang, r.body)
			}
		}
	}
}
