package matching

// placeEvidence compares the places of birth and home, or those where the child was since.
func (w *work) placeEvidence(f feature, q []asked, r []uint32) evidence {
	best, hard := unknown, false
	for _, id := range r {
		if (id&nowPlace != 0) != (f == fNow) {
			continue
		}
		v := w.x.places.nodes[id&placeMask]
		for i := range q {
			level := comparePlaces(q[i].node, v)
			if level == placeUnknown {
				continue
			}
			e := evidence{level: level, weight: w.x.weights.bits[f][level]}
			if f == fHome && level >= placeOblast {
				e.rarity = w.placeRarity(v, level)
				e.weight += e.rarity
			}
			if callOtherwise(q[i].node, v, level) {
				e.called = id&placeMask + 1
			}
			best = better(best, e)
			if e.level == best.level && e.called == 0 {
				best.called = 0 // they also call it alike
			}
			hard = hard || q[i].who != ofImposed && who(id>>tokenBits&3) != ofImposed
		}
	}
	return soften(best, hard)
}

func (w *work) placeRarity(v node, level int) float64 {
	average := w.x.weights.Average.Oblast
	if level == placeSettlement {
		average = w.x.weights.Average.Settlement
	}
	return max(-maxRarity, min(maxRarity, w.x.places.rarity(v, level, average)))
}
