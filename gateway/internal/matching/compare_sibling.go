package matching

// siblingEvidence adds up what each sibling of the question is worth: they are the
// feature likeliest to survive a renaming. The level is how many were found.
func (w *work) siblingEvidence(r *packed) evidence {
	names := r.siblings
	if len(w.siblings) == 0 {
		return unknown
	}
	if len(names) == 0 {
		names = w.siblingsByID(r)
	}
	if len(names) == 0 {
		return unknown
	}
	e, used := evidence{}, uint32(0)
	for i := range w.siblings {
		found, at := w.siblingAmong(&w.siblings[i], names, used)
		if at >= 0 {
			used |= 1 << at
			e.level++
		}
		e.weight += found.weight
		e.rarity += found.rarity
	}
	return e
}

// siblingAmong finds the name that a sibling's agrees with best, of those that no
// other sibling has used; -1, and what a missing one weighs, if there is none.
func (w *work) siblingAmong(s *spoken, names []uint32, used uint32) (best evidence, at int) {
	best, at = evidence{weight: w.x.weights.bits[fSibling][siblingMissing]}, -1
	for k, id := range names {
		if used&(1<<k) != 0 {
			continue
		}
		m := w.meet(fGiven, s, id&tokenMask)
		if !agrees(fGiven, m.level) {
			continue
		}
		if v := w.x.weights.bits[fSibling][siblingThere] + m.rarity; at < 0 || v > best.weight {
			best, at = evidence{weight: v, rarity: m.rarity}, k
		}
	}
	return best, at
}

// siblingsByID looks up the names of siblings that a record only refers to.
func (w *work) siblingsByID(r *packed) []uint32 {
	w.found = w.found[:0]
	var one [1]uint32
	for _, id := range r.siblingIDs {
		for _, row := range w.x.keyed.rows(mix(keyID, id), &one) {
			var s packed
			s.read(w.x.facts.at(w.x.rows[row]))
			if len(s.given) > 0 && len(w.found) < 2*maxClaims {
				w.found = append(w.found, s.given[0])
			}
		}
	}
	return w.found
}

func (w *work) countEvidence(r *packed) evidence {
	a, b := w.q.siblingCount, r.siblingCount
	if a == 0 {
		return unknown
	}
	level := countFar
	switch {
	case a == alone:
		if level = countNotAlone; b == 0 || b == alone {
			level = countAlone
		}
	case b == 0 || b == alone:
		level = countNone
	case a == b:
		level = countSame
	case a == b+1 || b == a+1:
		level = countNear
	}
	return w.at(fSiblingCount, level)
}
