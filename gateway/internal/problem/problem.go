// Package problem is the catalogue of errors: one code, one title, one status
// on REST and one on gRPC, and what the reader can do about it. It imports
// nothing of ours, so that every package can name its errors in it.
package problem

import "fmt"

// Code names one kind of problem, e.g. "wrong_audience". Codes are stable: clients may switch on them.
type Code string

// Error is a problem with its place. To a proven caller all of it is shown; to
// the unverified only the coarse class of its code (Coarse).
// No part of it may hold a value of a child's record.
type Error struct {
	Code Code
	// Where: "header alg", "claim aud", "line 12, column 3 of children.csv".
	Where string
	// Expected and Found, if both can be said without showing a secret or a child's data.
	Expected, Found string
	// Remedy overrides the catalogue's, when the place allows a better one.
	Remedy string
	// Decision is the id of the decision that recorded the refusal, if any.
	Decision string
	// Cause stays in the house: it is logged, never shown.
	Cause error
}

// New makes a problem at a place.
func New(code Code, where string) *Error { return &Error{Code: code, Where: where} }

// Mismatch makes a problem with what was expected and what was found.
func Mismatch(code Code, where, expected, found string) *Error {
	return &Error{Code: code, Where: where, Expected: expected, Found: found}
}

// Wrap makes a problem with a cause that is logged and not shown.
func Wrap(code Code, where string, cause error) *Error {
	return &Error{Code: code, Where: where, Cause: cause}
}

func (e *Error) Error() string {
	s := string(e.Code)
	if e.Where != "" {
		s += " at " + e.Where
	}
	if e.Expected != "" || e.Found != "" {
		s += fmt.Sprintf(": expected %s, found %s", e.Expected, e.Found)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, problem.New(code, "")) compare by code alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Where == ""
}
