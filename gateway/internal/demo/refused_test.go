package demo

import (
	"errors"
	"testing"

	"homeward.example/gateway/internal/problem"
)

// A changed message that did not arrive, or was answered, was not refused.
func TestRefusedByItsReceiver(t *testing.T) {
	t.Parallel()
	for want, err := range map[bool]error{true: problem.New(problem.CodeNotAccepted, "gov-ua"), false: problem.New(problem.CodeUnreachable, "gov-ua")} {
		r := refusal(err)
		if r.Refused != want || r.Problem == nil || r.Problem.Remedy == "" || r.Problem.Detail == "" {
			t.Errorf("%v: %+v %+v", err, r, r.Problem)
		}
	}
	if r := refusal(nil); r.Refused || r.Problem != nil {
		t.Errorf("answered: %+v", r)
	}
	if r := refusal(errors.New("x")); r.Refused {
		t.Errorf("failed: %+v", r)
	}
}
