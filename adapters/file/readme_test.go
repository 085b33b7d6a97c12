package file

import (
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
)

// TestReadme: what the README shows is accepted.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	seen := make(map[string]int)
	for _, b := range blocks {
		b, _, _ = strings.Cut(b, "```")
		kind, _, _ := strings.Cut(b, "\n")
		seen[kind]++
		switch kind {
		case "# settings":
			var values map[string]any
			if err := yaml.Unmarshal([]byte(b), &values); err != nil {
				t.Error(err)
			}
			if _, err := read(adapters.Settings{Values: values}); err != nil {
				t.Errorf("%v in\n%s", err, b)
			}
		case "# mapping":
			if _, err := parseMapping([]byte(b)); err != nil {
				t.Errorf("%v in\n%s", err, b)
			}
		}
	}
	if seen["# settings"] != 3 || seen["# mapping"] != 1 || len(seen) != 2 {
		t.Errorf("blocks of the README: %v", seen)
	}
}

// TestChangedWhileRead: a file that grows under the reader is not half-loaded.
func TestChangedWhileRead(t *testing.T) {
	t.Parallel()
	set := ready{settings: settings{Path: dir(t, map[string]string{"c.jsonl": goodJSONL}) + "/c.jsonl", MaxBytes: 1 << 20}}
	f, before, err := open(set)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unchanged(f, before, "c.jsonl"); err != nil {
		t.Errorf("nothing changed: %v", err)
	}
	if err := os.WriteFile(set.Path, []byte(goodJSONL+goodJSONL), 0o600); err != nil {
		t.Fatal(err)
	}
	wantIssue(t, unchanged(f, before, "c.jsonl"), "c.jsonl: changed while it was read")
}
