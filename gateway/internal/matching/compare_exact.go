package matching

import (
	"math"
	"math/bits"
)

// shared is what the same number or file is worth: the less, the more records
// have it, as one that was made up, or a picture that stands for many.
func (w *work) shared(f feature, level int, key uint64) evidence {
	return w.oneOf(w.at(f, level), w.x.keyed.count(key))
}

func (w *work) oneOf(e evidence, n int) evidence {
	if n > 1 {
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
		return w.usual(w.at(fPhoto, photoNear), join64(q.perceptual), join64(r.perceptual))
	case d <= photoAlikeBits:
		return w.at(fPhoto, photoAlike)
	}
	return w.at(fPhoto, photoFar)
}

// usual weakens what near pictures are worth by how many records have one like
// that: a picture that stands for a missing one is near to many.
func (w *work) usual(e evidence, a, b uint64) evidence {
	n := 0
	for i := range quarters {
		if k := quarter(a, i); k == quarter(b, i) {
			if c := w.x.keyed.count(mix(keyPerceptual, uint32(i), k)); n == 0 || c < n {
				n = c
			}
		}
	}
	return w.oneOf(e, n)
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
