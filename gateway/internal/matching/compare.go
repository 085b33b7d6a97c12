package matching

import (
	"math"
	"math/bits"
)

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
}

var unknown = evidence{level: -1}

// spoken is a name of the question: the word as read, and what each word of the
// dictionary that it met is worth against it.
type spoken struct {
	token token
	who   who
	met   map[uint32]evidence
}

// better keeps the evidence that weighs more.
func better(a, b evidence) evidence {
	if a.level < 0 || b.level >= 0 && b.weight > a.weight {
		return b
	}
	return a
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

// soften says that a disagreement means nothing where one side is imposed.
func soften(e evidence, hard bool) evidence {
	if e.level == 0 && !hard && e.weight < Softest {
		return evidence{level: 0, weight: Softest, soft: true}
	}
	return e
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
	case share(a.classes, b.classes):
		if max(len(a.classes), len(b.classes)) > 2 {
			return givenAmbiguous
		}
		return givenClass
	case a.form == b.form:
		return givenClass
	case alike(a.form, b.form):
		return givenClose
	}
	return nameDiffers
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

// alike allows one error of typing in a short word and two in one of eight letters.
func alike(a, b string) bool {
	longer := max(len(a), len(b))
	switch {
	case min(len(a), len(b)) < 3:
		return false
	case longer < 8:
		return distance(a, b, 1) <= 1
	}
	return distance(a, b, 2) <= 2
}

// distance is Damerau-Levenshtein's of adjacent letters, or limit+1 if it is more.
func distance(a, b string, limit int) int {
	const longest = 40
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) > longest || len(b) > longest {
		return limit + 1
	}
	var rows [3][longest + 1]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], limit+1)
}

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
		if max(a.last-a.first, b.last-b.first) <= 31 {
			return bornFitsMonth
		}
		return bornFitsYears
	}
	gap := max(a.first-b.last, b.first-a.last)
	switch {
	case gap <= 366:
		return bornOneYear
	case gap <= 2*366:
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
			best = better(best, e)
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
		best, at := evidence{weight: w.x.weights.bits[fSibling][siblingMissing]}, -1
		for k, id := range names {
			if used&(1<<k) != 0 {
				continue
			}
			m := w.meet(fGiven, &w.siblings[i], id&tokenMask)
			if !agrees(fGiven, m.level) {
				continue
			}
			if v := w.x.weights.bits[fSibling][siblingThere] + m.rarity; at < 0 || v > best.weight {
				best, at = evidence{weight: v, rarity: m.rarity}, k
			}
		}
		if at >= 0 {
			used |= 1 << at
			e.level++
		}
		e.weight += best.weight
		e.rarity += best.rarity
	}
	return e
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

// shared is what the same number or file is worth: the less, the more records
// have it, as one that was made up, or a picture that stands for many.
func (w *work) shared(f feature, level int, key uint64) evidence {
	var one [1]uint32
	e := w.at(f, level)
	if n := len(w.x.keyed.rows(key, &one)); n > 1 {
		e.weight = min(e.weight, math.Log2(float64(w.x.live+1)/float64(n-1)))
	}
	return e
}

func (w *work) documentEvidence(q, r []uint32) evidence {
	best := unknown
	for i := 0; i < len(q); i += 2 {
		for k := 0; k < len(r); k += 2 {
			if q[i]&^7 == r[k]&^7 && q[i+1] == r[k+1] {
				return w.shared(fDocument, documentSame, mix(keyDocument, q[i]&^7, q[i+1]))
			}
			if q[i]&7 == r[k]&7 {
				best = w.at(fDocument, documentDiffers)
			}
		}
	}
	return best
}

// Distances between perceptual hashes, in bits of 64: the same picture cut or
// compressed, one much like it.
const photoNearBits, photoAlikeBits = 6, 12

func (w *work) photoEvidence(q, r *packed) evidence {
	if len(q.photo) > 0 && len(r.photo) > 0 && join64(q.photo) == join64(r.photo) {
		return w.shared(fPhoto, photoSame, mix(keyPhoto, q.photo...))
	}
	if len(q.perceptual) == 0 || len(r.perceptual) == 0 {
		return unknown
	}
	switch d := bits.OnesCount64(join64(q.perceptual) ^ join64(r.perceptual)); {
	case d <= photoNearBits:
		return w.at(fPhoto, photoNear)
	case d <= photoAlikeBits:
		return w.at(fPhoto, photoAlike)
	}
	return w.at(fPhoto, photoFar)
}

func (w *work) marksEvidence(q, r []uint32) evidence {
	if len(q) == 0 || len(r) == 0 {
		return unknown
	}
	n := 0
	for _, a := range q {
		for _, b := range r {
			if a == b {
				n++
				break
			}
		}
	}
	switch {
	case 2*n > len(q):
		return w.at(fMarks, marksMost)
	case n > 0:
		return w.at(fMarks, marksSome)
	}
	return w.at(fMarks, marksDiffer)
}

func (w *work) facilityEvidence(q, r []uint32) evidence {
	switch {
	case len(q) == 0 || len(r) == 0:
		return unknown
	case q[0] == r[0]:
		return w.at(fFacility, facilitySame)
	}
	return w.at(fFacility, facilityDiffers)
}
