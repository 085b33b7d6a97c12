package decide

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/schemas/catalog"
)

// rulesOf finds the rules that make a verdict what it is, the decisive first: of
// what leaves, the row of the matrix; of what is withheld, those behind each reason.
func (x *Explainer) rulesOf(t *texts, s *situation, v Verdict) []RuleRef {
	var found []*Rule
	if v.Verdict != withheld {
		found = append(found, x.row(s))
	}
	for _, code := range v.Reasons {
		if v.Verdict == withheld || code == reasonLocal {
			found = append(found, x.behind(s, v, code)...)
		}
	}
	out := []RuleRef{}
	for _, r := range found {
		if r == nil {
			continue
		}
		ref := RuleRef{r.Name(), r.Place(), r.Basis, r.Said(t.lang)}
		if r.Path == matrixRow {
			ref.Says = t.cell(s, v) // the row says what all its columns are for
		}
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

// behind finds the rules for which a field is withheld with a reason code.
func (x *Explainer) behind(s *situation, v Verdict, code string) []*Rule {
	if code == dig(s.parts["question"], "refusal") {
		if r := x.refuser(s, code); r != nil {
			return []*Rule{r}
		}
	}
	var out []*Rule
	if r := x.unopened(s, v, code); r != nil {
		out = append(out, r)
	}
	guards, _ := s.parts["release"]["code"].(map[string]any)
	for _, guard := range slices.Sorted(maps.Keys(guards)) {
		if guards[guard] == code && !contains(s.parts["release"]["holds"], guard) && s.stands(guard, v) {
			out = append(out, x.find("homeward.release.holds", guard))
		}
	}
	if code == "SUP_LINKAGE" && !s.shown(v) {
		out = append(out, x.find("homeward.release.shown", ""))
	}
	if code == "SUP_NOT_REQUESTED" {
		out = append(out, x.find("homeward.release.asked", ""))
	}
	if len(out) == 0 {
		out = append(out, x.coded(s, code))
	}
	return out
}

// stands says whether a guard stands before a field.
func (s *situation) stands(guard string, v Verdict) bool {
	r := s.parts["release"]
	return contains(r["of_every"], guard) || contains(dig(r["of_column"], guard), ColumnOf(v.Path)) ||
		contains(dig(r["of_leaf"], guard), v.Path)
}

// shown says whether the identity of a field is shown.
func (s *situation) shown(v Verdict) bool {
	f, _ := catalog.ByPath(v.Path)
	return f.Neutral() || contains(s.parts["release"]["shown"], v.Identity)
}

// unopened finds the rule for which the matrix does not open the column of a
// field: its row, or a never that keeps the column whatever the row says.
func (x *Explainer) unopened(s *situation, v Verdict, code string) *Rule {
	column := ColumnOf(v.Path)
	if dig(s.parts["question"], "opens", column) != nil {
		if code == "SUP_PURPOSE" { // the column opens generalised, and the leaf can say no less
			return x.row(s)
		}
		return nil
	}
	if !contains(dig(s.parts["question"], "closed", column), code) {
		return nil
	}
	word, _ := dig(s.parts["matrix"], "row", "cells", column).(string)
	if word != "" && word != "never" && !contains(s.parts["question"]["columns"], column) {
		if r := x.find("homeward.question.columns", column); r != nil {
			return r
		}
	}
	return x.row(s)
}

// matrixRow is where the rows of the matrix stand.
const matrixRow = "homeward.matrix.row"

// row is the rule that gives the row of the matrix in force.
func (x *Explainer) row(s *situation) *Rule {
	row := s.parts["matrix"]["row"]
	if row == nil {
		return nil
	}
	var found *Rule
	for _, r := range x.rules {
		if r.Path != matrixRow {
			continue
		}
		for _, c := range r.clauses {
			named := strings.Contains(source(c), `"`+s.text("purpose")+`"`) && strings.Contains(source(c), `"`+s.recipient()+`"`)
			if gives(c, row) && (named || found == nil) {
				found = r
			}
		}
	}
	return found
}

// gives says whether a clause has a value that is written out, and is this one.
func gives(c *ast.Rule, value any) bool {
	if c.Head.Value == nil {
		return false
	}
	v, err := ast.JSON(c.Head.Value.Value)
	if err != nil {
		return false
	}
	written, err := json.Marshal(v)
	if err != nil {
		return false
	}
	var read any
	return json.Unmarshal(written, &read) == nil && reflect.DeepEqual(read, value)
}

// find is the first rule of a path; with a member, the one that puts it there.
func (x *Explainer) find(path, member string) *Rule {
	for _, r := range x.rules {
		if r.Path == path && (member == "" || r.Member == member) {
			return r
		}
	}
	return nil
}

// coded is the first rule on records that says in its METADATA that it stands for
// a code: a guard that does not hold, else one that is no guard.
func (x *Explainer) coded(s *situation, code string) *Rule {
	var other *Rule
	for _, r := range x.rules {
		switch {
		case r.Code != code || !strings.HasPrefix(r.Path, "homeward.release."):
		case r.Path != "homeward.release.holds":
			if other == nil {
				other = r
			}
		case !contains(s.parts["release"]["holds"], r.Member):
			return r
		}
	}
	return other
}

// refuser is the rule whose failing makes a question refused with a code: the first
// branch that gives the code says `not` of it, and it does not hold.
func (x *Explainer) refuser(s *situation, code string) *Rule {
	for _, r := range x.rules {
		if r.Path != "homeward.question.refusal" {
			continue
		}
		for branch := r.clauses[0]; branch != nil; branch = branch.Else {
			if branch.Head.Value == nil || branch.Head.Value.Value.Compare(ast.String(code)) != 0 {
				continue
			}
			for _, e := range branch.Body {
				if name := strings.TrimPrefix(source(e), "not "); e.Negated && s.parts["question"][name] != true {
					return x.find("homeward.question."+name, "")
				}
			}
		}
	}
	return nil
}
