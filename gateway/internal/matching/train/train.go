// Package train makes the matcher's weights from synthetic data by expectation
// maximisation, and calibrates what a weight means. It is deterministic: the
// committed weights are what it makes.
package train

import (
	_ "embed" // what training starts from
	"encoding/json"
	"math"
	"slices"

	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/matching/matchbench"
)

// Options of a training.
type Options struct {
	Records, Queries int
	Seed             uint64 // the benchmark's training seed if zero
}

// Weights set by hand: what training starts from, and keeps for features that the
// data does not have.
//
//go:embed start.json
var start []byte

const (
	// Records and Queries of the training that the committed weights come from.
	Records, Queries = 100_000, 9_000

	candidates = 40  // of each question that may be its record
	randoms    = 100 // records per question, for u
	rounds     = 12  // of expectation and maximisation
	// present is how many questions are for a child that the file has, before
	// anything is known.
	present = 0.8
	// smallest probability of a level: what was never seen is not impossible.
	smallest = 1e-5
)

// question is what was compared for one question.
type question struct {
	truth    string
	patterns []matching.Pattern // of the candidates
}

// Train returns weights. The data is the benchmark's training split: no name of
// the test split is seen.
func Train(o Options) (*matching.Weights, error) {
	set, err := matchbench.New(matchbench.Options{Records: o.Records, Queries: o.Queries, Names: matchbench.Train, Seed: o.Seed})
	if err != nil {
		return nil, err
	}
	first, err := matching.ReadWeights(start)
	if err != nil {
		return nil, err
	}
	x := matching.NewIndex(matching.Options{Weights: first})
	var ids []string
	for c := range set.Records() {
		x.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
		ids = append(ids, c.GetRecord().GetRecordId())
	}
	w := copyOf(first)
	w.Average = x.Averages()
	if w, err = estimateU(w, x, set, ids); err != nil {
		return nil, err
	}
	for range 2 { // once with the candidates that the first weights find, once with those that theirs do
		x.SetWeights(w)
		questions := compare(x, set)
		for range rounds {
			if w, err = maximise(w, questions, x.Prior()); err != nil {
				return nil, err
			}
		}
	}
	x.SetWeights(w)
	return calibrate(w, compare(x, set), x.Prior())
}

func copyOf(w *matching.Weights) *matching.Weights {
	c := *w
	c.Features = slices.Clone(w.Features)
	for i := range c.Features {
		c.Features[i].Levels = slices.Clone(w.Features[i].Levels)
	}
	return &c
}

// finished checks weights and works out their bits.
func finished(w *matching.Weights) (*matching.Weights, error) {
	text, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	return matching.ReadWeights(text)
}

// estimateU counts the levels of pairs that are, but for a few in a hundred thousand, two children.
func estimateU(w *matching.Weights, x *matching.Index, set *matchbench.Set, ids []string) (*matching.Weights, error) {
	c := newCounts()
	others := make([]string, randoms)
	n := uint64(0)
	for q := range set.Queries() {
		for i := range others {
			n++
			others[i] = ids[n*0x9e3779b97f4a7c15>>20%uint64(len(ids))]
		}
		for _, p := range x.Patterns(matching.FromRecord(q.Child), 0, others...) {
			if p.ID != q.Truth {
				c.add(p, 1)
			}
		}
	}
	return c.put(w, func(l *matching.LevelWeight, p float64) { l.U = p })
}

func compare(x *matching.Index, set *matchbench.Set) (out []question) {
	for q := range set.Queries() {
		out = append(out, question{q.Truth, x.Patterns(matching.FromRecord(q.Child), candidates)})
	}
	return out
}

// maximise is one round: each candidate counts towards m by the probability that
// it is the one that the question means; at most one of them is. The truth is not looked at.
func maximise(w *matching.Weights, questions []question, prior float64) (*matching.Weights, error) {
	c := newCounts()
	for _, q := range questions {
		odds, sum := make([]float64, len(q.patterns)), 1-present
		for i, p := range q.patterns {
			odds[i] = present * math.Exp2(prior+weight(w, p))
			sum += odds[i]
		}
		for i, p := range q.patterns {
			c.add(p, odds[i]/sum)
		}
	}
	return c.put(w, func(l *matching.LevelWeight, p float64) { l.M = p })
}

// weight of a pattern: as the matcher's, from the levels.
func weight(w *matching.Weights, p matching.Pattern) float64 {
	sum := p.Rarity
	for f, level := range p.Levels {
		switch {
		case level < 0:
		case p.Soft[f]:
			sum += max(w.Bits(f, level), matching.Softest)
		case f == sibling():
			sum += float64(level)*w.Bits(f, 1) + float64(p.SiblingsMissing)*w.Bits(f, 0)
		default:
			sum += w.Bits(f, level)
		}
	}
	return sum
}

func sibling() int {
	names, _ := matching.Features()
	return slices.Index(names, "sibling")
}
