package matching

import "math"

// Pattern is how a description and a record compare, without what it weighs: for
// training and measuring.
type Pattern struct {
	ID string
	// Levels by feature, -1 for one that is not known of both; for siblings, how many were found.
	Levels [features]int
	// SiblingsMissing of those that the description names.
	SiblingsMissing int
	// Rarity is what rare values add, in bits.
	Rarity float64
	// Soft features differ from an imposed value.
	Soft [features]bool
}

// Features that a pattern has, by number, and the number of levels of each.
func Features() (names []string, levels []int) {
	for _, d := range described {
		names, levels = append(names, d.name), append(levels, len(d.levels))
	}
	return names, levels
}

// Patterns returns how a description compares with the records that Search would
// return, and with those whose ids are given.
func (x *Index) Patterns(q Profile, top int, others ...string) []Pattern {
	w := x.pool.Get().(*work)
	defer x.pool.Put(w)
	x.mu.RLock()
	defer x.mu.RUnlock()
	w.prepare(x, q)
	var rows []uint32
	if top > 0 {
		w.seek()
		w.gather()
		for _, r := range w.rank(top) {
			rows = append(rows, r.row)
		}
	}
	for _, id := range others {
		if row, ok := x.ids.row(id); ok {
			rows = append(rows, row)
		}
	}
	out := make([]Pattern, len(rows))
	for i, row := range rows {
		out[i] = w.pattern(row)
	}
	return out
}

func (w *work) pattern(row uint32) Pattern {
	var r packed
	var e [features]evidence
	r.read(w.x.facts.at(w.x.rows[row]))
	w.weigh(&r, &e)
	p := Pattern{ID: w.x.ids.of(row)}
	for f := range e {
		p.Levels[f], p.Soft[f] = e[f].level, e[f].soft
		if e[f].level >= 0 {
			p.Rarity += e[f].rarity
		}
	}
	if n := p.Levels[fSibling]; n >= 0 {
		p.SiblingsMissing = len(w.siblings) - n
	}
	return p
}

// Averages measures how often two records share a value by chance.
func (x *Index) Averages() Averages {
	x.mu.RLock()
	defer x.mu.RUnlock()
	short := func(v float64) float64 { return math.Round(v*1e6) / 1e6 }
	return Averages{
		Given: short(x.names[givenName].average()), Patronymic: short(x.names[patronymicName].average()),
		Family: short(x.names[familyName].average()),
		Oblast: short(x.places.average(placeOblast)), Settlement: short(x.places.average(placeSettlement)),
	}
}

// average is the share of records that one drawn by its share has; whole numbers are
// added, since maps have no order and sums of fractions depend on it.
func (d *dictionary) average() float64 {
	var squares uint64
	for _, n := range d.counts {
		squares += uint64(n) * uint64(n)
	}
	return float64(squares) / (float64(max(1, d.total)) * float64(max(1, d.total)))
}

func (d *places) average(level int) float64 {
	var squares uint64
	for k, n := range d.counts {
		if (k>>32 != 0) == (level == placeSettlement) {
			squares += uint64(n) * uint64(n)
		}
	}
	return float64(squares) / (float64(max(1, d.total)) * float64(max(1, d.total)))
}

// SetWeights compares with other weights from now on. They must have been read by ReadWeights.
func (x *Index) SetWeights(w *Weights) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.weights = w
}

// Bits of a level: what it weighs.
func (w *Weights) Bits(feature, level int) float64 { return w.bits[feature][level] }

// ProbabilityOf a weight in bits.
func (w *Weights) ProbabilityOf(weight float64) float64 { return w.probability(weight) }

// Prior in bits, of an index as it is.
func (x *Index) Prior() float64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.prior()
}
