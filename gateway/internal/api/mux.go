package api

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	"homeward.example/gateway/internal/problem"
)

// muxOptions make the REST gateway carry nothing but the message: no header in
// or out, no method but the one that was used, no error text but ours.
func muxOptions(g *guard) []runtime.ServeMuxOption {
	nothing := func(string) (string, bool) { return "", false }
	fail := func(w http.ResponseWriter, r *http.Request, err error) {
		p := problemOf(err)
		if g.coarse {
			p = problem.Coarse(p)
		}
		writeProblem(w, r, p)
	}
	return []runtime.ServeMuxOption{
		runtime.WithIncomingHeaderMatcher(nothing),
		runtime.WithOutgoingHeaderMatcher(nothing),
		runtime.WithOutgoingTrailerMatcher(nothing),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithWriteContentLength(),
		runtime.WithErrorHandler(func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
			fail(w, r, err)
		}),
		runtime.WithRoutingErrorHandler(func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, status int) {
			code := problem.CodeNotFound
			if status == http.StatusMethodNotAllowed {
				code = problem.CodeMethod
			}
			fail(w, r, problem.New(code, "path"))
		}),
	}
}
