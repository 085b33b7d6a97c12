package matching

// birthEvidence compares birth dates, each with each.
func (w *work) birthEvidence(q []span, r []uint32) evidence {
	if len(q) == 0 || len(r) == 0 {
		return unknown
	}
	best, hard := unknown, false
	for _, a := range q {
		for _, packed := range r {
			b := unpackSpan(packed)
			level := compareBirths(a, b)
			best = better(best, evidence{level: level, weight: w.x.weights.bits[fBirth][level]})
			hard = hard || a.who != ofImposed && b.who != ofImposed
		}
	}
	return soften(best, hard)
}

func compareBirths(a, b span) int {
	switch exact := a.first == a.last && b.first == b.last; {
	case exact && a.first == b.first:
		return bornSame
	case exact:
		return compareDays(a.first, b.first)
	case a.first <= b.last && b.first <= a.last:
		switch wider := max(a.last-a.first, b.last-b.first); {
		case wider <= 31:
			return bornFitsMonth
		case wider <= 366:
			return bornFitsYear
		}
		return bornFitsYears
	}
	gap := max(a.first-b.last, b.first-a.last)
	switch {
	case gap < 366:
		return bornAboutYear
	case gap < 2*366:
		return bornTwoYears
	}
	return 0
}

func compareDays(a, b int) int {
	if s, ok := swapped(a); ok && s == b {
		return bornSwapped
	}
	ya, ma, _ := civil(a)
	yb, mb, _ := civil(b)
	switch d := max(ya-yb, yb-ya); {
	case d == 0 && ma == mb:
		return bornSameMonth
	case d == 0:
		return bornSameYear
	case d == 1:
		return bornOneYear
	case d == 2:
		return bornTwoYears
	}
	return 0
}
