package matchbench

import (
	"context"
	"runtime"
)

// Report is what a benchmark found. Shares are from 0 to 1.
type Report struct {
	Records   int        `json:"records"`
	Queries   int        `json:"queries"`
	Names     Split      `json:"names"`
	Seed      uint64     `json:"seed"`
	Matcher   string     `json:"matcher"`
	Overall   Recall     `json:"overall"`
	Kinds     []Kind     `json:"kinds"`
	Bands     []Band     `json:"bands"`
	Certainty []Certain  `json:"calibration"`
	Baselines []Baseline `json:"baselines"`
	Speed     Speed      `json:"speed"`
	CPUs      int        `json:"cpus"`
}

// Recall is the share of the queries, of children in the file, whose record is
// among the first one, five or ten candidates.
type Recall struct {
	N    int     `json:"n"`
	At1  float64 `json:"recall_at_1"`
	At5  float64 `json:"recall_at_5"`
	At10 float64 `json:"recall_at_10"`
}

// Kind of query.
type Kind struct {
	Name string `json:"name"`
	Recall
	// BaselineAt10 is that of the better baseline for this kind.
	BaselineAt10 float64            `json:"baseline_recall_at_10"`
	Baselines    map[string]float64 `json:"baselines_recall_at_10"`
}

// Band is how often a candidate in it is the child; queries for children whom the
// file does not have count as well.
type Band struct {
	Name      string  `json:"name"`
	N         int     `json:"n"`
	Precision float64 `json:"precision"`
}

// Certain is one row of the reliability table: of n candidates with a stated
// probability of From or more and less than the next row's, Stated on average, Observed were right.
type Certain struct {
	From     float64 `json:"from"`
	N        int     `json:"n"`
	Stated   float64 `json:"stated"`
	Observed float64 `json:"observed"`
}

// Baseline is another way to search, on the same data.
type Baseline struct {
	Name string  `json:"name"`
	At1  float64 `json:"recall_at_1"`
	At10 float64 `json:"recall_at_10"`
	Speed
}

// Speed of single queries, one after the other, and of the index.
type Speed struct {
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	Build float64 `json:"build_s"`
	Bytes float64 `json:"bytes_per_record"`
}

// Run measures the first subject beside the others, which are the baselines.
// tell hears what is going on; it may take long.
func (s *Set) Run(ctx context.Context, tell func(string), subjects ...Subject) (*Report, error) {
	outcomes := make([]*outcome, len(subjects))
	for i, subject := range subjects {
		outcomes[i] = newOutcome(subject.Name())
	}
	tell("building")
	if err := s.fill(ctx, subjects, outcomes); err != nil {
		return nil, err
	}
	tell("asking")
	if err := s.ask(ctx, subjects, outcomes); err != nil {
		return nil, err
	}
	return s.report(outcomes[0], outcomes[1:]), nil
}

func (s *Set) report(o *outcome, baselines []*outcome) *Report {
	r := &Report{
		Records: s.options.Records, Queries: s.options.Queries, Names: s.options.Names, Seed: s.options.Seed,
		Matcher: o.name, Overall: o.recalls(""), Speed: s.speed(o), CPUs: runtime.GOMAXPROCS(0),
		Baselines: []Baseline{}, Bands: []Band{}, Certainty: []Certain{},
	}
	for _, b := range baselines {
		r.Baselines = append(r.Baselines, Baseline{b.name, b.recall("", 1), b.recall("", top), s.speed(b)})
	}
	for _, name := range Kinds() {
		k := Kind{Name: name, Recall: o.recalls(name), Baselines: make(map[string]float64)}
		for _, b := range baselines {
			k.Baselines[b.name] = b.recall(name, top)
			k.BaselineAt10 = max(k.BaselineAt10, k.Baselines[b.name])
		}
		r.Kinds = append(r.Kinds, k)
	}
	for _, name := range []string{"probable", "possible"} {
		if h := o.bands[name]; h != nil {
			r.Bands = append(r.Bands, Band{name, h.all, h.share()})
		}
	}
	for _, c := range o.cells {
		if c.all > 0 {
			r.Certainty = append(r.Certainty, Certain{c.from, c.all, c.sum / float64(c.all), c.share()})
		}
	}
	return r
}

func (o *outcome) recalls(kind string) Recall {
	n := 0
	for of, ranks := range o.ranks {
		if kind == "" || kind == of {
			n += len(ranks)
		}
	}
	return Recall{n, o.recall(kind, 1), o.recall(kind, 5), o.recall(kind, top)}
}

func (s *Set) speed(o *outcome) Speed {
	return Speed{o.quantile(0.5), o.quantile(0.99), o.build.Seconds(), float64(o.bytes) / float64(s.options.Records)}
}
