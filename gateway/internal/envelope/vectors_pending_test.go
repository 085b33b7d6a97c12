package envelope_test

import (
	"encoding/json"
	"errors"
	"testing"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/problem"
)

// promise is an answer that is still to come.
func (m maker) promise() envelope.Answer {
	return envelope.Answer{
		Claims: m.claims("gov-ua", "gov-pl", 120), InReplyTo: envelope.NewID(), QueryHash: envelope.Base64(make([]byte, 32)), Status: envelope.StatusPending,
		Decision: "d-2026-2", Leaf: envelope.Base64(make([]byte, 32)), Policy: envelope.PolicyRef{Bundle: "sha256:00", Version: "1"}, Schema: envelope.Schema,
		PendingUntil: m.Now.Unix() + 3*24*3600,
	}
}

// promises: a question that waits for a person is promised an answer, asked again,
// promised again, and answered.
func (m *maker) promises(t *testing.T) {
	t.Helper()
	m.About = "A promise, the collect that asks again, and the answers to it: a reader must accept them at the time now. Synthetic. See schemas/wire.md."
	m.Cases = nil
	promise := m.promise()
	b, ds, err := envelope.AnswerPayload(promise)
	signed := m.add(t, "promise", envelope.TypeAnswer, m.holder, b, ds, err)
	sealed := must(envelope.Seal(signed, envelope.TypeAnswer, m.requesterSeal.Public("gov-pl", envelope.UseSeal)))
	m.take(t, vector{Name: "promise, sealed", Layer: attack.JWE, Type: envelope.TypeAnswer, Message: sealed}, b)
	b, ds, err = envelope.CollectPayload(envelope.Collect{
		Claims: m.claims("gov-pl", "gov-ua", 60), Officer: m.query().Officer, InReplyTo: promise.InReplyTo, Schema: envelope.Schema,
	})
	signed = m.add(t, "collect of what was promised", envelope.TypeCollect, m.es, b, ds, err)
	sealed = must(envelope.Seal(signed, envelope.TypeCollect, m.seal.Public("gov-ua", envelope.UseSeal)))
	m.take(t, vector{Name: "collect, sealed", Layer: attack.JWE, Type: envelope.TypeCollect, Message: sealed}, b)
	again := m.promise()
	again.InReplyTo = promise.InReplyTo
	b, ds, err = envelope.AnswerPayload(again)
	m.add(t, "promise again", envelope.TypeAnswer, m.holder, b, ds, err)
	kept := again
	kept.Claims, kept.Status, kept.PendingUntil = m.claims("gov-ua", "gov-pl", 120), envelope.StatusAnswered, 0
	b, ds, err = envelope.AnswerPayload(kept)
	m.add(t, "promise kept", envelope.TypeAnswer, m.holder, b, ds, err)
	m.write(t, "accept-pending.json")
}

func (m *maker) rejectedPromises(t *testing.T) {
	t.Helper()
	m.attacked(t, "gov-ua", "gov-pl", attack.Material{
		Keys: []envelope.PrivateKey{m.holder}, Stranger: m.ed, SealTo: m.requesterSeal.Public("gov-pl", envelope.UseSeal), Type: envelope.TypeAnswer, Now: m.Now,
		Payload: func() ([]byte, []envelope.Disclosure) {
			b, ds, err := envelope.AnswerPayload(m.promise())
			if err != nil {
				t.Fatal(err)
			}
			return b, ds
		},
	})
	for name, change := range map[string]func(a *envelope.Answer){
		"promise without a deadline": func(a *envelope.Answer) { a.PendingUntil = 0 },
		"promise of the past":        func(a *envelope.Answer) { a.PendingUntil = -1 },
		"promise with a record": func(a *envelope.Answer) {
			a.Records = []envelope.AnswerRecord{{Values: map[string]json.RawMessage{"birth.sex": []byte(`"female"`)}}}
		},
		"promise with a link":    func(a *envelope.Answer) { a.Links = []string{"a.b.c~"} },
		"answer with a deadline": func(a *envelope.Answer) { a.Status = envelope.StatusAnswered },
		"status of no schema":    func(a *envelope.Answer) { a.Status = "promised" },
	} {
		a := m.promise()
		change(&a)
		b, ds, err := envelope.AnswerPayload(a)
		if err != nil {
			t.Fatal(err)
		}
		c := vector{Name: name, Layer: attack.JWS, Type: envelope.TypeAnswer, Issuer: "gov-ua", Audience: "gov-pl"}
		c.Message = must(envelope.Sign(b, ds, envelope.TypeAnswer, m.holder))
		verified := must(m.read(c))
		var p *problem.Error
		if !errors.As(typed(verified), &p) {
			t.Fatalf("%s was accepted", name)
		}
		c.Code = p.Code
		m.Cases = append(m.Cases, c)
	}
	m.write(t, "reject-pending.json")
}
