package decide

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/gateway/internal/problem"
)

// Rule is a rule of the policy as people read it: what its METADATA says, and
// where it stands. Clauses of one name that follow each other under one METADATA
// are one rule in parts.
type Rule struct {
	// Path of the rule, e.g. "homeward.release.holds".
	Path string
	// Member of a set or object that the rule gives, if it is a constant: "not_held".
	Member string
	// Title, Description, Basis (articles) and Plain, a sentence by language,
	// are those of METADATA; empty where it says nothing.
	Title, Description, Basis string
	Plain                     map[string]string
	// Code is the reason code that the rule stands for, if it is one.
	Code string
	// File in its bundle, and the line on which the rule begins.
	File string
	Line int

	clauses []*ast.Rule
}

// Name is the title, or the path of a rule that has none.
func (r *Rule) Name() string {
	if r.Title != "" {
		return r.Title
	}
	return strings.TrimSuffix(r.Path+" "+r.Member, " ")
}

// Place is file:line.
func (r *Rule) Place() string { return fmt.Sprintf("%s:%d", r.File, r.Line) }

// Said is the rule's sentence in a language; without one its description.
func (r *Rule) Said(lang string) string {
	if s := r.Plain[lang]; s != "" {
		return s
	}
	return oneLine(r.Description)
}

// Rules reads the rules of a bundle by file and line.
func Rules(b Bundle) ([]*Rule, error) {
	var rules []*Rule
	for _, name := range slices.Sorted(maps.Keys(b.Modules)) {
		m, err := parseModule(name, b.Modules[name], true)
		if err != nil {
			return nil, problem.Wrap(CodeBundle, name, err)
		}
		rules = append(rules, rulesOf(m, name)...)
	}
	return rules, nil
}

func rulesOf(m *ast.Module, file string) []*Rule {
	var rules []*Rule
	for _, r := range m.Rules {
		path := strings.TrimPrefix(r.Ref().GroundPrefix().String(), "data.")
		if n := len(rules); n > 0 && len(r.Annotations) == 0 && rules[n-1].Path == path {
			rules[n-1].clauses = append(rules[n-1].clauses, r)
			continue
		}
		rule := &Rule{Path: path, Member: constantKey(r), File: file, Line: r.Loc().Row, clauses: []*ast.Rule{r}}
		if len(r.Annotations) > 0 {
			rule.annotate(r.Annotations[0])
		}
		rules = append(rules, rule)
	}
	return rules
}

// constantKey is the constant that a rule puts in a set, or under which it puts a value.
func constantKey(r *ast.Rule) string {
	if r.Head.Key != nil {
		if s, ok := r.Head.Key.Value.(ast.String); ok {
			return string(s)
		}
	}
	return ""
}

func (r *Rule) annotate(a *ast.Annotations) {
	r.Title, r.Description = oneLine(a.Title), oneLine(a.Description)
	r.Basis, _ = a.Custom["legal_basis"].(string)
	r.Code, _ = a.Custom["code"].(string)
	r.Plain = make(map[string]string)
	plain, _ := a.Custom["plain"].(map[string]any)
	for lang, text := range plain {
		if s, ok := text.(string); ok {
			r.Plain[lang] = oneLine(s)
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

var (
	comments = regexp.MustCompile(`(?m)^\s*#.*$`)
	trailing = regexp.MustCompile(`,\s*([}\])])`)
)

// source is a stretch of Rego as it is compared and shown: on one line,
// whatever its layout, without comments.
func source(n ast.Node) string {
	return oneLine(trailing.ReplaceAllString(comments.ReplaceAllString(string(n.Loc().Text), ""), " $1"))
}
