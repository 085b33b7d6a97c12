package exchange_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A question of a neighbouring version has claims that this one does not know. It
// is answered as far as it is understood. A field that this one does not know is
// refused, signed and recorded, so that its author notices (policies, "Every field
// that was asked for exists").
func TestNeighbourAsks(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{})
	shown, err := exchange.Shown(token, "gov-ua", "gov-ua")
	must(t, err)
	for _, c := range []struct{ schema, field, want string }{
		{"homeward/1", "name.given", envelope.StatusAnswered}, {"homeward/1.7", "name.given", envelope.StatusAnswered},
		{"homeward/0.9", "name.given", envelope.StatusAnswered}, {"homeward/1.7", "name.of_a_later_version", envelope.StatusRefused},
	} {
		schema := c.schema
		now := f.Clock.Now()
		payload, ds, err := envelope.QueryPayload(envelope.Query{
			Claims: envelope.Claims{
				Issuer: "gov-pl", Audience: "gov-ua", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
			},
			Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: "RETURN", Basis: "GDPR 6(1)(e)", Links: []string{shown},
			Fields: []string{"name.family", c.field}, Schema: schema,
		})
		must(t, err)
		var claims map[string]any
		must(t, json.Unmarshal(payload, &claims))
		claims["later_claim"] = map[string]any{"a": []int{1}}
		claims["iat"], claims["exp"] = now.Unix(), now.Add(time.Minute).Unix()
		claims["act"].(map[string]any)["later"] = true
		payload, err = json.Marshal(claims)
		must(t, err)
		reply, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", seal(t, f, payload, ds, f.Member("gov-pl").Keys.Sign))
		must(t, err)
		a, err := f.Member("gov-pl").Inspect("gov-ua", reply)
		must(t, err)
		if c.want == envelope.StatusRefused {
			if a.Status != c.want || a.Problem == nil || len(a.Records) > 0 {
				t.Errorf("a later field: %s %+v", a.Status, a.Problem)
			}
			continue
		}
		if a.Status != c.want || len(a.Records) != 1 || len(a.Records[0].Values) == 0 {
			t.Fatalf("%s: %s with %d records, %+v", schema, a.Status, len(a.Records), a.Problem)
		}
		for name := range a.Records[0].Values {
			if name != "name.family" && name != c.field {
				t.Errorf("%s: %s was not asked for", schema, name)
			}
		}
	}
}

// later is a holder of a later version: its answers have more in them.
type later struct {
	exchange.Sender
	f *gatewaytest.Federation
	t *testing.T
}

func (l later) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	reply, err := l.Sender.Send(ctx, to, method, sealed)
	if err != nil || to.ID != "gov-ua" {
		return reply, err
	}
	token, err := envelope.Open(reply, envelope.TypeAnswer, l.f.Member("gov-pl").SealKeys)
	must(l.t, err)
	v, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeAnswer, Audience: "gov-pl", Issuer: "gov-ua", Keys: l.f.Registry(), Now: l.f.Clock.Now(), Uses: []envelope.Use{envelope.UseSign},
	})
	must(l.t, err)
	payload := string(v.Payload())
	payload = strings.Replace(payload, `"schema":"`+envelope.Schema+`"`, `"schema":"homeward/1.9","later":{"x":[true]}`, 1)
	payload = strings.Replace(payload, `"fields":[`, `"fields":[{"path":"name.of_a_later_version","verdict":"released","basis":"b","later":1},`, 1)
	var ds []envelope.Disclosure
	_, err = envelope.Present(token, func(d envelope.Disclosure) bool { ds = append(ds, d); return true })
	must(l.t, err)
	jws, err := envelope.Sign([]byte(payload), ds, envelope.TypeAnswer, l.f.Member("gov-ua").Keys.Sign)
	if err != nil {
		return "", problem.Wrap(problem.CodeInvalidReply, "test", err)
	}
	return envelope.Seal(jws, envelope.TypeAnswer, l.f.Member("gov-pl").Keys.Seal.Public("gov-pl", envelope.UseSeal))
}

// The answer of a neighbouring version is delivered with what is understood.
func TestNeighbourAnswers(t *testing.T) {
	t.Parallel()
	wire := &later{t: t}
	wire.f = gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "gov-pl" {
			wire.Sender, d.Sender = d.Sender, wire
		}
	}})
	token := link(t, wire.f, exchange.LinkRequest{})
	a := ask(t, wire.f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})["gov-ua"]
	wantStatus(t, a, answered, 1)
	values, unknown := 0, false
	for _, field := range a.GetRecords()[0].GetFields() {
		if field.GetValue() != nil {
			values++
		}
		unknown = unknown || field.GetPath() == "name.of_a_later_version"
	}
	if values == 0 || !unknown {
		t.Errorf("%d values came through, the later field: %v", values, unknown)
	}
}
