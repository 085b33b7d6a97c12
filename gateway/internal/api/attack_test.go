package api

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// target is a gateway that does with a message what every chain does first: it
// opens and verifies it. What gets through is answered.
type target struct {
	attack.Material
	seal   envelope.PrivateKey
	expect envelope.Expect
}

type keys map[string]envelope.PublicKey

func (k keys) PublicKey(kid string) (envelope.PublicKey, bool) { p, ok := k[kid]; return p, ok }

// newTarget is under attack by queries, collects or notices.
func newTarget(typ envelope.Type) *target {
	ed, es := must(envelope.GenerateKey("gov-pl.sign.1", "EdDSA")), must(envelope.GenerateKey("gov-pl.sign.2", "ES256"))
	stranger, seal := must(envelope.GenerateKey("icrc.sign.1", "EdDSA")), must(envelope.GenerateKey("gov-ua.seal.1", "ECDH-ES"))
	registry := keys{}
	for _, k := range []envelope.PublicKey{
		ed.Public("gov-pl", envelope.UseSign), es.Public("gov-pl", envelope.UseSign),
		stranger.Public("icrc", envelope.UseSign), seal.Public("gov-ua", envelope.UseSeal),
	} {
		registry[k.ID] = k
	}
	now := time.Now().Truncate(time.Second)
	t := &target{seal: seal, expect: envelope.Expect{
		Type: typ, Audience: "gov-ua", Issuer: "gov-pl", Uses: []envelope.Use{envelope.UseSign}, Keys: registry, Now: now,
	}}
	t.Material = attack.Material{
		Keys: []envelope.PrivateKey{ed, es}, Stranger: stranger, SealTo: registry["gov-ua.seal.1"], Type: typ, Now: now,
		Payload: func() ([]byte, []envelope.Disclosure) {
			b, ds, err := content(typ, now)
			if err != nil {
				panic(err)
			}
			return b, ds
		},
	}
	return t
}

func content(typ envelope.Type, now time.Time) ([]byte, []envelope.Disclosure, error) {
	claims := envelope.Claims{Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()}
	officer, criteria := envelope.Officer{ID: "officer-7", Role: "case_officer"}, map[string]string{"family": "Тестенко", "given": "Синтетична"}
	switch typ {
	case envelope.TypeCollect:
		return envelope.CollectPayload(envelope.Collect{Claims: claims, Officer: officer, InReplyTo: envelope.NewID(), Schema: envelope.Schema})
	case envelope.TypeNotice:
		return envelope.NoticePayload(envelope.Notice{
			Claims: claims, Event: "match_hit", Requester: "gov-de", Purpose: "MATCH", Query: envelope.NewID(), Criteria: criteria, Schema: envelope.Schema,
		})
	case envelope.TypeSighting:
		return envelope.SightingPayload(envelope.Sighting{
			Claims: claims, Event: envelope.EventSubmitted, Report: envelope.NewID(), Schema: envelope.Schema,
			Values: map[string]json.RawMessage{"claimed_identity": json.RawMessage(`{"given":"Синтетична"}`)},
		})
	}
	return envelope.QueryPayload(envelope.Query{
		Claims: claims, Officer: officer, Purpose: "RETURN", Basis: "GDPR 6(1)(e)", Schema: envelope.Schema, Criteria: criteria,
	})
}

func (t *target) verify(token string) error {
	v, err := envelope.Verify(token, t.expect)
	if err != nil {
		return err
	}
	switch t.Type {
	case envelope.TypeCollect:
		_, err = v.Collect()
	case envelope.TypeNotice:
		_, err = v.Notice()
	case envelope.TypeSighting:
		_, err = v.Sighting()
	default:
		_, err = v.Query()
	}
	return err
}

type holder struct{ *target }

func (t holder) Answer(_ context.Context, _, sealed string) (string, error)  { return t.take(sealed) }
func (t holder) Collect(_ context.Context, _, sealed string) (string, error) { return t.take(sealed) }
func (t holder) Notify(_ context.Context, _, sealed string) (string, error)  { return t.take(sealed) }
func (t holder) Report(_ context.Context, _, sealed string) (string, error)  { return t.take(sealed) }

func (t holder) take(sealed string) (string, error) {
	token, err := envelope.Open(sealed, t.Type, []envelope.PrivateKey{t.seal})
	if err != nil {
		return "", err
	}
	return "accepted", t.verify(token)
}

type requester struct {
	fakeAsker
	*target
}

func (t *requester) Forward(_ context.Context, _ Caller, r *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error) {
	return &homewardv1.AskResponse{QueryId: "accepted"}, t.verify(r.GetMessages()[0].GetJws())
}

// rawExchange posts bytes as a message of Exchange, whether or not a client
// would: the gRPC library refuses to send some of these.
func rawExchange(s *side, method, grpcMethod string) map[string]func(string) response {
	one, two := s.http(false), s.http(true)
	return map[string]func(string) response{
		"rest over http/1.1": func(m string) response { return s.do(one, "POST", exchangePath+method, joseType, m) },
		"rest over http/2":   func(m string) response { return s.do(two, "POST", exchangePath+method, joseType, m) },
		"grpc": func(m string) response {
			b := append(binary.AppendUvarint([]byte{0x0a}, uint64(len(m))), m...)
			return s.do(two, "POST", grpcMethod, "application/grpc", frame(0, len(b), b), func(r *http.Request) { r.Header.Set("Te", "trailers") })
		},
	}
}

// The corpus over both transports: each attack ends in the coarse refusal, and
// all refusals of a transport are the same bytes.
func TestCorpusAtFederation(t *testing.T) {
	t.Parallel()
	for _, m := range []struct {
		typ          envelope.Type
		rest, method string
	}{
		{envelope.TypeQuery, "query", homewardv1.Exchange_Query_FullMethodName},
		{envelope.TypeCollect, "collect", homewardv1.Exchange_Collect_FullMethodName},
		{envelope.TypeNotice, "notify", homewardv1.Exchange_Notify_FullMethodName},
		{envelope.TypeSighting, "report", homewardv1.Exchange_Report_FullMethodName},
	} {
		t.Run(m.rest, func(t *testing.T) {
			t.Parallel()
			corpusAtFederation(t, m.typ, m.rest, m.method)
		})
	}
}

func corpusAtFederation(t *testing.T, typ envelope.Type, rest, method string) {
	target := newTarget(typ)
	s := federation(t, holder{target: target}, Limits{})
	cases := attack.Corpus(target.Material)
	if len(cases) < 100 {
		t.Fatalf("only %d attacks", len(cases))
	}
	for name, post := range rawExchange(s, rest, method) {
		for _, c := range attack.Valid(target.Material) {
			if c.Layer == attack.JWE {
				if r := post(c.Token); r.status != 200 || r.header.Get("Grpc-Status") != "" && r.header.Get("Grpc-Status") != "0" {
					t.Fatalf("%s: %s: %d %q", name, c.Name, r.status, r.body)
				}
			}
		}
		words := make(map[string]string)
		for _, c := range cases {
			m := c.Token
			if c.Layer == attack.JWS {
				sealed, err := envelope.Seal(m, typ, target.SealTo)
				if err != nil {
					continue // no sealed message can hold it
				}
				m = sealed
			}
			r := post(m)
			words[fmt.Sprint(r.status, r.header.Get("Grpc-Status"), r.header.Get("Grpc-Message"), r.header.Get("Grpc-Status-Details-Bin"), r.body)] = c.Name
			if r.status == 200 && r.header.Get("Grpc-Status") != "3" || r.status != 200 && r.status != 400 {
				t.Errorf("%s: %s: %d %v %q", name, c.Name, r.status, r.header, r.body)
			}
		}
		if len(words) != 1 {
			t.Errorf("%s: refusals differ: %v", name, words)
		}
	}
}

// One's own system is proven, so it is told exactly what is wrong.
func TestCorpusAtAgency(t *testing.T) {
	t.Parallel()
	target := newTarget(envelope.TypeQuery)
	s := agency(t, &requester{target: target}, "case_officer")
	rest, grpc := s.http(true), homewardv1.NewAgencyClient(s.grpc())
	post := map[string]func(string) string{
		"rest": func(jws string) string {
			body, err := json.Marshal(map[string]any{"messages": []map[string]string{{"holder": "gov-ua", "jws": jws}}})
			if err != nil {
				t.Fatal(err)
			}
			r := s.do(rest, "POST", "/v1/queries:forward", jsonType, string(body))
			if r.status == 200 {
				return ""
			}
			return codeOf(t, r)
		},
		"grpc": func(jws string) string {
			_, err := grpc.Forward(t.Context(), &homewardv1.ForwardRequest{Messages: []*homewardv1.SignedMessage{{Holder: "gov-ua", Jws: jws}}})
			if err == nil {
				return ""
			}
			return grpcCode(t, err)
		},
	}
	for name, forward := range post {
		for _, c := range attack.Valid(target.Material) {
			if code := forward(c.Token); c.Layer == attack.JWS && code != "" {
				t.Fatalf("%s: %s: %s", name, c.Name, code)
			}
		}
		for _, c := range attack.Corpus(target.Material) {
			if c.Layer != attack.JWS {
				continue
			}
			code := forward(c.Token)
			if code == "" || c.Want != "" && code != string(c.Want) && code != string(problem.CodeInvalidRequest) && code != string(problem.CodeTooLarge) {
				t.Errorf("%s: %s: code %q, wanted %q", name, c.Name, code, c.Want)
			}
		}
	}
}
