package envelope

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
)

func TestKeysRoundTrip(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{AlgEdDSA, AlgES256, AlgECDHES} {
		k := newKey(t, "gov-ua.key:1@2026", alg)
		raw := must(MarshalPrivateJWK(k))
		back, err := ParsePrivateJWK(raw)
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		if string(must(MarshalPrivateJWK(back))) != string(raw) {
			t.Errorf("%s: the private key changed", alg)
		}
		jwk := must(MarshalPublicJWK(k.Public("gov-ua", UseSign)))
		public, err := ParsePublicJWK(jwk)
		if err != nil || !maps.Equal(jwk, must(MarshalPublicJWK(public))) || public.ID != k.ID || public.Alg != alg {
			t.Errorf("%s: the public key changed: %v", alg, err)
		}
		if _, there := jwk["d"]; there {
			t.Errorf("%s: the public key has the private half", alg)
		}
		d := jwkMap(t, raw)["d"]
		for _, shown := range []string{fmt.Sprintf("%v", k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprint(&k)} {
			if strings.Contains(shown, d) || len(shown) > 60 {
				t.Errorf("%s: printing shows the key: %s", alg, shown)
			}
		}
	}
}

func jwkMap(t testing.TB, raw []byte) map[string]string {
	t.Helper()
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	for id, alg := range map[string]string{"": AlgEdDSA, "a/b": AlgEdDSA, "a..b": AlgES256, "ключ": AlgEdDSA, "ok": "RS256", strings.Repeat("k", 129): AlgEdDSA} {
		if _, err := GenerateKey(id, alg); code(t, err) != CodeInvalidKey {
			t.Errorf("%q with %s: %v", id, alg, err)
		}
	}
}

func TestJWKRefuses(t *testing.T) {
	t.Parallel()
	ed, es := must(MarshalPublicJWK(newKey(t, "k", AlgEdDSA).Public("", UseSign))), must(MarshalPublicJWK(newKey(t, "k", AlgES256).Public("", UseSign)))
	for _, c := range []struct {
		of          map[string]string
		name, value string
	}{
		{ed, "d", "AAAA"}, {ed, "use", "sig"}, {ed, "key_ops", "verify"}, {ed, "y", "AAAA"}, {ed, "kty", "EC"}, {ed, "crv", "X25519"}, {ed, "crv", "Ed448"}, {ed, "alg", "ES256"}, {ed, "alg", ""},
		{ed, "kid", ""}, {ed, "kid", "../k"}, {ed, "x", ""}, {ed, "x", "AAAA"}, {ed, "x", ed["x"] + "A"}, {ed, "x", ed["x"] + "="}, {ed, "x", strings.Repeat("A", 42) + "B"},
		{es, "alg", "ES384"}, {es, "alg", "EdDSA"}, {es, "crv", "P-384"}, {es, "crv", "secp256k1"}, {es, "kty", "OKP"}, {es, "y", es["x"]}, {es, "y", ""}, {es, "x", strings.Repeat("A", 43)},
		{es, "x", " " + es["x"]}, {es, "x5c", "MIIB"}, {es, "jku", "https://attacker.example"},
	} {
		jwk := maps.Clone(c.of)
		jwk[c.name] = c.value
		if _, err := ParsePublicJWK(jwk); code(t, err) != CodeInvalidKey {
			t.Errorf("%s with %s=%q: %v", c.of["alg"], c.name, c.value, err)
		}
	}
}

func TestPrivateJWKRefuses(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{AlgEdDSA, AlgES256, AlgECDHES} {
		good := string(must(MarshalPrivateJWK(newKey(t, "k", alg))))
		d := jwkMap(t, []byte(good))["d"]
		other := jwkMap(t, must(MarshalPrivateJWK(newKey(t, "k", alg))))["d"]
		for name, bad := range map[string]string{
			"half of another": strings.Replace(good, d, other, 1), "zero": strings.Replace(good, d, strings.Repeat("A", 43), 1), "order": strings.Replace(good, d, strings.Repeat("_", 42)+"8", 1),
			"short": strings.Replace(good, d, "AAAA", 1), "without d": strings.Replace(good, `"d":"`+d+`",`, "", 1), "twice": strings.Replace(good, "{", `{"D":"x",`, 1),
			"a number": strings.Replace(good, `"`+d+`"`, "7", 1), "text": "not JSON", "empty": "", "PEM": "-----BEGIN PRIVATE KEY-----", "set": `{"keys":[` + good + `]}`,
		} {
			_, err := ParsePrivateJWK([]byte(bad))
			if code(t, err) != CodeInvalidKey {
				t.Errorf("%s, %s: %v", alg, name, err)
			}
			if err != nil && (strings.Contains(err.Error(), d) || strings.Contains(err.Error(), other)) {
				t.Errorf("%s, %s: the error shows the key", alg, name)
			}
		}
	}
}

// FuzzJWK: what is read as a key is written back as it was.
func FuzzJWK(f *testing.F) {
	for _, alg := range []string{AlgEdDSA, AlgES256, AlgECDHES} {
		k := newKey(f, "k", alg)
		f.Add(string(must(MarshalPrivateJWK(k))))
		f.Add(string(must(json.Marshal(must(MarshalPublicJWK(k.Public("", UseSign)))))))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := ParsePrivateJWK([]byte(s)); err == nil {
			if again, err := ParsePrivateJWK(must(MarshalPrivateJWK(k))); err != nil || again.ID != k.ID {
				t.Fatal("a key that cannot be read again")
			}
		} else {
			code(t, err)
		}
		jwk, err := parseJWK(s)
		if err != nil {
			return
		}
		if k, err := ParsePublicJWK(jwk); err == nil && !maps.Equal(jwk, must(MarshalPublicJWK(k))) {
			t.Fatal("a key that is written otherwise")
		}
	})
}
