package matching

import (
	_ "embed" // the committed weights
	"encoding/json"
	"fmt"
	"math"
	"sync"
)

//go:embed data/weights.json
var committedWeights []byte

// Weights is what a comparison is worth: for each level of each feature how
// often two records of one child (m) and of two (u) are at it, how rare names
// are on average, and how a sum of weights becomes a probability.
type Weights struct {
	Features []FeatureWeights `json:"features"`
	// Average share of records that agree with another by chance, by what is adjusted
	// for its frequency: given, patronymic, family, oblast, settlement.
	Average Averages `json:"average"`
	// Slope and Intercept of the logistic curve from a weight (bits) to a probability.
	Slope     float64 `json:"slope"`
	Intercept float64 `json:"intercept"`
	// Possible and Probable are the probabilities from which a candidate is called so.
	Possible float64 `json:"possible"`
	Probable float64 `json:"probable"`

	bits [features][maxLevels]float64
}

// FeatureWeights of one feature. Fixed ones are set by hand: the training data
// has nothing of them.
type FeatureWeights struct {
	Name   string        `json:"name"`
	Fixed  bool          `json:"fixed,omitempty"`
	Levels []LevelWeight `json:"levels"`
}

// LevelWeight is one level.
type LevelWeight struct {
	Name string  `json:"name"`
	M    float64 `json:"m"`
	U    float64 `json:"u"`
}

// Averages are the chances that two records share a value.
type Averages struct {
	Given      float64 `json:"given"`
	Patronymic float64 `json:"patronymic"`
	Family     float64 `json:"family"`
	Oblast     float64 `json:"oblast"`
	Settlement float64 `json:"settlement"`
}

// Committed returns the weights that come with the matcher, trained by package train.
var Committed = sync.OnceValue(func() *Weights {
	w, err := ReadWeights(committedWeights)
	if err != nil {
		panic(err) // it is compiled in, and a test reads it
	}
	return w
})

// ReadWeights reads a file of weights; all features and levels must be there, in
// order, each with probabilities.
func ReadWeights(text []byte) (*Weights, error) {
	w := new(Weights)
	if err := json.Unmarshal(text, w); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	return w, w.ready()
}

// ready checks the weights and works out the bits of each level.
func (w *Weights) ready() error {
	if len(w.Features) != int(features) {
		return fmt.Errorf("weights: %d features, want %d", len(w.Features), features)
	}
	for _, a := range []float64{w.Average.Given, w.Average.Patronymic, w.Average.Family, w.Average.Oblast, w.Average.Settlement, w.Slope} {
		if !(a > 0 && a <= 10) {
			return fmt.Errorf("weights: an average or slope of %v", a)
		}
	}
	for f, d := range described {
		have := w.Features[f]
		if have.Name != d.name || len(have.Levels) != len(d.levels) {
			return fmt.Errorf("weights: feature %q, want %q with %d levels", have.Name, d.name, len(d.levels))
		}
		for l, level := range have.Levels {
			if level.Name != d.levels[l] || !(level.M > 0 && level.M <= 1 && level.U > 0 && level.U <= 1) {
				return fmt.Errorf("weights: %s: level %q, want %q and probabilities", d.name, level.Name, d.levels[l])
			}
			w.bits[f][l] = math.Log2(level.M / level.U)
		}
	}
	return nil
}

// probability of a weight, in bits.
func (w *Weights) probability(weight float64) float64 {
	return 1 / (1 + math.Exp2(-(w.Slope*weight + w.Intercept)))
}
