package envelope_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

func statementClaims(life time.Duration) envelope.Claims {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return envelope.Claims{Issuer: "gov-ua", Audience: "gov-pl", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(life).Unix()}
}

// read signs a payload as gov-ua and verifies it as gov-pl.
func readStatement(t *testing.T, typ envelope.Type, payload []byte, ds []envelope.Disclosure, err error) (envelope.Verified, error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	key := must(envelope.GenerateKey("gov-ua.sign.1", envelope.AlgEdDSA))
	token := must(envelope.Sign(payload, ds, typ, key))
	if got, err := envelope.TypeOf(token); err != nil || got != typ {
		t.Errorf("TypeOf says %q, %v", got, err)
	}
	if got, err := envelope.ClaimsOf(token); err != nil || got.Issuer != "gov-ua" || got.Audience != "gov-pl" {
		t.Errorf("ClaimsOf says %v, %v", got, err)
	}
	return envelope.Verify(token, envelope.Expect{
		Type: typ, Audience: "gov-pl", Issuer: envelope.AnyIssuer, Uses: []envelope.Use{envelope.UseSign},
		Keys: onlyKey{key.Public("gov-ua", envelope.UseSign)}, Now: time.Date(2026, 11, 22, 12, 0, 1, 0, time.UTC),
	})
}

type onlyKey struct{ key envelope.PublicKey }

func (k onlyKey) PublicKey(kid string) (envelope.PublicKey, bool) { return k.key, kid == k.key.ID }

func TestGoAheadIsReadAsWritten(t *testing.T) {
	t.Parallel()
	want := envelope.GoAhead{
		Claims: statementClaims(90 * 24 * time.Hour), Purpose: "CARE", Link: envelope.NewID(), Columns: []string{"current", "kind"}, From: 1795348800,
		Holders: []string{"unicef"}, Site: map[string]string{"settlement": "Вигадане", "point": "Дім 1"}, Covers: []string{"point", "settlement"},
	}
	b, ds, err := envelope.GoAheadPayload(want)
	if text := string(b); strings.Contains(text, "Вигадане") || strings.Contains(text, "unicef") {
		t.Error("the signed part tells the site, or whom one may ask")
	}
	v, err := readStatement(t, envelope.TypeGoAhead, b, ds, err)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.GoAhead()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := v.Approval(); err == nil {
		t.Error("a go-ahead is read as an approval")
	}
}

func TestApprovalHidesTheQuestion(t *testing.T) {
	t.Parallel()
	want := envelope.Approval{
		Claims: statementClaims(12 * time.Hour), Officer: envelope.Officer{ID: "s-1", Role: "supervisor"}, Requester: "gov-pl", Purpose: "RETURN",
		Columns: []string{"documents"}, Question: envelope.SHA256("synthetic"), Why: "Синтетична причина",
	}
	b, ds, err := envelope.ApprovalPayload(want)
	if text := string(b); strings.Contains(text, want.Question) || strings.Contains(text, "Синтетична") {
		t.Error("the signed part tells what it is about")
	}
	v, err := readStatement(t, envelope.TypeApproval, b, ds, err)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Approval()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestApprovalLivesHours(t *testing.T) {
	t.Parallel()
	b, ds, err := envelope.ApprovalPayload(envelope.Approval{Claims: statementClaims(12*time.Hour + time.Second), Officer: envelope.Officer{ID: "s", Role: "supervisor"}, Requester: "gov-pl", Purpose: "RETURN"})
	_, err = readStatement(t, envelope.TypeApproval, b, ds, err)
	if !errors.Is(err, problem.New(envelope.CodeLifetime, "")) {
		t.Errorf("got %v", err)
	}
}

// What a query of another kind says is a fault, never taken for "not given".
func TestQueryClaimsOfAnotherKind(t *testing.T) {
	t.Parallel()
	const base = `{"iss":"gov-ua","aud":"gov-pl","jti":"59HfXnaW5RQ54smzHJ7WhA","iat":1795348800,"exp":1795348860,` +
		`"act":{"id":"o","role":"case_officer"},"purpose":"FOUND","basis":"b","query":{"_sd":[]},"schema":"homeward/1"`
	for _, c := range []struct {
		claim string
		ok    bool
	}{
		{`"present":true`, true}, {`"present":false`, true}, {`"present":"true"`, false}, {`"present":1`, false},
		{`"need":"medication"`, true}, {`"need":["medication"]`, false},
		{`"has":["photo"]`, true}, {`"has":"photo"`, false}, {`"has":[1]`, false},
		{`"break_glass":{"columns":["documents"]}`, true}, {`"break_glass":["documents"]`, false}, {`"break_glass":{"columns":"documents"}`, false},
	} {
		v, err := readStatement(t, envelope.TypeQuery, []byte(base+","+c.claim+"}"), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Query(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.claim, err)
		}
	}
}

// A statement of which nothing can be read has no type and no claims.
func TestFaceOfRubbish(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "x", "x~", "a.b.c~", "e30.e30.e30~", strings.Repeat("~", 10)} {
		if typ, err := envelope.TypeOf(s); err == nil && typ != "" {
			t.Errorf("%q has type %q", s, typ)
		}
		if c, err := envelope.ClaimsOf(s); err == nil {
			t.Errorf("%q has claims %v", s, c)
		}
	}
}
