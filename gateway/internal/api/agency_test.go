package api

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func agency(t *testing.T, asker Asker, roles ...string) *side {
	t.Helper()
	own, serverPin := certificate()
	client, clientPin := certificate()
	server := must(NewAgency(AgencyOptions{
		Certificate: own, Asker: asker, Decisions: fakeDecisions{}, Casework: fakePeople{}, Sightings: fakeReporter{new(atomic.Int32)},
		Clients: []AgencyClient{{Caller: Caller{Name: "registry-office", Roles: roles}, SPKI: []string{clientPin}}},
	}))
	return &side{t: t, addr: listen(t, server), serverPin: serverPin, client: client, clientPin: clientPin}
}

// good is a question that every check lets pass. Its child is synthetic.
func good() *homewardv1.AskRequest {
	return &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: &homewardv1.Officer{Id: "officer-7", Role: "case_officer"},
		Basis: "GDPR 6(1)(e)", Case: "WRO/2026/15",
		Criteria: &homewardv1.Criteria{Family: "Тестенко", Given: "Синтетична", Born: "2014-03"},
		Fields:   []string{"name.family", "separation"},
	}
}

func goodJSON() string { return string(must(protojson.Marshal(good()))) }

func TestAgencyOverREST(t *testing.T) {
	t.Parallel()
	asker := &fakeAsker{}
	s := agency(t, asker, "case_officer", ledger.RoleReviewer)
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/v1/queries", goodJSON(), `"query_id":"q1"`},
		{"POST", "/v1/queries:plan", goodJSON(), `"reason":"origin"`},
		{"POST", "/v1/queries:forward", `{"messages":[{"holder":"icrc","jws":"a.b.c~"}]}`, `"query_id":"icrc"`},
		{"POST", "/v1/queries/q-1:collect", `{"officer":{"id":"o","role":"case_officer"}}`, `"query_id":"q-1"`},
		{"GET", "/v1/decisions/d7", "", `"kind":"answered"`},
		{"GET", "/v1/decisions?limit=2&before=50", "", `"next":"48"`},
		{"GET", "/v1/ledger/search?requester=gov-pl&limit=2&break_glass=true&from=2026-11-22T00:00:00Z", "", `"next":"page2"`},
	} {
		for _, two := range []bool{false, true} {
			contentType := jsonType
			if c.method == "GET" {
				contentType = ""
			}
			r := s.do(s.http(two), c.method, c.path, contentType, c.body)
			if r.status != 200 || r.header.Get("Content-Type") != jsonType || !strings.Contains(compact(r.body), c.want) {
				t.Errorf("%s, http2=%v: %d %q", c.path, two, r.status, r.body)
			}
			if strings.Contains(r.body, "synthetic") {
				t.Errorf("%s shows the details of a row", c.path)
			}
		}
	}
	if asker.who().Name != "registry-office" {
		t.Errorf("caller %+v", asker.who())
	}
}

// compact takes out the white space that protojson varies on purpose.
func compact(s string) string {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return s
	}
	return string(must(json.Marshal(v)))
}

func TestAgencyOverGRPC(t *testing.T) {
	t.Parallel()
	asker := &fakeAsker{}
	s := agency(t, asker, "case_officer", ledger.RoleReviewer)
	conn := s.grpc()
	a, l := homewardv1.NewAgencyClient(conn), homewardv1.NewLedgerClient(conn)
	// Metadata is no way to be somebody else.
	ctx := metadata.AppendToOutgoingContext(t.Context(), "caller", "root", "roles", "reviewer", "x-forwarded-for", "root")
	if r, err := a.Ask(ctx, good()); err != nil || len(r.GetAnswers()) != 3 || asker.who().Name != "registry-office" {
		t.Errorf("Ask: %v, %v as %+v", r, err, asker.who())
	}
	if r, err := a.Plan(ctx, good()); err != nil || !r.GetHolders()[0].GetAsked() {
		t.Errorf("Plan: %v, %v", r, err)
	}
	if r, err := l.GetDecision(ctx, &homewardv1.GetDecisionRequest{Id: "d7"}); err != nil || string(r.GetContent()) != `{"a":1}` {
		t.Errorf("GetDecision: %v, %v", r, err)
	}
	r, err := l.ListDecisions(ctx, &homewardv1.ListDecisionsRequest{})
	if err != nil || len(r.GetDecisions()) != 50 || r.GetNext() != 71 {
		t.Errorf("ListDecisions: %d, next %d, %v", len(r.GetDecisions()), r.GetNext(), err)
	}
	if r, err = l.ListDecisions(ctx, &homewardv1.ListDecisionsRequest{Before: 20, Limit: 200}); err != nil || len(r.GetDecisions()) != 19 || r.GetNext() != 0 {
		t.Errorf("the last page: %d, next %d, %v", len(r.GetDecisions()), r.GetNext(), err)
	}
	_, err = l.GetDecision(ctx, &homewardv1.GetDecisionRequest{Id: "d8"})
	if code := grpcCode(t, err); code != string(problem.CodeNotFound) {
		t.Errorf("a decision that is not there: %s", code)
	}
}

// Answers leave as they come: each is read before the next is let go.
func TestAnswersAreStreamed(t *testing.T) {
	t.Parallel()
	asker := &fakeAsker{gate: make(chan struct{})}
	s := agency(t, asker, "case_officer")
	t.Run("rest", func(t *testing.T) {
		for _, two := range []bool{false, true} {
			req := must(http.NewRequest("POST", s.url(streamPath), strings.NewReader(goodJSON())))
			req.Header.Set("Content-Type", jsonType)
			resp := must(s.http(two).Do(req))
			lines := bufio.NewScanner(resp.Body)
			for i, want := range []string{"gov-ua", "unicef", "icrc"} {
				if i > 0 {
					asker.gate <- struct{}{}
				}
				if !lines.Scan() || !strings.Contains(compact(lines.Text()), `{"result":{"decision_id":"d-`+want) {
					t.Errorf("line %d: %q", i, lines.Text())
				}
			}
			if lines.Scan() || resp.Header.Get("Content-Type") != lineType {
				t.Errorf("after the last: %q, type %q", lines.Text(), resp.Header.Get("Content-Type"))
			}
			_ = resp.Body.Close()
		}
	})
	t.Run("grpc", func(t *testing.T) {
		stream := must(homewardv1.NewAgencyClient(s.grpc()).AskStream(t.Context(), good()))
		for i, want := range []string{"gov-ua", "unicef", "icrc"} {
			if i > 0 {
				asker.gate <- struct{}{}
			}
			if a, err := stream.Recv(); err != nil || a.GetHolder() != want {
				t.Errorf("answer %d: %v, %v", i, a, err)
			}
		}
		if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
			t.Errorf("after the last: %v", err)
		}
	})
}

// A stream that breaks says so in its last line: fewer answers are never taken for all of them.
func TestStreamEndsWithItsError(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{err: problem.New(problem.CodeUnavailable, "ledger")}, "case_officer")
	r := s.do(s.http(true), "POST", streamPath, jsonType, goodJSON())
	lines := strings.Split(strings.TrimSpace(r.body), "\n")
	if len(lines) != 2 || !strings.Contains(lines[1], `{"error":{"type":"https://homeward.example/problems/unavailable"`) {
		t.Errorf("%d %q", r.status, r.body)
	}
	r = s.do(s.http(true), "POST", streamPath, jsonType, "{}")
	if r.status != 400 || codeOf(t, r) != string(problem.CodeInvalidRequest) {
		t.Errorf("a stream that never began: %d %q", r.status, r.body)
	}
	stream := must(homewardv1.NewAgencyClient(s.grpc()).AskStream(t.Context(), good()))
	_ = must(stream.Recv())
	_, err := stream.Recv()
	if code := grpcCode(t, err); code != string(problem.CodeUnavailable) {
		t.Errorf("grpc: %s", code)
	}
}

func TestProblemsArePreciseAndInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	refused := &problem.Error{Code: "rate_limited", Where: "budget officer", Decision: "d9", Cause: errors.New("inner (synthetic)")}
	s := agency(t, &fakeAsker{err: refused}, "case_officer")
	r := s.do(s.http(true), "POST", "/v1/queries", jsonType, goodJSON())
	var d problem.Document
	if err := json.Unmarshal([]byte(r.body), &d); err != nil || d.Code != "rate_limited" || d.Decision != "d9" || d.Detail == "" || d.Remedy == "" || d.Status != r.status {
		t.Errorf("%d %q", r.status, r.body)
	}
	if strings.Contains(r.body, "inner") {
		t.Error("the cause is shown")
	}
	uk := s.do(s.http(true), "POST", "/v1/queries", jsonType, goodJSON(), header("Accept-Language", "uk"))
	var inUkrainian problem.Document
	if err := json.Unmarshal([]byte(uk.body), &inUkrainian); err != nil || inUkrainian.Remedy == d.Remedy || codeOf(t, uk) != "rate_limited" {
		t.Errorf("in Ukrainian: %q", uk.body)
	}
	for accept, want := range map[string]string{"": d.Remedy, "uk-UA,uk;q=0.9": inUkrainian.Remedy} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "accept-language", accept)
		_, err := homewardv1.NewAgencyClient(s.grpc()).Ask(ctx, good())
		if p := grpcProblem(t, err); p.GetCode() != "rate_limited" || p.GetRemedy() != want {
			t.Errorf("grpc, %q: %v, want %q", accept, p, want)
		}
		if st, _ := status.FromError(err); st.Message() != d.Title {
			t.Errorf("grpc, %q: message %q", accept, st.Message())
		}
	}
}

func TestUnknownAgencyClientsDoNotConnect(t *testing.T) {
	t.Parallel()
	s := agency(t, &fakeAsker{}, "case_officer")
	stranger, _ := certificate()
	config := s.config()
	config.Certificates = []tls.Certificate{stranger}
	if _, err := s.raw(config); err == nil {
		t.Error("connected")
	}
}

func TestOneCertificateOneClient(t *testing.T) {
	t.Parallel()
	own, pin := certificate()
	_, err := NewAgency(AgencyOptions{Certificate: own, Clients: []AgencyClient{
		{Caller: Caller{Name: "a"}, SPKI: []string{pin}}, {Caller: Caller{Name: "b"}, SPKI: []string{pin}},
	}})
	if err == nil {
		t.Error("two clients with one certificate")
	}
}
