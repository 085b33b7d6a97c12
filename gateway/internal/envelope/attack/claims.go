package attack

import (
	"encoding/json"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// claims are rightly signed and say what must not be said. Where the signer is
// proven, the precise code may be told; a wrong issuer is nobody's.
func claims(f forger) []Case {
	payload, _ := f.Payload()
	m := members(string(payload))
	iss, aud, now := m["iss"].(string), m["aud"].(string), f.Now.Unix()
	var out []Case
	add := func(want problem.Code, claim, name string, v any) {
		out = append(out, Case{"claim " + claim + " " + name, f.with(claim, v), JWS, want, want == envelope.CodeIssuer})
	}
	for _, claim := range []string{"iss", "aud", "jti", "iat", "exp"} {
		add(envelope.CodeClaim, claim, "missing", nil)
		add(envelope.CodeClaim, claim, "null", json.RawMessage("null"))
		add(envelope.CodeClaim, claim, "array", []any{m[claim]})
		add(envelope.CodeClaim, claim, "object", map[string]any{"a": m[claim]})
		add(envelope.CodeClaim, claim, "true", true)
	}
	for name, v := range map[string]string{"of another": "gov-xx", "in capitals": strings.ToUpper(iss), "with a slash": iss + "/", "with a space": iss + " ", "with a control character": iss + "\u0001"} {
		add("", "iss", name, v)
	}
	for name, v := range map[string]string{"of another": "gov-xx", "own": iss, "in capitals": strings.ToUpper(aud), "prefix": aud[:len(aud)-1], "longer": aud + "x", "URL": "https://" + aud, "*": "*"} {
		add("", "aud", name, v)
	}
	add(envelope.CodeClaim, "aud", "two", []string{aud, "gov-xx"})
	for name, v := range map[string]any{"short": "AAAA", "long": strings.Repeat("A", 44), "tail bits": strings.Repeat("A", 21) + "B", "UUID": "7b1a8b56-6b3c-4ddf-8c52-0a43df7ac9d1", "number": 7, "line end": strings.Repeat("A", 21) + "\n"} {
		add(envelope.CodeClaim, "jti", name, v)
	}
	for name, v := range map[string]any{"text": "1700000000", "fraction": json.RawMessage("1700000000.5"), "negative": -1, "zero": 0} {
		add(envelope.CodeClaim, "iat", name, v)
		add(envelope.CodeClaim, "exp", name, v)
	}
	add(envelope.CodeClaim, "nbf", "ahead", now+3600)
	add(envelope.CodeClaim, "cnf", "there", map[string]any{"jwk": map[string]any{}})
	return append(out, times(f, now)...)
}

func times(f forger, now int64) []Case {
	at := func(iat, exp int64) string {
		return f.withPayload(func(p string) string {
			m := members(p)
			m["iat"], m["exp"] = iat, exp
			return marshal(m)
		})
	}
	most := int64(envelope.MaxLifetime(f.Type).Seconds())
	ahead := int64(envelope.MaxAhead.Seconds())
	return []Case{
		{"time exp now", at(now-60, now), JWS, envelope.CodeExpired, false},
		{"time exp past", at(now-most-5, now-5), JWS, envelope.CodeExpired, false},
		{"time lifetime too long", at(now, now+most+1), JWS, envelope.CodeLifetime, false},
		{"time for ever", at(now, 1<<53-1), JWS, envelope.CodeLifetime, false},
		{"time iat ahead", at(now+ahead+5, now+ahead+60), JWS, envelope.CodeNotYet, false},
		{"time exp before iat", at(now+5, now+1), JWS, envelope.CodeClaim, false},
		{"time exp at iat", at(now+5, now+5), JWS, envelope.CodeClaim, false},
		{"time milliseconds", at(now*1000, now*1000+60_000), JWS, "", false},
	}
}
