package attack

import (
	"strings"

	"homeward.example/gateway/internal/envelope"
)

// disclosures attack the binding of values to the signed part.
func disclosures(f forger) []Case {
	good := f.valid()
	jws, rest, _ := strings.Cut(good, "~")
	with := func(list ...string) string { return jws + "~" + rest + strings.Join(list, "~") + "~" }
	foreign := envelope.NewDisclosure("family", []byte(`"Підмінений"`))
	out := []Case{
		{"disclosure of another message", with(foreign.String()), JWS, envelope.CodeDisclosure, false},
		{"disclosure that is a digest", with(strings.Repeat("A", 43)), JWS, "", false},
		{"disclosures without number", with(strings.Split(strings.Repeat("AAAA ", 5000), " ")[:5000]...), JWS, envelope.CodeTooLarge, true},
	}
	if first, others, ok := strings.Cut(rest, "~"); ok { // a collect and a promise have none
		flipped := first[:len(first)/2] + flip(first[len(first)/2:])
		out = append(out, Case{"disclosure changed", jws + "~" + flipped + "~" + others, JWS, "", false},
			Case{"disclosure twice", with(first), JWS, envelope.CodeDisclosure, false})
	}
	// Each of these has its digest in the signed part, where a criterion's belongs.
	for name, d := range map[string]string{
		"no array": `{"a":1}`, "empty": `[]`, "one element": `["AAAAAAAAAAAAAAAAAAAAAA"]`, "four elements": `["AAAAAAAAAAAAAAAAAAAAAA","a","b","c"]`,
		"short salt": `["AAAA","family","x"]`, "no salt": `["","family","x"]`, "salt a number": `[7,"family","x"]`, "name a number": `["AAAAAAAAAAAAAAAAAAAAAA",7,"x"]`,
		"name _sd": `["AAAAAAAAAAAAAAAAAAAAAA","_sd",["x"]]`, "name ...": `["AAAAAAAAAAAAAAAAAAAAAA","...","x"]`, "name _sd_alg": `["AAAAAAAAAAAAAAAAAAAAAA","_sd_alg","none"]`,
		"name empty": `["AAAAAAAAAAAAAAAAAAAAAA","","x"]`, "nested digests": `["AAAAAAAAAAAAAAAAAAAAAA","family",{"_sd":["` + strings.Repeat("A", 43) + `"]}]`,
		"nested dots": `["AAAAAAAAAAAAAAAAAAAAAA","family",[{"...":"` + strings.Repeat("A", 43) + `"}]]`, "two values": `["AAAAAAAAAAAAAAAAAAAAAA","family","x"] 1`,
		"element where a member belongs": `["AAAAAAAAAAAAAAAAAAAAAA","x"]`, "deep": `["AAAAAAAAAAAAAAAAAAAAAA","family",` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "]",
		"broken UTF-8": "[\"AAAAAAAAAAAAAAAAAAAAAA\",\"family\",\"\xff\"]", "2^53": `["AAAAAAAAAAAAAAAAAAAAAA","family",9007199254740992]`,
		"name twice inside": `["AAAAAAAAAAAAAAAAAAAAAA","family",{"a":1,"A":2}]`, "BOM": "\ufeff" + `["AAAAAAAAAAAAAAAAAAAAAA","family","x"]`,
	} {
		out = append(out, Case{"disclosure " + name, f.referenced(b64(d)), JWS, "", false})
	}
	out = append(out, Case{"disclosure of a name that is disclosed", f.referenced(sample("family"), sample("family")), JWS, envelope.CodeDisclosure, false},
		Case{"disclosure of a name in another case", f.referenced(sample("family"), sample("Family")), JWS, envelope.CodeDisclosure, false})
	return append(out, digests(f)...)
}

// digests attack the signed part's side of it.
func digests(f forger) []Case {
	digest := strings.Repeat("A", 43)
	var out []Case
	for name, change := range map[string]func(p string) string{
		"at the top": plus(`"_sd":["` + digest + `"]`), "in another object": plus(`"x":{"_sd":["` + digest + `"]}`),
		"dots elsewhere": plus(`"x":[{"...":"` + digest + `"}]`), "deep": plus(`"x":{"y":{"_sd":[]}}`), "_sd_alg inside": plus(`"x":{"_sd_alg":"sha-256"}`),
		"md5": sdAlg(`"md5"`), "sha-512": sdAlg(`"sha-512"`), "_sd_alg null": sdAlg(`null`), "_sd_alg array": sdAlg(`["sha-256"]`),
		"short": container(`{"_sd":["AAAA"]}`), "a number": container(`{"_sd":[7]}`), "no array": container(`{"_sd":"` + digest + `"}`),
		"twice": container(`{"_sd":["` + digest + `","` + digest + `"]}`), "standard alphabet": container(`{"_sd":["` + strings.Repeat("+", 43) + `"]}`),
	} {
		out = append(out, Case{"digests " + name, f.withPayload(change), JWS, envelope.CodeDisclosure, false})
	}
	return out
}

func sample(name string) string {
	return envelope.NewDisclosure(name, []byte(`"Тестова"`)).String()
}

// referenced is a message whose criteria are these disclosures, whatever they hold.
func (f forger) referenced(encoded ...string) string {
	payload, _ := f.Payload()
	var list []string
	for _, e := range encoded {
		list = append(list, `"`+digestOf(e)+`"`)
	}
	changed := container(`{"_sd":[` + strings.Join(list, ",") + `]}`)(string(payload))
	return f.sign(f.header(), changed) + "~" + strings.Join(encoded, "~") + "~"
}

// container replaces the object that holds the criteria of a query, a link or a notice.
func container(object string) func(p string) string {
	return func(p string) string {
		m := members(p)
		name := "query"
		if _, ok := m["child"]; ok {
			name = "child"
		}
		delete(m, name)
		return plus(`"` + name + `":` + object)(marshal(m))
	}
}

func sdAlg(v string) func(p string) string {
	return func(p string) string {
		m := members(p)
		delete(m, "_sd_alg")
		return plus(`"_sd_alg":` + v)(marshal(m))
	}
}

// flip changes the first character to another of the alphabet.
func flip(s string) string {
	if s[0] == 'A' {
		return "B" + s[1:]
	}
	return "A" + s[1:]
}
