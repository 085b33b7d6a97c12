package matching

import (
	"hash/maphash"
	"slices"
	"sync"
)

// Options of an index.
type Options struct {
	// Weights to compare with; the committed ones if nil.
	Weights *Weights
}

// Index holds the profiles of a holder's records, packed, and answers which of them
// a description may mean. It is safe for concurrent use. It can be rebuilt from the
// source at any time and is never the only copy of anything.
type Index struct {
	mu      sync.RWMutex
	weights *Weights
	names   [nameFields]*dictionary
	places  *places
	facts   arena    // packed records
	rows    []uint32 // where a record's words begin
	ids     ids
	live    int
	keyed   postings
	note    string
	pool    sync.Pool // of *work
}

// NewIndex returns an empty index.
func NewIndex(o Options) *Index {
	x := &Index{weights: o.Weights, places: newPlaces(), ids: ids{seed: maphash.MakeSeed()}}
	if x.weights == nil {
		x.weights = Committed()
	}
	for f := range x.names {
		x.names[f] = newDictionary(field(f))
	}
	x.pool.New = func() any { return new(work) }
	return x
}

// Len is the number of records.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.live
}

// Put adds a record or replaces it.
func (x *Index) Put(id string, p Profile) {
	x.mu.Lock()
	defer x.mu.Unlock()
	row, known := x.ids.row(id)
	if known {
		x.drop(row)
	} else {
		row = x.ids.add(id)
	}
	q := x.pack(p)
	x.place(row, &q)
}

// Remove forgets a record; one that is not there is no error.
func (x *Index) Remove(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if row, known := x.ids.row(id); known {
		x.drop(row)
		x.ids.remove(row)
	}
}

// place writes a packed record at a row and files it under its keys.
func (x *Index) place(row uint32, q *packed) {
	at := x.facts.alloc(q.size())
	q.write(x.facts.at(at))
	for len(x.rows) <= int(row) {
		x.rows = append(x.rows, noFacts)
	}
	x.rows[row] = at
	x.live++
	x.count(q, 1)
	x.keys(q, func(k uint64) { x.keyed.add(k, row) })
	x.keyed.add(x.idKey(row), row)
}

// drop forgets what stands at a row.
func (x *Index) drop(row uint32) {
	var q packed
	q.read(x.facts.at(x.rows[row]))
	var lost []uint64
	forget := func(k uint64) {
		if x.keyed.remove(k, row) {
			lost = append(lost, k)
		}
	}
	x.keys(&q, forget)
	forget(x.idKey(row))
	x.count(&q, -1)
	x.facts.release(x.rows[row], q.size())
	x.rows[row] = noFacts
	x.live--
	if len(lost) > 0 {
		x.collect(lost)
	}
}

// noFacts is where a free row's words begin.
const noFacts = 1<<32 - 1

// collect files all records again under keys of which the rows had not been kept.
func (x *Index) collect(lost []uint64) {
	var q packed
	for row, at := range x.rows {
		if at == noFacts {
			continue
		}
		q.read(x.facts.at(at))
		x.keys(&q, func(k uint64) {
			if slices.ContainsFunc(lost, func(l uint64) bool { return sameKey(k, l) }) {
				x.keyed.add(k, uint32(row))
			}
		})
	}
}

// idKey is the key under which a record's siblings find it.
func (x *Index) idKey(row uint32) uint64 { return mix(keyID, hash(x.ids.of(row))) }

// count keeps how frequent names and places are.
func (x *Index) count(q *packed, by int) {
	x.names[givenName].count(q.given, by)
	x.names[patronymicName].count(q.patronymic, by)
	x.names[familyName].count(q.family, by)
	x.places.count(q, by)
}

// pack interns what a profile says.
func (x *Index) pack(p Profile) packed {
	q := packed{
		sex: p.sex, eye: colourNumber(p.eye), hair: colourNumber(p.hair), siblingCount: byte(p.siblingCount),
		given: x.words(givenName, p.given), patronymic: x.words(patronymicName, p.patronymic), family: x.words(familyName, p.family),
	}
	for _, s := range p.born {
		q.born = append(q.born, packSpan(s))
	}
	for _, v := range p.home {
		q.places = append(q.places, x.places.intern(nodeOf(v))|uint32(v.who)<<tokenBits)
	}
	for _, v := range p.now {
		q.places = append(q.places, x.places.intern(nodeOf(v))|uint32(v.who)<<tokenBits|nowPlace)
	}
	for _, s := range p.siblings {
		q.siblings = append(q.siblings, x.names[givenName].intern(s))
	}
	packExact(&q, p)
	return q
}

func (x *Index) words(f field, list []claim) (out []uint32) {
	for _, c := range list {
		out = append(out, x.names[f].intern(c.text)|uint32(c.who)<<tokenBits)
	}
	return out
}

// packExact packs what is compared by equality, and needs no dictionary.
func packExact(q *packed, p Profile) {
	for _, s := range p.siblingIDs {
		q.siblingIDs = append(q.siblingIDs, hash(s))
	}
	for _, m := range p.marks {
		q.marks = append(q.marks, hash(form(m)))
	}
	for _, d := range p.documents {
		q.documents = append(q.documents, words64(hash64(d.number)&^7|documentKind(d.kind))...)
	}
	if p.photo != "" {
		q.photo = words64(hash64(p.photo))
	}
	if p.hasPerceptual {
		q.perceptual = words64(p.perceptual)
	}
	if k := facilityKey(p.facility); k != 0 {
		q.facility = []uint32{k}
	}
}

// Bytes is the memory that the index takes.
func (x *Index) Bytes() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n := x.facts.bytes() + 4*cap(x.rows) + x.ids.bytes() + x.keyed.bytes() + x.places.bytes()
	for _, d := range x.names {
		n += d.bytes()
	}
	return n
}
