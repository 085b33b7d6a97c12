package envelope

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// wheres lists the places of a report's errors.
func wheres(r Report, severity string) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Severity == severity && !slices.Contains(out, f.Where) {
			out = append(out, f.Where)
		}
	}
	return out
}

func TestDiagnoseGood(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{AlgEdDSA, AlgES256} {
		p, seal := newParty(t, alg), newKey(t, "gov-ua.seal.1", AlgECDHES)
		p.keys.add(seal.Public("gov-ua", UseSeal))
		signed := p.query(t, func(q *Query) { q.Links = nil })
		sealed := must(Seal(signed, TypeQuery, p.keys["gov-ua.seal.1"]))
		r := Diagnose([]byte(sealed), []PrivateKey{p.key, seal}, p.keys, now)
		if !r.OK() || len(r.Findings) != 0 || !r.Opened || !r.Signature || r.Kind != "sealed" || r.Type != TypeQuery || r.Presented != 3 || r.Digests != 8 || r.Audience != "gov-ua" {
			t.Errorf("%s: %+v", alg, r)
		}
		// Without a registry, and without the key of the seal, it says what it could not see.
		r = Diagnose([]byte(sealed), []PrivateKey{p.key}, nil, now)
		if !r.OK() || r.Opened || len(wheres(r, "note")) != 1 {
			t.Errorf("%s: %+v", alg, r)
		}
		r = Diagnose([]byte(signed), []PrivateKey{p.key}, nil, now)
		if !r.OK() || !r.Signature || len(wheres(r, "note")) != 1 {
			t.Errorf("%s: %+v", alg, r)
		}
	}
}

// A message with many things wrong: all of them are named, and no value is.
func TestDiagnoseSaysEverything(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	payload := fmt.Sprintf(`{"iss":"gov-pl","aud":["gov-ua"],"jti":"7b1a8b56-6b3c-4ddf-8c52-0a43df7ac9d1","iat":%d,"exp":%d,"nbf":1,`+
		`"act":{"id":"o-1"},"purpose":"","query":{"_sd":["AAAA"],"family":"Шевченко"},"fields":"all","_sd_alg":"md5","schema":"homeward/1"}`, now.Unix()+60, now.Unix()+3600)
	header := `{"alg":"EdDSA","kid":"gov-pl.sign.1","typ":"JWT","jwk":{},"alg":"EdDSA"}`
	input := Base64([]byte(header)) + "." + Base64([]byte(payload))
	message := input + "." + Base64(must(p.key.sign([]byte(input)))) + "==~" + NewDisclosure("given", json.RawMessage(`"Шевченко"`)).String() + "\n"
	r := Diagnose([]byte(message), []PrivateKey{p.key}, p.keys, now)
	got := wheres(r, "error")
	for _, want := range []string{
		"message", "header, byte", "header", "header typ", "signature, character 87", "claim aud", "claim jti", "claim nbf", "claim exp", "claim iat", "claim _sd_alg", "disclosure 1",
	} {
		if !slices.ContainsFunc(got, func(where string) bool { return strings.HasPrefix(where, want) }) {
			t.Errorf("nothing is said of %s in %v", want, got)
		}
	}
	if !r.Signature {
		t.Error("the signature is right over what was sent")
	}
	// Once the type is right, the content of the type is looked at too.
	header = `{"alg":"EdDSA","kid":"gov-pl.sign.1","typ":"` + string(TypeQuery) + `"}`
	input = Base64([]byte(header)) + "." + Base64([]byte(payload))
	r = Diagnose([]byte(input+"."+Base64(must(p.key.sign([]byte(input))))+"~"), []PrivateKey{p.key}, p.keys, now)
	for _, want := range []string{"claim act.role", "claim purpose", "claim basis", "claim query", "claim fields"} {
		if got = wheres(r, "error"); !slices.Contains(got, want) {
			t.Errorf("nothing is said of %s in %v", want, got)
		}
	}
	for _, f := range r.Findings {
		if f.Remedy == "" || strings.Contains(fmt.Sprint(f), "Шевченко") {
			t.Errorf("%+v", f)
		}
	}
}

func TestDiagnoseSeals(t *testing.T) {
	t.Parallel()
	p, seal := newParty(t, AlgES256), newKey(t, "gov-ua.seal.1", AlgECDHES)
	p.keys.add(seal.Public("gov-ua", UseSeal))
	signed := p.query(t, func(q *Query) { q.Links = []string{"no link"} })
	good := must(Seal(signed, TypeQuery, p.keys["gov-ua.seal.1"]))
	parts := strings.Split(good, ".")
	for name, c := range map[string]struct{ message, where string }{
		"altered":          {strings.Join([]string{parts[0], "", parts[2], parts[3], Base64(make([]byte, tagSize))}, "."), "sealed message"},
		"wrapped key":      {strings.Join([]string{parts[0], "AAAA", parts[2], parts[3], parts[4]}, "."), "sealed encrypted key"},
		"padded base64":    {good + "==", "sealed tag"},
		"other type":       {must(Seal(signed, TypeAnswer, p.keys["gov-ua.seal.1"])), "header typ"},
		"link inside":      {good, "link 1, message"},
		"JSON":             {`{"protected":"x"}`, "message"},
		"nothing":          {"", "message"},
		"sealed to signer": {strings.Replace(good, parts[0], Base64([]byte(strings.Replace(string(must(decode64(parts[0], ""))), seal.ID, p.key.ID, 1))), 1), "sealed header kid"},
		"size":             {strings.Join([]string{parts[0], "", parts[2], parts[3][:1000], parts[4]}, "."), "sealed ciphertext"},
	} {
		r := Diagnose([]byte(c.message), []PrivateKey{p.key, seal}, p.keys, now)
		if got := wheres(r, "error"); r.OK() || !slices.Contains(got, c.where) {
			t.Errorf("%s: nothing of %s in %v", name, c.where, got)
		}
	}
}

// What Diagnose finds nothing wrong with is accepted, and what is accepted it finds nothing wrong with.
func FuzzDiagnose(f *testing.F) {
	p := newParty(f, AlgEdDSA)
	message := p.query(f, func(q *Query) { q.Links = nil })
	f.Add([]byte(message))
	f.Add([]byte("{}"))
	f.Add([]byte("a.b.c~"))
	f.Add([]byte("a.b.c.d.e"))
	e := expect(TypeQuery, p.keys)
	f.Fuzz(func(t *testing.T, message []byte) {
		_, err := Verify(string(message), e)
		if r := Diagnose(message, []PrivateKey{p.key}, p.keys, now); r.OK() != (err == nil) {
			t.Fatalf("verified: %v; diagnosed: %+v", err, r)
		}
	})
}
