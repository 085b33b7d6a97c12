package train

import (
	"cmp"
	"math"
	"slices"

	"homeward.example/gateway/internal/matching"
)

// precision that the candidates called probable must have on the training data;
// what is promised is 0.95.
const (
	precision = 0.975
	possible  = 0.05 // the probability from which a person should look
)

// case1 is a candidate with what it turned out to be.
type case1 struct {
	weight float64
	isTrue bool
}

// calibrate fits the logistic curve from a weight to a probability by Newton's
// method, and finds the probability above which candidates are right often enough.
func calibrate(w *matching.Weights, questions []question, prior float64) (*matching.Weights, error) {
	var all []case1
	for _, q := range questions {
		for _, p := range q.patterns[:min(10, len(q.patterns))] {
			all = append(all, case1{prior + weight(w, p), p.ID == q.truth})
		}
	}
	out := copyOf(w)
	out.Slope, out.Intercept = fit(all)
	out.Slope, out.Intercept = math.Round(out.Slope*1e4)/1e4, math.Round(out.Intercept*1e4)/1e4
	out, err := finished(out)
	if err != nil {
		return nil, err
	}
	out.Possible, out.Probable = possible, math.Round(threshold(out, all)*1e4)/1e4
	return finished(out)
}

// fit is in bits: the odds are two to the power of slope*weight+intercept.
func fit(all []case1) (slope, intercept float64) {
	slope = 0.5
	for range 50 {
		var g0, g1, h00, h01, h11 float64
		for _, c := range all {
			p := 1 / (1 + math.Exp2(-(slope*c.weight + intercept)))
			y := 0.0
			if c.isTrue {
				y = 1
			}
			v := max(p*(1-p), 1e-9)
			g0, g1 = g0+y-p, g1+(y-p)*c.weight
			h00, h01, h11 = h00+v, h01+v*c.weight, h11+v*c.weight*c.weight
		}
		d := h00*h11 - h01*h01
		if d == 0 {
			break
		}
		intercept += (h11*g0 - h01*g1) / d / math.Ln2
		slope += (h00*g1 - h01*g0) / d / math.Ln2
	}
	return slope, intercept
}

// threshold is the least probability above which the candidates are as precise as wanted.
func threshold(w *matching.Weights, all []case1) float64 {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b case1) int { return cmp.Compare(b.weight, a.weight) })
	right, least := 0, 0.99
	for i, c := range sorted {
		if c.isTrue {
			right++
		}
		if float64(right) >= precision*float64(i+1) && i > 20 {
			least = w.ProbabilityOf(c.weight)
		}
	}
	return min(least, 0.99)
}
