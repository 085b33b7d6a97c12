package attack

import (
	"encoding/base64"
	"strings"

	"homeward.example/gateway/internal/envelope"
)

// forms attack the writing of the token and of the payload's JSON.
func forms(f forger) []Case {
	good := f.valid()
	jws, rest, _ := strings.Cut(good, "~")
	parts := strings.Split(jws, ".")
	var out []Case
	for name, token := range map[string]string{
		"line end behind": good + "\n", "line end before": "\n" + good, "space before": " " + good, "space behind": good + " ", "BOM before": "\ufeff" + good,
		"NUL behind": good + "\x00", "line end in the header": insert(good, 5, "\n"), "CRLF in the payload": insert(good, len(parts[0])+9, "\r\n"),
		"tab in the signature": insert(good, len(jws)-3, "\t"), "space in the payload": insert(good, len(parts[0])+9, " "),
		"line end in a disclosure": insert(good, min(len(jws)+9, len(good)), "\n"), "padding": parts[0] + "==." + parts[1] + "." + parts[2] + "~" + rest,
		"padding of the signature": parts[0] + "." + parts[1] + "." + parts[2] + "==~" + rest, "tail bits": parts[0] + "." + parts[1] + "." + tailBits(parts[2]) + "~" + rest,
		"two parts": parts[0] + "." + parts[1] + "~" + rest, "four parts": jws + ".AAAA~" + rest, "dot behind": jws + ".~" + rest, "dot before": "." + jws + "~" + rest,
		"detached payload": parts[0] + ".." + parts[2] + "~" + rest, "no header": "." + parts[1] + "." + parts[2] + "~" + rest,
		"no tilde": jws, "no tilde at the end": strings.TrimSuffix(good, "~"), "twice": good + good, "key binding JWT": good + jws, "empty disclosure": good + "~",
		"standard alphabet": standard(parts) + "~" + rest, "percent encoded": strings.ReplaceAll(good, "~", "%7E"), "full-width dot": strings.Replace(good, ".", "．", 1),
	} {
		out = append(out, Case{"form " + name, token, JWS, "", true})
	}
	for name, change := range map[string]func(p string) string{
		"BOM": func(p string) string { return "\ufeff" + p }, "broken UTF-8": plus(`"x":"` + "\xff" + `"`), "deep": plus(`"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000)),
		"deep objects": plus(`"x":` + strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17)), "iss twice": plus(`"iss":"gov-ua"`), "ISS beside iss": plus(`"ISS":"gov-ua"`),
		"Exp beside exp": plus(`"Exp":9007199254740991`), "nested name twice": plus(`"x":{"a":1,"A":2}`), "escaped name": plus(`"\u0069ss":"gov-ua"`),
		"2^53": plus(`"x":9007199254740992`), "-2^53": plus(`"x":-9007199254740992`), "1e400": plus(`"x":1e400`), "exponent": plus(`"x":1e3`), "leading zero": plus(`"x":01`),
		"minus zero": plus(`"x":-0`), "NaN": plus(`"x":NaN`), "hexadecimal": plus(`"x":0x10`), "lone surrogate": plus(`"x":"\ud800"`), "NUL": plus(`"x":"\u0000"`),
		"control character": plus(`"x":"` + "\x01" + `"`), "comment": func(p string) string { return p + "//" }, "two objects": func(p string) string { return p + p },
		"array": func(p string) string { return "[" + p + "]" }, "string": func(string) string { return `"x"` }, "empty": func(string) string { return "" }, "null": func(string) string { return "null" },
		"cut off": func(p string) string { return p[:len(p)-1] }, "many members": plus(many(200)), "many values": plus(`"x":[` + strings.Repeat("1,", 1<<17) + "1]"),
	} {
		out = append(out, Case{"payload " + name, f.withPayload(change), JWS, envelope.CodeMalformed, true})
	}
	for name, size := range map[string]int{"1 B": 1, "2 B": 2, "1 KiB": 1 << 10, "1 MiB and 1": 1<<20 + 1, "2 MiB": 2 << 20} {
		out = append(out, Case{"filler of " + name, strings.Repeat("A", size), JWS, "", true})
	}
	long := f.withPayload(plus(`"x":"` + strings.Repeat("x", 1<<20) + `"`))
	return append(out, Case{"payload over 1 MiB", long, JWS, envelope.CodeTooLarge, true})
}

func insert(s string, at int, what string) string { return s[:at] + what + s[at:] }

// plus adds a member in text, so that JSON which no encoder writes can be had.
func plus(member string) func(p string) string {
	return func(p string) string { return strings.TrimSuffix(p, "}") + "," + member + "}" }
}

func many(n int) string {
	var out strings.Builder
	out.WriteString(`"x":{"a":1`)
	for i := range n {
		out.WriteString(`,"` + strings.Repeat("b", i+1) + `":1`)
	}
	return out.String() + "}"
}

// tailBits sets a bit of the last character that encodes nothing. 64 bytes leave four such bits.
func tailBits(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + string(alphabet[last|1])
}

// standard writes the parts in the alphabet with + and /, padded.
func standard(parts []string) string {
	var out []string
	for _, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			panic(err)
		}
		out = append(out, base64.StdEncoding.EncodeToString(append(b, 0xfb, 0xff)))
	}
	return strings.Join(out, ".")
}
