package attack

import (
	"strings"
)

// raw is what is neither a signed nor a sealed message in its right form: other
// serialisations, one kind where the other belongs, and noise.
func raw(f forger) []Case {
	signed := f.valid()
	jws, _, _ := strings.Cut(signed, "~")
	p := strings.Split(jws, ".")
	sealed := f.seal(box{plaintext: padded(signed), header: f.sealHeader})
	e := strings.Split(sealed, ".")
	signature := `{"protected":"` + p[0] + `","signature":"` + p[2] + `"}`
	var out []Case
	for name, token := range map[string]string{
		"flattened JWS": `{"payload":"` + p[1] + `","protected":"` + p[0] + `","signature":"` + p[2] + `"}`, "general JWS": `{"payload":"` + p[1] + `","signatures":[` + signature + `]}`,
		"two signatures":     `{"payload":"` + p[1] + `","signatures":[` + signature + `,{"protected":"` + b64(`{"alg":"none"}`) + `","signature":""}]}`,
		"unprotected header": `{"payload":"` + p[1] + `","header":{"alg":"none"},"signature":""}`,
		"flattened JWE":      `{"protected":"` + e[0] + `","iv":"` + e[2] + `","ciphertext":"` + e[3] + `","tag":"` + e[4] + `"}`,
		"general JWE":        `{"protected":"` + e[0] + `","recipients":[{}],"iv":"` + e[2] + `","ciphertext":"` + e[3] + `","tag":"` + e[4] + `"}`,
		"two tokens":         sealed + "," + sealed, "token in quotes": `"` + sealed + `"`, "token in JSON": `{"jose":"` + sealed + `","jose":"` + sealed + `"}`,
		"nothing": "", "NUL": "\x00", "dots": "....", "two dots": "..", "a tilde": "~", "tildes": strings.Repeat("~", 10000), "dots without end": strings.Repeat(".", 100000),
		"noise": "\x1f\x8b\x08\x00\x00\x00", "broken UTF-8": strings.Repeat("\xff\xfe", 500), "HTML": "<script>alert(1)</script>", "JSON": `{"iss":"gov-ua"}`, "Bearer": "Bearer " + sealed,
	} {
		out = append(out, Case{"raw " + name, token, Raw, "", true})
	}
	return append(out, Case{"raw signed where sealed belongs", signed, Raw, "", true}, Case{"raw bare JWS", jws, Raw, "", true})
}
