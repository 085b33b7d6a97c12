package envelope

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

type wycheproof struct {
	NumberOfTests int
	TestGroups    []struct {
		Comment         string
		Public, Private json.RawMessage
		Tests           []struct {
			TcID            int
			Comment, Result string
			JWS             string
		}
	}
}

// everything is the allow-list of a verifier with no opinion. Most vectors are
// about algorithms that the gateway refuses by name; only here do they test
// anything: the canonical form, the reading of headers, and go-jose behind them.
func everything() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.HS256, jose.HS384, jose.HS512, jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
		jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

// verifyAny is the gateway's way from a token to a payload with the two things
// taken away that would refuse every vector: the allow-list of algorithms, and
// the demand for typ. The rest is as it is: the form, one algorithm per key, the
// key by its kid, its use.
func verifyAny(jws string, keys []jose.JSONWebKey) bool {
	parts, err := split(jws, 3, "message")
	if err != nil {
		return false
	}
	d, err := scanHeader(parts[0])
	if err != nil || canonical64(parts[1], "") != nil || canonical64(parts[2], "") != nil {
		return false
	}
	var h header
	var f faults
	fields := []field{{"alg", &h.alg}, {"kid", &h.kid}}
	if _, there := d.member(0, "kid"); !there { // the cookbook's EdDSA example names no key
		fields = fields[:1]
	}
	if d.exactly(&f, 0, "header", fields...); len(f) > 0 {
		return false
	}
	at := slices.IndexFunc(keys, func(k jose.JSONWebKey) bool { return k.KeyID == h.kid })
	if at < 0 || keys[at].Algorithm != h.alg || keys[at].Use != "" && keys[at].Use != "sig" {
		return false
	}
	parsed, err := jose.ParseSignedCompact(jws, everything())
	if err != nil {
		return false
	}
	_, err = parsed.Verify(keys[at].Key)
	return err == nil
}

// joseKeys reads a JWK or a set of them with go-jose. None comes of what it
// refuses, nor of a key that may not verify (go-jose does not read key_ops).
func joseKeys(raw json.RawMessage) []jose.JSONWebKey {
	var may struct {
		Ops []string `json:"key_ops"`
	}
	if json.Unmarshal(raw, &may) == nil && may.Ops != nil && !slices.Contains(may.Ops, "verify") {
		return nil
	}
	var set jose.JSONWebKeySet
	if json.Unmarshal(raw, &set) == nil && len(set.Keys) > 0 {
		return set.Keys
	}
	var one jose.JSONWebKey
	if json.Unmarshal(raw, &one) == nil {
		return []jose.JSONWebKey{one}
	}
	return nil
}

// run gives every vector to a verifier and compares with the expected results,
// but for the exceptions. It tells how many were accepted.
func (w wycheproof) run(t *testing.T, exceptions map[int]string, verify func(jws string, public json.RawMessage) bool) (accepted int) {
	t.Helper()
	ran := 0
	for _, g := range w.TestGroups {
		key := g.Public
		if key == nil {
			key = g.Private // a secret of an HMAC
		}
		for _, c := range g.Tests {
			ran++
			got := verify(c.JWS, key)
			if got {
				accepted++
			}
			_, excepted := exceptions[c.TcID]
			if want := c.Result == "valid"; got != want && !excepted {
				t.Errorf("%d %s (%s): accepted %v, want %v", c.TcID, c.Comment, g.Comment, got, want)
			} else if got == want && excepted {
				t.Errorf("%d %s: the exception is needed no more", c.TcID, c.Comment)
			}
		}
	}
	if ran != w.NumberOfTests || ran == 0 {
		t.Errorf("%d of %d vectors ran", ran, w.NumberOfTests)
	}
	return accepted
}

func TestWycheproofJWSWithEveryAlgorithm(t *testing.T) {
	t.Parallel()
	var w wycheproof
	if !shared(t, "wycheproof/json_web_signature_test.json", &w) {
		return
	}
	exceptions := map[int]string{
		372: "holds a ?, which no alphabet of base64url has: refused, though marked valid",
		373: "holds a ? likewise",
		367: "marked invalid for its padding, which the file has lost: the token is that of 357, which is valid",
		370: "likewise",
		346: "PS384 by a key that says PS256: a key has one algorithm",
		350: "likewise",
		347: "the key says ES521, which is no algorithm: a key has one algorithm",
		351: "likewise",
	}
	for id := 281; id <= 286; id++ {
		exceptions[id] = "PS256 with a salt of another length than the hash: go-jose takes any; no key of ours is for PS256"
	}
	if n := w.run(t, exceptions, func(jws string, key json.RawMessage) bool { return verifyAny(jws, joseKeys(key)) }); n < 20 {
		t.Errorf("only %d accepted: the vectors pass vacuously", n)
	}
}

// As the gateway is configured no vector is accepted: none has a typ of ours,
// and all but those of ES256 have another algorithm. So every valid one is an
// exception, for that one reason, and what is left is that nothing gets in.
func TestWycheproofJWSAsConfigured(t *testing.T) {
	t.Parallel()
	var w wycheproof
	if !shared(t, "wycheproof/json_web_signature_test.json", &w) {
		return
	}
	exceptions := make(map[int]string)
	for _, g := range w.TestGroups {
		for _, c := range g.Tests {
			if c.Result == "valid" {
				exceptions[c.TcID] = "no typ, and no SD-JWT"
			}
		}
	}
	if n := w.run(t, exceptions, asConfigured); n != 0 {
		t.Errorf("%d accepted", n)
	}
}

func asConfigured(jws string, public json.RawMessage) bool {
	keys := keyring{}
	if k, ok := ourKey(public); ok {
		k.Participant, k.Use = "gov-pl", UseSign
		keys.add(k)
	}
	_, bare := Verify(jws, expect(TypeQuery, keys))
	_, tilde := Verify(jws+"~", expect(TypeQuery, keys))
	return bare == nil || tilde == nil
}

// ourKey reads a vector's key as a registry key, its use aside, which the registry says otherwise.
func ourKey(raw json.RawMessage) (PublicKey, bool) {
	jwk, err := parseJWK(string(raw))
	if err != nil {
		return PublicKey{}, false
	}
	if jwk["use"] == "sig" {
		delete(jwk, "use")
	}
	k, err := ParsePublicJWK(jwk)
	return k, err == nil
}

// The ES256 vectors once more at the gateway's own key and signature check, of
// which the missing typ deprives them above: arithmetic is not vacuous.
func TestWycheproofES256(t *testing.T) {
	t.Parallel()
	var w wycheproof
	if !shared(t, "wycheproof/json_web_signature_test.json", &w) {
		return
	}
	accepted, refused := 0, 0
	for _, g := range w.TestGroups {
		key, ok := ourKey(g.Public)
		if !ok {
			continue
		}
		for _, c := range g.Tests {
			got := verifyES256(c.JWS, key)
			if got != (c.Result == "valid") {
				t.Errorf("%d %s: accepted %v", c.TcID, c.Comment, got)
			}
			if got {
				accepted++
			} else {
				refused++
			}
		}
	}
	if accepted < 2 || refused < 30 {
		t.Errorf("%d accepted and %d refused: vectors are missing", accepted, refused)
	}
}

func verifyES256(jws string, key PublicKey) bool {
	parts, err := split(jws, 3, "message")
	if err != nil || canonical64(parts[1], "") != nil || canonical64(parts[2], "") != nil {
		return false
	}
	d, err := scanHeader(parts[0])
	var h header
	var f faults
	if err != nil || !key.fits() {
		return false
	}
	d.exactly(&f, 0, "header", field{"alg", &h.alg}, field{"kid", &h.kid})
	if len(f) > 0 || h.alg != key.Alg || h.kid != key.ID {
		return false
	}
	parsed, err := parseJWS(jws, key)
	return err == nil && verifySignature(parsed, key) == nil
}

// The vectors of keys. Most are RSA and HMAC keys, which are no keys of ours:
// there the file is run with go-jose's reading of keys.
func TestWycheproofJWK(t *testing.T) {
	t.Parallel()
	var w wycheproof
	if !shared(t, "wycheproof/json_web_key_test.json", &w) {
		return
	}
	exceptions := map[int]string{
		4: "two keys of one kid: the registry is no key set, and package trust refuses a kid that stands twice",
		1: "HMAC and EC keys in one set: likewise, and no HMAC key can be in a registry",
		7: "an RSA key of weak primes: no RSA key can be in a registry, so go-jose is not asked for this",
		8: "an RSA key of 1024 bits: likewise",
	}
	if n := w.run(t, exceptions, func(jws string, key json.RawMessage) bool { return verifyAny(jws, joseKeys(key)) }); n < 5 {
		t.Errorf("only %d accepted: the vectors pass vacuously", n)
	}
	// As the gateway reads keys: none of these is one of ours as it stands.
	valid := map[int]string{2: "HMAC", 5: "RSA", 13: "HMAC", 14: "HMAC", 15: "HMAC"}
	w.run(t, valid, func(jws string, raw json.RawMessage) bool {
		var set struct{ Keys []json.RawMessage }
		if json.Unmarshal(raw, &set) != nil {
			return false
		}
		return slices.ContainsFunc(set.Keys, func(raw json.RawMessage) bool {
			key, ok := ourKey(raw)
			return ok && verifyES256(jws, key)
		})
	})
}
