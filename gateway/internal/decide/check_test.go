package decide_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"homeward.example/gateway/internal/decide"
	"homeward.example/policies"
)

func TestCheckFindsNothingInThePolicyOfThisProgram(t *testing.T) {
	t.Parallel()
	for _, f := range decide.Check(t.Context(), embedded(t), policies.FS()) {
		t.Errorf("%s: %s", f.Place, f.What)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const metadata = "# METADATA\n# title: A rule\n# description: To try.\n# custom:\n#   legal_basis: none\n#   plain:\n#     en: A rule.\n#     uk: Правило.\n"
	added := func(source string) decide.Bundle { return embedded(t).Variant("homeward/x/x.rego", source) }
	// The data as it is, with a leaf in another column.
	moved := embedded(t)
	moved.Data = []byte(strings.ReplaceAll(string(moved.Data), `"physical.photo":`, `"physical.pictures":`))
	// A guard that stands before the leaves it should, but not before their cells.
	var doc map[string]any
	if err := json.Unmarshal(embedded(t).Data, &doc); err != nil {
		t.Fatal(err)
	}
	guard := doc["homeward"].(map[string]any)["schema"].(map[string]any)["guarded"].(map[string]any)["photo_alone"].(map[string]any)
	guard["cells"] = map[string]any{}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	open := embedded(t)
	open.Data = data
	for _, c := range []struct {
		name        string
		bundle      decide.Bundle
		place, what string // regular expressions
	}{
		{"no Rego", added(metadata + "package homeward.x\n\n" + metadata + "x if {"), `^homeward/x/x.rego:\d+$`, ""},
		{
			"a clock", added(metadata + "package homeward.x\n\n" + metadata + "x := time.now_ns()\n"),
			`^homeward/x/x.rego:19$`, "undefined function time.now_ns",
		},
		{
			"a network", added(metadata + "package homeward.x\n\n" + metadata + "x := http.send({})\n"),
			`^homeward/x/x.rego:19$`, "undefined function http.send",
		},
		{
			"a variable that is not used", added(metadata + "package homeward.x\n\n" + metadata + "x if {\n\ty := input.a\n}\n"),
			`^homeward/x/x.rego:20$`, "unused",
		},
		{
			"a name that is not there", added(metadata + "package homeward.x\n\n" + metadata + "x if y == 1\n"),
			`^homeward/x/x.rego:19$`, "y is unsafe",
		},
		{
			"a rule that does not explain itself", added(metadata + "package homeward.x\n\nx if input.a\n"),
			`^homeward/x/x.rego:11$`, "no METADATA for homeward.x.x",
		},
		{
			"a rule that explains itself to few", edited(t, "#     uk: Для догляду", "#     pl: Для догляду"),
			`^homeward/release/guards.rego:\d+$`, "^METADATA lacks custom.plain.uk$",
		},
		{"a guard before nothing", redigested(t, open), `^homeward/data.json`, `^not the schema's: guarded.photo_alone.cells`},
		{"a leaf that is not there", redigested(t, moved), `^homeward/data.json:\d+$`, "^not the schema's: physical.photo"},
		{
			"a guard that stands before another leaf in the rules than in the data", edited(t, "\t\t\"origin.last_address\",\n\t},\n\t\"publicity\"", "\t},\n\t\"publicity\""),
			`^homeward/data.json:\d+$`, "^not the schema's: origin.last_address.*what guards it was family_place, becomes nothing",
		},
		{
			"an agreement that nobody needs", edited(t, `agreement if input.agreement == "yes"`, "agreement if true"),
			`^self-test$`, "no agreement: let in",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			faults := decide.Check(t.Context(), c.bundle, policies.FS())
			for _, f := range faults {
				if f.Remedy == "" {
					t.Errorf("%s: no remedy", f.What)
				}
				if regexp.MustCompile(c.place).MatchString(f.Place) && regexp.MustCompile(c.what).MatchString(f.What) {
					return
				}
			}
			t.Errorf("not found in %+v", faults)
		})
	}
}

// A bundle has no folder to look lines up in.
func TestCheckWithoutFolder(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	b.Data = []byte("{}")
	faults := decide.Check(t.Context(), redigested(t, b), nil)
	if len(faults) == 0 || faults[0].Place != "homeward/data.json" {
		t.Errorf("%+v", faults)
	}
	if faults := decide.Check(t.Context(), b, os.DirFS(t.TempDir())); len(faults) == 0 {
		t.Error("a digest of other files was taken")
	}
}
