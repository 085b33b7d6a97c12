package matching

import "math"

// spoken is a name of the question: the word as read, and what each word of the
// dictionary that it met is worth against it.
type spoken struct {
	token token
	who   who
	met   map[uint32]evidence
}

// nameEvidence compares the words of a field, each with each: the best pair counts.
func (w *work) nameEvidence(f feature, q []spoken, r []uint32) evidence {
	if len(q) == 0 || len(r) == 0 {
		return unknown
	}
	best, hard := unknown, false
	for i := range q {
		for _, id := range r {
			best = better(best, w.meet(f, &q[i], id&tokenMask))
			hard = hard || q[i].who != ofImposed && who(id>>tokenBits&3) != ofImposed
		}
	}
	return soften(best, hard)
}

func (w *work) meet(f feature, q *spoken, id uint32) evidence {
	if e, ok := q.met[id]; ok {
		return e
	}
	d := w.x.names[fieldOf(f)]
	t := &d.tokens[id]
	level := compareNames(f, &q.token, t)
	e := evidence{level: level, weight: w.x.weights.bits[f][level]}
	if agrees(f, level) {
		e.rarity = d.rarity(&q.token, t, w.x.weights.average(f))
		e.weight += e.rarity
	}
	q.met[id] = e
	return e
}

func fieldOf(f feature) field {
	switch f {
	case fPatronymic:
		return patronymicName
	case fFamily:
		return familyName
	}
	return givenName
}

func (w *Weights) average(f feature) float64 {
	switch f {
	case fPatronymic:
		return w.Average.Patronymic
	case fFamily:
		return w.Average.Family
	}
	return w.Average.Given
}

// agrees says from which level on two words are the same name, so that how rare
// it is counts.
func agrees(f feature, level int) bool {
	switch f {
	case fPatronymic:
		return level >= fatherClass
	case fFamily:
		return level >= familyClass
	}
	return level >= givenAmbiguous
}

// rarity of the name that two words share, in bits more than the average name's.
func (d *dictionary) rarity(a, b *token, average float64) float64 {
	share := 0.0
	for _, c := range a.classes {
		for _, o := range b.classes {
			if c == o {
				share = max(share, d.share(c, average))
			}
		}
	}
	if share == 0 {
		return 0
	}
	return max(-maxRarity, min(maxRarity, math.Log2(average/share)))
}

// compareNames returns the level of two words of a field.
func compareNames(f feature, a, b *token) int {
	switch f {
	case fFamily:
		return compareFamilies(a, b)
	case fPatronymic:
		return compareFathers(a, b)
	}
	switch {
	case a.text == b.text:
		return givenSame
	case a.form == b.form:
		return givenClass
	case share(a.classes, b.classes):
		if a.isVague(b) || b.isVague(a) {
			return givenAmbiguous
		}
		return givenClass
	case alike(a.form, b.form):
		return givenClose
	}
	return nameDiffers
}

// isVague says that a word is guessed, or short for three names or more, and is no formal
// one of those that it shares with another word (Діана, which is a short form too).
func (t *token) isVague(other *token) bool {
	return t.isGuess || len(t.classes) > 2 && !share(t.classes[:t.formal], other.classes)
}

func compareFathers(a, b *token) int {
	switch {
	case a.text == b.text:
		return fatherSame
	case share(a.classes, b.classes), a.form == b.form:
		return fatherClass
	case alike(a.form, b.form):
		return fatherClose
	}
	return nameDiffers
}

func compareFamilies(a, b *token) int {
	switch {
	case a.text == b.text:
		return familySame
	case share(a.classes, b.classes):
		return familyClass
	case alike(a.form, b.form):
		return familyClose
	case a.skel == b.skel:
		return familySound
	}
	return nameDiffers
}

func share(a, b []uint32) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
