package envelope

import (
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

type cookbook struct {
	Input struct {
		Key json.RawMessage
		Alg json.RawMessage
	}
	Signing json.RawMessage // one, or a list of them
	Output  struct {
		Compact  string
		JSON     json.RawMessage
		JSONFlat json.RawMessage `json:"json_flat"`
	}
}

// keys gives the key of an example the alg that the example names beside it.
func (c cookbook) keys(t *testing.T) []jose.JSONWebKey {
	t.Helper()
	keys := joseKeys(c.Input.Key)
	var alg string
	if json.Unmarshal(c.Input.Alg, &alg) != nil {
		return nil // several signatures by several keys
	}
	for i := range keys {
		keys[i].Algorithm = alg
		if !keys[i].IsPublic() && keys[i].Public().Key != nil {
			keys[i] = keys[i].Public()
		}
	}
	return keys
}

// RFC 7520 section 4 and RFC 8037 appendix A. The compact examples verify where
// any algorithm may; every other serialisation, and all of them at the gateway, is refused.
func TestCookbook(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]bool{
		"cookbook/jws/4_1.rsa_v15_signature.json": true, "cookbook/jws/4_2.rsa-pss_signature.json": true, "cookbook/jws/4_3.ecdsa_signature.json": true,
		"cookbook/jws/4_4.hmac-sha2_integrity_protection.json": true, "cookbook/curve25519/jws.json": true,
		// Detached: the payload is not in the message, so the message is refused.
		"cookbook/jws/4_5.signature_with_detached_content.json": false,
		// No compact form: unprotected headers or several signatures.
		"cookbook/jws/4_6.protecting_specific_header_fields.json": false, "cookbook/jws/4_7.protecting_content_only.json": false, "cookbook/jws/4_8.multiple_signatures.json": false,
	} {
		var c cookbook
		if !shared(t, file, &c) {
			return
		}
		if got := verifyAny(c.Output.Compact, c.keys(t)); got != want {
			t.Errorf("%s: accepted %v", file, got)
		}
		for _, message := range []string{c.Output.Compact, string(c.Output.JSON), string(c.Output.JSONFlat)} {
			if asConfigured(message, c.Input.Key) {
				t.Errorf("%s: the gateway accepted it", file)
			}
			if message != c.Output.Compact && verifyAny(message, c.keys(t)) {
				t.Errorf("%s: the JSON serialisation was accepted", file)
			}
		}
	}
}

// Ed25519 is deterministic: our signature is the one that RFC 8037 prints.
func TestCookbookEd25519(t *testing.T) {
	t.Parallel()
	var c cookbook
	if !shared(t, "cookbook/curve25519/jws.json", &c) {
		return
	}
	var signing struct {
		Input     string `json:"sig-input"`
		Signature string `json:"sig"`
	}
	if err := json.Unmarshal(c.Signing, &signing); err != nil {
		t.Fatal(err)
	}
	var jwk map[string]string
	if err := json.Unmarshal(c.Input.Key, &jwk); err != nil {
		t.Fatal(err)
	}
	delete(jwk, "use")
	jwk["kid"], jwk["alg"] = "k", AlgEdDSA
	key, err := ParsePrivateJWK(must(json.Marshal(jwk)))
	if err != nil {
		t.Fatal(err)
	}
	if got := Base64(must(key.sign([]byte(signing.Input)))); got != signing.Signature {
		t.Errorf("signature %s", got)
	}
}

// None of the cookbook's keys is one of ours: RSA, HMAC, P-521, members that we do not have.
func TestCookbookKeysAndSeals(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"3_1.ec_public_key", "3_2.ec_private_key", "3_3.rsa_public_key", "3_4.rsa_private_key", "3_5.symmetric_key_mac_computation", "3_6.symmetric_key_encryption",
	} {
		var raw json.RawMessage
		if !shared(t, "cookbook/jwk/"+file+".json", &raw) {
			return
		}
		if _, ok := ourKey(raw); ok {
			t.Errorf("%s is read as a key of ours", file)
		}
		if _, err := ParsePrivateJWK(raw); code(t, err) != CodeInvalidKey {
			t.Errorf("%s: %v", file, err)
		}
	}
	var c cookbook // X25519 with A128GCM
	if shared(t, "cookbook/curve25519/ecdh-es.json", &c) {
		if _, err := Open(c.Output.Compact, TypeQuery, []PrivateKey{newKey(t, "Bob", AlgECDHES)}); code(t, err) != CodeHeader {
			t.Error(err)
		}
	}
}
