package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// domain of errdetails.ErrorInfo.
const domain = "homeward.example"

// failure is what a service returns: a problem that may be shown as it is, to who
// reads a language. gRPC reads its status, REST its document.
type failure struct {
	p        *problem.Error
	language string
}

func (f failure) Error() string { return f.p.Error() }

func (f failure) Unwrap() error { return f.p }

// GRPCStatus is the form of a problem on gRPC: the title in English, as gRPC has its
// messages, and as details an ErrorInfo, for tools, and our own Problem, for a reader.
func (f failure) GRPCStatus() *status.Status {
	p := Problem(f.p, f.language)
	st := status.New(f.p.GRPC(), f.p.Document(problem.Languages()[0]).Title)
	with, err := st.WithDetails(
		protoadapt.MessageV1Of(&errdetails.ErrorInfo{Reason: strings.ToUpper(p.Code), Domain: domain}),
		protoadapt.MessageV1Of(p),
	)
	if err != nil {
		return st
	}
	return with
}

// Problem is the message form of a problem, in one of problem.Languages.
func Problem(e *problem.Error, language string) *homewardv1.Problem {
	d := e.Document(language)
	return &homewardv1.Problem{
		Type: d.Type, Title: d.Title, Status: int32(d.Status), Detail: d.Detail,
		Code: string(d.Code), Remedy: d.Remedy, DecisionId: d.Decision,
	}
}

// writeProblem writes an RFC 9457 document in the reader's language.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problem.Error) {
	d := p.Document(problem.Language(r.Header.Get("Accept-Language")))
	b, err := json.Marshal(d)
	if err != nil {
		b = []byte(`{"code":"internal"}`)
	}
	w.Header().Set("Content-Type", problem.ContentType)
	w.WriteHeader(d.Status)
	_, _ = w.Write(append(b, '\n')) // a reader that is gone needs no answer
}

// writeStatus writes a gRPC response without a message, in the same frames and
// headers as the library: a refusal must not tell who found the fault
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
func writeStatus(w http.ResponseWriter, r *http.Request, p *problem.Error) {
	st := failure{p, problem.Language(r.Header.Get("Accept-Language"))}.GRPCStatus()
	h := w.Header()
	h["Date"] = nil
	h.Set("Content-Type", "application/grpc")
	h["Trailer"] = []string{"Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"}
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush() // what follows are trailers; a reader that is gone needs none
	h.Set("Grpc-Status", strconv.Itoa(int(st.Code())))
	h.Set("Grpc-Message", percent(st.Message()))
	if b, err := proto.Marshal(st.Proto()); err == nil {
		h.Set("Grpc-Status-Details-Bin", base64.RawStdEncoding.EncodeToString(b))
	}
}

// percent encodes a message as the protocol wants it.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= ' ' && c <= '~' && c != '%' {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
	}
	return b.String()
}

// problemOf finds the problem in what a transport reports: our own failure, or
// a status that the REST gateway made of a request it could not read.
func problemOf(err error) *problem.Error {
	if p, ok := errors.AsType[*problem.Error](err); ok {
		return p
	}
	if st, ok := status.FromError(err); ok && st.Code() == codes.InvalidArgument {
		return problem.New(problem.CodeInvalidRequest, st.Message())
	}
	return problem.Of(err)
}
