package matchbench_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"homeward.example/gateway/internal/matching/matchbench"
	"homeward.example/gateway/internal/synthetic"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// TestFrozen holds the data that the matcher is measured on. A digest changes
// only together with the figures that were published for it.
func TestFrozen(t *testing.T) {
	t.Parallel()
	for split, want := range map[matchbench.Split]string{
		matchbench.Train: "45e3232821abdd7d6316a6c2f2068e0d3753c80b553cd2048ac5aa3a8775192d",
		matchbench.Test:  "ea24caf6a93ef747b964bcc4c88cfb2b44ef0504cc316b94cd46c3f19855ff2c",
	} {
		dir, digest := t.TempDir(), sha256.New()
		if err := set(t, matchbench.Options{Records: 2000, Queries: 450, Names: split}).Write(dir); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"records", "queries", "truth"} {
			f, err := os.Open(filepath.Join(dir, name+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(digest, f); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		if got := hex.EncodeToString(digest.Sum(nil)); got != want {
			t.Errorf("%s: %s, frozen as %s", split, got, want)
		}
	}
}

func set(t testing.TB, o matchbench.Options) *matchbench.Set {
	t.Helper()
	s, err := matchbench.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Train and test share no name, so what is learnt of one name helps with no other.
func TestListsAreDisjoint(t *testing.T) {
	t.Parallel()
	for name, atLeast := range map[string]int{"boys": 45, "girls": 45, "stems": 150, "families": 50, "places": 20} {
		var lines [2][]string
		for i, split := range []string{"train", "test"} {
			raw, err := os.ReadFile(filepath.Join("names", split, name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(raw)) {
				first, _, _ := strings.Cut(line, " ")
				lines[i] = append(lines[i], strings.TrimSpace(first))
			}
			if len(lines[i]) < atLeast {
				t.Errorf("%s of %s: only %d", name, split, len(lines[i]))
			}
		}
		for _, word := range lines[0] {
			if slices.Contains(lines[1], word) {
				t.Errorf("%s: %s is in both lists", name, word)
			}
		}
	}
}

// TestQueries: equal shares, a record behind each but those for children whom the
// file does not have, and every child marked as synthetic.
func TestQueries(t *testing.T) {
	t.Parallel()
	s := set(t, matchbench.Options{Records: 3000, Queries: 1800})
	records := make(map[string]*homewardv1.ChildRecord)
	for c := range s.Records() {
		records[c.GetRecord().GetRecordId()] = c
		marked(t, c)
	}
	if len(records) != 3000 {
		t.Fatalf("%d records", len(records))
	}
	shares, absent := make(map[string]int), 0
	for q := range s.Queries() {
		marked(t, q.Child)
		shares[q.Kind]++
		if q.Truth == "" {
			absent++
			continue
		}
		truth := records[q.Truth]
		if truth == nil {
			t.Fatalf("no record %s", q.Truth)
		}
		if a, b := q.Child.GetBirth().GetSex(), truth.GetBirth().GetSex(); a != "" && b != "" && a != b {
			t.Errorf("%s: another sex", q.Truth)
		}
		corrupted(t, q, truth)
	}
	for _, kind := range matchbench.Kinds() {
		if shares[kind] != 200 {
			t.Errorf("%s: %d queries", kind, shares[kind])
		}
	}
	if absent < 270 || absent > 450 {
		t.Errorf("%d absent children of 1800", absent)
	}
}

func marked(t *testing.T, c *homewardv1.ChildRecord) {
	t.Helper()
	if !slices.Contains(c.GetEvidence().GetCustody(), synthetic.Mark) {
		t.Fatal("a child is not marked as synthetic")
	}
}

// corrupted checks that a query is amiss as its kind says.
func corrupted(t *testing.T, q matchbench.Query, truth *homewardv1.ChildRecord) {
	t.Helper()
	has := func(list []*homewardv1.Assertion, value string) bool {
		return slices.ContainsFunc(list, func(a *homewardv1.Assertion) bool { return a.GetValue() == value && a.GetKind() == original })
	}
	given, date := first(q.Child.GetName().GetGiven()), first(q.Child.GetBirth().GetBirthDate())
	wrong := false
	switch q.Kind {
	case matchbench.Transliteration:
		wrong = strings.ContainsAny(given, "абвгдежзийклмнопрстуфхцчшщ")
	case matchbench.RussianForm:
		wrong = strings.ContainsAny(given, "іїєґ'")
	case matchbench.ImposedGiven, matchbench.Diminutive:
		wrong = has(truth.GetName().GetGiven(), given)
	case matchbench.ImposedBirthDate:
		wrong = len(date) == 10 && has(truth.GetBirth().GetBirthDate(), date)
	case matchbench.NoPatronymic:
		wrong = len(q.Child.GetName().GetPatronymic()) > 0
	case matchbench.ListingOnly:
		wrong = len(q.Child.GetName().GetFamily())+len(date) > 0 || q.Child.GetListing().GetListedName() != given
	}
	if wrong {
		t.Errorf("%s: %v for %v", q.Kind, q.Child, truth)
	}
}

const original = homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL

func first(list []*homewardv1.Assertion) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].GetValue()
}

func TestTooSmall(t *testing.T) {
	t.Parallel()
	for _, o := range []matchbench.Options{{}, {Records: 49, Queries: 90}, {Records: 50, Queries: 8}, {Records: 50, Queries: 9, Names: "other"}} {
		if _, err := matchbench.New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
