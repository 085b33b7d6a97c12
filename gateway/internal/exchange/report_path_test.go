package exchange_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// On the way of a receipt no record is looked for: no function that Report can come
// to, by the names that each calls, compares anything or reads the source.
func TestMatchingIsNotOnTheReceiptsPath(t *testing.T) {
	t.Parallel()
	code := functions(t)
	forbidden := []string{"Matcher", "Candidates", "findCandidates", "matching.", "triage.", "Source", "fetch", "identified"}
	reached := reach(code, "Report")
	for _, must := range []string{"takeReport", "takeSubmitted", "receiptFor", "tick"} {
		if !reached[must] {
			t.Fatalf("the walk is broken: it does not come to %s", must)
		}
	}
	for name := range reached {
		for _, used := range code[name] {
			if slices.Contains(forbidden, used) {
				t.Errorf("%s uses %s", name, used)
			}
		}
	}
	if from := reach(code, "ReviewSighting"); !from["findCandidates"] {
		t.Error("the walk is broken: triage compares, and it does not come there")
	}
}

// functions are those of this package, with every name that each uses.
func functions(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	must(t, err)
	code := make(map[string][]string)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		must(t, err)
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				code[fn.Name.Name] = append(code[fn.Name.Name], used(n)...)
				return true
			})
		}
	}
	return code
}

// used are the names that one node uses: a function that is called, a method or a
// part of the exchange, a package.
func used(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok {
			return []string{f.Name}
		}
	case *ast.SelectorExpr:
		if of, ok := n.X.(*ast.Ident); ok && of.Name == "x" {
			return []string{n.Sel.Name}
		} else if ok {
			return []string{of.Name + "."} // a package, or a value
		}
	}
	return nil
}

// reach lists the functions to which one leads.
func reach(code map[string][]string, start string) map[string]bool {
	seen := map[string]bool{start: true}
	for next := []string{start}; len(next) > 0; {
		name := next[0]
		next = next[1:]
		for _, used := range code[name] {
			if _, ok := code[used]; ok && !seen[used] {
				seen[used] = true
				next = append(next, used)
			}
		}
	}
	return seen
}

// What makes a receipt knows no matching and no network: no address that stands in a
// report can be opened by it.
func TestReceiptsAreMadeApart(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "homeward.example/gateway/internal/sightings").Output()
	must(t, err)
	deps := strings.Fields(string(out))
	if len(deps) < 20 {
		t.Fatalf("only %d packages: the listing is broken", len(deps))
	}
	for _, never := range []string{
		"homeward.example/gateway/internal/matching", "homeward.example/gateway/internal/sightings/triage",
	} {
		if slices.Contains(deps, never) {
			t.Errorf("package sightings imports %s, by others", never)
		}
	}
	for _, file := range []string{"../sightings/*.go", "../sightings/triage/*.go", "../../cli/sighting*.go", "report*.go"} {
		names, err := filepath.Glob(file)
		must(t, err)
		if len(names) == 0 {
			t.Errorf("there is no %s: the rule holds nothing", file)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			must(t, err)
			for _, i := range f.Imports {
				if path := strings.Trim(i.Path.Value, `"`); path == "net" || strings.HasPrefix(path, "net/") || strings.HasSuffix(path, "/exec") {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
}
