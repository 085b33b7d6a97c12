package client

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Error is a problem that the gateway told, or that kept it from being reached.
// Problem.Code is stable and may be switched on.
type Error struct {
	Problem *homewardv1.Problem
	// Status is the gRPC status behind it.
	Status *status.Status
}

func (e *Error) Error() string {
	s := e.Problem.GetCode() + ": " + e.Problem.GetTitle()
	if d := e.Problem.GetDetail(); d != "" {
		s += " (" + d + ")"
	}
	if r := e.Problem.GetRemedy(); r != "" {
		s += ". " + r
	}
	return s
}

// GRPCStatus makes status.FromError find the status.
func (e *Error) GRPCStatus() *status.Status { return e.Status }

// problemOf makes an *Error of what a call returned; nil stays nil.
func problemOf(err error) error {
	if err == nil {
		return nil
	}
	st, _ := status.FromError(err)
	for _, d := range st.Details() {
		if p, ok := d.(*homewardv1.Problem); ok {
			return &Error{Problem: p, Status: st}
		}
	}
	p := &homewardv1.Problem{Code: "unreachable", Title: "The gateway did not answer", Detail: st.Message()}
	switch st.Code() {
	case codes.DeadlineExceeded:
		p.Code, p.Title = "timed_out", "The gateway did not answer in time"
	case codes.Canceled:
		p.Code, p.Title = "canceled", "The call was given up"
	}
	return &Error{Problem: p, Status: st}
}
