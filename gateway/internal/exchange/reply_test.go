package exchange_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// forged is a peer that replies with what the test puts in.
type forged struct {
	exchange.Sender
	reply func(to, sealed string) string
}

func (s forged) Send(_ context.Context, to trust.Participant, _, sealed string) (string, error) {
	return s.reply(to.ID, sealed), nil
}

// replies makes answers and promises of gov-ua to one message, as an attacker would.
func replies(f *gatewaytest.Federation, promise bool, irt, queryHash string) attack.Material {
	now := f.Clock.Now()
	return attack.Material{
		Keys: []envelope.PrivateKey{f.Member("gov-ua").Keys.Sign}, Stranger: f.Member("icrc").Keys.Sign,
		SealTo: f.Member("gov-pl").Keys.Seal.Public("gov-pl", envelope.UseSeal), Type: envelope.TypeAnswer, Now: now,
		Payload: func() ([]byte, []envelope.Disclosure) {
			a := envelope.Answer{
				Claims:    envelope.Claims{Issuer: "gov-ua", Audience: "gov-pl", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
				InReplyTo: irt, QueryHash: queryHash, Status: envelope.StatusAnswered, Decision: "d", Leaf: envelope.Base64(make([]byte, 32)),
				Policy: envelope.PolicyRef{Bundle: "sha256:0", Version: "1"}, Schema: envelope.Schema,
			}
			if promise {
				a.Status, a.PendingUntil = envelope.StatusPending, now.Add(72*time.Hour).Unix()
			} else {
				a.Records = []envelope.AnswerRecord{{
					Fields: []envelope.AnswerField{{Path: "birth.sex", Verdict: envelope.VerdictReleased, Basis: "b"}, {Path: "record.status", Verdict: envelope.VerdictReleased, Basis: "b"}},
					Values: map[string]json.RawMessage{"birth.sex": []byte(`"female"`), "record.status": []byte(`"synthetic"`)},
				}}
			}
			b, ds, err := envelope.AnswerPayload(a)
			if err != nil {
				panic(err)
			}
			return b, ds
		},
	}
}

// A forged answer or promise is told as invalid: nothing of it is recorded or
// delivered. What the same hand makes rightly is taken.
func TestCorpusAsReply(t *testing.T) {
	t.Parallel()
	for name, promise := range map[string]bool{"answer": false, "promise": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			var f *gatewaytest.Federation
			var forge func(m attack.Material) []attack.Case
			reply := func(to, sealed string) string {
				if to != "gov-ua" {
					return ""
				}
				token, err := envelope.Open(sealed, envelope.TypeQuery, f.Member(to).SealKeys)
				must(t, err)
				v, err := envelope.Verify(token, envelope.Expect{
					Type: envelope.TypeQuery, Audience: to, Issuer: "gov-pl", Keys: f.Registry(), Now: f.Clock.Now(), Uses: []envelope.Use{envelope.UseSign},
				})
				must(t, err)
				hash := v.Hash()
				cases := forge(replies(f, promise, v.ID(), envelope.Base64(hash[:])))
				return cases[int(n.Add(1))%len(cases)].Token
			}
			f = gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
				if id == "gov-pl" {
					d.Sender = forged{d.Sender, reply}
				}
			}})
			token := link(t, f, exchange.LinkRequest{})
			asking := func() *homewardv1.HolderAnswer {
				return ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})["gov-ua"]
			}
			forge = func(m attack.Material) []attack.Case { return attack.Valid(m)[1:] } // the sealed one
			want := map[bool]homewardv1.Status{false: answered, true: pending}[promise]
			if a := asking(); a.GetStatus() != want {
				t.Fatalf("a right %s: %v", name, a)
			}
			forge = sealedCorpus
			for range 10 { // each with another attack; that all of them are refused is below
				if a := asking(); a.GetStatus() != homewardv1.Status_STATUS_INVALID || a.GetProblem().GetCode() != string(problem.CodeInvalidReply) || len(a.GetRecords()) > 0 {
					t.Errorf("attack %d: %v", n.Load(), a)
				}
			}
			if got := decisions(t, f, "gov-pl", ledger.KindReceived, func(d ledger.Decision) bool { return d.Holder == "gov-ua" }); len(got) > 1 {
				t.Errorf("%d answers were recorded, want the right one", len(got))
			}
			all := sealedCorpus(replies(f, promise, envelope.NewID(), envelope.Base64(make([]byte, 32))))
			if len(all) < 300 {
				t.Fatalf("the corpus has shrunk to %d cases", len(all))
			}
			for _, c := range all {
				if _, err := f.Member("gov-pl").Inspect("gov-ua", c.Token); err == nil {
					t.Errorf("%s was taken", c.Name)
				}
			}
		})
	}
}

// sealedCorpus is the corpus as it goes over the wire.
func sealedCorpus(m attack.Material) (out []attack.Case) {
	for _, c := range attack.Corpus(m) {
		if c.Layer == attack.JWS {
			sealed, err := envelope.Seal(c.Token, m.Type, m.SealTo)
			if err != nil {
				continue // no sealed message can hold it
			}
			c.Token = sealed
		}
		out = append(out, c)
	}
	return out
}
