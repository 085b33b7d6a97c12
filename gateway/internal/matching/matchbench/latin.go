package matchbench

import (
	"strings"
	"unicode"
)

// table writes one language in Latin letters. These tables are this package's
// own, apart from the matcher's: a benchmark that shared them would test them
// against themselves.
type table struct {
	name    string
	russian bool
	letters map[string]string // of one or two letters, lower case
	initial map[string]string // at the beginning of a word
}

const ukBase = "а=a б=b в=v г=h ґ=g д=d е=e є=ie ж=zh з=z и=y і=i ї=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ь= ю=iu я=ia"
const ruBase = "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ=ie ы=y ь= э=e ю=iu я=ia"
const initials = "є=ye ї=yi й=y ю=yu я=ya"

// tables are in the order of how often they are met; see tableOdds.
func tables() []table {
	of := func(name string, ru bool, base, over, initial string) table {
		t := table{name, ru, map[string]string{}, map[string]string{}}
		for _, text := range []string{base, over} {
			fill(t.letters, text)
		}
		fill(t.initial, initial)
		return t
	}
	return []table{
		of("KMU 2010", false, ukBase, "зг=zgh", initials),
		of("Russian passport since 2013", true, ruBase, "", ""),
		of("BGN/PCGN of Ukrainian", false, ukBase, "є=ye ї=yi й=y ю=yu я=ya зг=zgh", ""),
		of("BGN/PCGN of Russian", true, ruBase, "й=y ю=yu я=ya ъ= ё=ye ае=aye ое=oye ие=iye", "е=ye"),
		of("Russian passport 2010 to 2013", true, ruBase, "ц=tc ъ=", ""),
		of("Ukrainian passport before 2010", false, ukBase, "г=g є=ie ї=i й=i", initials+" г=g"),
		of("Russian passport 1997", true, ruBase, "й=y ю=yu я=ya ъ= ё=ye кс=x", "е=e"),
		of("ISO 9", false, ukBase, "г=g ґ=g є=ê ж=ž и=i і=ì ї=ï й=j х=h ц=c ч=č ш=š щ=ŝ ь= ю=û я=â", ""),
		of("German", true, ruBase, "в=w ж=sch з=s х=ch ц=z ч=tsch ш=sch щ=schtsch й=j ю=ju я=ja ъ= ё=jo", "е=je"),
		of("Polish", false, ukBase, "в=w ж=z и=y й=j х=ch ц=c ч=cz ш=sz щ=szcz ю=iu я=ia є=ie ї=ji", "ю=ju я=ja є=je"),
		of("French", true, ruBase, "ж=j ч=tch ш=ch щ=chtch у=ou ю=iou ъ= й=i", ""),
	}
}

var tableOdds = []int{24, 18, 10, 10, 6, 7, 6, 5, 5, 5, 4}

func fill(m map[string]string, text string) {
	for _, pair := range strings.Fields(text) {
		from, to, _ := strings.Cut(pair, "=")
		m[from] = to
	}
}

// write transliterates a name; each word begins with a capital letter.
func (t *table) write(name string) string {
	return spelled(name, func() *table { return t })
}

// mixed takes each letter from either of two tables, as somebody who knows neither.
func mixed(r *random, a, b *table, name string) string {
	return spelled(name, func() *table { return one(r, []*table{a, b}) })
}

func spelled(name string, by func() *table) string {
	var out strings.Builder
	letters := []rune(strings.ToLower(name))
	begins := true
	for i := 0; i < len(letters); i++ {
		c := letters[i]
		if !unicode.IsLetter(c) {
			if c != '\'' {
				out.WriteRune(c)
				begins = true
			}
			continue
		}
		t := by()
		latin, ok := t.letters[string(letters[i:min(i+2, len(letters))])]
		if ok && i+1 < len(letters) {
			i++
		} else {
			latin = t.letters[string(c)]
		}
		if first, ok := t.initial[string(c)]; ok && begins {
			latin = first
		}
		if begins {
			latin = title(latin)
		}
		begins = false
		out.WriteString(latin)
	}
	return out.String()
}

func title(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}
