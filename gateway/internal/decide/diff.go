package decide

import (
	"fmt"
	"slices"
	"strings"
)

// Kinds of changes between two bundles.
const (
	ChangeAdded   = "rule_added"
	ChangeRemoved = "rule_removed"
	ChangeChanged = "rule_changed"
	ChangeTexts   = "texts_changed" // of a rule that decides as before
	ChangeData    = "data_changed"
)

// Change is one difference between two bundles, said in words.
type Change struct {
	Kind  string `json:"kind"`
	Rule  string `json:"rule,omitempty"`  // path, e.g. "homeward.matrix.row"
	Title string `json:"title,omitempty"` // of the rule
	Place string `json:"place,omitempty"` // file:line, in the new bundle if the rule is there
	Basis string `json:"basis,omitempty"` // articles
	// Says is what the rule is for, in plain words.
	Says string `json:"says,omitempty"`
	// Details, a clause each: "photo was go-ahead, becomes full".
	Details []string `json:"details,omitempty"`
}

// Diff says what changes from one bundle to another: rules first, in the order
// of their files, then data. Bundles that do not parse are CodeBundle.
func Diff(before, after Bundle) ([]Change, error) {
	was, err := Rules(before)
	if err != nil {
		return nil, err
	}
	becomes, err := Rules(after)
	if err != nil {
		return nil, err
	}
	data, err := dataChanges(before.Data, after.Data)
	if err != nil {
		return nil, err
	}
	return append(ruleChanges(was, becomes), data...), nil
}

func ruleChanges(was, becomes []*Rule) []Change {
	before := paired(was, becomes)
	var changed, added, removed []Change
	for _, r := range becomes {
		old := before[r]
		if old == nil {
			added = append(added, change(ChangeAdded, r, r.sources()))
			continue
		}
		was = slices.DeleteFunc(was, func(o *Rule) bool { return o == old })
		if details := bodyChanges(old, r); len(details) > 0 {
			changed = append(changed, change(ChangeChanged, r, append(details, textChanges(old, r)...)))
		} else if details := textChanges(old, r); len(details) > 0 {
			changed = append(changed, change(ChangeTexts, r, details))
		}
	}
	for _, r := range was {
		removed = append(removed, change(ChangeRemoved, r, r.sources()))
	}
	return slices.Concat(changed, added, removed)
}

func change(kind string, r *Rule, details []string) Change {
	return Change{kind, r.Path, r.Name(), r.Place(), r.Basis, r.Said("en"), details}
}

// paired finds for each new rule the old one that it is: of the same path and
// title; else of the same path with the same clauses, under another title; else
// the one of the same path and member that is left.
func paired(was, becomes []*Rule) map[*Rule]*Rule {
	before, taken := make(map[*Rule]*Rule), make(map[*Rule]bool)
	for _, same := range []func(o, n *Rule) bool{
		func(o, n *Rule) bool { return o.Title == n.Title && o.Member == n.Member },
		func(o, n *Rule) bool { return slices.Equal(o.sources(), n.sources()) },
		func(o, n *Rule) bool {
			return o.Member == n.Member && (o.Member != "" || len(o.clauses) == len(n.clauses))
		},
	} {
		for _, n := range becomes {
			at := slices.IndexFunc(was, func(o *Rule) bool { return !taken[o] && o.Path == n.Path && same(o, n) })
			if before[n] == nil && at >= 0 {
				before[n], taken[was[at]] = was[at], true
			}
		}
	}
	return before
}

// sources are the clauses of a rule as they are compared, and shown where it is added
// or removed: when it holds, or what it gives.
func (r *Rule) sources() []string {
	out := make([]string, len(r.clauses))
	for i, c := range r.clauses {
		out[i] = source(c)
	}
	return out
}

func textChanges(was, becomes *Rule) []string {
	var out []string
	say := func(what, old, now string) {
		if old != now {
			out = append(out, fmt.Sprintf("%s was %s, becomes %s", what, quoted(old), quoted(now)))
		}
	}
	say("title", was.Title, becomes.Title)
	say("legal basis", was.Basis, becomes.Basis)
	say("description", was.Description, becomes.Description)
	say("plain text (en)", was.Plain["en"], becomes.Plain["en"])
	say("plain text (uk)", was.Plain["uk"], becomes.Plain["uk"])
	return out
}

func quoted(s string) string {
	if s == "" {
		return "empty"
	}
	return "“" + strings.Trim(s, " ") + "”"
}
