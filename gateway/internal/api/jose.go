package api

import (
	"io"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// jose marshals a SealedMessage as the compact JWE that it is, so that REST
// bodies are the message itself. It refuses any other type.
type jose struct{}

var _ runtime.Marshaler = jose{}

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

func (j jose) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		b, err := whole(r)
		if err != nil {
			return err
		}
		return j.Unmarshal(b, v)
	})
}

func (j jose) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		b, err := j.Marshal(v)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	})
}
