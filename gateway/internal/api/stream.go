package api

import (
	"context"
	"encoding/json"
	"net/http"

	"google.golang.org/grpc"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// lineType is newline-delimited JSON: one answer a line, {"result":{…}}, and at
// the end {"error":{…}} if not all of them came.
const lineType = "application/x-ndjson"

// streamREST is AskStream on REST: the same method, writing lines.
func (s agencyServer) streamREST(w http.ResponseWriter, r *http.Request, _ map[string]string) {
	var req homewardv1.AskRequest
	b, err := whole(r.Body)
	if err == nil {
		err = strictJSON{}.Unmarshal(b, &req)
	}
	if err != nil {
		writeProblem(w, r, s.guard.shown(problem.New(problem.CodeInvalidRequest, err.Error())))
		return
	}
	lines := &lineStream{ctx: r.Context(), w: w}
	if err := s.AskStream(&req, lines); err != nil {
		lines.fail(r, problemOf(err))
	}
}

// lineStream is the sending half of a stream as lines of JSON.
type lineStream struct {
	grpc.ServerStream // nothing of it is used but Context and Send below
	ctx               context.Context
	w                 http.ResponseWriter
	begun             bool
}

func (l *lineStream) Context() context.Context { return l.ctx }

func (l *lineStream) Send(a *homewardv1.HolderAnswer) error {
	b, err := marshalOptions.Marshal(a)
	if err != nil {
		return err
	}
	return l.line("result", b)
}

// fail is a whole document while nothing was sent, and a last line afterwards.
func (l *lineStream) fail(r *http.Request, p *problem.Error) {
	if !l.begun {
		writeProblem(l.w, r, p)
		return
	}
	if b, err := json.Marshal(p.Document(problem.Language(r.Header.Get("Accept-Language")))); err == nil {
		_ = l.line("error", b) // a reader that is gone needs no answer
	}
}

// line writes one and flushes it: an answer is of use as soon as it comes.
func (l *lineStream) line(name string, value json.RawMessage) error {
	b, err := json.Marshal(map[string]json.RawMessage{name: value})
	if err != nil {
		return err
	}
	if !l.begun {
		l.w.Header().Set("Content-Type", lineType)
		l.begun = true
	}
	if _, err := l.w.Write(append(b, '\n')); err != nil {
		return err
	}
	return http.NewResponseController(l.w).Flush()
}
