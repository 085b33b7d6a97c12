package gateway_test

import (
	"strings"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
)

// A gateway that is configured by default takes a message of every size class that
// schemas/wire.md has: it answers the largest with a signed refusal of what it says.
func TestLargestSizeClassIsTaken(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	ua := f.serve(demo.Origin, gateway.Deps{})
	pl := f.peer(ua, demo.Requester)
	for name, send := range map[string]func(method, sealed string) response{"rest": pl.rest, "grpc": pl.grpc} {
		sealed := f.sealed(f.question(time.Now(), func(q *envelope.Query) {
			q.Case = strings.Repeat("a", (envelope.MaxMessage-8<<10)*3/4) // the payload is in base64
		}))
		if r := send("query", sealed); !r.accepted() || f.opened(r.body).Problem.Code != string(envelope.CodeContent) { // signed, of a case number
			t.Errorf("%s: a sealed message of %d bytes: %d %s %v", name, len(sealed), r.status, r.grpc, r.err)
		}
	}
}
