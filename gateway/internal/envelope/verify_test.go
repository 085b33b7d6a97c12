package envelope

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/problem"
)

// party is a signer with its registry.
type party struct {
	key  PrivateKey
	keys keyring
}

func newParty(t testing.TB, alg string) party {
	key := newKey(t, "gov-pl.sign.1", alg)
	return party{key, keyring{}.add(key.Public("gov-pl", UseSign))}
}

func (p party) query(t testing.TB, change func(*Query)) string {
	t.Helper()
	q := sampleQuery()
	change(&q)
	payload, ds, err := QueryPayload(q)
	if err != nil {
		t.Fatal(err)
	}
	return must(Sign(payload, ds, TypeQuery, p.key))
}

func TestExpectMustBeComplete(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	message := p.query(t, func(*Query) {})
	for name, empty := range map[string]func(*Expect){
		"Type": func(e *Expect) { e.Type = "" }, "Audience": func(e *Expect) { e.Audience = "" }, "Issuer": func(e *Expect) { e.Issuer = "" },
		"Uses": func(e *Expect) { e.Uses = nil }, "Keys": func(e *Expect) { e.Keys = nil }, "Now": func(e *Expect) { e.Now = time.Time{} },
	} {
		e := expect(TypeQuery, p.keys)
		empty(&e)
		if _, err := Verify(message, e); code(t, err) != CodeVerifier {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if _, err := Verify(message, expect(TypeQuery, p.keys)); err != nil {
		t.Error(err)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	p, at := newParty(t, AlgEdDSA), now.Unix()
	for _, c := range []struct {
		name     string
		iat, exp int64
		want     problem.Code
	}{
		{"fresh", at, at + 120, ""}, {"last second", at - 119, at + 1, ""}, {"at exp", at - 60, at, CodeExpired}, {"after exp", at - 60, at - 1, CodeExpired},
		{"ahead within skew", at + 10, at + 100, ""}, {"ahead beyond", at + 11, at + 100, CodeNotYet}, {"life too long", at, at + 121, CodeLifetime},
		{"no life", at, at, CodeClaim}, {"backwards", at + 5, at + 1, CodeClaim}, {"overflow", at, 1<<53 - 1, CodeLifetime},
	} {
		message := p.query(t, func(q *Query) { q.IssuedAt, q.Expires = c.iat, c.exp })
		if _, err := Verify(message, expect(TypeQuery, p.keys)); code(t, err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A case link lives 400 days, and no longer; a query does not live as long by calling itself one.
func TestLifetimeOfStatements(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgES256)
	for days, want := range map[int64]problem.Code{400: "", 401: CodeLifetime} {
		l := CaseLink{Claims: claims(), Purpose: "RETURN", Child: map[string]string{"record_id": "r-1"}, Leads: []string{"unicef", "icrc"}}
		l.Expires = l.IssuedAt + days*24*3600
		payload, ds, err := CaseLinkPayload(l)
		if err != nil {
			t.Fatal(err)
		}
		v, err := Verify(must(Sign(payload, ds, TypeCaseLink, p.key)), expect(TypeCaseLink, p.keys))
		if code(t, err) != want {
			t.Fatalf("%d days: %v", days, err)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(l, must(v.CaseLink())); diff != "" {
			t.Error(diff)
		}
	}
}

func TestKeyBinding(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	message := p.query(t, func(*Query) {})
	for name, c := range map[string]struct {
		change func(*PublicKey)
		want   problem.Code
	}{
		"not yet valid":       {func(k *PublicKey) { k.NotBefore = now.Add(time.Second) }, CodeKeyTime},
		"valid from now":      {func(k *PublicKey) { k.NotBefore = now }, ""},
		"dead":                {func(k *PublicKey) { k.NotAfter = now }, CodeKeyTime},
		"valid a second more": {func(k *PublicKey) { k.NotAfter = now.Add(time.Second) }, ""},
		"agency use":          {func(k *PublicKey) { k.Use = UseAgency }, CodeKeyUse},
		"another participant": {func(k *PublicKey) { k.Participant = "icrc" }, CodeIssuer},
		"alg of the registry": {func(k *PublicKey) { k.Alg = AlgES256 }, CodeAlgorithm},
		"alg and key differ":  {func(k *PublicKey) { k.Key = newKey(t, "x", AlgES256).Public("", UseSign).Key }, CodeAlgorithm},
		"no key":              {func(k *PublicKey) { k.Key = nil }, CodeAlgorithm},
		"another key":         {func(k *PublicKey) { k.Key = newKey(t, "x", AlgEdDSA).Public("", UseSign).Key }, CodeSignature},
		"registry's mistake":  {func(k *PublicKey) { k.ID = "gov-pl.sign.2" }, CodeUnknownKey},
	} {
		k := p.key.Public("gov-pl", UseSign)
		c.change(&k)
		if _, err := Verify(message, expect(TypeQuery, keyring{"gov-pl.sign.1": k})); code(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	e := expect(TypeQuery, p.keys)
	e.Issuer = AnyIssuer
	if _, err := Verify(message, e); err != nil {
		t.Error(err)
	}
	if e.Issuer = "unicef"; code(t, second(Verify(message, e))) != CodeIssuer {
		t.Error("another issuer than the peer was accepted")
	}
}

func second[T any](_ T, err error) error { return err }

// A high-s signature is valid (RFC 7518 says nothing against it). It is another
// text of the same message: replay is keyed on (iss, jti), never on the text.
func TestHighSIsTheSameMessage(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgES256)
	message := p.query(t, func(*Query) {})
	jws, rest, _ := strings.Cut(message, "~")
	dot := strings.LastIndex(jws, ".")
	sig := must(base64.RawURLEncoding.DecodeString(jws[dot+1:]))
	s := new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(sig[32:]))
	s.FillBytes(sig[32:])
	other := jws[:dot+1] + Base64(sig) + "~" + rest
	a, b := must(Verify(message, expect(TypeQuery, p.keys))), must(Verify(other, expect(TypeQuery, p.keys)))
	if a.ID() != b.ID() || a.Issuer() != b.Issuer() || a.Hash() == b.Hash() {
		t.Error("the twin is another message")
	}
	sum := sha256.Sum256([]byte(jws[:dot]))
	if !ecdsa.Verify(p.keys["gov-pl.sign.1"].Key.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(sig[:32]), s) {
		t.Error("the twin is no signature at all")
	}
}

func TestVerifiedSaysWhatCame(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	var q Query
	message := p.query(t, func(made *Query) { q = *made })
	v := must(Verify(message, expect(TypeQuery, p.keys)))
	jws, _, _ := strings.Cut(message, "~")
	if v.SDJWT() != message || v.Hash() != sha256.Sum256([]byte(jws)) || v.Type() != TypeQuery || v.Issuer() != "gov-pl" || v.ID() != q.ID ||
		v.KeyID() != "gov-pl.sign.1" || v.Use() != UseSign || !v.IssuedAt().Equal(now) || !v.Expires().Equal(now.Add(time.Minute)) {
		t.Error("the accessors do not say what came")
	}
	if string(v.Payload()) != string(must(base64.RawURLEncoding.DecodeString(strings.Split(jws, ".")[1]))) {
		t.Error("the payload is not as received")
	}
	if n := len(v.Digests()); n != len(q.Criteria)+len(q.Links) {
		t.Errorf("%d digests of disclosures", n)
	}
	var zero Verified
	if _, err := zero.Query(); code(t, err) != CodeType {
		t.Error("a zero Verified has a content")
	}
	if err := zero.Decode(new(any)); code(t, err) != CodeContent {
		t.Error("a zero Verified decodes")
	}
	if _, err := v.Answer(); code(t, err) != CodeType {
		t.Error("a query was read as an answer")
	}
}

func TestDecodePutsDisclosuresInPlace(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	payload, ds, err := AnswerPayload(sampleAnswer())
	if err != nil {
		t.Fatal(err)
	}
	v := must(Verify(must(Sign(payload, ds, TypeAnswer, p.key)), expect(TypeAnswer, p.keys)))
	var got struct {
		Records []map[string]json.RawMessage `json:"records"`
		SDAlg   string                       `json:"_sd_alg"`
		Status  string                       `json:"status"`
	}
	if err := v.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if string(got.Records[0]["birth.birth_date"]) != `"2014"` || got.Records[0]["_sd"] != nil || got.SDAlg != "" || got.Status != StatusAnswered {
		t.Errorf("%v", got)
	}
}

// FuzzVerify: no input is accepted but the one message that was signed, with some or all of its disclosures.
func FuzzVerify(f *testing.F) {
	p := newParty(f, AlgEdDSA)
	message := p.query(f, func(*Query) {})
	jws, _, _ := strings.Cut(message, "~")
	f.Add(message)
	f.Add(jws + "~")
	f.Add(message + "\n")
	f.Add("a.b.c~")
	e := expect(TypeQuery, p.keys)
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Verify(s, e)
		if err != nil {
			code(t, err)
			if strings.Contains(err.Error(), "Шевченко") {
				t.Fatal("the error shows a value")
			}
			return
		}
		if !strings.HasPrefix(s, jws+"~") {
			t.Fatal("accepted a message that nobody signed")
		}
		if _, err := v.Query(); err != nil {
			t.Fatal(err)
		}
		Diagnose([]byte(s), []PrivateKey{p.key}, p.keys, now)
	})
}
