package attack_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/problem"
)

// canary is a synthetic value that no error may repeat.
const canary = "Канарейко-Синтетична"

type keyring map[string]envelope.PublicKey

func (r keyring) PublicKey(kid string) (envelope.PublicKey, bool) {
	k, ok := r[kid]
	return k, ok
}

// target is a verifier under attack.
type target struct {
	attack.Material
	seal   envelope.PrivateKey
	expect envelope.Expect
}

// messages are all that a gateway takes from another, and a case link.
var messages = map[string]envelope.Type{
	"query": envelope.TypeQuery, "case link": envelope.TypeCaseLink, "answer": envelope.TypeAnswer, "promise": envelope.TypeAnswer,
	"collect": envelope.TypeCollect, "notice": envelope.TypeNotice, "sighting": envelope.TypeSighting,
}

func newTarget(t testing.TB, message string) target {
	t.Helper()
	typ := messages[message]
	key := func(id, alg string) envelope.PrivateKey {
		k, err := envelope.GenerateKey(id, alg)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	ed, es, stranger := key("gov-pl.sign.1", envelope.AlgEdDSA), key("gov-pl.sign.2", envelope.AlgES256), key("icrc.sign.1", envelope.AlgEdDSA)
	seal := key("gov-ua.seal.1", envelope.AlgECDHES)
	keys := keyring{}
	for _, k := range []envelope.PublicKey{
		ed.Public("gov-pl", envelope.UseSign), es.Public("gov-pl", envelope.UseSign),
		stranger.Public("icrc", envelope.UseSign), seal.Public("gov-ua", envelope.UseSeal),
	} {
		keys[k.ID] = k
	}
	now := time.Now().Truncate(time.Second)
	return target{
		Material: attack.Material{
			Keys: []envelope.PrivateKey{ed, es}, Stranger: stranger, SealTo: keys["gov-ua.seal.1"],
			Type: typ, Payload: func() ([]byte, []envelope.Disclosure) { return payload(t, message, now) }, Now: now,
		},
		seal: seal,
		expect: envelope.Expect{
			Type: typ, Audience: "gov-ua", Issuer: "gov-pl", Uses: []envelope.Use{envelope.UseSign}, Keys: keys, Now: now,
		},
	}
}

func payload(t testing.TB, message string, now time.Time) ([]byte, []envelope.Disclosure) {
	c := envelope.Claims{Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Unix() + 60}
	criteria := map[string]string{"family": canary, "born": "2014"}
	var b []byte
	var ds []envelope.Disclosure
	var err error
	answer := envelope.Answer{
		Claims: c, InReplyTo: envelope.NewID(), QueryHash: envelope.Base64(make([]byte, 32)), Status: envelope.StatusAnswered, Decision: "d",
		Leaf: envelope.Base64(make([]byte, 32)), Policy: envelope.PolicyRef{Bundle: "sha256:0", Version: "1"}, Schema: envelope.Schema,
	}
	switch message {
	case "query":
		b, ds, err = envelope.QueryPayload(envelope.Query{
			Claims: c, Officer: envelope.Officer{ID: "o-1", Role: "r"}, Purpose: "RETURN", Basis: "6(1)(e)", Criteria: criteria, Schema: envelope.Schema,
		})
	case "case link":
		b, ds, err = envelope.CaseLinkPayload(envelope.CaseLink{Claims: c, Purpose: "RETURN", Child: criteria})
	case "collect":
		b, ds, err = envelope.CollectPayload(envelope.Collect{
			Claims: c, Officer: envelope.Officer{ID: "o-1", Role: "r"}, InReplyTo: envelope.NewID(), Schema: envelope.Schema,
		})
	case "notice":
		b, ds, err = envelope.NoticePayload(envelope.Notice{
			Claims: c, Event: "match_hit", Requester: "gov-de", Purpose: "MATCH", Query: envelope.NewID(), Criteria: criteria, Schema: envelope.Schema,
		})
	case "sighting":
		b, ds, err = envelope.SightingPayload(envelope.Sighting{
			Claims: c, Event: envelope.EventSubmitted, Report: envelope.NewID(), Schema: envelope.Schema,
			Values: map[string]json.RawMessage{"claimed_identity": []byte(`{"given":"` + canary + `"}`)},
		})
	case "promise":
		answer.Status, answer.PendingUntil = envelope.StatusPending, now.Add(72*time.Hour).Unix()
		b, ds, err = envelope.AnswerPayload(answer)
	default:
		answer.Records = []envelope.AnswerRecord{{Values: map[string]json.RawMessage{"name.family": []byte(`"` + canary + `"`), "birth.sex": []byte(`"f"`)}}}
		b, ds, err = envelope.AnswerPayload(answer)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b, ds
}

// receive does what a gateway does with a message of its layer.
func (g target) receive(c attack.Case) error {
	if c.Layer == attack.JWS {
		_, err := envelope.Verify(c.Token, g.expect)
		return err
	}
	inner, err := envelope.Open(c.Token, g.Type, []envelope.PrivateKey{g.seal})
	if err == nil {
		_, err = envelope.Verify(inner, g.expect)
	}
	return err
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for message := range messages {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			g := newTarget(t, message)
			cases := append(attack.Corpus(g.Material), attack.Huge())
			if len(cases) < 500 {
				t.Fatalf("the corpus has shrunk to %d cases", len(cases))
			}
			for _, c := range cases {
				refused(t, c, g.receive(c))
			}
		})
	}
}

func refused(t *testing.T, c attack.Case, err error) {
	t.Helper()
	var p *problem.Error
	switch {
	case err == nil:
		t.Errorf("%s: accepted", c.Name)
	case !errors.As(err, &p):
		t.Errorf("%s: %v is no problem", c.Name, err)
	case c.Want != "" && p.Code != c.Want:
		t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
	case strings.Contains(err.Error(), canary) || len(err.Error()) > 600:
		t.Errorf("%s: the error says too much", c.Name)
	}
}

// TestValid proves that the corpus is refused for what is wrong with it: the
// material itself is accepted, signed and sealed by the forger as by us.
func TestValid(t *testing.T) {
	t.Parallel()
	for message := range messages {
		g := newTarget(t, message)
		for _, c := range attack.Valid(g.Material) {
			if err := g.receive(c); err != nil {
				t.Errorf("%s %s: %v", message, c.Name, err)
			}
		}
	}
}
