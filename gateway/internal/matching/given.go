package matching

import (
	_ "embed" // the table of given names
	"slices"
	"strings"
	"sync"

	"homeward.example/adapters"
)

//go:embed data/given.tsv
var givenTable string

// nameClasses are the given names that are one name in other papers or other
// languages, by the form of each of them, and the patronymics made of them. A
// class is its number, from 1; a diminutive may be of several.
type nameClasses struct {
	given      map[string][]uint32
	formal     map[string]int      // of the classes of a form, how many have it as a formal name: the first ones
	stems      map[string][]uint32 // of the formal names, without their last vowels
	starts     map[string][]uint32 // of the formal names, the first three letters and more
	patronymic map[string][]uint32
	count      uint32
}

var classes = sync.OnceValue(func() *nameClasses {
	c := &nameClasses{
		given: make(map[string][]uint32), formal: make(map[string]int), stems: make(map[string][]uint32),
		starts: make(map[string][]uint32), patronymic: make(map[string][]uint32),
	}
	formal := make(map[string][]string) // the formal names of a form
	var called [][]string
	for line := range strings.Lines(givenTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		sex, names, _ := strings.Cut(adapters.Normalise(strings.ReplaceAll(line, "\t", " | ")), " | ")
		names, short, _ := strings.Cut(names, " | ")
		c.count++
		called = append(called, strings.Fields(short))
		for _, name := range strings.Fields(names) {
			f := form(name)
			add(c.given, f, c.count)
			formal[f] = append(formal[f], name)
			c.file(f)
			if sex == "m" {
				for _, p := range patronymics(name) {
					add(c.patronymic, form(p), c.count)
				}
			}
		}
	}
	for f, known := range c.given {
		c.formal[f] = len(known)
	}
	for i, names := range called {
		for _, name := range names {
			// A short name that only sounds like a formal one (Мара, Марія) is not taken for it.
			if f := form(name); len(formal[f]) == 0 || slices.Contains(formal[f], name) {
				add(c.given, f, uint32(i+1))
			}
		}
	}
	return c
})

// file a formal name by its stem, and by what a diminutive may keep of it.
func (c *nameClasses) file(f string) {
	if s := stem(f); len(s) > 1 {
		add(c.stems, s, c.count)
	}
	for n := minStart; n < len(f); n++ {
		add(c.starts, f[:n], c.count)
	}
}

const (
	minStart   = 3 // letters that tell a name by how it begins
	maxGuesses = 4 // names that a word may be short for, to be of use
)

// of returns the classes of a given name's form: by the table, or by what is left
// of a diminutive that is made by rule: a stem (Дем'янка, Аліночка), or else how names
// begin (Вадько), which is a guess.
func (c *nameClasses) of(f string) (known []uint32, formal int, isGuess bool) {
	if known = c.given[f]; len(known) > 0 {
		return known, c.formal[f], false
	}
	for _, suffix := range diminutives {
		if base, ok := strings.CutSuffix(f, suffix); ok && len(base)+len(suffix) > 3 {
			if known = c.stems[stem(base)]; len(known) > 0 {
				return known, 0, false
			}
		}
	}
	for _, suffix := range diminutives {
		if base, ok := strings.CutSuffix(f, suffix); ok && len(base) >= minStart {
			if known = c.starts[base]; len(known) > 0 && len(known) <= maxGuesses {
				return known, 0, true
			}
		}
	}
	return nil, 0, false
}

// diminutives are endings as forms, the longest first.
var diminutives = []string{
	"ocka", "ecka", "icka", "enka", "onka", "unka", "uska", "uxka", "axka", "ocok", "ecko", "onko", "usik", "asik",
	"axa", "uxa", "usa", "una", "cik", "xka", "xa", "ik", "ko", "ka", "ok", "us", "as", "a",
}

func add(to map[string][]uint32, key string, class uint32) {
	if key != "" && !slices.Contains(to[key], class) {
		to[key] = append(to[key], class)
	}
}

// irregular patronymics, after the rules of both languages.
var irregular = map[string]string{
	"ілля": "ілліч іллівна", "илья": "ильич ильинична", "лука": "лукич луківна лукинична", "хома": "хомич хомівна", "фома": "фомич фоминична",
	"кузьма": "кузьмич кузьмівна кузьминична", "сава": "савич савівна", "савва": "саввич саввична", "никита": "никитич никитична",
	"яків": "якович яківна", "лев": "львович львівна львовна", "павел": "павлович павловна", "пётр": "петрович петровна", "петр": "петрович петровна",
	"григорій": "григорович григорівна", "микола": "миколайович миколаївна", "михаил": "михайлович михайловна", "гаврило": "гаврилович гаврилівна",
	"антін": "антонович антонівна", "прокіп": "прокопович прокопівна", "тихін": "тихонович тихонівна", "федір": "федорович федорівна",
	"микита": "микитич микитович микитівна",
}

// patronymics of a father's name, of a son and of a daughter, by the rules of
// Ukrainian and of Russian: the name itself tells its language.
func patronymics(father string) []string {
	if p, ok := irregular[father]; ok {
		return strings.Fields(p)
	}
	cut := func(n int) string { r := []rune(father); return string(r[:len(r)-n]) }
	switch {
	case strings.HasSuffix(father, "ій"):
		return []string{cut(1) + "йович", cut(1) + "ївна"}
	case strings.HasSuffix(father, "ий"):
		return []string{cut(2) + "ьевич", cut(2) + "ьевна", cut(2) + "иевич", cut(2) + "иевна"}
	case strings.HasSuffix(father, "й"):
		return []string{cut(1) + "йович", cut(1) + "ївна", cut(1) + "евич", cut(1) + "евна"}
	case strings.HasSuffix(father, "ь"):
		return []string{cut(1) + "ьович", cut(1) + "ьовна", cut(1) + "евич", cut(1) + "евна", cut(1) + "івна", cut(1) + "ович"}
	case strings.HasSuffix(father, "о"), strings.HasSuffix(father, "а"), strings.HasSuffix(father, "я"):
		return []string{cut(1) + "ович", cut(1) + "івна", cut(1) + "ич", cut(1) + "овна"}
	}
	return []string{father + "ович", father + "івна", father + "овна"}
}

// endings of patronymics as forms; the longest first.
var patronymicEndings = []string{"inicna", "iovic", "ovic", "evic", "ivna", "ovna", "evna", "icna", "avna", "ic"}

// isPatronymic says whether a form looks like one; family names end so too, and
// where it stands decides (full).
func isPatronymic(f string) bool {
	if _, ok := classes().patronymic[f]; ok {
		return true
	}
	for _, e := range patronymicEndings[:len(patronymicEndings)-1] {
		if len(f) > len(e)+1 && strings.HasSuffix(f, e) {
			return true
		}
	}
	return false
}

// father cuts the ending off a patronymic's form.
func father(f string) string {
	for _, e := range patronymicEndings {
		if len(f) > len(e)+1 && strings.HasSuffix(f, e) {
			return f[:len(f)-len(e)]
		}
	}
	return f
}
