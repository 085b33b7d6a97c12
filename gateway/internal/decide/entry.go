package decide

import (
	"context"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
)

// entry is one prepared entry point of the policy.
type entry struct {
	query   rego.PreparedEvalQuery
	timeout time.Duration
}

func newEntry(ctx context.Context, query string, c *ast.Compiler, store storage.Store, timeout time.Duration) (*entry, error) {
	q, err := newQuery(ctx, query, c, store)
	return &entry{q, timeout}, err
}

func newQuery(ctx context.Context, query string, c *ast.Compiler, store storage.Store) (rego.PreparedEvalQuery, error) {
	return rego.New(
		rego.Query(query), rego.Compiler(c), rego.Store(store), rego.Capabilities(capabilities()),
		rego.SetRegoVersion(ast.RegoV1), rego.StrictBuiltinErrors(true),
		// The result stays OPA's own: most of it is the schema, which is not copied.
		rego.GenerateJSON(func(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.Value, nil }),
	).PrepareForEval(ctx)
}

// Why there is no decision. Each means that nothing is permitted.
const (
	failedUndefined = "undefined"
	failedError     = "error"
	failedTimeout   = "timeout"
	failedPanic     = "panic"
	failedType      = "wrong_type"
	failedClosed    = "no_policy" // none is in force, or none was confirmed for too long
)

// eval asks one entry point; nil is one of no policy. The result is an object, or failure says why there is none.
func (e *entry) eval(ctx context.Context, input []byte) (result map[string]any, failure string) {
	value, failure := e.value(ctx, input)
	if failure != "" {
		return nil, failure
	}
	doc, err := ast.JSON(value)
	if err != nil {
		return nil, failedType
	}
	result, ok := doc.(map[string]any)
	if !ok {
		return nil, failedType
	}
	return result, ""
}

// value is eval for a result that is not copied: it is shared, do not change it.
// The texts of OPA's errors are dropped: they could hold parts of the input.
func (e *entry) value(ctx context.Context, input []byte) (result ast.Value, failure string) {
	if e == nil {
		return nil, failedClosed
	}
	defer func() {
		if recover() != nil {
			result, failure = nil, failedPanic
		}
	}()
	in, ok := parseInput(input)
	if !ok {
		return nil, failedType
	}
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	rs, err := e.query.Eval(ctx, rego.EvalParsedInput(in))
	switch {
	case ctx.Err() != nil:
		return nil, failedTimeout
	case err != nil:
		return nil, failedError
	case len(rs) != 1 || len(rs[0].Expressions) != 1:
		return nil, failedUndefined
	}
	result, ok = rs[0].Expressions[0].Value.(ast.Value)
	if !ok {
		return nil, failedType
	}
	return result, ""
}
