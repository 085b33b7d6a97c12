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
	for f := range out.Features {
		order(&out.Features[f])
	}
	return finished(out)
}

// order sees to it that more agreement never weighs less, by giving neighbours that
// do the weight of both together (the pool of adjacent violators). The same name
// in another spelling is one level with the same spelling: in which language a file
// was written tells nothing of which child it is.
func order(f *matching.FeatureWeights) {
	switch f.Name {
	case "given", "patronymic", "family", "birth_place":
	default:
		return
	}
	var pools [][]int // of levels, from the least to the most
	for l, level := range f.Levels {
		pools = append(pools, []int{l})
		for n := len(pools); n > 1 && (level.Name == "same" || ratio(f, pools[n-1]) < ratio(f, pools[n-2])); n = len(pools) {
			pools = append(pools[:n-2], append(pools[n-2], pools[n-1]...))
			level.Name = ""
		}
	}
	for _, pool := range pools {
		r := ratio(f, pool)
		for _, l := range pool {
			f.Levels[l].M = min(1, f.Levels[l].U*r)
		}
	}
}

func ratio(f *matching.FeatureWeights, pool []int) float64 {
	m, u := 0.0, 0.0
	for _, l := range pool {
		m, u = m+f.Levels[l].M, u+f.Levels[l].U
	}
	return m / u
}
