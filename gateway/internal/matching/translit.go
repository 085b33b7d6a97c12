package matching

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Names of the transliteration tables.
const (
	KMU55       = "KMU-55"         // Cabinet of Ministers of Ukraine, resolution 55 of 2010
	ICAOuk      = "ICAO 9303 uk"   // Doc 9303-3, section 6.B, Ukrainian
	ICAOru      = "ICAO 9303 ru"   // the same, Russian: Russian passports since 2014 (ts, ie)
	GOST52535   = "GOST R 52535.1" // 2006: Russian passports of 2010 to 2013 (tc, no hard sign)
	BGNuk       = "BGN/PCGN uk"    // 1965
	BGNru       = "BGN/PCGN ru"    // 1947
	ISO9        = "ISO 9"          // 1995, both languages
	softAndHard = "ьъ'’ʼ"
)

// table writes Cyrillic in Latin. What stands at the start of a word, after a
// vowel or a sign, or before letters of its own comes before the plain letter.
type table struct {
	plain, initial, iotated map[rune]string
	pairs                   map[string]string
}

// Transliterate writes a name by a table, letter by letter, keeping what the
// table does not know; false if there is no such table.
func Transliterate(name, by string) (string, bool) {
	t, ok := tables()[by]
	if !ok {
		return "", false
	}
	in := []rune(norm.NFC.String(name))
	var out strings.Builder
	for i := 0; i < len(in); i++ {
		latin, known := t.letter(in, i)
		if !known {
			latin = string(in[i])
		}
		if known && unicode.IsUpper(in[i]) {
			latin = title(latin, i+1 < len(in) && unicode.IsUpper(in[i+1]))
		}
		out.WriteString(latin)
	}
	return norm.NFC.String(out.String()), true
}

// Tables returns the names of the tables, sorted.
func Tables() []string {
	var out []string
	for name := range tables() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (t table) letter(in []rune, i int) (string, bool) {
	r := unicode.ToLower(in[i])
	before := rune(0)
	if i > 0 {
		before = unicode.ToLower(in[i-1])
	}
	if latin, ok := t.pairs[string([]rune{before, r})]; ok {
		return latin, true
	}
	starts := !unicode.IsLetter(before) && !strings.ContainsRune(softAndHard, before) || before == 0
	if latin, ok := t.initial[r]; ok && starts {
		return latin, true
	}
	if latin, ok := t.iotated[r]; ok && (starts || strings.ContainsRune("аеёиіїоуыэєюяй"+softAndHard, before)) {
		return latin, true
	}
	latin, ok := t.plain[r]
	return latin, ok
}

// title writes the first letter large, or all of them within capitals.
func title(latin string, all bool) string {
	if all {
		return strings.ToUpper(latin)
	}
	r := []rune(latin)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

const (
	common = "а=a б=b в=v д=d з=z к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f "
	hushes = "ж=zh х=kh ч=ch ш=sh щ=shch "
	omit   = "'= ’= ʼ= ь= "

	kmuPlain   = common + hushes + omit + "г=h ґ=g е=e є=ie и=y і=i ї=i й=i ц=ts ю=iu я=ia"
	kmuInitial = "є=ye ї=yi й=y ю=yu я=ya"
	icaoRu     = common + hushes + omit + "г=g е=e ё=e и=i й=i ц=ts ъ=ie ы=y э=e ю=iu я=ia і=i"
)

var tables = sync.OnceValue(func() map[string]table {
	return map[string]table{
		KMU55:     {plain: letters(kmuPlain), initial: letters(kmuInitial), pairs: map[string]string{"зг": "gh"}},
		ICAOuk:    {plain: letters(kmuPlain), initial: letters(kmuInitial)},
		ICAOru:    {plain: letters(icaoRu)},
		GOST52535: {plain: letters(icaoRu + " ц=tc ъ=")},
		BGNuk: {
			plain: letters(common + hushes + "г=h ґ=g е=e є=ye и=y і=i ї=yi й=y ц=ts ю=yu я=ya ь=’ '=” ’=” ʼ=”"),
			pairs: map[string]string{"зг": "·h", "кг": "·h", "сг": "·h", "цг": "·h"},
		},
		BGNru: {
			plain:   letters(common + hushes + "г=g е=e ё=ë и=i й=y ц=ts ъ=” ы=y ь=’ э=e ю=yu я=ya"),
			iotated: letters("е=ye ё=yë"),
			pairs:   map[string]string{"тс": "·s", "шч": "·ch"},
		},
		ISO9: {plain: letters(common + "г=g ґ=g̀ е=e ё=ë є=ê ж=ž и=i і=ì ї=ï й=j х=h ц=c ч=č ш=š щ=ŝ ъ=ʺ ы=y ь=ʹ э=è ю=û я=â '=’ ʼ=’")},
	}
})

// letters reads a table; what comes later replaces what came before.
func letters(text string) map[rune]string {
	out := make(map[rune]string)
	for pair := range strings.FieldsSeq(text) {
		from, to, _ := strings.Cut(pair, "=")
		for _, r := range from {
			out[r] = to
		}
	}
	return out
}
