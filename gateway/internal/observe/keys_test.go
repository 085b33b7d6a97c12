package observe_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"homeward.example/gateway/internal/observe"
)

// What the code logs is shown: a key that is not on the allow-list tells an operator
// "[redacted]" and nothing else, also where it was meant to say who sweeps.
func TestEveryKeyThatIsLoggedIsShown(t *testing.T) {
	t.Parallel()
	keys := loggedKeys(t, "../../..")
	if len(keys) < 15 {
		t.Fatalf("only %d keys found: the search is broken", len(keys))
	}
	for key, place := range keys {
		var b bytes.Buffer
		observe.NewLogger(&b, "debug", "text").Info("m", key, 7)
		if !strings.Contains(b.String(), key+"=7") {
			t.Errorf("%s logs %q, which is not on the allow-list: %s", place, key, b.String())
		}
	}
}

// loggedKeys finds the constant keys of all calls of a logger, with a place of each.
func loggedKeys(t *testing.T, root string) map[string]string {
	t.Helper()
	keys, files := make(map[string]string), token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return firstOf(err, fs.SkipDir)
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, key := range keysOf(n) {
				keys[key] = files.Position(n.Pos()).String()
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// keysOf are every second argument, after the message, of x.Log.Warn(…) and the like.
func keysOf(n ast.Node) (keys []string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !strings.Contains(" Debug Info Warn Error ", " "+method.Sel.Name+" ") || !isLog(method.X) {
		return nil
	}
	for i := 1; i < len(call.Args); i += 2 {
		if text, ok := call.Args[i].(*ast.BasicLit); ok {
			if key, err := strconv.Unquote(text.Value); err == nil {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func isLog(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return strings.EqualFold(x.Name, "log")
	case *ast.SelectorExpr:
		return strings.EqualFold(x.Sel.Name, "log")
	}
	return false
}
