package proof

import (
	"slices"
	"testing"

	"homeward.example/schemas/catalog"
)

// The table of leaves, written from the domain, is the schema: the same leaves, in
// the same columns, of the same identities, with the same last generalisation.
func TestLeavesAreTheSchema(t *testing.T) {
	t.Parallel()
	if len(leaves()) != len(catalog.Fields()) {
		t.Errorf("%d leaves, the schema has %d", len(leaves()), len(catalog.Fields()))
	}
	for _, f := range catalog.Fields() {
		l := leafOf(f.Path)
		column, general := f.Group, nothing
		if f.Path == catalog.PathKind {
			column = "kind"
		}
		if n := len(f.Generalise); n > 0 {
			general = f.Generalise[n-1]
		} else if f.Class == "official" {
			general = value
		}
		if l.column != column || l.general != general || !slices.Equal(l.identities(), f.Identities) || (l.speaks == either) != f.Neutral() {
			t.Errorf("%s is %+v; the schema says %s, %q, %v", f.Path, l, column, general, f.Identities)
		}
	}
}

// Equal seeds draw equal contexts, and other seeds others.
func TestDrawIsDeterministic(t *testing.T) {
	t.Parallel()
	one, same, other := NewDice(7), NewDice(7), NewDice(8)
	differ := 0
	for range 100 {
		a, b, c := string(one.Draw().Input()), string(same.Draw().Input()), string(other.Draw().Input())
		if a != b {
			t.Fatal("one seed drew two contexts")
		}
		if a != c {
			differ++
		}
	}
	if differ < 90 {
		t.Errorf("two seeds drew %d different contexts of 100", differ)
	}
}

// Every row is drawn, and every way in which a context can be other than it should.
func TestDrawReachesEveryRow(t *testing.T) {
	t.Parallel()
	seen := make(map[string]int)
	dice := NewDice(1)
	for range 3000 {
		c := dice.Draw()
		w := Reference(c)
		key := c.Purpose + "/" + c.recipient()
		for _, said := range w.Verdicts {
			if said != "withheld" {
				seen[key]++
				break
			}
		}
		if w.Pending {
			seen["pending"]++
		}
		if !w.Admitted {
			seen["refused"]++
		}
	}
	for _, r := range matrix() {
		if key := r.purpose + "/" + r.recipient; seen[key] < 20 && r.purpose != "MATCH" {
			t.Errorf("%s releases something in %d of 3000 contexts", key, seen[key])
		}
	}
	if seen["pending"] < 20 || seen["refused"] < 100 {
		t.Errorf("pending %d, refused %d of 3000", seen["pending"], seen["refused"])
	}
}
