package matching

import "math"

// node is one place of the dictionary: the hashes of its parts, 0 for what is
// not known. written has the oblast, the raion and the settlement as they were
// written: an old name that is ambiguous means the same where it is written again.
type node struct {
	country, oblast, raion, settlement uint32
	written                            [3]uint32
}

type places struct {
	ids    map[node]uint32
	nodes  []node
	counts map[uint64]uint32 // records born in an oblast, in a settlement
	total  uint32
}

func newPlaces() *places {
	return &places{ids: make(map[node]uint32), counts: make(map[uint64]uint32)}
}

func nodeOf(p place) node {
	h := func(s string) uint32 {
		if s == "" {
			return 0
		}
		return max(hash(s), 1)
	}
	return node{h(p.country), h(p.oblast), h(p.raion), h(p.settlement), [...]uint32{h(p.written[0]), h(p.written[1]), h(p.written[2])}}
}

func (d *places) intern(n node) uint32 {
	id, ok := d.ids[n]
	if !ok {
		id = uint32(len(d.nodes))
		d.ids[n], d.nodes = id, append(d.nodes, n)
	}
	return id
}

// Levels of two places; what one of them leaves out says nothing against the other.
const (
	placeUnknown = -1 // they have no part in common to compare
	placeOther   = iota - 1
	placeCountry
	placeOblast
	placeRaion
	placeSettlement
)

func comparePlaces(a, b node) int {
	level := placeUnknown
	for i, pair := range [...][2]uint32{
		{a.country, b.country}, {a.oblast, b.oblast}, {a.raion, b.raion}, {a.settlement, b.settlement},
	} {
		if pair[0] == 0 || pair[1] == 0 {
			continue
		}
		if pair[0] != pair[1] && (i == 0 || a.written[i-1] != b.written[i-1]) {
			if i == 0 || level == placeUnknown {
				return placeOther
			}
			return level
		}
		level = i + 1
	}
	return level
}

// callOtherwise says whether two places that agree at a level are written by other names there.
func callOtherwise(a, b node, level int) bool {
	return level >= placeOblast && a.written[level-placeOblast] != b.written[level-placeOblast]
}

// key under which records of an oblast, or of a settlement of it, are counted.
func (n node) key(level int) uint64 {
	if level != placeSettlement {
		return uint64(n.oblast)
	}
	if n.settlement == 0 {
		return 0
	}
	return uint64(n.oblast)<<32 | uint64(n.settlement)
}

func (d *places) count(p *packed, by int) {
	seen := [2 * maxClaims]uint64{}
	n := 0
	for _, w := range p.places {
		if w&nowPlace != 0 {
			continue
		}
		v := d.nodes[w&placeMask]
		for _, k := range [...]uint64{v.key(placeOblast), v.key(placeSettlement)} {
			isNew := k != 0
			for _, s := range seen[:n] {
				isNew = isNew && s != k
			}
			if isNew {
				seen[n] = k
				n++
				d.counts[k] = uint32(int(d.counts[k]) + by)
			}
		}
	}
	if n > 0 {
		d.total = uint32(int(d.total) + by)
	}
}

// rarity of an oblast or a settlement, in bits more than the average one.
func (d *places) rarity(v node, level int, average float64) float64 {
	const drawn = 20
	share := (float64(d.counts[v.key(level)]) + drawn*average) / (float64(d.total) + drawn)
	return math.Log2(average / share)
}

func (d *places) bytes() int { return len(d.nodes)*(2*28+8) + len(d.counts)*2*12 }
