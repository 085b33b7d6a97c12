package api

import (
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// jose marshals a SealedMessage as the compact JWE that it is, so that REST
// bodies are the message itself. It refuses any other type.
type jose struct{}

func (jose) ContentType(any) string { return joseType }

func (jose) Marshal(v any) ([]byte, error) {
	m, ok := v.(*homewardv1.SealedMessage)
	if !ok {
		return nil, problem.New(problem.CodeInternal, "not a sealed message")
	}
	return []byte(m.GetJose()), nil
}

func (jose) Unmarshal(b []byte, v any) error {
	m, ok := v.(*homewardv1.SealedMessage)
	if !ok {
		return problem.New(problem.CodeInternal, "not a sealed message")
	}
	m.Jose = string(b)
	return nil
}
