package decide_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/decide"
)

// prose is a change as a person reads it.
func prose(c decide.Change) string {
	return c.Kind + " " + c.Title + ": " + strings.Join(c.Details, "; ")
}

func diff(t *testing.T, was, becomes decide.Bundle) []string {
	t.Helper()
	changes, err := decide.Diff(was, becomes)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range changes {
		if c.Kind != decide.ChangeData && (c.Place == "" || c.Says == "" || c.Basis == "") {
			t.Errorf("%s: place %q, says %q, basis %q", c.Title, c.Place, c.Says, c.Basis)
		}
		out = append(out, prose(c))
	}
	return out
}

func embedded(t *testing.T) decide.Bundle {
	t.Helper()
	b, err := decide.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, now string
		want           []string
	}{
		{"layout alone", "holds contains \"few\" if {\n\tis_number", "holds contains \"few\" if {\n\n\t# a comment\n\tis_number", nil},
		{
			"a cell", `"photo": "go_ahead",` + "\n\t\t" + `"separation": "link_generalised"`, `"photo": "link",` + "\n\t\t" + `"separation": "link_generalised"`,
			[]string{"rule_changed RETURN by a partner government: photo was go-ahead, becomes link"},
		},
		{
			"a condition less", "\tinput.question.wildcard == \"no\"\n\t\"document\" in", "\t\"document\" in",
			[]string{`rule_changed Never 8, no wildcard, no query by name alone: it no longer asks for input.question.wildcard == "no"`},
		},
		{
			"a condition more", "holds contains \"few\" if {", "holds contains \"few\" if {\n\tinput.record.count > 0",
			[]string{`rule_changed Never 8, at most five records an answer: it now asks for input.record.count > 0`},
		},
		{
			"another constant", "input.record.count <= 5", "input.record.count <= 50",
			[]string{`rule_changed Never 8, at most five records an answer: it asked for input.record.count <= 5, and now for input.record.count <= 50`},
		},
		{
			"a rule more", "# METADATA\n# title: Never 8, at most five", "# METADATA\n# title: Few is many\n# description: To try.\n# custom:\n#   legal_basis: none\nholds contains \"many\" if true\n\n# METADATA\n# title: Never 8, at most five",
			[]string{`rule_added Few is many: holds contains "many" if true`},
		},
		{
			"a text", "# title: Never 8, at most five records an answer", "# title: Never 8, five records",
			[]string{`texts_changed Never 8, five records: title was “Never 8, at most five records an answer”, becomes “Never 8, five records”`},
		},
		{
			"a legal basis", "#   legal_basis: CRC 1, 12; GDPR 6(1)(a)\n", "#   legal_basis: CRC 1\n",
			[]string{`texts_changed Never 11, a grown-up who is safe and reachable decides alone: legal basis was “CRC 1, 12; GDPR 6(1)(a)”, becomes “CRC 1”`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(c.want, diff(t, embedded(t), edited(t, c.old, c.now))); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// What is a rule less one way is a rule more the other way.
func TestDiffBackwards(t *testing.T) {
	t.Parallel()
	b := edited(t, "holds contains \"not_frozen\" if input.record.flags.safe_and_reachable == \"no\"\n", "")
	const way = `holds contains "not_frozen" if input.record.flags.safe_and_reachable == "no"`
	const title = "rule_changed Never 11, a grown-up who is safe and reachable decides alone: "
	if d := cmp.Diff([]string{title + "one way less: it no longer says " + way}, diff(t, embedded(t), b)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{title + "one way more: " + way}, diff(t, b, embedded(t))); d != "" {
		t.Error(d)
	}
}

// cells is a data document of one leaf.
func cells(column, less, guard string) string {
	const cell = `{"original":{"cell":[{"paths":{"physical.photo":true},"identity":"original",`
	return `{"homeward":{"version":"1","schema":{"columns":{"` + column + `":{"cells":{
		"full":` + cell + `"verdict":"released"}]}},
		"generalised":` + cell + less + `}]}}}}},
		"guarded":{"` + guard + `":{"paths":{"original":{"physical.photo":true}}}}}}}`
}

func TestDiffData(t *testing.T) {
	t.Parallel()
	const nothing, exists, guard = `"verdict":"withheld"`, `"verdict":"generalised","to":"exists"`, "photo_alone"
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"nothing", cells("photo", nothing, guard), nil},
		{"a column", cells("current", nothing, guard), []string{
			"data_changed Leaves of the schema: physical.photo (original): its column was photo, becomes current",
		}},
		{"a generalisation", cells("photo", exists, guard), []string{
			"data_changed Leaves of the schema: physical.photo (original): in a column given generalised it was withheld, becomes generalised exists",
		}},
		{"another guard", cells("photo", nothing, "few"), []string{
			"data_changed Leaves of the schema: physical.photo (original): what guards it was photo_alone, becomes few",
		}},
		{"none", `{"homeward":{"version":"2","schema":{}},"own":1}`, []string{
			"data_changed Leaves of the schema: physical.photo (original) is gone (it was in column photo)",
			"data_changed Data: data.homeward.version was 1, becomes 2; data.own is new: 1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			was, becomes := decide.Bundle{Data: []byte(cells("photo", nothing, guard))}, decide.Bundle{Data: []byte(c.data)}
			if d := cmp.Diff(c.want, diff(t, was, becomes)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
