package proof

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Every cell of the matrix has a case in which its column is withheld and, unless
// it is never opened, one in which something of it leaves; every never of the
// domain has a case, but for 12, which is about statistics and has no purpose yet.
func TestEveryCellAndEveryNeverHasACase(t *testing.T) {
	t.Parallel()
	cases, err := Cases(os.DirFS("../../../../policies/cases"))
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 200 {
		t.Errorf("%d cases, want 200", len(cases))
	}
	for _, missing := range uncovered(cases) {
		t.Error(missing)
	}
	seen := make(map[int]bool)
	for _, c := range cases {
		for _, n := range c.Never {
			seen[n] = true
		}
	}
	for n := 1; n <= 15; n++ {
		if !seen[n] && n != 12 {
			t.Errorf("never %d has no case", n)
		}
	}
}

// uncovered lists the cells of the matrix that no case opens or that none
// withholds. A cell that is never opened needs only the second. A case counts for
// what it names: a leaf of the column, the column, or all that it does not name.
func uncovered(cases []Case) []string {
	var missing []string
	for _, r := range matrix() {
		for _, column := range append(columns(), "kind") {
			opened, withheld := false, false
			for i := range cases {
				if c := &cases[i]; c.of(r) {
					o, w := c.says(column)
					opened, withheld = opened || o, withheld || w
				}
			}
			if !opened && !r.closed(column) {
				missing = append(missing, fmt.Sprintf("no case opens %s to %s for %s", column, r.recipient, r.purpose))
			}
			if !withheld {
				missing = append(missing, fmt.Sprintf("no case withholds %s from %s for %s", column, r.recipient, r.purpose))
			}
		}
	}
	return missing
}

// of says whether a case is about a row.
func (c *Case) of(r row) bool {
	x, err := c.context()
	return err == nil && c.Export == nil && x.Purpose == r.purpose && x.recipient() == r.recipient
}

// says whether a case names a column as opened, and as withheld.
func (c *Case) says(column string) (opened, withheld bool) {
	if c.Want.Refused != "" || c.Want.Asked != nil {
		return false, false
	}
	for name, word := range c.Want.Verdicts {
		path, _, _ := strings.Cut(name, "#")
		if path == column || slices.ContainsFunc(leaves(), func(l leaf) bool { return l.path == path && l.column == column }) {
			opened, withheld = opened || word != "withheld", withheld || word == "withheld"
		}
	}
	return opened, withheld || c.Want.Reason != "" || c.Want.Rest == "withheld" && !opened
}

// closed says whether a column of a row never says anything: its cell is never, or
// generalised with nothing in it that can say less.
func (r row) closed(column string) bool {
	for _, l := range leaves() {
		word := r.cell(l)
		if l.column == column && word != "-" && word != "decisions only" && (word != "G" || general(l) != "withheld") {
			return false
		}
	}
	return true
}

// Without cases nothing is covered: each cell is missed twice, but a cell that says
// nothing is missed once.
func TestUncovered(t *testing.T) {
	t.Parallel()
	closed := 0
	all := append(columns(), "kind")
	for _, r := range matrix() {
		for _, column := range all {
			if r.closed(column) {
				closed++
			}
		}
	}
	if got, want := len(uncovered(nil)), 2*len(matrix())*len(all)-closed; got != want || closed == 0 {
		t.Errorf("%d are missing, want %d", got, want)
	}
}
