package matching

import (
	"strings"
	"unicode"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CodeLookAlike: a word of a name has letters of two alphabets that look alike
// (a Cyrillic о in a Latin name). Where names the field, never the name.
const CodeLookAlike problem.Code = "lookalike_text"

// maxNameBytes bounds one name; what is longer is no name.
const maxNameBytes = 400

// Check refuses a record with a name that mixes alphabets within a word. Such a
// name matches nothing, so that whoever takes records or reports in should say
// so instead of losing them without a sound.
func Check(c *homewardv1.ChildRecord) error {
	n := c.GetName()
	for _, f := range []struct {
		path string
		list []*homewardv1.Assertion
	}{
		{"name.full", n.GetFull()}, {"name.given", n.GetGiven()}, {"name.patronymic", n.GetPatronymic()},
		{"name.family", n.GetFamily()}, {"name.nickname", n.GetNickname()}, {"name.other", n.GetOther()},
	} {
		for _, a := range f.list {
			if mixed(a.GetValue()) {
				return problem.New(CodeLookAlike, f.path)
			}
		}
	}
	for _, m := range c.GetFamily().GetMembers() {
		if mixed(m.GetName()) {
			return problem.New(CodeLookAlike, "family.members.name")
		}
	}
	if mixed(c.GetListing().GetListedName()) {
		return problem.New(CodeLookAlike, "listing.listed_name")
	}
	return nil
}

func mixed(name string) bool {
	for _, t := range tokens(name) {
		if isMixed(t) {
			return true
		}
	}
	return false
}

func isMixed(word string) bool {
	latin, other := scripts(word)
	return latin && other
}

// marks stand for a soft or hard sign; they are no letters and split no word.
var marks = strings.NewReplacer("”", "", "ʹ", "", "ʺ", "", "\"", "", "′", "", "″", "", "`", "")

// tokens returns the words of a name, normalised, each with the parts of a
// double name together ("нечуй-левицький").
func tokens(name string) []string {
	if len(name) > maxNameBytes {
		return nil
	}
	return strings.FieldsFunc(adapters.Normalise(marks.Replace(name)), func(r rune) bool {
		return r != '-' && r != '·' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}
