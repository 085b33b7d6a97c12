package policies_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"homeward.example/policies"
)

const textsFile = "homeward/texts/data.json"

// texts are what people read of a code or a word, by table, name and language:
// reason is why, more is what would have to be true for more.
func texts(t *testing.T) map[string]map[string]map[string]string {
	t.Helper()
	source, err := fs.ReadFile(policies.FS(), textsFile)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]map[string]map[string]string
	if err := json.Unmarshal(source, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// codes of the domain; SUP_KANON waits for its purpose.
func codes() []string {
	return []string{
		"OK_FULL", "GEN_YEAR", "GEN_BAND", "GEN_OBLAST", "GEN_COUNTRY", "GEN_INITIALS", "GEN_EXISTS",
		"SUP_PURPOSE", "SUP_ROLE", "SUP_CONSENT_ABSENT", "SUP_DENY_DETAILS", "SUP_LOCATION_FLAG", "SUP_CAPTOR_RISK",
		"SUP_PUBLICITY", "SUP_NO_AGREEMENT", "SUP_ORIGIN_CONTROL", "SUP_LINKAGE", "SUP_ADULT", "SUP_NOT_REQUESTED",
		"SUP_ASSERTION_KIND", "SUP_LOCAL", "SUP_HOLD", "DENY_RATE", "DENY_NO_CASE_REF", "DENY_PROHIBITED_PARTY",
		"DENY_BULK", "BG_PENDING",
	}
}

// Each code says why and what would have to be true for more, each word of the
// matrix how it opens, in English and Ukrainian.
func TestEveryCodeAndWordIsExplained(t *testing.T) {
	t.Parallel()
	all := texts(t)
	words := readTables(t).Words
	for table, names := range map[string][]string{"reason": codes(), "more": codes(), "word": words} {
		if got, want := slices.Sorted(maps.Keys(all[table])), slices.Sorted(slices.Values(names)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", table, got, want)
		}
		for name, said := range all[table] {
			if len(said) != 2 || !sentence(said["en"], unicode.Latin) || !sentence(said["uk"], unicode.Cyrillic) {
				t.Errorf("%s.%s: %v", table, name, said)
			}
		}
	}
}

// Every rule that an explanation may name has a title in Ukrainian, and no other.
func TestTitlesInUkrainian(t *testing.T) {
	t.Parallel()
	title, said := regexp.MustCompile(`(?m)^# title: (.+)$`), texts(t)["title"]
	named := make(map[string]bool)
	for name, source := range sources(t) {
		for _, m := range title.FindAllStringSubmatch(string(source), -1) {
			named[m[1]] = true
			explained := regexp.MustCompile(`(^|/)(matrix|question|release)/`).MatchString(name) && !strings.HasSuffix(name, "_test.rego")
			if uk := []rune(said[m[1]]["uk"]); explained && (len(uk) == 0 || !unicode.Is(unicode.Cyrillic, uk[0])) {
				t.Errorf("%s: %q has no title in Ukrainian", name, m[1])
			}
		}
	}
	for name := range said {
		if !named[name] {
			t.Errorf("no rule has the title %q", name)
		}
	}
}

// Every code that a rule gives is one of the domain.
func TestRulesGiveCodesOfTheDomain(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`"((?:SUP|GEN|DENY|OK|BG)_[A-Z_]+)"`)
	given := map[string]bool{"SUP_LOCAL": true, "DENY_RATE": true} // by the overlay, and by the budgets
	for name, source := range sources(t) {
		if strings.HasSuffix(name, "_test.rego") {
			continue
		}
		for _, m := range code.FindAllStringSubmatch(string(source), -1) {
			given[m[1]] = true
		}
	}
	given["OK_FULL"] = true // the lines of the schema give it
	if got, want := slices.Sorted(maps.Keys(given)), slices.Sorted(slices.Values(codes())); !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
}

// sentence is a capital, letters mostly of one script, and a full stop.
func sentence(s string, script *unicode.RangeTable) bool {
	first := []rune(s + " ")[0]
	return unicode.IsUpper(first) && unicode.Is(script, first) && strings.HasSuffix(s, ".")
}
