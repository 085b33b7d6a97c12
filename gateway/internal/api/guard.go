package api

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"homeward.example/gateway/internal/problem"
)

// guard is the one handler that both transports of a listener pass. It knows
// the caller by the connection's certificate, bounds what the caller may cost,
// and hands on a request that holds nothing but what the service needs.
type guard struct {
	limits Limits
	slots  slots
	// identify finds the caller of a certificate and adds it to the context.
	identify func(ctx context.Context, fingerprint string) (c context.Context, name string, ok bool)
	// route says whether there is anything at a path, before its body is read.
	route func(*http.Request) error
	// coarse tells callers nothing of an error but its coarse class.
	coarse     bool
	grpc, rest http.Handler
	refused    func(code problem.Code)
	log        *slog.Logger
}

// ServeHTTP answers every request, whatever happens, with a problem at worst.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	defer func() {
		if recover() != nil {
			g.fail(w, r, panicked(g.log))
		}
	}()
	// Set before anything is refused: what is left of a refused body is drained.
	rc, now := http.NewResponseController(w), time.Now()
	err := errors.Join(rc.SetReadDeadline(now.Add(g.limits.BodyTime)), rc.SetWriteDeadline(now.Add(g.limits.BodyTime+g.limits.Deadline)))
	if err == nil {
		err = g.serve(w, r)
	}
	if err != nil {
		g.fail(w, r, err)
	}
}

func (g *guard) serve(w http.ResponseWriter, r *http.Request) error {
	ctx, name, err := g.caller(r)
	if err != nil {
		return err
	}
	if err := g.accept(r); err != nil {
		return err
	}
	if !g.slots.take(name, g.limits) {
		return problem.New(problem.CodeUnavailable, "too many requests in work")
	}
	defer g.slots.give(name)
	body, err := g.body(w, r)
	if err != nil {
		return err
	}
	ctx = context.WithValue(ctx, languageKey{}, r.Header.Get("Accept-Language"))
	if isGRPC(r) {
		if err := checkFrame(r.URL.Path, body); err != nil {
			return err
		}
		g.grpc.ServeHTTP(w, stripped(ctx, r, body, grpcHeaders))
		return nil
	}
	g.rest.ServeHTTP(w, stripped(ctx, r, body, restHeaders))
	return nil
}

// caller is looked up at each request and not only in the handshake: a
// connection may be open for days, and a block must hold within a second.
func (g *guard) caller(r *http.Request) (context.Context, string, error) {
	if r.TLS != nil {
		if f, ok := fingerprint(*r.TLS); ok {
			if ctx, name, ok := g.identify(r.Context(), f); ok {
				return ctx, name, nil
			}
		}
	}
	return nil, "", problem.New(problem.CodeUnauthenticated, "certificate")
}

// accept refuses what could be read in two ways: a path that is not the plain
// one, and over HTTP/1.1 a body whose length is not announced, which is what
// request smuggling is made of.
func (g *guard) accept(r *http.Request) error {
	plain := r.URL.Path
	if r.URL.RawQuery != "" {
		plain += "?" + r.URL.RawQuery
	}
	switch {
	case r.RequestURI != plain || path.Clean(r.URL.Path) != r.URL.Path || strings.ContainsFunc(r.URL.Path, oddInPath):
		return problem.New(problem.CodeNotFound, "path")
	case !r.ProtoAtLeast(1, 1):
		return problem.Mismatch(problem.CodeInvalidRequest, "protocol", "HTTP/1.1 or HTTP/2", r.Proto)
	case r.ProtoMajor < 2 && (r.ContentLength < 0 || len(r.TransferEncoding) > 0):
		return problem.Mismatch(problem.CodeInvalidRequest, "header Content-Length", "the length of the body", "none")
	}
	return g.route(r)
}

func oddInPath(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/_:.-", c))
}

// body reads the whole request: messages are small and unary, and what is
// refused for its size or its slowness is then refused before anything is done.
func (g *guard) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > g.limits.Body {
		return nil, problem.New(problem.CodeTooLarge, "body")
	}
	b := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 0)+bytes.MinRead))
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, g.limits.Body))
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, problem.New(problem.CodeTooLarge, "body")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, problem.Wrap(problem.CodeInvalidRequest, "body: it came too slowly", err)
	case err != nil:
		return nil, problem.Wrap(problem.CodeInvalidRequest, "body", err)
	}
	// Over HTTP/1.1 an old deadline would cancel the request in its midst.
	return b.Bytes(), http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// fail answers with a problem in the caller's transport. Over HTTP/1.1 it ends
// the connection: what follows a refused request may be its body in disguise.
func (g *guard) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := g.shown(err)
	if r.ProtoMajor < 2 {
		w.Header().Set("Connection", "close")
	}
	if isGRPC(r) {
		writeStatus(w, r, p)
		return
	}
	writeProblem(w, r, p)
}

// work runs one method of a service, and makes a failure of its error. It bounds the
// time here: on the request itself a deadline would make gRPC close the stream without
// a status. It recovers here too: gRPC runs methods on goroutines of its own.
func work[T any](ctx context.Context, g *guard, method func(context.Context) (T, error)) (out T, err error) {
	defer func() {
		if recover() != nil {
			err = panicked(g.log)
		}
		if err != nil {
			var none T
			out, err = none, failure{g.shown(err), languageOf(ctx)}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, g.limits.Deadline)
	defer cancel()
	return method(ctx)
}

// shown counts and logs an error, and returns what the caller may know of it.
func (g *guard) shown(err error) *problem.Error {
	p := problem.Of(err)
	if g.refused != nil {
		g.refused(p.Code)
	}
	if p.HTTP() >= http.StatusInternalServerError {
		g.log.Error("request failed", "code", p.Code, "err", p)
	} else {
		g.log.Debug("request refused", "code", p.Code)
	}
	if g.coarse {
		return problem.Coarse(p)
	}
	return p
}

// panicked makes a problem of a panic. The panic's value is not asked for, since it may
// quote what was being worked on; the stack names functions only.
func panicked(log *slog.Logger) error {
	log.Error("panic", "stack", string(debug.Stack()))
	return problem.New(problem.CodeUnavailable, "panic")
}
