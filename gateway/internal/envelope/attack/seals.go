package attack

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// seals attack the JWE: its header, its key agreement, its sizes, and what is inside.
func seals(f forger) []Case {
	var out []Case
	add := func(want problem.Code, name string, b box) {
		if b.plaintext == "" {
			b.plaintext = padded(f.valid())
		}
		if b.header == nil {
			b.header = f.sealHeader
		}
		out = append(out, Case{"seal " + name, f.seal(b), JWE, want, true})
	}
	swap := func(old, new string) func(x, y string) string {
		return func(x, y string) string { return strings.Replace(f.sealHeader(x, y), old, new, 1) }
	}
	more := func(member string) func(x, y string) string {
		return func(x, y string) string { return strings.TrimSuffix(f.sealHeader(x, y), "}") + "," + member + "}" }
	}
	for _, alg := range []string{"PBES2-HS256+A128KW", "RSA1_5", "RSA-OAEP", "dir", "ECDH-ES+A256KW", "A256GCMKW", "none", "ecdh-es", ""} {
		add(envelope.CodeAlgorithm, "alg "+alg, box{header: swap(`"ECDH-ES"`, `"`+alg+`"`)})
	}
	for _, enc := range []string{"A128GCM", "A256CBC-HS512", "none", "XC20P", ""} {
		add(envelope.CodeAlgorithm, "enc "+enc, box{header: swap(`"A256GCM"`, `"`+enc+`"`)})
	}
	add("", "PBES2 with p2c of 10^9", box{header: func(x, y string) string {
		return strings.Replace(more(`"p2s":"AAAAAAAAAAA","p2c":1000000000`)(x, y), "ECDH-ES", "PBES2-HS512+A256KW", 1)
	}})
	add(envelope.CodeHeader, "zip bomb", box{header: more(`"zip":"DEF"`), plaintext: bomb()})
	for name, member := range map[string]string{
		"zip": `"zip":"DEF"`, "apu": `"apu":"AAAA"`, "apv": `"apv":"AAAA"`, "crit": `"crit":["exp"]`, "crit empty": `"crit":[]`, "jku": `"jku":"https://attacker.example"`,
		"jwk": `"jwk":{}`, "iss": `"iss":"gov-ua"`, "p2c": `"p2c":1000000000`, "iv": `"iv":"AAAA"`, "tag": `"tag":"AAAA"`, "b64": `"b64":true`,
	} {
		add(envelope.CodeHeader, "header "+name, box{header: more(member)})
	}
	for name, member := range map[string]string{"alg twice": `"alg":"dir"`, "Alg": `"Alg":"dir"`, "escaped": `"\u0061lg":"dir"`, "deep": `"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40)} {
		add(envelope.CodeMalformed, "header "+name, box{header: more(member)})
	}
	add(envelope.CodeType, "typ JWT", box{header: swap(envelope.TypeSealed, "JWT")})
	add(envelope.CodeType, "cty of another", box{header: swap(`"cty":"`+string(f.Type), `"cty":"`+string(envelope.TypeRegistry))})
	add(envelope.CodeUnknownKey, "kid unknown", box{header: swap(f.SealTo.ID, "nobody.1")})
	add(envelope.CodeUnknownKey, "kid of a signing key", box{header: swap(f.SealTo.ID, f.key.ID)})
	add(envelope.CodeHeader, "kid traversal", box{header: swap(f.SealTo.ID, "../seal")})
	add(envelope.CodeMalformed, "encrypted key", box{encryptedKey: strings.Repeat("k", 40)})
	add(envelope.CodeMalformed, "nonce of 8 bytes", box{nonceSize: 8})
	add(envelope.CodeMalformed, "nonce of 16 bytes", box{nonceSize: 16})
	add(envelope.CodeSealed, "key derived for ECDH-ES", box{algorithm: "ECDH-ES"})
	return append(append(append(out, points(f)...), paddings(f)...), tampered(f)...)
}

func (f forger) sealHeader(x, y string) string { return f.sealHeaderWith(epk("EC", "P-256", x, y)) }

func (f forger) sealHeaderWith(epk string) string {
	return `{"alg":"ECDH-ES","enc":"A256GCM","epk":` + epk + `,"kid":"` + f.SealTo.ID + `","typ":"` + envelope.TypeSealed + `","cty":"` + string(f.Type) + `"}`
}

func epk(kty, crv, x, y string) string {
	return `{"kty":"` + kty + `","crv":"` + crv + `","x":"` + x + `","y":"` + y + `"}`
}

// points attack the ephemeral key: a point off the curve, or of low order, draws bits out of the private key.
func points(f forger) []Case {
	num := func(decimal string) string {
		n, _ := new(big.Int).SetString(decimal, 10)
		return b64(string(n.FillBytes(make([]byte, 32))))
	}
	zero, one := num("0"), num("1")
	p := num("115792089210356248762697446949407573530086143415290314195533631308867097853951")
	var out []Case
	for name, epk := range map[string]string{
		"(0,0)": epk("EC", "P-256", zero, zero), "(1,1)": epk("EC", "P-256", one, one), "(p,p)": epk("EC", "P-256", p, p), "(0,p)": epk("EC", "P-256", zero, p),
		// On the curve with another b every point with y = 0 has order 2: the classic invalid-curve attack.
		"order 2": epk("EC", "P-256", num("5"), zero), "order 2 again": epk("EC", "P-256", num("7"), zero),
		"short x": epk("EC", "P-256", b64("\x01"), one), "long x": epk("EC", "P-256", b64(strings.Repeat("\x00", 33)), one), "empty": epk("EC", "P-256", "", ""),
		"P-384": epk("EC", "P-384", b64(strings.Repeat("\x01", 48)), b64(strings.Repeat("\x01", 48))), "X25519": `{"kty":"OKP","crv":"X25519","x":"` + one + `"}`,
		"secret": `{"kty":"oct","k":"` + one + `"}`, "null": `null`, "string": `"x"`, "array": `[]`, "without y": `{"kty":"EC","crv":"P-256","x":"` + one + `"}`,
		"private": strings.TrimSuffix(epk("EC", "P-256", one, one), "}") + `,"d":"` + one + `"}`, "with kid": strings.TrimSuffix(epk("EC", "P-256", one, one), "}") + `,"kid":"k"}`,
		"x twice": strings.TrimSuffix(epk("EC", "P-256", one, one), "}") + `,"X":"` + one + `"}`,
	} {
		sealed := f.seal(box{plaintext: padded(f.valid()), header: func(string, string) string { return f.sealHeaderWith(epk) }})
		out = append(out, Case{"epk " + name, sealed, JWE, "", true})
	}
	return out
}

// padded pads as it should be.
func padded(s string) string {
	size := 1024
	for size < len(s)+1 {
		size *= 2
	}
	return s + "\x80" + strings.Repeat("\x00", size-len(s)-1)
}

func paddings(f forger) []Case {
	good := f.valid()
	var out []Case
	for name, plaintext := range map[string]string{
		"none": good, "zeros alone": strings.ReplaceAll(padded(good), "\x80", "\x00"), "a class too many": padded(good) + strings.Repeat("\x00", len(padded(good))),
		"something behind it": padded(good)[:len(padded(good))-1] + "x", "PKCS 7": good + strings.Repeat("\x10", 16), "zeros to the end": strings.Repeat("\x00", 1024),
		"one byte": "x", "odd size": padded(good) + "\x00",
	} {
		out = append(out, Case{"padding " + name, f.seal(box{plaintext: plaintext, header: f.sealHeader}), JWE, envelope.CodeMalformed, true})
	}
	return out
}

// tampered changes a right message in each part, and puts wrong things into right seals.
func tampered(f forger) []Case {
	good := f.seal(box{plaintext: padded(f.valid()), header: f.sealHeader})
	parts := strings.Split(good, ".")
	change := func(i int, part string) string {
		p := append([]string(nil), parts...)
		p[i] = part
		return strings.Join(p, ".")
	}
	out := []Case{
		{"tampered nonce", change(2, flip(parts[2])), JWE, envelope.CodeSealed, true},
		{"tampered ciphertext", change(3, flip(parts[3])), JWE, envelope.CodeSealed, true},
		{"tampered tag", change(4, flip(parts[4])), JWE, envelope.CodeSealed, true},
		{"tag cut to 4 bytes", change(4, parts[4][:6]), JWE, envelope.CodeMalformed, true},
		{"no tag", change(4, ""), JWE, envelope.CodeMalformed, true},
		{"no ciphertext", change(3, ""), JWE, envelope.CodeMalformed, true},
		{"line end in the ciphertext", change(3, insert(parts[3][:len(parts[3])-2], 9, "\r\n")), JWE, envelope.CodeMalformed, true},
		{"tail bits in the tag", change(4, tailBits(parts[4])), JWE, envelope.CodeMalformed, true},
		{"header with other spaces", change(0, b64(" "+decoded(parts[0]))), JWE, envelope.CodeSealed, true},
		{"five dots", good + ".", JWE, envelope.CodeMalformed, true},
		{"three parts", strings.Join(parts[:3], "."), JWE, envelope.CodeMalformed, true},
	}
	for name, inner := range map[string]string{"nothing": "", "text": "hello", "another seal": good, "its own header": parts[0], "a BOM first": "\ufeff" + f.valid()} {
		out = append(out, Case{"sealed " + name, f.seal(box{plaintext: padded(inner), header: f.sealHeader}), JWE, "", true})
	}
	return out
}

func decoded(part string) string {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// bomb is 16 MiB of zeros, deflated, in a size class.
func bomb() string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err = w.Write(make([]byte, 16<<20)); err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return padded(b.String())
}
