package matching

import (
	"slices"
	"strings"
	"unicode"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// word is one word of a name, normalised.
type word struct {
	text    string
	isLatin bool
}

// words reads a name; nil if there is no word in it, one that mixes alphabets, or more
// than a name can have.
func words(s string) []word {
	if len(s) > maxNameBytes {
		return nil
	}
	tokens := adapters.Tokens(s)
	out := make([]word, 0, len(tokens))
	for _, t := range tokens {
		latin, other := scripts(t)
		if latin && other {
			return nil
		}
		out = append(out, word{t, latin})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// scripts says whether a word has Latin letters, and letters of another
// alphabet. Both together is a look-alike: the Cyrillic о in Oleh.
func scripts(s string) (latin, other bool) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.IsLetter(r):
			other = true
		}
	}
	return latin, other
}

// same compares two words: letter by letter in one alphabet, by the national
// transliteration (KMU-55) across two. Within one alphabet the transliteration would
// make one name of two (Мал, Маль).
func (w word) same(other word) bool {
	if w.isLatin == other.isLatin {
		return w.text == other.text
	}
	return adapters.Latin(w.text) == adapters.Latin(other.text)
}

// comparison says whether two words of a field are one.
type comparison func(f feature, a, b word) bool

// exactly is letter by letter, or by the national transliteration.
func exactly(_ feature, a, b word) bool { return a.same(b) }

// resembling also takes for one what the tables do: another form of the same
// given name or patronymic, another gender, language or script of a family name.
// An anyName is compared as each of them.
func resembling(f feature, a, b word) bool {
	if a.same(b) {
		return true
	}
	fields := []feature{f}
	if f == anyName {
		fields = []feature{fGiven, fPatronymic, fFamily}
	}
	for _, f := range fields {
		x, y := readToken(fieldOf(f), a.text), readToken(fieldOf(f), b.text)
		if level := compareNames(f, &x, &y); agrees(f, level) && (f != fGiven || level > givenAmbiguous) {
			return true
		}
	}
	return false
}

// anyName is a word of a full name.
const anyName = features

// equal compares two names word by word.
func equal(a, b []word) bool {
	return len(a) > 0 && slices.EqualFunc(a, b, word.same)
}

func (w *wanted) equal(f feature, a, b []word) bool {
	return len(a) > 0 && slices.EqualFunc(a, b, func(a, b word) bool { return w.one(f, a, b) })
}

// within says whether every word of a name is among others, each used once.
func (w *wanted) within(f feature, name, others []word) bool {
	used := make([]bool, len(others))
next:
	for _, n := range name {
		for i, o := range others {
			if !used[i] && w.one(f, n, o) {
				used[i] = true
				continue next
			}
		}
		return false
	}
	return len(name) > 0
}

// isCalled compares the names that were given.
func (w *wanted) isCalled(n *homewardv1.Name, identity string) bool {
	return w.part(fGiven, w.given, n.GetGiven(), n, identity) &&
		w.part(fPatronymic, w.patronymic, n.GetPatronymic(), n, identity) &&
		w.part(fFamily, w.family, n.GetFamily(), n, identity) &&
		(w.full == nil || w.fullName(n, identity))
}

// part compares one part of a name. Where the identity has no such part apart,
// its words are looked for in the full name.
func (w *wanted) part(f feature, name []word, list []*homewardv1.Assertion, n *homewardv1.Name, identity string) bool {
	if name == nil {
		return true
	}
	all := func(*homewardv1.Assertion) bool { return true }
	if some(list, identity, all) {
		return some(list, identity, func(a *homewardv1.Assertion) bool { return w.equal(f, name, words(a.GetValue())) })
	}
	return w.inFull(f, name, n, identity)
}

func (w *wanted) inFull(f feature, name []word, n *homewardv1.Name, identity string) bool {
	return some(n.GetFull(), identity, func(a *homewardv1.Assertion) bool { return w.within(f, name, words(a.GetValue())) })
}

// fullName compares a full name in any order of its words: with a full name of
// the record, or with its parts together.
func (w *wanted) fullName(n *homewardv1.Name, identity string) bool {
	if w.inFull(anyName, w.full, n, identity) {
		return true
	}
	var parts []word
	for _, list := range [][]*homewardv1.Assertion{n.GetGiven(), n.GetPatronymic(), n.GetFamily()} {
		for _, a := range list {
			if catalog.IdentityOf(a) == identity {
				parts = append(parts, words(a.GetValue())...)
			}
		}
	}
	return w.within(anyName, w.full, parts)
}

// oblast reads the name of a region without the word for region.
func oblast(s string) []word {
	return slices.DeleteFunc(words(s), func(w word) bool {
		return slices.Contains([]string{"область", "обл", "oblast", "region"}, w.text)
	})
}

// number reads a document's number: its letters and digits.
func number(s string) string {
	if len(s) > maxNameBytes {
		return ""
	}
	return strings.Join(adapters.Tokens(s), "")
}
