package matching

import "math"

// work is one question made ready, and the room that answering it needs.
type work struct {
	x                         *Index
	q                         packed // what is compared by equality
	given, patronymic, family []spoken
	siblings                  []spoken
	born                      []span
	home, now                 []asked
	found                     []uint32 // names of siblings
	rows                      []uint32 // to compare
	probes                    []probe
	tally                     tally
}

// asked is a place of the question.
type asked struct {
	node node
	who  who
}

// prepare reads a profile without adding to the dictionaries.
func (w *work) prepare(x *Index, p Profile) {
	*w = work{x: x, found: w.found[:0], rows: w.rows[:0], probes: w.probes[:0], tally: w.tally}
	w.given, w.patronymic, w.family = spokenOf(givenName, p.given), spokenOf(patronymicName, p.patronymic), spokenOf(familyName, p.family)
	for _, s := range p.siblings {
		w.siblings = append(w.siblings, spokenOf(givenName, []claim{{text: s}})...)
	}
	w.born = p.born
	for _, v := range p.home {
		w.home = append(w.home, asked{nodeOf(v), v.who})
	}
	for _, v := range p.now {
		w.now = append(w.now, asked{nodeOf(v), v.who})
	}
	w.q = packed{sex: p.sex, eye: colourNumber(p.eye), hair: colourNumber(p.hair), siblingCount: byte(p.siblingCount)}
	packExact(&w.q, p)
}

func spokenOf(f field, list []claim) (out []spoken) {
	for _, c := range list {
		out = append(out, spoken{readToken(f, c.text), c.who, make(map[uint32]evidence)})
	}
	return out
}

// weigh compares with one record. to has the evidence of each feature; the sum
// is their weights.
func (w *work) weigh(r *packed, to *[features]evidence) (sum float64) {
	to[fGiven] = w.nameEvidence(fGiven, w.given, r.given)
	to[fPatronymic] = w.nameEvidence(fPatronymic, w.patronymic, r.patronymic)
	to[fFamily] = w.nameEvidence(fFamily, w.family, r.family)
	to[fBirth] = w.birthEvidence(w.born, r.born)
	to[fSex] = w.flat(fSex, w.q.sex, r.sex)
	to[fHome] = w.placeEvidence(fHome, w.home, r.places)
	to[fNow] = w.placeEvidence(fNow, w.now, r.places)
	to[fSibling] = w.siblingEvidence(r)
	to[fSiblingCount] = w.countEvidence(r)
	to[fDocument] = w.documentEvidence(w.q.documents, r.documents)
	to[fPhoto] = w.photoEvidence(&w.q, r)
	to[fEye] = w.flat(fEye, w.q.eye, r.eye)
	to[fHair] = w.flat(fHair, w.q.hair, r.hair)
	to[fMarks] = w.marksEvidence(w.q.marks, r.marks)
	to[fFacility] = w.facilityEvidence(w.q.facility, r.facility)
	for f := range to {
		if to[f].level >= 0 {
			sum += to[f].weight
		}
	}
	return sum
}

// prior is what speaks for a record before anything is compared, in bits: one of
// so many. A small holder's is that of as many children as are known by name to
// have been taken, so that a lone candidate is not the likelier for being alone.
func (x *Index) prior() float64 {
	const fewest = 20_000
	return -math.Log2(float64(max(x.live, fewest)))
}
