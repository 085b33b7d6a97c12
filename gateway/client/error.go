package client

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"homeward.example/gateway/internal/problem"
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

// CodeGatewayUnreachable: there is no connection to one's own gateway, or it does not
// take this client's certificate. The detail names the address that was tried.
const CodeGatewayUnreachable problem.Code = "gateway_unreachable"

// problem makes an *Error of what a call returned; nil stays nil.
func (c *Client) problem(err error) error {
	if err == nil {
		return nil
	}
	st, _ := status.FromError(err)
	for _, d := range st.Details() {
		if p, ok := d.(*homewardv1.Problem); ok {
			return &Error{Problem: p, Status: st}
		}
	}
	p := problem.New(CodeGatewayUnreachable, "").Document("en")
	shown := &homewardv1.Problem{
		Type: p.Type, Title: p.Title, Status: int32(p.Status), Code: string(p.Code), Remedy: p.Remedy, Detail: c.url + ": " + st.Message(),
	}
	switch st.Code() {
	case codes.DeadlineExceeded:
		shown = &homewardv1.Problem{Code: "timed_out", Title: "The gateway did not answer in time", Detail: c.url}
	case codes.Canceled:
		shown = &homewardv1.Problem{Code: "canceled", Title: "The call was given up", Detail: c.url}
	}
	return &Error{Problem: shown, Status: st}
}
