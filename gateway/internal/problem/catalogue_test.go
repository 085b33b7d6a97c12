package problem_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"homeward.example/gateway/internal/problem"
)

var update = flag.Bool("update", false, "write PROBLEMS.md anew")

// root of the module, from this folder.
const root = "../../.."

// TestEveryCodeIsInTheCatalogue reads the project's own source: a code that a
// package declares or names must have a status and texts here, and the
// catalogue has no code that nobody uses.
func TestEveryCodeIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	used := usedCodes(t)
	if len(used) < 20 {
		t.Fatalf("only %d codes found in the source: the walk is broken", len(used))
	}
	known := make(map[string]bool)
	for _, e := range problem.All() {
		if known[string(e.Code)] {
			t.Errorf("%s stands twice in the catalogue", e.Code)
		}
		known[string(e.Code)] = true
		if _, ok := used[string(e.Code)]; !ok {
			t.Errorf("%s is in the catalogue and nobody uses it", e.Code)
		}
	}
	for code, place := range used {
		if !known[code] {
			t.Errorf("%s: code %q is not in the catalogue (table.go, messages/)", place, code)
		}
	}
}

// usedCodes finds codes in constants of type problem.Code, conversions to it,
// and string literals given to New, Mismatch and Wrap, with a place of each.
func usedCodes(t *testing.T) map[string]string {
	t.Helper()
	used := make(map[string]string)
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() != ".." && strings.HasPrefix(d.Name(), ".") || d.Name() == "gen" || d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || d.Name() == "table.go" {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, lit := range codeLiterals(n) {
				code, err := strconv.Unquote(lit.Value)
				if err == nil {
					used[code] = fset.Position(lit.Pos()).String()
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func codeLiterals(n ast.Node) (out []*ast.BasicLit) {
	switch n := n.(type) {
	case *ast.ValueSpec:
		if typ := name(n.Type); typ == "Code" || typ == "problem.Code" {
			for _, v := range n.Values {
				out = appendLiteral(out, v)
			}
		}
	case *ast.CallExpr:
		switch name(n.Fun) {
		case "problem.Code", "problem.New", "problem.Mismatch", "problem.Wrap":
			if len(n.Args) > 0 {
				out = appendLiteral(out, n.Args[0])
			}
		}
	}
	return out
}

func appendLiteral(out []*ast.BasicLit, e ast.Expr) []*ast.BasicLit {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		return append(out, lit)
	}
	return out
}

// name of an identifier or a selector, "" of anything else.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	}
	return ""
}

func TestTextsAreComplete(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for _, e := range problem.All() {
		if !snake.MatchString(string(e.Code)) {
			t.Errorf("%s is not snake_case", e.Code)
		}
		if e.HTTP < 400 || e.HTTP > 599 || e.GRPC == 0 {
			t.Errorf("%s: status %d / %s is no failure", e.Code, e.HTTP, e.GRPC)
		}
		english := problem.New(e.Code, "").Document("en")
		ukrainian := problem.New(e.Code, "").Document("uk")
		for _, d := range []problem.Document{english, ukrainian} {
			if d.Title == "" || d.Title == string(e.Code) || d.Remedy == "" {
				t.Errorf("%s: a title or a remedy is missing: %+v", e.Code, d)
			}
		}
		if english.Title == ukrainian.Title {
			t.Errorf("%s: the Ukrainian title is the English one", e.Code)
		}
	}
}

func TestDocsAreCurrent(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Problems\n\n<!-- written by `make generate` from table.go and messages/; do not edit -->\n\n" +
		"What a proven caller is told, as RFC 9457 on REST and as a status with details on gRPC. The unverified are told\n" +
		"`not_accepted` (400) or `unavailable` (503), and nothing else.\n\n" +
		"| code | REST | gRPC | what happened | what to do |\n|---|---|---|---|---|\n")
	for _, e := range problem.All() {
		d := problem.New(e.Code, "").Document("en")
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s | %s |\n", e.Code, e.HTTP, e.GRPC, d.Title, d.Remedy)
	}
	if *update {
		if err := os.WriteFile("PROBLEMS.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("PROBLEMS.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Error("PROBLEMS.md is not what the catalogue says: run `make generate`")
	}
}
