package decide

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/util"
)

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
	var data map[string]any
	if err := util.NewJSONDecoder(bytes.NewReader(b.Data)).Decode(&data); err != nil {
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
		m, err := ast.ParseModuleWithOpts(name, source, ast.ParserOptions{
			RegoVersion: ast.RegoV1, Capabilities: capabilities(),
		})
		if err != nil {
			return nil, err
		}
		parsed[name] = m
	}
	return parsed, nil
}

// newCompiler checks strictly, with the capabilities of pure policies.
func newCompiler() *ast.Compiler {
	return ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true).WithDefaultRegoVersion(ast.RegoV1)
}
