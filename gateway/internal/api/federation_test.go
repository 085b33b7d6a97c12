package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/status"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// exchangers call one method of Exchange over each transport.
func exchangers(s *side) map[string]func(method, sealed string) (reply, code string) {
	grpc := homewardv1.NewExchangeClient(s.grpc())
	rest := func(two bool) func(string, string) (string, string) {
		c := s.http(two)
		return func(method, sealed string) (string, string) {
			r := s.do(c, "POST", exchangePath+method, joseType, sealed)
			if r.status != 200 {
				return "", codeOf(s.t, r)
			}
			return r.body, ""
		}
	}
	return map[string]func(string, string) (string, string){
		"rest over http/1.1": rest(false),
		"rest over http/2":   rest(true),
		"grpc": func(method, sealed string) (string, string) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			call := map[string]func(context.Context, *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error){
				"query": func(c context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
					return grpc.Query(c, m)
				},
				"collect": func(c context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
					return grpc.Collect(c, m)
				},
				"notify": func(c context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
					return grpc.Notify(c, m)
				},
				"report": func(c context.Context, m *homewardv1.SealedMessage) (*homewardv1.SealedMessage, error) {
					return grpc.Report(c, m)
				},
			}[method]
			m, err := call(ctx, &homewardv1.SealedMessage{Jose: sealed})
			if err != nil {
				return "", grpcCode(s.t, err)
			}
			return m.GetJose(), ""
		},
	}
}

func TestExchangeOnEachTransport(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	for name, call := range exchangers(s) {
		for method, word := range map[string]string{"query": "answer", "collect": "collect", "notify": "notify", "report": "report"} {
			if reply, code := call(method, "a.b.c"); reply != word+".gov-pl.a.b.c" || code != "" {
				t.Errorf("%s over %s: %q, %s", method, name, reply, code)
			}
		}
	}
}

// Whatever a service says of a message, its sender learns one of two words.
func TestErrorsAreCoarse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want problem.Code
	}{
		{problem.Mismatch("wrong_audience", "claim aud", "gov-ua", "gov-xx"), problem.CodeNotAccepted},
		{problem.New("replayed", "claim jti"), problem.CodeNotAccepted},
		{problem.New("bad_signature", "signature"), problem.CodeNotAccepted},
		{problem.Wrap(problem.CodeUnavailable, "ledger", errors.New("disk full")), problem.CodeUnavailable},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), problem.CodeUnavailable},
		{errors.New("something that says too much"), problem.CodeUnavailable},
	} {
		s := federation(t, fakeFederation{answer: func(context.Context, string, string) (string, error) { return "leak", c.err }}, Limits{})
		for name, call := range exchangers(s) {
			if reply, code := call("query", "a.b.c"); reply != "" || code != string(c.want) {
				t.Errorf("%v over %s: reply %q, code %q", c.err, name, reply, code)
			}
		}
	}
}

func TestPanicIsUnavailable(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{answer: func(context.Context, string, string) (string, error) { panic("with a synthetic name in it") }}, Limits{})
	for name, call := range exchangers(s) {
		for range 2 { // and the listener is still there
			if _, code := call("query", "a"); code != string(problem.CodeUnavailable) {
				t.Errorf("over %s: %q", name, code)
			}
		}
	}
}

func TestDeadlineReachesTheService(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{answer: func(ctx context.Context, _, _ string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}}, Limits{Deadline: 100 * time.Millisecond})
	for name, call := range exchangers(s) {
		if _, code := call("query", "a"); code != string(problem.CodeUnavailable) {
			t.Errorf("over %s: %q", name, code)
		}
	}
}

// waitFor answers late.
func waitFor(d time.Duration) func(context.Context, string, string) (string, error) {
	return func(ctx context.Context, _, _ string) (string, error) {
		select {
		case <-time.After(d):
			return "late", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// One participant cannot take all the places.
func TestConcurrencyIsBoundedPerCaller(t *testing.T) {
	t.Parallel()
	working, release := make(chan struct{}, 2), make(chan struct{})
	s := federation(t, fakeFederation{answer: func(_ context.Context, peer, _ string) (string, error) {
		if peer == "gov-pl" {
			working <- struct{}{}
			<-release
		}
		return peer, nil
	}}, Limits{Concurrent: 3, PerCaller: 2})
	other, otherPin := certificate()
	s.pins.add(otherPin, "icrc")
	call := exchangers(s)["rest over http/2"]
	done := make(chan string, 2)
	for range 2 {
		go func() { r, _ := call("query", "a"); done <- r }()
	}
	<-working
	<-working
	if _, code := call("query", "a"); code != string(problem.CodeUnavailable) {
		t.Errorf("a third request: %q", code)
	}
	s.client = other
	if reply, code := exchangers(s)["grpc"]("query", "a"); reply != "icrc" {
		t.Errorf("another caller: %q, %q", reply, code)
	}
	close(release)
	for range 2 {
		if r := <-done; r != "gov-pl" {
			t.Errorf("a request in work: %q", r)
		}
	}
	if reply, _ := call("query", "a"); reply != "gov-pl" {
		t.Error("places were not given back")
	}
}

// A block holds on connections that are open already.
func TestBlockedOnAnOpenConnection(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	calls := exchangers(s)
	for name, call := range calls {
		if reply, _ := call("query", "a"); reply == "" {
			t.Fatalf("%s does not work", name)
		}
	}
	s.pins.remove(s.clientPin)
	for name, call := range calls {
		if reply, code := call("query", "a"); reply != "" || code != string(problem.CodeNotAccepted) {
			t.Errorf("%s: %q, %q", name, reply, code)
		}
	}
}

func codeOf(t testing.TB, r response) string {
	t.Helper()
	if r.header.Get("Content-Type") != problem.ContentType {
		t.Errorf("status %d, content type %q, body %q", r.status, r.header.Get("Content-Type"), r.body)
	}
	_, rest, _ := strings.Cut(r.body, `"code":"`)
	code, _, _ := strings.Cut(rest, `"`)
	return code
}

// grpcCode wants our own details on every status.
func grpcCode(t testing.TB, err error) string {
	t.Helper()
	return grpcProblem(t, err).GetCode()
}

func grpcProblem(t testing.TB, err error) *homewardv1.Problem {
	t.Helper()
	st, _ := status.FromError(err)
	for _, d := range st.Details() {
		if p, ok := d.(*homewardv1.Problem); ok {
			return p
		}
	}
	t.Errorf("no problem in %v", err)
	return nil
}
