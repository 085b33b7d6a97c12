package policies_test

import (
	"context"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/util"

	"homeward.example/policies"
)

// sources returns every Rego file by path.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	err := fs.WalkDir(policies.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".rego") {
			out[name], err = fs.ReadFile(policies.FS(), name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parsed(t *testing.T) map[string]*ast.Module {
	t.Helper()
	out := make(map[string]*ast.Module)
	for name, source := range sources(t) {
		m, err := ast.ParseModuleWithOpts(name, string(source), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			t.Fatal(err)
		}
		out[name] = m
	}
	return out
}

// The same as `opa fmt --fail`.
func TestFormatted(t *testing.T) {
	t.Parallel()
	for name, source := range sources(t) {
		want, err := format.Source(name, source)
		if err != nil {
			t.Error(err)
		} else if string(want) != string(source) {
			t.Errorf("%s: run opa fmt --write", name)
		}
	}
}

// The same as `opa check --strict`.
func TestStrict(t *testing.T) {
	t.Parallel()
	c := ast.NewCompiler().WithStrict(true)
	if c.Compile(parsed(t)); c.Failed() {
		t.Error(c.Errors)
	}
}

// The same as `opa test --coverage --threshold 100 policies/`, the tests' own lines left out.
func TestRules(t *testing.T) {
	t.Parallel()
	modules := parsed(t)
	coverage := cover.New()
	results, err := tester.NewRunner().SetStore(store(t)).SetModules(modules).SetCoverageQueryTracer(coverage).RunTests(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r := range results {
		n++
		if !r.Pass() {
			t.Error(r)
		}
	}
	if n == 0 {
		t.Fatal("no tests ran")
	}
	for name, m := range modules {
		if strings.HasSuffix(name, "_test.rego") {
			continue
		}
		f := coverage.Report(map[string]*ast.Module{name: m}).Files[name]
		if f == nil {
			t.Errorf("%s: not covered at all", name)
			continue
		}
		for _, r := range f.NotCovered {
			t.Errorf("%s:%d-%d: not covered", name, r.Start.Row, r.End.Row)
		}
	}
}

func store(t *testing.T) storage.Store {
	t.Helper()
	doc := make(map[string]any)
	for _, name := range []string{dataFile, textsFile} {
		source, err := fs.ReadFile(policies.FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		var part map[string]any
		if err := util.UnmarshalJSON(source, &part); err != nil {
			t.Fatal(err)
		}
		if name == textsFile {
			part = map[string]any{"texts": part}
		}
		maps.Copy(doc, part)
	}
	return inmem.NewFromObject(map[string]any{"homeward": doc})
}

// A lawyer reads each rule with its title, what it means, what it rests on, and
// a plain sentence in two languages. Clauses under one METADATA are one rule.
func TestEveryRuleExplainsItself(t *testing.T) {
	t.Parallel()
	for name, m := range parsed(t) {
		if strings.HasSuffix(name, "_test.rego") {
			continue
		}
		explained := make(map[string]bool)
		for _, a := range m.Annotations {
			for what, text := range map[string]any{
				"title": a.Title, "description": a.Description, "custom.legal_basis": a.Custom["legal_basis"],
				"custom.plain.en": plain(a, "en"), "custom.plain.uk": plain(a, "uk"),
			} {
				if s, _ := text.(string); strings.TrimSpace(s) == "" {
					t.Errorf("%s:%d: METADATA needs %s", name, a.Location.Row, what)
				}
			}
			if code, ok := a.Custom["code"].(string); ok && texts(t)["reason"][code] == nil {
				t.Errorf("%s:%d: custom.code %s has no texts", name, a.Location.Row, code)
			}
			explained[a.GetTargetPath().String()] = true
		}
		for _, r := range m.Rules {
			if path := r.Ref().GroundPrefix().String(); !explained[path] {
				t.Errorf("%s:%d: no METADATA for %s", name, r.Location.Row, path)
				explained[path] = true
			}
		}
	}
}

func plain(a *ast.Annotations, lang string) any {
	texts, _ := a.Custom["plain"].(map[string]any)
	return texts[lang]
}
