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

// The whole corpus against a real gateway, on both transports, as each message that
// one gateway sends another: each attack is refused in the same bytes, tells nothing,
// and leaves no decision. What a proven caller gets wrong in the content is another
// matter: it is refused like the rest.
func TestCorpusOverTheWire(t *testing.T) {
	t.Parallel()
	f := newFederation(t, func(_ string, c map[string]any) {
		c["budgets"] = map[string]any{"officer_per_hour": 1 << 20, "query_per_hour": 1 << 20, "participant_per_hour": 1 << 20, "purpose_per_hour": 1 << 20}
	})
	now := time.Now() // stands still: attacks on times are off by seconds
	ua := f.serve(demo.Origin, gateway.Deps{Now: func() time.Time { return now }})
	claims := func(issuer string) envelope.Claims {
		return envelope.Claims{Issuer: issuer, Audience: demo.Origin, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()}
	}
	for _, c := range []campaign{
		{"query", envelope.TypeQuery, demo.Requester, []string{keyring.SignFile, "agency.jwk"}, func() ([]byte, []envelope.Disclosure, error) {
			return envelope.QueryPayload(f.question(now, nil))
		}},
		{"collect", envelope.TypeCollect, demo.Requester, []string{keyring.SignFile}, func() ([]byte, []envelope.Disclosure, error) {
			return envelope.CollectPayload(envelope.Collect{
				Claims: claims(demo.Requester), Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, InReplyTo: envelope.NewID(), Schema: envelope.Schema,
			})
		}},
		{"notify", envelope.TypeNotice, "unicef", []string{keyring.SignFile}, func() ([]byte, []envelope.Disclosure, error) {
			return envelope.NoticePayload(envelope.Notice{
				Claims: claims("unicef"), Event: "match_hit", Requester: demo.Requester, Purpose: "MATCH", Query: envelope.NewID(),
				Criteria: map[string]string{"family": f.Child.Original.Family}, Schema: envelope.Schema,
			})
		}},
	} {
		m := c.material(f, now)
		peer := f.peer(ua, c.from)
		for name, send := range map[string]func(method, sealed string) response{"rest": peer.rest, "grpc": peer.grpc} {
			t.Run(c.method+" over "+name, func(t *testing.T) {
				c.run(t, f, ua, m, func(sealed string) response { return send(c.method, sealed) })
			})
		}
	}
	if code := codeOf(t, f.peer(ua, demo.Requester).rest("query", "x")); code != problem.CodeNotAccepted {
		t.Errorf("the coarse class is %s", code)
	}
}

// campaign is the corpus as one kind of message from one participant.
type campaign struct {
	method  string
	typ     envelope.Type
	from    string
	keys    []string
	payload func() ([]byte, []envelope.Disclosure, error)
}

func (c campaign) material(f *federation, now time.Time) attack.Material {
	m := attack.Material{
		Stranger: f.key("icrc", keyring.SignFile), Type: c.typ, Now: now,
		SealTo: f.key(demo.Origin, keyring.SealFile).Public(demo.Origin, envelope.UseSeal),
		Payload: func() ([]byte, []envelope.Disclosure) {
			p, ds, err := c.payload()
			ok(f.t, err)
			return p, ds
		},
	}
	for _, file := range c.keys {
		m.Keys = append(m.Keys, f.key(c.from, file))
	}
	return m
}

func (c campaign) run(t *testing.T, f *federation, ua *node, m attack.Material, send func(sealed string) response) {
	for _, v := range attack.Valid(m) {
		if v.Layer != attack.JWE {
			continue
		}
		if r := send(v.Token); !r.accepted() || f.openedBy(c.from, r.body).Status != envelope.StatusAnswered {
			t.Fatalf("%s was not answered: %s", v.Name, r.said)
		}
	}
	before := ua.rows()
	words := make(map[string]string)
	cases := attack.Corpus(m)
	if len(cases) < 300*len(m.Keys) {
		t.Fatalf("the corpus has shrunk to %d cases", len(cases))
	}
	for _, a := range cases {
		token := a.Token
		if a.Layer == attack.JWS {
			sealed, err := envelope.Seal(token, c.typ, m.SealTo)
			if err != nil {
				continue // no sealed message can hold it
			}
			token = sealed
		}
		r := send(token)
		if r.err != nil || r.accepted() {
			t.Errorf("%s: %v %s", a.Name, r.err, r.said)
			continue
		}
		words[r.said] = a.Name
	}
	if len(words) != 1 {
		t.Errorf("refusals differ: %v", words)
	}
	if after := ua.rows(); after != before {
		t.Errorf("%d decisions were written for messages that do not verify", after-before)
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
