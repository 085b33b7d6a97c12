package envelope_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/envelope/attack"
	"homeward.example/gateway/internal/problem"
)

// maker makes vectors with fresh keys.
type maker struct {
	vectors
	ed, es, holder, seal, requesterSeal envelope.PrivateKey
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func makeVectors(t *testing.T) {
	t.Helper()
	m := maker{
		ed: must(envelope.GenerateKey("gov-pl.sign.1", envelope.AlgEdDSA)), es: must(envelope.GenerateKey("gov-pl.sign.2", envelope.AlgES256)),
		holder: must(envelope.GenerateKey("gov-ua.sign.1", envelope.AlgEdDSA)), seal: must(envelope.GenerateKey("gov-ua.seal.1", envelope.AlgECDHES)),
		requesterSeal: must(envelope.GenerateKey("gov-pl.seal.1", envelope.AlgECDHES)),
	}
	m.Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, k := range []envelope.PublicKey{
		m.ed.Public("gov-pl", envelope.UseSign), m.es.Public("gov-pl", envelope.UseSign),
		m.holder.Public("gov-ua", envelope.UseSign), m.seal.Public("gov-ua", envelope.UseSeal),
		m.requesterSeal.Public("gov-pl", envelope.UseSeal),
	} {
		m.Registry = append(m.Registry, vectorKey{k.Participant, k.Use, must(envelope.MarshalPublicJWK(k))})
	}
	for _, k := range []envelope.PrivateKey{m.seal, m.requesterSeal} {
		var own map[string]string
		if err := json.Unmarshal(must(envelope.MarshalPrivateJWK(k)), &own); err != nil {
			t.Fatal(err)
		}
		m.Open = append(m.Open, own)
	}
	for file, make := range map[string]func(*testing.T){
		"accept.json": m.accepted, "reject.json": m.rejected, "accept-statements.json": m.statements,
		"accept-pending.json": m.promises, "reject-pending.json": m.rejectedPromises,
	} {
		if _, err := os.Stat(filepath.Join(vectorsDir, file)); err != nil {
			make(t)
		}
	}
}

func (m maker) claims(iss, aud string, life int64) envelope.Claims {
	return envelope.Claims{Issuer: iss, Audience: aud, ID: envelope.NewID(), IssuedAt: m.Now.Unix(), Expires: m.Now.Unix() + life}
}

func (m maker) query(links ...string) envelope.Query {
	q := envelope.Query{
		Claims: m.claims("gov-pl", "gov-ua", 60), Officer: envelope.Officer{ID: "o-17", Role: "tracing_officer"},
		Purpose: "RETURN", Basis: "GDPR 6(1)(e)", Case: "PL-2026-0007", Links: links, Schema: envelope.Schema,
	}
	if len(links) == 0 {
		q.Criteria = map[string]string{"family": "Синтетична-Векторна", "given": "Олександра", "born": "2014-03"}
	}
	return q
}

func (m *maker) add(t *testing.T, name string, typ envelope.Type, key envelope.PrivateKey, payload []byte, ds []envelope.Disclosure, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	token := must(envelope.Sign(payload, ds, typ, key))
	m.take(t, vector{Name: name, Layer: attack.JWS, Type: typ, Message: token}, payload)
	return token
}

// take fills in who speaks to whom, and what a reader finds.
func (m *maker) take(t *testing.T, c vector, payload []byte) {
	t.Helper()
	var who envelope.Claims
	if err := json.Unmarshal(payload, &who); err != nil {
		t.Fatal(err)
	}
	c.Issuer, c.Audience = who.Issuer, who.Audience
	v, err := m.read(c)
	if err == nil {
		err = v.Decode(&c.Content)
	}
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	m.Cases = append(m.Cases, c)
}

func (m *maker) accepted(t *testing.T) {
	t.Helper()
	m.About = "Messages that a reader must accept at the time now, and what they say. Synthetic. See schemas/wire.md."
	m.Cases = nil
	link := envelope.CaseLink{
		Claims: m.claims("gov-ua", "gov-pl", 90*24*3600), Purpose: "RETURN", Leads: []string{"unicef", "icrc"},
		Child: map[string]string{"record_id": "ua-1", "identity": "original", "family": "Синтетична-Векторна", "given": "Олександра", "born": "2014-03-05"},
	}
	b, ds, err := envelope.CaseLinkPayload(link)
	token := m.add(t, "case link", envelope.TypeCaseLink, m.holder, b, ds, err)
	forLead := must(envelope.Present(token, func(d envelope.Disclosure) bool { return d.Name != "record_id" && string(d.Value) != `"icrc"` }))
	m.take(t, vector{Name: "case link as a lead sees it", Layer: attack.JWS, Type: envelope.TypeCaseLink, Message: forLead}, b)

	b, ds, err = envelope.QueryPayload(m.query())
	signed := m.add(t, "query, EdDSA", envelope.TypeQuery, m.ed, b, ds, err)
	sealed := must(envelope.Seal(signed, envelope.TypeQuery, m.seal.Public("gov-ua", envelope.UseSeal)))
	m.take(t, vector{Name: "query, sealed", Layer: attack.JWE, Type: envelope.TypeQuery, Message: sealed}, b)
	none := must(envelope.Present(signed, func(envelope.Disclosure) bool { return false }))
	m.take(t, vector{Name: "query without its disclosures", Layer: attack.JWS, Type: envelope.TypeQuery, Message: none}, b)
	b, ds, err = envelope.QueryPayload(m.query())
	m.add(t, "query, ES256", envelope.TypeQuery, m.es, b, ds, err)
	b, ds, err = envelope.QueryPayload(m.query(forLead))
	m.add(t, "query with a case link", envelope.TypeQuery, m.ed, b, ds, err)
	m.answers(t)

	b, ds, err = envelope.CollectPayload(envelope.Collect{Claims: m.claims("gov-pl", "gov-ua", 60), Officer: m.query().Officer, InReplyTo: envelope.NewID(), Schema: envelope.Schema})
	m.add(t, "collect", envelope.TypeCollect, m.ed, b, ds, err)
	b, ds, err = envelope.NoticePayload(envelope.Notice{
		Claims: m.claims("gov-pl", "gov-ua", 60), Event: "match_hit", Requester: "gov-de", Purpose: "MATCH", Query: envelope.NewID(),
		Criteria: m.query().Criteria, Subject: "pseudonym-1", Schema: envelope.Schema,
	})
	m.add(t, "notice", envelope.TypeNotice, m.ed, b, ds, err)
	m.write(t, "accept.json")
}

// statements are what people say beside a question. They came after the first
// vectors, which stay as they are.
func (m *maker) statements(t *testing.T) {
	t.Helper()
	m.About = "Go-aheads, approvals and the questions that carry them: a reader must accept them at the time now. Synthetic. See schemas/wire.md."
	m.Cases = nil
	b, ds, err := envelope.GoAheadPayload(envelope.GoAhead{
		Claims: m.claims("gov-ua", "gov-pl", 14*24*3600), Purpose: "RETURN", Link: envelope.NewID(), Columns: []string{"photo"}, From: m.Now.Unix(),
	})
	goAhead := m.add(t, "go-ahead", envelope.TypeGoAhead, m.holder, b, ds, err)
	b, ds, err = envelope.ApprovalPayload(envelope.Approval{
		Claims: m.claims("gov-pl", "gov-ua", 6*3600), Officer: envelope.Officer{ID: "s-3", Role: "supervisor"}, Requester: "gov-pl",
		Purpose: "RETURN", Columns: []string{"documents"}, Question: envelope.SHA256("synthetic question"), Why: "Синтетична причина: потрібен проїзний документ.",
	})
	approval := m.add(t, "approval of break-glass", envelope.TypeApproval, m.ed, b, ds, err)
	none := must(envelope.Present(approval, func(envelope.Disclosure) bool { return false }))
	m.take(t, vector{Name: "approval without its disclosures", Layer: attack.JWS, Type: envelope.TypeApproval, Message: none}, b)
	q := m.query()
	q.Links, q.BreakGlass = []string{approval}, &envelope.BreakGlass{Columns: []string{"documents"}, Why: "Синтетична причина."}
	b, ds, err = envelope.QueryPayload(q)
	m.add(t, "query by break-glass", envelope.TypeQuery, m.ed, b, ds, err)
	q = m.query()
	q.Links, q.Has, q.Need = []string{goAhead}, []string{"names_birth", "photo"}, "medication"
	b, ds, err = envelope.QueryPayload(q)
	m.add(t, "query with a go-ahead, a need, and what was received", envelope.TypeQuery, m.ed, b, ds, err)
	q = m.query()
	q.Purpose, q.Present = "FOUND", true
	b, ds, err = envelope.QueryPayload(q)
	m.add(t, "query: found, present", envelope.TypeQuery, m.ed, b, ds, err)
	b, ds, err = envelope.AnswerPayload(envelope.Answer{
		Claims: m.claims("gov-ua", "gov-pl", 120), InReplyTo: envelope.NewID(), QueryHash: envelope.Base64(make([]byte, 32)), Status: envelope.StatusAnswered,
		Decision: "d-2026-2", Leaf: envelope.Base64(make([]byte, 32)), Policy: envelope.PolicyRef{Bundle: "sha256:00", Version: "1"}, Schema: envelope.Schema,
		Advice: &envelope.Advice{Contact: "+380 00 000 0000", Text: map[string]string{"en": "Keep the child safe.", "uk": "Подбайте про безпеку дитини."}},
	})
	m.add(t, "answer with advice", envelope.TypeAnswer, m.holder, b, ds, err)
	m.write(t, "accept-statements.json")
}

func (m *maker) answers(t *testing.T) {
	t.Helper()
	base := envelope.Answer{
		Claims: m.claims("gov-ua", "gov-pl", 120), InReplyTo: envelope.NewID(), QueryHash: envelope.Base64(make([]byte, 32)), Status: envelope.StatusAnswered,
		Decision: "d-2026-1", Leaf: envelope.Base64(make([]byte, 32)), Policy: envelope.PolicyRef{Bundle: "sha256:00", Overlay: "sha256:01", Version: "1"}, Schema: envelope.Schema,
	}
	full, pending, refused := base, base, base
	full.Records = []envelope.AnswerRecord{{
		Fields: []envelope.AnswerField{
			{Path: "name.family", Verdict: envelope.VerdictReleased, Basis: "GDPR 6(1)(e)"},
			{Path: "birth.birth_date", Verdict: envelope.VerdictGeneralised, To: "year", Basis: "GDPR 6(1)(e)"}, {Path: "photo.photo", Verdict: envelope.VerdictWithheld},
		},
		Obligations: []string{"no_onward_transfer", "human_review"},
		Values: map[string]json.RawMessage{
			"name.family": json.RawMessage(`[{"value":"Синтетична-Векторна","script":"Cyrl","language":"uk"}]`), "birth.birth_date": json.RawMessage(`[{"value":"2014"}]`),
		},
	}}
	pending.Status, pending.PendingUntil = envelope.StatusPending, m.Now.Unix()+3*24*3600
	refused.Status, refused.Problem = envelope.StatusRefused, &envelope.AnswerProblem{Code: "no_criteria", Detail: "", Remedy: "Give a case link, or at least two criteria."}
	for name, a := range map[string]envelope.Answer{"answer with a record": full, "answer: no such child, or none for you": base, "answer: pending": pending, "answer: refused": refused} {
		b, ds, err := envelope.AnswerPayload(a)
		m.add(t, name, envelope.TypeAnswer, m.holder, b, ds, err)
	}
}

func (m *maker) rejected(t *testing.T) {
	t.Helper()
	m.attacked(t, "gov-pl", "gov-ua", attack.Material{
		Keys: []envelope.PrivateKey{m.es}, Stranger: m.holder, SealTo: m.seal.Public("gov-ua", envelope.UseSeal), Type: envelope.TypeQuery, Now: m.Now,
		Payload: func() ([]byte, []envelope.Disclosure) {
			q := m.query()
			delete(q.Criteria, "given")
			b, ds, err := envelope.QueryPayload(q)
			if err != nil {
				t.Fatal(err)
			}
			return b, ds
		},
	})
	m.write(t, "reject.json")
}

// attacked takes the corpus.
func (m *maker) attacked(t *testing.T, from, to string, by attack.Material) {
	t.Helper()
	m.About = "Messages that a reader must refuse at the time now, with the code of the refusal. Synthetic. See schemas/wire.md."
	m.Cases = nil
	for _, c := range attack.Corpus(by) {
		if len(c.Token) > 6000 || !utf8.ValidString(c.Token) {
			continue // a file is to be read by people; the corpus itself has these
		}
		v := vector{Name: c.Name, Layer: c.Layer, Type: by.Type, Issuer: from, Audience: to, Message: c.Token}
		_, err := m.read(v)
		var p *problem.Error
		if !errors.As(err, &p) || c.Want != "" && c.Want != p.Code {
			t.Fatalf("%s: %v", c.Name, err)
		}
		v.Code = p.Code
		m.Cases = append(m.Cases, v)
	}
}
