package adapters

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normalise writes one and the same text in one way: NFC, case folded, no
// apostrophes, stress marks or invisible characters, one kind of hyphen, single spaces.
func Normalise(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range cases.Fold().String(norm.NFC.String(s)) {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.Pd, r):
			r = '-'
		case strings.ContainsRune("'’ʼ‘`´′\u0301", r), unicode.In(r, unicode.Cf, unicode.Cc):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Latin transliterates a name by the Ukrainian national table of 2010 (KMU-55)
// and returns it normalised, so that a query in Latin finds a name in Cyrillic.
// Letters that only Russian has are read the nearest way. Latin letters lose
// their diacritics.
func Latin(s string) string {
	in := []rune(Normalise(s))
	var b strings.Builder
	b.Grow(len(in) * 2)
	for i, r := range in {
		initial := i == 0 || !unicode.IsLetter(in[i-1])
		switch {
		case r == 'г' && i > 0 && in[i-1] == 'з':
			b.WriteString("gh")
		case initial && strings.ContainsRune("єїйюя", r):
			b.WriteString(initialLatin(r))
		default:
			b.WriteString(latin(r))
		}
	}
	return b.String()
}

func initialLatin(r rune) string {
	switch r {
	case 'є':
		return "ye"
	case 'ї':
		return "yi"
	case 'й':
		return "y"
	case 'ю':
		return "yu"
	}
	return "ya"
}

func latin(r rune) string {
	const cyrillic, first = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ", 'а'
	table := [...]string{
		"a", "b", "v", "h", "g", "d", "e", "ie", "zh", "z", "y", "i", "i", "i", "k", "l", "m", "n", "o",
		"p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "iu", "ia", "y", "e", "e", "",
	}
	if r < first {
		return base(r)
	}
	i := 0
	for _, c := range cyrillic {
		if c == r {
			return table[i]
		}
		i++
	}
	return base(r)
}

// base drops the diacritics of a letter: "š" is "s".
func base(r rune) string {
	if r < unicode.MaxASCII {
		return string(r)
	}
	for _, c := range norm.NFD.String(string(r)) {
		return string(c)
	}
	return ""
}

// Tokens returns the words of a name, normalised.
func Tokens(s string) []string {
	return strings.FieldsFunc(Normalise(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}

// Skeleton is a coarse key of one word: the classes of its consonants in Latin,
// equal for the ways in which one name is usually transliterated (Шевченко,
// Shevchenko, Schewtschenko, Ševčenko). It is for finding candidates, never for
// saying that two names are one. A word with fewer than two consonants keeps
// the places of its vowels.
func Skeleton(word string) string {
	in := Latin(word)
	var out, voiced []byte
	last := byte(0)
	for i := 0; i < len(in); {
		class, size := consonant(in[i:])
		i += size
		if class == 0 || class == last {
			continue
		}
		last = class
		voiced = append(voiced, class)
		if class != vowel {
			out = append(out, class)
		}
	}
	if len(out) < 2 {
		return string(voiced)
	}
	return string(out)
}

const vowel = 'a'

// consonant returns the class of what a word starts with and how many bytes it
// takes: the longest group of letters that stands for one sound.
func consonant(s string) (class byte, size int) {
	for _, g := range [...]string{"shch", "tsch", "sch", "tch", "sh", "ch", "zh", "ts", "tz", "cz", "sz", "tc"} {
		if strings.HasPrefix(s, g) {
			return 's', len(g)
		}
	}
	if strings.HasPrefix(s, "kh") || strings.HasPrefix(s, "gh") {
		return 'h', 2
	}
	switch c := s[0]; c {
	case 'a', 'e', 'i', 'o', 'u', 'y', 'j':
		return vowel, 1
	case 's', 'c', 'z':
		return 's', 1
	case 'h', 'g':
		return 'h', 1
	case 'v', 'w', 'f':
		return 'v', 1
	case 'k', 'q':
		return 'k', 1
	default:
		if c < 'a' || c > 'z' {
			if c >= '0' && c <= '9' || c >= 0x80 {
				return c, 1 // another script: byte by byte is enough for a key
			}
			return 0, 1
		}
		return c, 1
	}
}
