package matching

// Softest is what disagreement with an imposed value weighs, in bits: about nothing.
const Softest = -0.2

// maxRarity bounds how much more a rare value may weigh than a usual one.
const maxRarity = 6

// evidence is the level of one feature, and what it weighs; unknown says nothing.
type evidence struct {
	level  int
	weight float64
	rarity float64 // the part of the weight that is due to how rare a name is
	soft   bool    // disagreement with an imposed value
	called uint32  // 1 + the number of a place that the two call otherwise; 0 if they call it alike
}

var unknown = evidence{level: -1}

// better keeps the evidence that weighs more.
func better(a, b evidence) evidence {
	if a.level < 0 || b.level >= 0 && b.weight > a.weight {
		return b
	}
	return a
}

// soften says that a disagreement means nothing where one side is imposed.
func soften(e evidence, hard bool) evidence {
	if e.level == 0 && !hard && e.weight < Softest {
		return evidence{level: 0, weight: Softest, soft: true}
	}
	return e
}

func (w *work) at(f feature, level int) evidence {
	return evidence{level: level, weight: w.x.weights.bits[f][level]}
}

// flat compares two small values, 0 for unknown.
func (w *work) flat(f feature, a, b byte) evidence {
	switch {
	case a == 0 || b == 0:
		return unknown
	case a == b:
		return w.at(f, 1)
	}
	return w.at(f, 0)
}
