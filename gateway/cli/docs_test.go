package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const repository = "../.."

// TestCommandsInDocumentsAreRun: whatever a document tells a reader to type is
// typed by a script, or is a target of the Makefile.
func TestCommandsInDocumentsAreRun(t *testing.T) {
	t.Parallel()
	run, targets := scripted(t), makeTargets(t)
	shown := documented(t)
	if len(shown) < 15 {
		t.Fatalf("only %d commands found: the search is broken", len(shown))
	}
	for command, place := range shown {
		words := strings.Fields(command)
		switch words[0] {
		case "make":
			if !targets[words[1]] {
				t.Errorf("%s: the Makefile has no target %s", place, words[1])
			}
		case "homeward", "curl":
			if !run[command] {
				t.Errorf("%s: no script runs %q", place, command)
			}
		default:
			t.Errorf("%s: %q is run by no script", place, command)
		}
	}
}

// TestExamplesInHelpAreRun holds the examples of --help to the same.
func TestExamplesInHelpAreRun(t *testing.T) {
	t.Parallel()
	run := scripted(t)
	a := &app{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			if command := normal(line); !run[command] {
				t.Errorf("%s --help: no script runs %q", c.CommandPath(), command)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(a.root())
}

// scripted are the commands of all scripts, without how they must end.
func scripted(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	prefix := regexp.MustCompile(`^(exec|eventually|exits \d) `)
	run := make(map[string]bool)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			if m := prefix.FindString(line); m != "" {
				run[normal(strings.TrimPrefix(line, m))] = true
			}
		}
	}
	return run
}

var (
	background = regexp.MustCompile(`( &\w+&| > \S+)$`)
	days       = regexp.MustCompile(`--until \S+`)
	hits       = regexp.MustCompile(`--hit \S+`)
	address    = regexp.MustCompile(`https://127\.0\.0\.1:\d+`)
)

// normal makes a command of a document and of a script comparable: days pass,
// ids and ports differ, and where output goes does not matter.
func normal(line string) string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "./bin/")
	line = background.ReplaceAllString(line, "")
	line = days.ReplaceAllString(line, "--until DAY")
	line = hits.ReplaceAllString(line, "--hit HIT")
	line = address.ReplaceAllString(line, "$$GATEWAY")
	return strings.Join(strings.Fields(line), " ")
}

var fence = regexp.MustCompile("(?s)```sh\n(.*?)```")

// documented are the lines of ```sh blocks in all documents, with the file of each.
func documented(t *testing.T) map[string]string {
	t.Helper()
	shown := make(map[string]string)
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, block := range fence.FindAllStringSubmatch(string(raw), -1) {
			for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
				if command := normal(line); command != "" && !strings.HasPrefix(command, "#") {
					shown[command] = path
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

func makeTargets(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(raw), -1) {
		targets[m[1]] = true
	}
	return targets
}
