package matchbench_test

import (
	"os"
	"testing"

	"homeward.example/gateway/internal/matching/matchbench"
)

// TestReachSoak holds what the matcher must reach beside a baseline on the same
// questions: 5,000 records in every run, 100,000 and pg_trgm in the long one.
func TestReachSoak(t *testing.T) {
	t.Parallel()
	o, subjects := matchbench.Options{Records: 5000, Queries: 900}, []matchbench.Subject{matchbench.NewHomeward(), matchbench.NewJaroWinkler()}
	if os.Getenv("HOMEWARD_SOAK") != "" {
		o = matchbench.Options{Records: 100_000, Queries: 1800}
		pg, err := matchbench.NewPgTrgm(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := pg.Close(); err != nil {
				t.Error(err)
			}
		})
		subjects = append(subjects, pg)
	}
	r, err := set(t, o).Run(t.Context(), func(string) {}, subjects...)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range r.Kinds {
		floor, oneQuery := 0.90, 1/float64(k.N)
		switch k.Name {
		case matchbench.ListingOnly:
			floor = 0.60
			fallthrough
		case matchbench.ImposedGiven, matchbench.ImposedBirthDate:
			floor = max(floor, min(k.BaselineAt10+0.25, (1+k.BaselineAt10)/2))
		default:
			floor = max(floor, k.BaselineAt10-2*oneQuery) // two of two hundred are chance
		}
		if k.At10 < floor {
			t.Errorf("%s: recall@10 %.3f, wanted %.3f; the better baseline has %.3f", k.Name, k.At10, floor, k.BaselineAt10)
		}
	}
	for _, b := range r.Bands {
		if b.Name == "probable" && (b.N < r.Overall.N/4 || b.Precision < 0.95) {
			t.Errorf("probable: %d candidates with a precision of %.3f", b.N, b.Precision)
		}
	}
	if len(r.Bands) != 2 {
		t.Errorf("%d bands", len(r.Bands))
	}
	if r.Speed.Bytes > 400 && o.Records > 10_000 {
		t.Errorf("%.0f bytes a record", r.Speed.Bytes)
	}
}
