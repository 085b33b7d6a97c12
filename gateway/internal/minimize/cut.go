package minimize

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// abroad stands for any country outside Ukraine, Russia and Belarus (never 12).
const abroad = "abroad"

// cutPlace keeps the parts of a place down to a level: country, oblast or
// raion. The code is left out: it names the narrowest part. Outside the three
// countries nothing but "abroad" is kept, whatever the level.
func cutPlace(dst []byte, p *homewardv1.Place, level string) ([]byte, bool) {
	country, ok := countryOf(p.GetCountry())
	if !ok {
		return dst, false
	}
	oblast, raion := "", ""
	if country != abroad && level != "country" {
		oblast = p.GetOblast()
		if level == "raion" && oblast != "" {
			raion = p.GetRaion()
		} else if level != "raion" && level != "oblast" {
			return dst, false
		}
	}
	o := object{dst: append(dst, '{')}
	o.text("country", country)
	o.text("oblast", oblast)
	o.text("raion", raion)
	return o.end(len(dst))
}

// countryOf returns UA, RU, BY or "abroad"; false for what is no ISO 3166-1
// alpha-2 code, since a name spelled out might be any of them.
func countryOf(code string) (string, bool) {
	code = strings.ToUpper(strings.TrimSpace(code))
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return "", false
	}
	switch code {
	case "UA", "RU", "BY":
		return code, true
	}
	return abroad, true
}

// initials returns the first letter of each word in upper case: "О. П. Ш.".
// The parts of a double name are words.
func initials(name string) (string, bool) {
	var b strings.Builder
	inWord := false
	for _, r := range norm.NFC.String(name) {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '.':
			inWord = false
		case !inWord && unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r): // ʼ is a "modifier letter"
			if inWord = true; b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteRune(unicode.ToUpper(r))
			b.WriteByte('.')
		}
	}
	return b.String(), b.Len() > 0
}

// minNumber is how many letters and digits a number must have for its last two
// to be a small part of it.
const minNumber = 6

// lastTwo returns the last two letters or digits of a document's number.
func lastTwo(number string) (string, bool) {
	signs := make([]rune, 0, len(number))
	for _, r := range norm.NFC.String(number) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			signs = append(signs, r)
		}
	}
	if len(signs) < minNumber {
		return "", false
	}
	return string(signs[len(signs)-2:]), true
}
