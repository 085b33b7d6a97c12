package envelope

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"homeward.example/gateway/internal/problem"
)

// All names and values in these tests are synthetic.

// keyring is a registry of keys for tests.
type keyring map[string]PublicKey

func (r keyring) PublicKey(kid string) (PublicKey, bool) {
	k, ok := r[kid]
	return k, ok
}

func (r keyring) add(k PublicKey) keyring {
	r[k.ID] = k
	return r
}

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newKey(t testing.TB, id, alg string) PrivateKey {
	t.Helper()
	k, err := GenerateKey(id, alg)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func claims() Claims {
	return Claims{Issuer: "gov-pl", Audience: "gov-ua", ID: NewID(), IssuedAt: now.Unix(), Expires: now.Unix() + 60}
}

func sampleQuery() Query {
	return Query{
		Claims: claims(), Officer: Officer{ID: "o-17", Role: "tracing_officer"}, Purpose: "RETURN", Basis: "6(1)(e)",
		Case: "PL-2026-0007", Links: []string{"link~one~", "link~two~"},
		Criteria: map[string]string{"family": "Шевченко-Тестова", "given": "Олександра \"Синтетична\"", "born": "2014-03"},
		Fields:   []string{"names_birth", "photo.photo_sha256"}, Schema: Schema,
	}
}

func sampleAnswer() Answer {
	return Answer{
		Claims: claims(), InReplyTo: NewID(), QueryHash: Base64(make([]byte, 32)), Status: StatusAnswered, Decision: "d-1",
		Leaf: Base64(make([]byte, 32)), Policy: PolicyRef{Bundle: "sha256:00", Version: "1"}, Schema: Schema,
		Records: []AnswerRecord{{
			Fields: []AnswerField{
				{Path: "name.family", Verdict: VerdictReleased, Basis: "6(1)(e)"},
				{Path: "birth.birth_date", Verdict: VerdictGeneralised, To: "year"}, {Path: "photo.photo", Verdict: VerdictWithheld},
			},
			Obligations: []string{"no_onward_transfer"},
			Values: map[string]json.RawMessage{
				"name.family":      json.RawMessage(`[{"value":"Тестенко","script":"Cyrl"}]`),
				"birth.birth_date": json.RawMessage(`"2014"`),
			},
		}},
	}
}

func expect(t Type, keys Keys) Expect {
	return Expect{Type: t, Audience: "gov-ua", Issuer: "gov-pl", Uses: []Use{UseSign}, Keys: keys, Now: now}
}

// code returns the code of a problem, "" of nil, and fails on any other error.
func code(t testing.TB, err error) problem.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *problem.Error
	if !errors.As(err, &p) {
		t.Fatalf("not a problem: %v", err)
	}
	return p.Code
}
