package problem

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc/codes"
)

// Codes that belong to no single package. The others are declared near their use.
const (
	// CodeNotAccepted and CodeUnavailable are all that an unverified caller is told.
	CodeNotAccepted Code = "not_accepted"
	CodeUnavailable Code = "unavailable"
	// CodeInternal is a defect of ours: the cause is in the log.
	CodeInternal Code = "internal"

	CodeInvalidRequest  Code = "invalid_request"
	CodeUnauthenticated Code = "unauthenticated"
	CodeForbidden       Code = "forbidden"
	CodeNotFound        Code = "not_found"
	CodeTooLarge        Code = "too_large"
	CodeMediaType       Code = "unsupported_media_type"
	CodeMethod          Code = "method_not_allowed"
	CodeTimedOut        Code = "timed_out"
	CodeCanceled        Code = "canceled"
	// CodeUnreachable: no connection to a peer, not the pinned certificate, or it says that it cannot answer now.
	CodeUnreachable Code = "unreachable"
	// CodeInvalidReply: a peer answered with something that is no message, or no answer to this one.
	CodeInvalidReply Code = "invalid_reply"
)

// Entry is one row of the catalogue: what a code is on REST and on gRPC. Its
// texts are in messages/, one file a language.
type Entry struct {
	Code Code
	HTTP int
	GRPC codes.Code
}

// lookup finds a code. An unknown one is answered as CodeInternal.
func lookup(c Code) Entry {
	if e, ok := index()[c]; ok {
		return e
	}
	return index()[CodeInternal]
}

var index = sync.OnceValue(func() map[Code]Entry {
	m := make(map[Code]Entry)
	for _, e := range All() {
		m[e.Code] = e
	}
	return m
})

// Of finds the problem in an error. An error without one is a deadline, a
// cancellation, or a defect of ours (CodeInternal). Of(nil) is nil.
func Of(err error) *Error {
	var p *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(CodeTimedOut, "", err)
	case errors.Is(err, context.Canceled):
		return Wrap(CodeCanceled, "", err)
	}
	return Wrap(CodeInternal, "", err)
}

// Coarse is what an unverified caller is told of an error: CodeNotAccepted if
// it is to blame, CodeUnavailable if this gateway is, and nothing else of it.
func Coarse(err error) *Error {
	if Of(err).HTTP() >= 500 {
		return &Error{Code: CodeUnavailable}
	}
	return &Error{Code: CodeNotAccepted}
}

// HTTP is the status on REST.
func (e *Error) HTTP() int {
	return lookup(e.Code).HTTP
}

// GRPC is the status on gRPC.
func (e *Error) GRPC() codes.Code {
	return lookup(e.Code).GRPC
}
