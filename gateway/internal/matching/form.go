package matching

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// form writes a word as all transliterations of it agree on: one small Latin
// letter for a sound. Letters that one table or another writes alike (г ґ х;
// и і ї й ы; шч щ ш) are one here, and iotation is dropped but for a first я or ю (Наталія, Наталья,
// Nataliia and Natalya are "natala"). The sounds that need a letter of their own
// are c for ч, j for ж, q for ц, x for ш and щ. The word is normalised.
func form(word string) string {
	out := make([]byte, 0, len(word))
	for i := 0; i < len(word); {
		sound, size := sound(word[i:])
		i += size
		for k := range len(sound) {
			out = join(out, sound[k])
		}
	}
	return string(out)
}

// join appends one sound, merging what is written in two letters by one table
// and in one by another.
func join(out []byte, s byte) []byte {
	n := len(out)
	if n == 0 {
		return append(out, s)
	}
	last := out[n-1]
	switch {
	case last == s:
		return out
	case last == 'i' && n == 1 && (s == 'a' || s == 'u'):
		return append(out, s) // Яна is not Анна
	case last == 'i' && isVowel(s):
		if s == 'o' {
			s = 'e' // ё, йо, ьо
		}
		if n > 1 && out[n-2] == s {
			return out[:n-1]
		}
		out[n-1] = s
		return out
	case last == 't' && (s == 's' || s == 'q'):
		out[n-1] = 'q'
		return out
	case last == 't' && s == 'c', last == 's' && s == 'c', last == 'x' && s == 'c', last == 's' && s == 'x':
		out[n-1] = map[bool]byte{true: 'c', false: 'x'}[last == 't']
		return out
	}
	return append(out, s)
}

// sound reads what a word starts with: its sounds and how many bytes they take.
func sound(s string) (sounds string, size int) {
	if s[0] < 0x80 {
		return latinSound(s)
	}
	r, size := utf8.DecodeRuneInString(s)
	if k := strings.IndexRune(cyrillic, r); k >= 0 {
		return cyrillicSounds[utf8.RuneCountInString(cyrillic[:k])], size
	}
	return diacritic(r), size
}

const cyrillic = "абвгґдеєёэжзиіїйыклмнопрстуўфхцчшщьъюя"

var cyrillicSounds = [...]string{
	"a", "b", "v", "h", "h", "d", "e", "ie", "io", "e", "j", "z", "i", "i", "i", "i", "i", "k", "l", "m", "n", "o",
	"p", "r", "s", "t", "u", "u", "f", "h", "q", "c", "x", "x", "", "", "iu", "ia",
}

var latinGroups = [...]struct{ letters, sounds string }{
	{"tsch", "c"}, {"sch", "x"}, {"sh", "x"}, {"sz", "x"}, {"ch", "c"}, {"cz", "c"}, {"zh", "j"}, {"kh", "h"}, {"gh", "h"},
	{"tz", "q"}, {"cky", "qki"}, {"cki", "qki"}, {"cka", "qka"}, {"ck", "k"}, {"ph", "f"}, {"qu", "kv"}, {"x", "ks"}, {"w", "v"}, {"g", "h"}, {"y", "i"}, {"j", "i"},
	{"q", "k"}, {"c", "q"},
}

func latinSound(s string) (sounds string, size int) {
	for _, g := range latinGroups {
		if strings.HasPrefix(s, g.letters) {
			return g.sounds, len(g.letters)
		}
	}
	if strings.HasPrefix(s, "tc") && !strings.HasPrefix(s, "tch") {
		return "q", 2
	}
	if c := s[0]; c >= 'a' && c <= 'z' {
		return s[:1], 1
	}
	return "", 1
}

// diacritic reads a Latin letter with a mark, by ISO 9 or Polish or Czech; of any
// other letter its base.
func diacritic(r rune) string {
	switch r {
	case 'š', 'ŝ', 'ś', 'ş':
		return "x"
	case 'č', 'ć':
		return "c"
	case 'ž', 'ż', 'ź':
		return "j"
	case 'ł':
		return "l"
	case 'â':
		return "ia"
	case 'û':
		return "iu"
	case 'ê':
		return "ie"
	case 'ë':
		return "io"
	}
	base := norm.NFD.String(string(r))
	if base[0] < 0x80 {
		sounds, _ := latinSound(base[:1])
		return sounds
	}
	if unicode.IsLetter(r) && strings.ContainsRune(base, r) {
		return string(r) // of another alphabet: itself
	}
	return ""
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// stem is the form of a family name without what gender, case and language add
// at its end (Левицький, Левицька, Левицкая, Levytskyi), so that it stands for
// the whole family.
func stem(f string) string {
	out := strings.TrimRight(f, "aeiou")
	if len(out) < 2 {
		return f
	}
	if root, ok := strings.CutSuffix(out, "ivsk"); ok {
		return root + "ovsk" // Лисаківський, Лисаковский
	}
	return out
}

// skeleton is the coarse key of a form: its consonants, sibilants taken as one
// and f as v. Of a word with fewer than two it is the form.
func skeleton(f string) string {
	out := make([]byte, 0, len(f))
	for i := range len(f) {
		c := f[i]
		switch c {
		case 'a', 'e', 'i', 'o', 'u':
			continue
		case 'c', 'j', 'q', 'x', 'z':
			c = 's'
		case 'f':
			c = 'v'
		}
		if n := len(out); n == 0 || out[n-1] != c {
			out = append(out, c)
		}
	}
	if len(out) < 2 {
		return f
	}
	return string(out)
}
