package api

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	"homeward.example/gateway/internal/problem"
)

// The headers that the transports need. No other reaches them, and none is ever
// read as an identity.
var (
	grpcHeaders = []string{"Content-Type", "Te", "Grpc-Timeout", "Grpc-Accept-Encoding"}
	restHeaders = []string{"Content-Type", "Accept-Language"}
)

// languageKey has what a reader said of languages: a header of REST, metadata of gRPC.
type languageKey struct{}

// languageOf is the language in which a method's caller reads, one of problem.Languages.
func languageOf(ctx context.Context) string {
	accept, _ := ctx.Value(languageKey{}).(string)
	return problem.Language(accept)
}

// stripped is the request with its body read and its headers reduced.
func stripped(ctx context.Context, r *http.Request, body []byte, keep []string) *http.Request {
	out := r.WithContext(ctx)
	out.Header = make(http.Header, len(keep))
	for _, name := range keep {
		if v := r.Header.Values(name); len(v) > 0 {
			out.Header[name] = v[:1]
		}
	}
	if out.Header.Get("Content-Type") == "" {
		// A GET has none; grpc-gateway would complain of it on standard error. The
		// type chooses nothing: each listener has one marshaler for all.
		out.Header.Set("Content-Type", jsonType)
	}
	out.Body, out.ContentLength, out.Trailer = wholeBody{bytes.NewReader(body), body}, int64(len(body)), nil
	return out
}

// wholeBody is a request's body that guard has read, so that a decoder need not copy it.
type wholeBody struct {
	*bytes.Reader
	all []byte
}

func (wholeBody) Close() error { return nil }

// whole returns all of a body.
func whole(r io.Reader) ([]byte, error) {
	if w, ok := r.(wholeBody); ok {
		return w.all, nil
	}
	return io.ReadAll(r)
}

// codec writes a message as a whole body, and reads it.
type codec interface {
	ContentType(v any) string
	Marshal(v any) ([]byte, error)
	Unmarshal(b []byte, v any) error
}

// bodies is a codec as the REST gateway wants it.
type bodies struct{ codec }

var _ runtime.Marshaler = bodies{}

func (b bodies) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		body, err := whole(r)
		if err != nil {
			return err
		}
		return b.Unmarshal(body, v)
	})
}

func (b bodies) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		body, err := b.Marshal(v)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	})
}
