package decide

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
)

// Criteria as the policy names them, in the order of adapters.Criteria.
func criteriaOf(c adapters.Criteria) []struct{ name, value string } {
	return []struct{ name, value string }{
		{"full", c.Full}, {"given", c.Given}, {"patronymic", c.Patronymic}, {"family", c.Family},
		{"born", c.Born}, {"sex", c.Sex}, {"birth_oblast", c.BirthOblast}, {"document", c.Document},
	}
}

// wireCriteria reads the criteria of a query; false if it names one that does not exist.
func wireCriteria(m map[string]string) (adapters.Criteria, bool) {
	c := adapters.Criteria{
		Full: m["full"], Given: m["given"], Patronymic: m["patronymic"], Family: m["family"],
		Born: m["born"], Sex: m["sex"], BirthOblast: m["birth_oblast"], Document: m["document"],
	}
	known := criteriaOf(adapters.Criteria{})
	for name := range m {
		if !slices.ContainsFunc(known, func(k struct{ name, value string }) bool { return k.name == name }) {
			return c, false
		}
	}
	return c, true
}

// given names the criteria that say something, and tells whether one of them is
// a wildcard: it stands for more than one value.
func given(c adapters.Criteria) (names []string, wildcard bool) {
	for _, k := range criteriaOf(c) {
		if strings.TrimSpace(k.value) == "" {
			continue
		}
		names = append(names, k.name)
		wildcard = wildcard || wild(k.name, k.value)
	}
	return names, wildcard
}

// wild: a name of fewer than two letters or with anything that search engines
// read as a pattern; a birth date that spans more than a year.
func wild(name, value string) bool {
	if !utf8.ValidString(value) {
		return true
	}
	switch name {
	case "born":
		d, ok := edtf.Parse(value)
		return !ok || !d.Within(1)
	case "sex":
		return !slices.Contains([]string{"female", "male", "other", "unknown"}, value)
	case "document":
		return countOf(value, unicode.IsDigit)+countOf(value, unicode.IsLetter) < 4 || strings.ContainsAny(value, patterns)
	}
	return countOf(value, unicode.IsLetter) < 2 || strings.ContainsAny(value, patterns)
}

const patterns = "*?%_[]{}()|^$\\+"

func countOf(s string, in func(rune) bool) int {
	n := 0
	for _, r := range s {
		if in(r) {
			n++
		}
	}
	return n
}

// isName says whether a criterion is a part of a name.
func isName(criterion string) bool {
	return slices.Contains([]string{"full", "given", "patronymic", "family"}, criterion)
}

// requestedPaths spells out what was asked for, sorted: nil asks for all. The second
// result is false if a name is neither a path nor a group of the schema.
func requestedPaths(asked []string) ([]string, bool) {
	if len(asked) == 0 {
		return nil, true
	}
	set := make(map[string]bool)
	for _, name := range asked {
		if _, ok := catalog.ByPath(name); ok {
			set[name] = true
			continue
		}
		if !slices.Contains(catalog.Groups(), name) {
			return nil, false
		}
		for _, f := range catalog.Fields() {
			if f.Group == name {
				set[f.Path] = true
			}
		}
	}
	paths := make([]string, 0, len(set))
	for p := range set {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths, true
}
