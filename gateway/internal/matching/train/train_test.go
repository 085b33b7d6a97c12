package train_test

import (
	"encoding/json"
	"testing"

	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/matching/train"
)

// TestTrain: the same data makes the same weights, and they say what they should:
// agreement speaks for a child, disagreement against it.
func TestTrain(t *testing.T) {
	t.Parallel()
	var made [2]string
	for i := range made {
		w, err := train.Train(train.Options{Records: 400, Queries: 180})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		made[i] = string(text)
		for _, f := range []int{0, 1, 2, 3, 4} { // names, birth date, sex
			last := len(w.Features[f].Levels) - 1
			if w.Bits(f, 0) >= 0 || w.Bits(f, last) <= 0 {
				t.Errorf("%s: %v bits for disagreement, %v for agreement", w.Features[f].Name, w.Bits(f, 0), w.Bits(f, last))
			}
		}
	}
	if made[0] != made[1] {
		t.Error("two trainings differ")
	}
	if _, err := matching.ReadWeights([]byte(made[0])); err != nil {
		t.Error(err)
	}
	if _, err := train.Train(train.Options{Records: 1}); err == nil {
		t.Error("one record trains")
	}
}

// TestReadWeights refuses what would weigh wrongly.
func TestReadWeights(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `{}`, `{"features": []}`, `{"slope": -1}`} {
		if _, err := matching.ReadWeights([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
