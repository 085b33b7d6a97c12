package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// fakePeople answers every decision with all members set. Its child is nobody.
type fakePeople struct{}

func (fakePeople) statement() *homewardv1.Statement {
	return &homewardv1.Statement{
		Id: "s1", Token: "a.b.c~", Recipient: "gov-pl", Columns: []string{"photo"}, From: "2026-11-22T12:00:00Z", Until: "2026-12-22T12:00:00Z",
	}
}

func (fakePeople) pending() *homewardv1.PendingQuestion {
	o := &homewardv1.Officer{Id: "s-1", Role: "supervisor"}
	return &homewardv1.PendingQuestion{
		Id: "bg-1", State: "waiting", Requester: "gov-pl", Officer: o, Purpose: "RETURN", Case: "c", Columns: []string{"documents"}, Why: "synthetic",
		Approvals: []*homewardv1.GivenApproval{{Organisation: "gov-pl", Officer: o, At: "2026-11-22T12:00:00Z"}},
		AskedAt:   "2026-11-22T12:00:00Z", Until: "2026-11-23T00:00:00Z", DecisionId: "d1", Note: "n",
	}
}

func (f fakePeople) review() *homewardv1.Review {
	return &homewardv1.Review{
		Id: "rv-1", State: "closed", Overdue: true, Use: f.pending(), UsedAt: "2026-11-22T12:00:00Z", Due: "2026-11-29T12:00:00Z",
		Finding: "justified", Note: "n", Reviewer: &homewardv1.Officer{Id: "r-1", Role: "reviewer"},
	}
}

func (f fakePeople) IssueGoAhead(context.Context, *homewardv1.IssueGoAheadRequest) (*homewardv1.Statement, error) {
	return f.statement(), nil
}

func (f fakePeople) IssueApproval(context.Context, *homewardv1.IssueApprovalRequest) (*homewardv1.Statement, error) {
	return f.statement(), nil
}

func (f fakePeople) ListPending(context.Context, *homewardv1.ListPendingRequest) (*homewardv1.ListPendingResponse, error) {
	return &homewardv1.ListPendingResponse{Pending: []*homewardv1.PendingQuestion{f.pending()}}, nil
}

func (f fakePeople) GetPending(context.Context, *homewardv1.GetPendingRequest) (*homewardv1.PendingQuestion, error) {
	return f.pending(), nil
}

func (f fakePeople) DecidePending(_ context.Context, _ *homewardv1.DecidePendingRequest, approve bool) (*homewardv1.PendingQuestion, error) {
	p := f.pending()
	if p.State = "refused"; approve {
		p.State = "approved"
	}
	return p, nil
}

func (f fakePeople) ListReviews(context.Context, *homewardv1.ListReviewsRequest) (*homewardv1.ListReviewsResponse, error) {
	return &homewardv1.ListReviewsResponse{Reviews: []*homewardv1.Review{f.review()}}, nil
}

func (f fakePeople) CloseReview(context.Context, *homewardv1.CloseReviewRequest) (*homewardv1.Review, error) {
	return f.review(), nil
}

// caseworkCalls are all of them, well formed; role is who may.
var caseworkCalls = []struct{ method, path, url, body, role string }{
	{"POST", "/v1/goaheads", "/v1/goaheads", `{"officer":{"id":"c-1","role":"case_officer"},"link":"a.b.c~","columns":["photo"],"until":"2026-12-22T12:00:00Z"}`, "case_officer"},
	{"POST", "/v1/approvals", "/v1/approvals", `{"officer":{"id":"s-1","role":"supervisor"},"holder":"gov-ua","purpose":"PURPOSE_RETURN","link":"a.b.c~","columns":["documents"],"why":"synthetic reason"}`, "supervisor"},
	{"GET", "/v1/pending", "/v1/pending?all=true", "", "duty_officer"},
	{"GET", "/v1/pending/{id}", "/v1/pending/bg-1", "", "supervisor"},
	{"POST", "/v1/pending/{id}:approve", "/v1/pending/bg-1:approve", `{"officer":{"id":"s-1","role":"supervisor"}}`, "supervisor"},
	{"POST", "/v1/pending/{id}:refuse", "/v1/pending/bg-1:refuse", `{"officer":{"id":"s-1","role":"supervisor"},"note":"synthetic"}`, "supervisor"},
	{"GET", "/v1/reviews", "/v1/reviews", "", "legal_reviewer"},
	{"POST", "/v1/reviews/{id}:close", "/v1/reviews/rv-1:close", `{"officer":{"id":"r-1","role":"reviewer"},"finding":"justified","note":"n"}`, "reviewer"},
	{"POST", "/v1/holds", "/v1/holds", `{"officer":{"id":"c-1","role":"case_officer"},"child":"ua-1","why":"synthetic"}`, "case_officer"},
	{"POST", "/v1/holds:lift", "/v1/holds:lift", `{"officer":{"id":"c-1","role":"case_officer"},"child":"ua-1"}`, "case_officer"},
	{"GET", "/v1/holds", "/v1/holds?all=true", "", "case_officer"},
	{"POST", "/v1/recalls", "/v1/recalls", `{"officer":{"id":"c-1","role":"case_officer"},"child":"ua-1","kind":"erased","why":"synthetic"}`, "case_officer"},
	{"GET", "/v1/recalls", "/v1/recalls", "", "duty_officer"},
	{"POST", "/v1/pushes", "/v1/pushes", `{"officer":{"id":"c-1","role":"case_officer"},"link":"a.b.c~","goaheads":["a.b.c~"],"need":"medication"}`, "case_officer"},
}

// obligationCalls are for whoever receives answers.
var obligationCalls = []struct{ method, path, url, body, role string }{
	{"GET", "/v1/pushes", "/v1/pushes?all=true", "", "tracing_officer"},
	{"GET", "/v1/obligations", "/v1/obligations?all=true", "", "tracing_officer"},
	{"POST", "/v1/obligations/{id}:done", "/v1/obligations/o-1:done", `{"officer":{"id":"c-1","role":"case_officer"},"how":"deleted"}`, "case_officer"},
}

func TestObligationRoles(t *testing.T) {
	t.Parallel()
	for _, c := range obligationCalls {
		s := agency(t, &fakeAsker{}, c.role)
		if r := s.do(s.http(true), c.method, c.url, jsonFor(c.method), c.body); r.status != http.StatusOK {
			t.Errorf("%s as %s: %d %s", c.path, c.role, r.status, r.body)
		}
		other := agency(t, &fakeAsker{}, "reviewer", "legal_reviewer")
		if r := other.do(other.http(true), c.method, c.url, jsonFor(c.method), c.body); r.status != http.StatusForbidden {
			t.Errorf("%s without the role: %d %s", c.path, r.status, r.body)
		}
	}
}

func jsonFor(method string) string {
	if method == http.MethodGet {
		return ""
	}
	return jsonType
}

// Each decision is for its roles alone: a client with that role may, one with all
// other roles of the house may not.
func TestCaseworkRoles(t *testing.T) {
	t.Parallel()
	for _, c := range caseworkCalls {
		s := agency(t, &fakeAsker{}, c.role)
		if r := s.do(s.http(true), c.method, c.url, jsonFor(c.method), c.body); r.status != http.StatusOK {
			t.Errorf("%s as %s: %d %s", c.path, c.role, r.status, r.body)
		}
		other := agency(t, &fakeAsker{}, "tracing_officer", "investigator", "prosecutor")
		if r := other.do(other.http(true), c.method, c.url, jsonFor(c.method), c.body); r.status != http.StatusForbidden {
			t.Errorf("%s without the role: %d %s", c.path, r.status, r.body)
		}
	}
}

// A client may not act in a role that is not its own, however right it is for the
// decision; and what is badly formed reaches nobody.
func TestCaseworkRefuses(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{}, "supervisor", "case_officer")
	for name, c := range map[string]struct {
		url, body string
		want      int
	}{
		"another's role":                         {"/v1/pending/bg-1:approve", `{"officer":{"id":"s-1","role":"duty_officer"}}`, http.StatusForbidden},
		"own role, not for this":                 {"/v1/pending/bg-1:approve", `{"officer":{"id":"s-1","role":"case_officer"}}`, http.StatusForbidden},
		"nobody":                                 {"/v1/pending/bg-1:approve", `{}`, http.StatusBadRequest},
		"no id":                                  {"/v1/pending/b+g:approve", `{"officer":{"id":"s-1","role":"supervisor"}}`, http.StatusNotFound},
		"link and hit":                           {"/v1/goaheads", `{"officer":{"id":"c","role":"case_officer"},"link":"a.b.c~","hit":"h","columns":["photo"],"until":"2026-12-22T12:00:00Z"}`, http.StatusBadRequest},
		"neither":                                {"/v1/goaheads", `{"officer":{"id":"c","role":"case_officer"},"columns":["photo"],"until":"2026-12-22T12:00:00Z"}`, http.StatusBadRequest},
		"no end":                                 {"/v1/goaheads", `{"officer":{"id":"c","role":"case_officer"},"hit":"h","columns":["photo"]}`, http.StatusBadRequest},
		"a day":                                  {"/v1/goaheads", `{"officer":{"id":"c","role":"case_officer"},"hit":"h","columns":["photo"],"until":"2026-12-22"}`, http.StatusBadRequest},
		"a link that is none":                    {"/v1/goaheads", `{"officer":{"id":"c","role":"case_officer"},"link":"<a>","columns":["photo"],"until":"2026-12-22T12:00:00Z"}`, http.StatusBadRequest},
		"a wildcard":                             {"/v1/approvals", `{"officer":{"id":"s-1","role":"supervisor"},"criteria":{"family":"Т*"},"why":"synthetic reason"}`, http.StatusBadRequest},
		"a hold of nobody":                       {"/v1/holds", `{"officer":{"id":"c","role":"case_officer"},"why":"synthetic"}`, http.StatusBadRequest},
		"a hold until a day":                     {"/v1/holds", `{"officer":{"id":"c","role":"case_officer"},"child":"ua-1","until":"2026-12-22"}`, http.StatusBadRequest},
		"lifted by nobody":                       {"/v1/holds:lift", `{"child":"ua-1"}`, http.StatusBadRequest},
		"a recall of nobody":                     {"/v1/recalls", `{"officer":{"id":"c","role":"case_officer"},"kind":"erased"}`, http.StatusBadRequest},
		"done without saying":                    {"/v1/obligations/o-1:done", `{"officer":{"id":"c","role":"case_officer"}}`, http.StatusBadRequest},
		"done by a supervisor of another client": {"/v1/obligations/o-1:done", `{"officer":{"id":"c","role":"duty_officer"},"how":"x"}`, http.StatusForbidden},
		"a long reason":                          {"/v1/approvals", `{"officer":{"id":"s-1","role":"supervisor"},"link":"a.b.c~","why":"` + strings.Repeat("x", maxNote+1) + `"}`, http.StatusBadRequest},
	} {
		if r := s.do(s.http(true), "POST", c.url, jsonType, c.body); r.status != c.want {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	for _, url := range []string{"/v1/pending?limit=3", "/v1/pending/bg-1?all=true", "/v1/pending?all=true&all=true"} {
		if r := s.do(s.http(true), "GET", url, "", ""); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", url, r.status)
		}
	}
}

func TestCaseworkOverGRPC(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{}, "supervisor", "reviewer")
	people := homewardv1.NewCaseworkClient(s.grpc())
	officer := &homewardv1.Officer{Id: "s-1", Role: "supervisor"}
	p, err := people.ApprovePending(t.Context(), &homewardv1.DecidePendingRequest{Id: "bg-1", Officer: officer})
	if err != nil || p.GetState() != "approved" {
		t.Errorf("%v, %v", p, err)
	}
	p, err = people.RefusePending(t.Context(), &homewardv1.DecidePendingRequest{Id: "bg-1", Officer: officer, Note: "n"})
	if err != nil || p.GetState() != "refused" {
		t.Errorf("%v, %v", p, err)
	}
	_, err = people.IssueGoAhead(t.Context(), &homewardv1.IssueGoAheadRequest{Officer: &homewardv1.Officer{Id: "c", Role: "case_officer"}, Hit: "h"})
	if status.Code(err) != codes.PermissionDenied {
		t.Errorf("got %v", err)
	}
}

// What stands beside a question is checked before the chain sees it.
func TestAskBeside(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{}, "case_officer")
	for name, c := range map[string]struct {
		member string
		want   int
	}{
		"a need":              {`"need":"medication"`, http.StatusOK},
		"another need":        {`"need":"money"`, http.StatusBadRequest},
		"present, not found":  {`"present":true`, http.StatusBadRequest},
		"break-glass":         {`"break_glass":{"columns":["documents"],"why":"synthetic reason"}`, http.StatusOK},
		"a column of no kind": {`"break_glass":{"columns":["everything"],"why":"synthetic reason"}`, http.StatusBadRequest},
	} {
		body := strings.TrimSuffix(goodJSON(), "}") + "," + c.member + "}"
		if r := s.do(s.http(true), "POST", "/v1/queries", jsonType, body); r.status != c.want {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}
