package decide

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/policies"
)

// Fault of a policy, and what to do about it.
type Fault struct {
	Place  string `json:"place"` // file:line, or "self-test"
	What   string `json:"what"`
	Remedy string `json:"remedy"`
}

// Check finds everything that is wrong with a policy before it is tried: what
// does not parse or compile strictly with the built-ins that a policy may use,
// rules that do not explain themselves, data that is not the schema's, and what
// the self-test refuses. tree is the folder it was loaded from, for the lines of
// its data; nil if there is none.
func Check(ctx context.Context, b Bundle, tree fs.FS) []Fault {
	faults, modules := parseFaults(b)
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		if !strings.HasSuffix(name, "_test.rego") {
			faults = append(faults, metadataFaults(name, modules[name])...)
		}
	}
	if len(modules) < len(b.Modules)+len(b.Tests) {
		return faults // what does not parse would make others look wrong
	}
	c := newCompiler().SetErrorLimit(0)
	if c.Compile(modules); c.Failed() {
		for _, e := range c.Errors {
			faults = append(faults, astFault(e))
		}
		return faults
	}
	faults = append(faults, dataFaults(ctx, b, tree)...)
	if _, err := New(ctx, b, Options{Timeout: AuthorsTimeout}); err != nil {
		for _, line := range strings.Split(cause(err).Error(), "\n") {
			faults = append(faults, Fault{"self-test", line, "The self-test asks what every policy must refuse; see what it expects in policies/README.md, and make the rule refuse."})
		}
	}
	return faults
}

// cause is the innermost error.
func cause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// parseFaults parses rules and tests with their METADATA.
func parseFaults(b Bundle) ([]Fault, map[string]*ast.Module) {
	sources := maps.Clone(b.Modules)
	maps.Copy(sources, b.Tests)
	modules := make(map[string]*ast.Module)
	var faults []Fault
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		m, err := parseModule(name, sources[name], true)
		if err == nil {
			modules[name] = m
			continue
		}
		var errs ast.Errors
		if !errors.As(err, &errs) {
			errs = ast.Errors{ast.NewError(ast.ParseErr, &ast.Location{File: name, Row: 1}, "%s", err)}
		}
		for _, e := range errs {
			faults = append(faults, astFault(e))
		}
	}
	return faults, modules
}

// astFault says what is wrong with Rego, and what is done about that kind of fault.
func astFault(e *ast.Error) Fault {
	f := Fault{What: e.Message, Remedy: "Correct it as the Rego reference says; `opa check --strict` finds it too."}
	if e.Location != nil {
		f.Place = fmt.Sprintf("%s:%d", e.Location.File, e.Location.Row)
	}
	switch {
	case e.Code == ast.TypeErr && strings.HasPrefix(e.Message, "undefined function"):
		f.Remedy = "Policies may use pure built-ins alone: no clock, network, files or randomness. What depends on these is a fact that the gateway computes."
	case e.Code == ast.UnsafeVarErr:
		f.Remedy = "Give the variable a value in a positive condition before it is used, or correct its name."
	case strings.Contains(e.Message, "unused"):
		f.Remedy = "Remove what is not used."
	}
	return f
}

// metadataFaults: a lawyer reads each rule with its title, what it means, what it
// rests on, and a sentence in each language. Rules of one name are one rule in parts.
func metadataFaults(name string, m *ast.Module) []Fault {
	var faults []Fault
	explained := make(map[string]bool)
	for _, a := range m.Annotations {
		r := &Rule{}
		r.annotate(a)
		var missing []string
		for _, part := range []struct{ name, text string }{
			{"title", r.Title}, {"description", r.Description}, {"custom.legal_basis", r.Basis},
			{"custom.plain.en", r.Plain["en"]}, {"custom.plain.uk", r.Plain["uk"]},
		} {
			if part.text == "" {
				missing = append(missing, part.name)
			}
		}
		if missing != nil {
			faults = append(faults, Fault{
				fmt.Sprintf("%s:%d", name, a.Location.Row), "METADATA lacks " + strings.Join(missing, ", "),
				"Write it: people read the rule by these words, and explain answers with them.",
			})
		}
		explained[a.GetTargetPath().String()] = true
	}
	for _, r := range m.Rules {
		if at := r.Ref().GroundPrefix().String(); !explained[at] {
			explained[at] = true
			faults = append(faults, Fault{
				fmt.Sprintf("%s:%d", name, r.Location.Row), "no METADATA for " + strings.TrimPrefix(at, "data."),
				"Write a METADATA block above the rule: title, description, custom.legal_basis, custom.plain.en and custom.plain.uk.",
			})
		}
	}
	return faults
}

const dataPlace = RootCoalition + "/" + dataFile

// dataFaults compares the data document with what this program's schema and the
// tables of the rules make: a guard that a table names and the data does not would
// stand before nothing. Leaves are named first, since people know them.
func dataFaults(ctx context.Context, b Bundle, tree fs.FS) []Fault {
	var doc map[string]any
	if err := json.Unmarshal(b.Data, &doc); err != nil {
		return []Fault{{dataPlace, err.Error(), "Correct the JSON."}}
	}
	wanted, err := b.wantedData(ctx)
	if err != nil {
		return []Fault{{"homeward", "the tables of the rules have no value: " + err.Error(), "matrix.parts, release.of_leaf, of_column and generalised_code must be written out."}}
	}
	different := leafChanges(leavesOf(doc), leavesOf(map[string]any{"homeward": wanted}))
	if different == nil {
		different = entryChanges("", dig(doc, "homeward", "schema"), wanted["schema"])
	}
	var faults []Fault
	for _, what := range different {
		leaf, _, _ := strings.Cut(what, " (")
		faults = append(faults, Fault{
			linePlace(tree, leaf), "not the schema's: " + what,
			"Make the data anew: go test ./policies -run TestDataIsTheSchema -update",
		})
	}
	return faults
}

// wantedData is the document that the tables of the rules make of the schema.
func (b Bundle) wantedData(ctx context.Context) (map[string]any, error) {
	c, store, err := b.compiled()
	if err != nil {
		return nil, err
	}
	e, err := newEntry(ctx, `{
		"Parts": data.homeward.matrix.parts, "Leaf": data.homeward.release.of_leaf,
		"Column": data.homeward.release.of_column, "Codes": data.homeward.release.generalised_code,
	}`, c, store, AuthorsTimeout)
	if err != nil {
		return nil, err
	}
	result, failure := e.eval(ctx, []byte("{}"))
	if failure != "" {
		return nil, errors.New(failure)
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		return nil, err
	}
	var t policies.Tables
	if err := json.Unmarshal(encoded, &t); err != nil {
		return nil, err
	}
	data, err := policies.Data(b.Version, t)
	if err != nil {
		return nil, err
	}
	var wanted map[string]any
	err = json.Unmarshal(data, &wanted)
	return wanted, err
}

// linePlace is the line of the data file that first names a leaf.
func linePlace(tree fs.FS, leaf string) string {
	if tree == nil {
		return dataPlace
	}
	content, err := fs.ReadFile(tree, dataPlace)
	if err != nil {
		return dataPlace
	}
	at := bytes.Index(content, []byte(`"`+leaf+`"`))
	return fmt.Sprintf("%s:%d", dataPlace, 1+bytes.Count(content[:max(at, 0)], []byte("\n")))
}

// AuthorsTimeout bounds one evaluation where nobody waits for an answer.
const AuthorsTimeout = 30 * time.Second
