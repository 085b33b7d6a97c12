package gateway_test

import (
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
)

// The whole corpus against a real gateway, on both transports: each attack is
// refused in the same bytes, tells nothing, and leaves no decision. What a proven
// caller gets wrong in the content is another matter: it is refused like the rest.
func TestCorpusOverTheWire(t *testing.T) {
	t.Parallel()
	f := newFederation(t, func(_ string, c map[string]any) {
		c["budgets"] = map[string]any{"officer_per_hour": 1 << 20, "query_per_hour": 1 << 20, "participant_per_hour": 1 << 20, "purpose_per_hour": 1 << 20}
	})
	now := time.Now() // stands still: attacks on times are off by seconds
	ua := f.serve(demo.Origin, gateway.Deps{Now: func() time.Time { return now }})
	pl := f.peer(ua, demo.Requester)
	m := attack.Material{
		Keys:     []envelope.PrivateKey{f.key(demo.Requester, keyring.SignFile), f.key(demo.Requester, "agency.jwk")},
		Stranger: f.key("icrc", keyring.SignFile),
		SealTo:   f.key(demo.Origin, keyring.SealFile).Public(demo.Origin, envelope.UseSeal),
		Type:     envelope.TypeQuery, Now: now,
		Payload: func() ([]byte, []envelope.Disclosure) {
			p, ds, err := envelope.QueryPayload(f.question(now, nil))
			ok(t, err)
			return p, ds
		},
	}
	for _, transport := range []struct {
		name string
		send func(method, sealed string) response
	}{{"rest", pl.rest}, {"grpc", pl.grpc}} {
		for _, c := range attack.Valid(m) {
			if c.Layer != attack.JWE {
				continue
			}
			r := transport.send("query", c.Token)
			if !r.accepted() || f.opened(r.body).Status != envelope.StatusAnswered {
				t.Fatalf("%s: %s was not answered: %s", transport.name, c.Name, r.said)
			}
		}
		before := ua.rows()
		words := make(map[string]string)
		cases := attack.Corpus(m)
		if len(cases) < 500 {
			t.Fatalf("the corpus has shrunk to %d cases", len(cases))
		}
		for _, c := range cases {
			token := c.Token
			if c.Layer == attack.JWS {
				sealed, err := envelope.Seal(token, envelope.TypeQuery, m.SealTo)
				if err != nil {
					continue // no sealed message can hold it
				}
				token = sealed
			}
			r := transport.send("query", token)
			if r.err != nil || r.accepted() {
				t.Errorf("%s: %s: %v %s", transport.name, c.Name, r.err, r.said)
				continue
			}
			words[r.said] = c.Name
		}
		if len(words) != 1 {
			t.Errorf("%s: refusals differ: %v", transport.name, words)
		}
		if after := ua.rows(); after != before {
			t.Errorf("%s: %d decisions were written for messages that do not verify", transport.name, after-before)
		}
	}
	if code := codeOf(t, pl.rest("query", "x")); code != problem.CodeNotAccepted {
		t.Errorf("the coarse class is %s", code)
	}
}

// A certificate that the registry does not pin gets no further than the handshake.
func TestStrangersAtTheDoor(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	ua := f.serve(demo.Origin, gateway.Deps{})
	for name, c := range map[string]*caller{
		"an agency at the federation listener": f.caller(ua.Member.Federation, ua.dir("agency", "client.crt"), ua.dir("agency", "client.key")),
		"a participant at the agency listener": f.caller(ua.Agency, ua.dir("keys", keyring.TLSCert), ua.dir("keys", keyring.TLSKey)),
	} {
		if r := c.rest("query", f.sealed(f.question(time.Now(), nil))); r.err == nil {
			t.Errorf("%s: %s", name, r.said)
		}
	}
	// The message of one participant over the connection of another.
	before := ua.rows()
	r := f.peer(ua, "icrc").rest("query", f.sealed(f.question(time.Now(), nil)))
	if code := codeOf(t, r); code != problem.CodeNotAccepted || ua.rows() != before {
		t.Errorf("a message under another's certificate: %s, %d rows", r.said, ua.rows()-before)
	}
}
