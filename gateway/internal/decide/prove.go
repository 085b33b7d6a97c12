package decide

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"homeward.example/gateway/internal/problem"
)

// Prove compiles a bundle with no overlay and tries it by its self-test, its Rego
// tests, and cases if there is a function for these.
func Prove(ctx context.Context, b Bundle, o Options, cases func(context.Context, Bundle, *Engine) error) error {
	engine, err := New(ctx, b, o)
	if err != nil {
		return err
	}
	if _, err := b.Test(ctx); err != nil {
		return problem.Wrap(CodeBundle, "tests of bundle "+b.Version, err)
	}
	if cases == nil {
		return nil
	}
	if err := cases(ctx, b, engine); err != nil {
		return problem.Wrap(CodeBundle, "cases of bundle "+b.Version, err)
	}
	return nil
}

// ProveOverlay tries an overlay beside the bundle of this program.
func ProveOverlay(ctx context.Context, overlay Bundle, o Options) error {
	b, err := Embedded()
	if err != nil {
		return err
	}
	o.Overlay = overlay
	if _, err := New(ctx, b, o); err != nil {
		return err
	}
	if _, err := overlay.Test(ctx); err != nil {
		return problem.Wrap(CodeBundle, "tests of overlay "+overlay.Version, err)
	}
	return nil
}

// testTime bounds the tests of one bundle, which take a second.
const testTime = time.Minute

// Test runs the bundle's own Rego tests, as `opa test` does but with no more
// built-ins than its rules may use. It returns how many passed; an error names
// each that did not. A bundle without tests is not proven.
func (b Bundle) Test(ctx context.Context) (passed int, err error) {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	all := maps.Clone(b.Modules)
	maps.Copy(all, b.Tests)
	modules, err := parse(all)
	if err != nil {
		return 0, err
	}
	data, err := b.document()
	if err != nil {
		return 0, err
	}
	results, err := tester.NewRunner().SetCompiler(newCompiler()).SetModules(modules).SetStore(inmem.NewFromObject(data)).
		RaiseBuiltinErrors(true).SetTimeout(testTime).RunTests(ctx, nil)
	if err != nil {
		return 0, err
	}
	var failed []error
	for r := range results {
		if r.Pass() {
			passed++
		} else {
			failed = append(failed, fmt.Errorf("%s.%s at %s", r.Package, r.Name, r.Location))
		}
	}
	if passed == 0 && failed == nil {
		failed = append(failed, errors.New("there are no tests"))
	}
	return passed, errors.Join(append(failed, ctx.Err())...)
}

func parse(sources map[string]string) (map[string]*ast.Module, error) {
	parsed := make(map[string]*ast.Module, len(sources))
	for name, source := range sources {
		m, err := parseModule(name, source, false)
		if err != nil {
			return nil, err
		}
		parsed[name] = m
	}
	return parsed, nil
}

// parseModule reads one module; annotated: with its METADATA.
func parseModule(name, source string, annotated bool) (*ast.Module, error) {
	return ast.ParseModuleWithOpts(name, source, ast.ParserOptions{
		RegoVersion: ast.RegoV1, Capabilities: capabilities(), ProcessAnnotation: annotated,
	})
}

// newCompiler checks strictly, with the capabilities of pure policies.
func newCompiler() *ast.Compiler {
	return ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true).WithDefaultRegoVersion(ast.RegoV1)
}
