package train

import (
	"math"

	"homeward.example/gateway/internal/matching"
)

// counts of levels, by feature.
type counts [][]float64

func newCounts() counts {
	_, levels := matching.Features()
	c := make(counts, len(levels))
	for f, n := range levels {
		c[f] = make([]float64, n)
	}
	return c
}

func (c counts) add(p matching.Pattern, by float64) {
	for f, level := range p.Levels {
		switch {
		case level < 0 || p.Soft[f]:
		case f == sibling():
			c[f][1] += by * float64(level)
			c[f][0] += by * float64(p.SiblingsMissing)
		default:
			c[f][level] += by
		}
	}
}

// fewest times that a level must have been seen, for its share to replace the one
// that it started with.
const fewest = 3

// put writes the shares into a copy of the weights, but for the features that are set by hand.
func (c counts) put(w *matching.Weights, set func(*matching.LevelWeight, float64)) (*matching.Weights, error) {
	out := copyOf(w)
	for f := range out.Features {
		if out.Features[f].Fixed {
			continue
		}
		sum := 0.0
		for _, n := range c[f] {
			sum += n
		}
		for l := range out.Features[f].Levels {
			if c[f][l] < fewest {
				continue
			}
			p := max(c[f][l]/sum, smallest)
			set(&out.Features[f].Levels[l], math.Round(p*1e6)/1e6)
		}
	}
	return finished(out)
}
