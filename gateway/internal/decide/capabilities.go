package decide

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// builtins that a policy may use: pure functions of their arguments over sets,
// lists, objects, numbers and texts. A list of what is allowed, so that a
// built-in which OPA adds later is refused until somebody has looked at it.
// None reads a clock, a network, a file, the process, or randomness; none fetches a schema.
func builtins() []string {
	return []string{
		"abs", "all", "and", "any", "array.concat", "array.flatten", "array.reverse", "array.slice", "assign",
		"concat", "contains", "count", "div", "endswith", "eq", "equal", "format_int", "gt", "gte", "indexof",
		"internal.member_2", "internal.member_3", "intersection", "is_array", "is_boolean", "is_null", "is_number",
		"is_object", "is_set", "is_string", "json.filter", "json.patch", "json.remove", "lower", "lt", "lte", "max", "min", "minus", "mul", "neq", "numbers.range",
		"object.filter", "object.get", "object.keys", "object.remove", "object.subset", "object.union", "object.union_n",
		"or", "plus", "product", "rem", "replace", "sort", "split", "sprintf", "startswith", "substring", "sum",
		"trim", "trim_left", "trim_prefix", "trim_right", "trim_space", "trim_suffix", "type_name", "union", "upper", "walk",
	}
}

// capabilities of the language that policies are compiled with.
func capabilities() *ast.Capabilities {
	c, allowed := ast.CapabilitiesForThisVersion(), builtins()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool {
		return b.Nondeterministic || !slices.Contains(allowed, b.Name)
	})
	c.AllowNet = []string{}
	return c
}
