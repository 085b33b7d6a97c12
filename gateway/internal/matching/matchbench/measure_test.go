package matchbench_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"homeward.example/gateway/internal/matching/matchbench"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// TestBaselines runs both on a small file: each finds nearly all plain typing
// errors, and neither what it cannot: a child by its listing among thousands.
func TestBaselines(t *testing.T) {
	t.Parallel()
	pg, err := matchbench.NewPgTrgm(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := set(t, matchbench.Options{Records: 600, Queries: 270}).Run(t.Context(), func(string) {}, pg, matchbench.NewJaroWinkler())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range r.Kinds {
		for name, got := range map[string]float64{"pg_trgm": k.At10, "jaro_winkler": k.Baselines["jaro_winkler"]} {
			if k.Name == matchbench.TypingErrors && got < 0.9 {
				t.Errorf("%s found %.2f of %s", name, got, k.Name)
			}
		}
		if k.N < 20 || k.N > 30 || k.At1 > k.At5 || k.At5 > k.At10 {
			t.Errorf("%+v", k)
		}
	}
	if r.Speed.P50 <= 0 || r.Speed.P99 < r.Speed.P50 || r.Speed.Build <= 0 || r.Speed.Bytes <= 0 {
		t.Errorf("%+v", r.Speed)
	}
}

func TestNoPostgres(t *testing.T) {
	t.Parallel()
	_, err := matchbench.NewPgTrgm(t.Context(), t.TempDir())
	if !errors.Is(err, matchbench.ErrNoPostgres) || !strings.Contains(err.Error(), "apt-get install") {
		t.Error(err)
	}
}

// oracle knows some answers: what the measure makes of them is known too.
type oracle struct {
	truth map[string]string
	asked int
}

func (*oracle) Name() string                                         { return "oracle" }
func (*oracle) Add(context.Context, []*homewardv1.ChildRecord) error { return nil }
func (*oracle) Finish(context.Context) error                         { return nil }
func (*oracle) Bytes(context.Context) (int64, error)                 { return 6000, nil }
func (*oracle) Close() error                                         { return nil }
func (o *oracle) Search(_ context.Context, q *homewardv1.ChildRecord, _ int) ([]matchbench.Found, error) {
	o.asked++
	truth := o.truth[q.GetRecord().GetRecordId()]
	switch {
	case truth == "": // not in the file, and taken for somebody
		return []matchbench.Found{{ID: "somebody", Probability: 0.95, Band: "probable"}}, nil
	case o.asked%2 == 0: // second of two
		return []matchbench.Found{{ID: "somebody", Probability: 0.2, Band: "possible"}, {ID: truth, Probability: 0.15, Band: "possible"}}, nil
	}
	return []matchbench.Found{{ID: truth, Probability: 0.95, Band: "probable"}}, nil
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	s := set(t, matchbench.Options{Records: 60, Queries: 900})
	o := &oracle{truth: make(map[string]string)}
	var first, second, absent float64
	for q := range s.Queries() {
		o.truth[q.Child.GetRecord().GetRecordId()] = q.Truth
		switch n := len(o.truth); {
		case q.Truth == "":
			absent++
		case n%2 == 0:
			second++
		default:
			first++
		}
	}
	r, err := s.Run(t.Context(), func(string) {}, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Bands) != 2 || len(r.Certainty) != 2 {
		t.Fatalf("%+v, %+v", r.Bands, r.Certainty)
	}
	for name, c := range map[string]struct{ got, want float64 }{
		"n":                     {float64(r.Overall.N), first + second},
		"recall@1":              {r.Overall.At1, first / (first + second)},
		"recall@5":              {r.Overall.At5, 1},
		"precision of probable": {r.Bands[0].Precision, first / (first + absent)},
		"precision of possible": {r.Bands[1].Precision, 0.5},
		"low, stated":           {r.Certainty[0].Stated, 0.175},
		"low, observed":         {r.Certainty[0].Observed, 0.5},
		"high, stated":          {r.Certainty[1].Stated, 0.95},
		"high, observed":        {r.Certainty[1].Observed, first / (first + absent)},
		"bytes":                 {r.Speed.Bytes, 100},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}
