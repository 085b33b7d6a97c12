package matching

import (
	"cmp"
	"slices"
)

// Band says what a candidate may be called. There is none that links: a person decides.
type Band string

// Bands, by thresholds on the probability itself: a lone poor candidate has none.
const (
	None     Band = ""
	Possible Band = "possible"
	Probable Band = "probable"
)

// Candidate is a record that a description may mean.
type Candidate struct {
	ID string
	// Weight is log2 of the odds that it is the same child: the sum of the weights
	// of its features.
	Weight      float64
	Probability float64
	Band        Band
	Features    []Feature
}

// Feature is one reason for or against a candidate, in bits and in words. Name and
// Code are stable; the texts hold nothing of the records, but the name of a place that
// both have and one of them writes by another name of it.
type Feature struct {
	Name   string  `json:"name"`
	Code   string  `json:"code"`
	Weight float64 `json:"weight"`
	// Reason in English, and in Ukrainian.
	Reason   string `json:"reason"`
	ReasonUK string `json:"reason_uk"`
}

// ranked is a record that was compared in full.
type ranked struct {
	row    uint32
	weight float64
}

// Search returns the likeliest records, the best first, at most top of them. It
// compares a bounded number of them, however many there are.
func (x *Index) Search(q Profile, top int) []Candidate {
	if top <= 0 {
		return nil
	}
	w := x.pool.Get().(*work)
	defer x.pool.Put(w)
	x.mu.RLock()
	defer x.mu.RUnlock()
	w.prepare(x, q)
	w.seek()
	w.gather()
	best := w.rank(top)
	out := make([]Candidate, len(best))
	for i, r := range best {
		out[i] = w.explain(r.row)
	}
	return out
}

// rank compares the rows with the rarest keys in common, and keeps the best.
func (w *work) rank(top int) []ranked {
	var r packed
	var e [features]evidence
	best := make([]ranked, 0, top+1)
	w.rows = w.tally.best(w.rows)
	for _, row := range w.rows {
		r.read(w.x.facts.at(w.x.rows[row]))
		best = w.keep(best, ranked{row, w.weigh(&r, &e)}, top)
	}
	return best
}

// keep puts a record where it belongs in a list that is sorted, and no longer than top.
func (w *work) keep(best []ranked, r ranked, top int) []ranked {
	if len(best) == top && w.before(best[top-1], r) {
		return best
	}
	best = append(best, r)
	for i := len(best) - 1; i > 0 && w.before(r, best[i-1]); i-- {
		best[i], best[i-1] = best[i-1], best[i]
	}
	return best[:min(len(best), top)]
}

// before orders by weight, and by id where that is the same, so that the answer
// does not depend on the order in which the records came.
func (w *work) before(a, b ranked) bool {
	return a.weight > b.weight || a.weight == b.weight && w.x.ids.before(a.row, b.row)
}

// explain compares once more and tells every feature that was known of both.
func (w *work) explain(row uint32) Candidate {
	var r packed
	var e [features]evidence
	r.read(w.x.facts.at(w.x.rows[row]))
	prior := w.x.prior()
	c := Candidate{ID: w.x.ids.of(row), Weight: prior + w.weigh(&r, &e)}
	c.Probability = w.x.weights.probability(c.Weight)
	c.Band = w.x.weights.band(c.Probability)
	for f := range e {
		if e[f].level >= 0 {
			c.Features = append(c.Features, told(feature(f), e[f]))
			if at := e[f].called; at > 0 {
				if r := placesKnown().of(w.x.places.nodes[at-1], e[f].level); r != nil {
					r.tell(&c.Features[len(c.Features)-1])
				}
			}
		}
	}
	slices.SortStableFunc(c.Features, func(a, b Feature) int { return cmp.Compare(b.Weight, a.Weight) })
	c.Features = append(c.Features, toldPrior(prior))
	return c
}

// Compare explains how two descriptions compare, as Search does, with all names as
// frequent as they are on average.
func Compare(q, r Profile) Candidate {
	x := NewIndex(Options{})
	p := x.pack(r)
	x.place(x.ids.add(""), &p)
	x.count(&p, -1)
	w := new(work)
	w.prepare(x, q)
	return w.explain(0)
}

func (w *Weights) band(p float64) Band {
	switch {
	case p >= w.Probable:
		return Probable
	case p >= w.Possible:
		return Possible
	}
	return None
}
