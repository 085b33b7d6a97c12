package attack

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"

	"homeward.example/gateway/internal/envelope"
)

// keys attack the way from a header to a key.
func keys(f forger) []Case {
	_, mine, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	payload, ds := f.Payload()
	input := b64(f.header()) + "." + b64(string(payload))
	out := []Case{{"wrong key", join(input+"."+b64(bare(mine, input)), ds), JWS, envelope.CodeSignature, true}}

	jwk := `{"kty":"OKP","crv":"Ed25519","x":"` + b64(string(mine.Public().(ed25519.PublicKey))) + `"}`
	for name, member := range map[string]string{
		"jwk": `"jwk":` + jwk, "jku": `"jku":"https://attacker.example/keys"`, "x5u": `"x5u":"https://attacker.example/cert"`,
		"x5c": `"x5c":["MIIB"]`, "x5t": `"x5t":"AAAA"`, "x5t#S256": `"x5t#S256":"AAAA"`,
	} {
		// Signed by the attacker's key with the alg of that key, as a verifier would want that trusts the header.
		header := `{"alg":"EdDSA","kid":"` + f.key.ID + `","typ":"` + string(f.Type) + `",` + member + `}`
		input := b64(header) + "." + b64(string(payload))
		out = append(out,
			Case{"embedded " + name, join(input+"."+b64(bare(mine, input)), ds), JWS, envelope.CodeHeader, true},
			Case{"embedded " + name + " beside a right signature", f.withHeader(strings.TrimSuffix(f.header(), "}") + "," + member + "}"), JWS, envelope.CodeHeader, true})
	}
	for name, kid := range map[string]string{
		"traversal": `"../../../../etc/passwd"`, "traversal in letters": `"a..b"`, "SQL": `"' OR 1=1 --"`, "NUL": `"a\u0000b"`, "null": `null`,
		"number": `7`, "array": `["` + f.key.ID + `"]`, "empty": `""`, "long": `"` + strings.Repeat("k", 600) + `"`, "URL": `"https://attacker.example/k"`,
		"line end": `"` + f.key.ID + `\n"`, "space": `" ` + f.key.ID + `"`, "look-alike": `"` + strings.Replace(f.key.ID, "o", "о", 1) + `x"`,
	} {
		out = append(out, Case{"kid " + name, f.withHeader(strings.Replace(f.header(), `"`+f.key.ID+`"`, kid, 1)), JWS, "", true})
	}
	out = append(out, Case{"kid unknown", f.withHeader(strings.Replace(f.header(), f.key.ID, "nobody.1", 1)), JWS, envelope.CodeUnknownKey, true})
	if f.Stranger.ID != "" {
		s := forger{Material: f.Material, key: f.Stranger}
		out = append(out,
			Case{"another participant's key and our iss", s.valid(), JWS, envelope.CodeIssuer, true},
			Case{"another participant's kid on our signature", f.withHeader(strings.Replace(f.header(), f.key.ID, f.Stranger.ID, 1)), JWS, "", true})
	}
	return out
}

// headers attack the reading of the header.
func headers(f forger) []Case {
	good := f.header()
	plus := func(member string) string { return f.withHeader(strings.TrimSuffix(good, "}") + "," + member + "}") }
	first := func(member string) string { return f.withHeader("{" + member + "," + strings.TrimPrefix(good, "{")) }
	var out []Case
	for name, token := range map[string]string{
		"alg twice": plus(`"alg":"none"`), "alg twice, none first": first(`"alg":"none"`), "Alg beside alg": plus(`"Alg":"none"`),
		"ALG before alg": first(`"ALG":"none"`), "kid twice": plus(`"kid":"x"`), "Kid": plus(`"Kid":"x"`), "escaped name": first(`"\u0061lg":"none"`),
		"typ twice": plus(`"typ":"JWT"`), "no object": f.withHeader(`["alg"]`), "null": f.withHeader(`null`), "empty": f.withHeader(``),
		"two objects": f.withHeader(good + good), "BOM": f.withHeader("\ufeff" + good), "broken UTF-8": plus("\"x\":\"\xff\""), "overlong UTF-8": plus("\"x\":\"\xc0\xaf\""),
		"deep": plus(`"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000)), "lone surrogate": plus(`"x":"\ud800"`),
		"comment": f.withHeader("/**/" + good), "trailing comma": f.withHeader(strings.TrimSuffix(good, "}") + ",}"), "single quotes": f.withHeader(strings.ReplaceAll(good, `"`, `'`)),
	} {
		want := envelope.CodeMalformed
		if name == "deep" {
			want = envelope.CodeTooLarge
		}
		out = append(out, Case{"header " + name, token, JWS, want, true})
	}
	for name, token := range map[string]string{
		"no typ": f.withHeader(`{"alg":"` + f.key.Alg + `","kid":"` + f.key.ID + `"}`), "no kid": f.withHeader(`{"alg":"` + f.key.Alg + `","typ":"` + string(f.Type) + `"}`),
		"no alg": f.withHeader(`{"kid":"` + f.key.ID + `","typ":"` + string(f.Type) + `"}`), "alg null": f.withHeader(strings.Replace(good, `"`+f.key.Alg+`"`, "null", 1)),
		"b64 false without crit": plus(`"b64":false`), "b64 false with crit": plus(`"b64":false,"crit":["b64"]`), "b64 true": plus(`"b64":true`),
		"crit empty": plus(`"crit":[]`), "crit unknown": plus(`"crit":["x"],"x":1`), "crit alg": plus(`"crit":["alg"]`), "crit string": plus(`"crit":"b64"`),
		"cty": plus(`"cty":"JWT"`), "zip": plus(`"zip":"DEF"`), "enc": plus(`"enc":"A256GCM"`), "url": plus(`"url":"https://attacker.example"`), "unknown": plus(`"x":"y"`),
	} {
		out = append(out, Case{"header " + name, token, JWS, envelope.CodeHeader, true})
	}
	for name, typ := range map[string]string{
		"JWT": "JWT", "in capitals": strings.ToUpper(string(f.Type)), "with application/": "application/" + string(f.Type), "sealed": envelope.TypeSealed,
		"with a parameter": string(f.Type) + ";v=1", "of a case link": string(envelope.TypeCaseLink), "of an answer": string(envelope.TypeAnswer), "of the registry": string(envelope.TypeRegistry), "empty": "",
	} {
		if typ != string(f.Type) {
			out = append(out, Case{"typ " + name, f.withHeader(strings.Replace(good, string(f.Type), typ, 1)), JWS, envelope.CodeType, true})
		}
	}
	unencoded, ds := f.Payload() // RFC 7797: the payload itself is the second part
	header := strings.TrimSuffix(good, "}") + `,"b64":false,"crit":["b64"]}`
	input := b64(header) + "." + string(unencoded)
	return append(out, Case{"header b64 false, payload bare", join(input+"."+b64(bare(private(f.key), input)), ds), JWS, "", true})
}
