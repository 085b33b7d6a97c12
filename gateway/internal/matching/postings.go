package matching

import "slices"

// postings are the rows of each blocking key. Of a key 40 bits are kept: two keys
// of a hundred million share a list, which costs a comparison and no more.
type postings struct {
	shards [256]shard
	lists  arena
}

// shard is an open-addressed table.
type shard struct {
	slots []slot
	used  int
}

// slot of a key. ref is 0 for a free slot, a row+1 for a key with one row, isList
// with the place of a block for more (its length, then the rows), and isCount with how
// many there are where they are not kept.
type slot struct{ key, ref uint32 }

const (
	isList  = 1 << 31
	isCount = isList | 1<<30
	emptied = isList - 1 // the key of rows that are gone
	// maxRows that a key finds: one that more share tells nothing, and nobody is found by it.
	maxRows = 12_000
	// maxKept is how many rows are kept of it. Beyond, they are counted; when no more
	// than maxRows are left, the index collects them again, which what is between makes rare.
	maxKept = 1 << 14
)

// mix makes a key of its kind and parts (after the finaliser of SplitMix64).
func mix(kind byte, parts ...uint32) uint64 {
	h := uint64(kind) * 0x9e3779b97f4a7c15
	for _, p := range parts {
		h = (h ^ uint64(p)) * 0xbf58476d1ce4e5b9
		h ^= h >> 29
	}
	h *= 0x94d049bb133111eb
	return h ^ h>>32
}

// sameKey says whether two keys are one to postings.
func sameKey(a, b uint64) bool { return a>>56 == b>>56 && uint32(a) == uint32(b) }

func (p *postings) shard(key uint64) (*shard, uint32) {
	return &p.shards[key>>56], uint32(key)
}

// find returns the slot of a key, or the free one where it belongs; the table is
// never full.
func (s *shard) find(key uint32) *slot {
	mask := uint32(len(s.slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		if e := &s.slots[i]; e.ref == 0 || e.key == key {
			return e
		}
	}
}

// grow makes room: of twice the size, unless most of the keys are gone.
func (s *shard) grow() {
	old, live := s.slots, 0
	for _, e := range old {
		if e.ref != 0 && e.ref != emptied {
			live++
		}
	}
	size := len(old)
	if live*5 >= size*2 {
		size = max(64, 2*size)
	}
	s.slots, s.used = make([]slot, size), 0
	for _, e := range old {
		if e.ref != 0 && e.ref != emptied {
			*s.find(e.key) = e
			s.used++
		}
	}
}

// rows of a key, valid until the next change; none of one that more than maxRows
// share. one is room for a key's only row.
func (p *postings) rows(key uint64, one *[1]uint32) []uint32 {
	s, k := p.shard(key)
	if len(s.slots) == 0 {
		return nil
	}
	e := s.find(k)
	switch {
	case e.ref == 0 || e.ref == emptied:
		return nil
	case e.ref&isCount == isCount:
		return nil
	case e.ref&isList == 0:
		one[0] = e.ref - 1
		return one[:]
	}
	block := p.lists.at(e.ref &^ isList)
	if block[0] > maxRows {
		return nil
	}
	return block[1 : 1+block[0]]
}

// count of the rows of a key, found or not.
func (p *postings) count(key uint64) int {
	s, k := p.shard(key)
	if len(s.slots) == 0 {
		return 0
	}
	e := s.find(k)
	switch {
	case e.ref == 0 || e.ref == emptied:
		return 0
	case e.ref&isCount == isCount:
		return int(e.ref &^ isCount)
	case e.ref&isList == 0:
		return 1
	}
	return int(p.lists.at(e.ref &^ isList)[0])
}

func (p *postings) add(key uint64, row uint32) {
	s, k := p.shard(key)
	if s.used*5 >= len(s.slots)*4 {
		s.grow()
	}
	e := s.find(k)
	switch {
	case e.ref == 0:
		*e = slot{k, row + 1}
		s.used++
	case e.ref == emptied:
		e.ref = row + 1
	case e.ref&isCount == isCount:
		e.ref++
	case e.ref&isList == 0:
		first := e.ref - 1
		e.ref = isList | p.lists.alloc(blockWords(2))
		copy(p.lists.at(e.ref&^isList), []uint32{2, first, row})
	default:
		p.push(e, row)
	}
}

func (p *postings) push(e *slot, row uint32) {
	at := e.ref &^ isList
	n := int(p.lists.at(at)[0])
	if n == maxKept {
		p.lists.release(at, blockWords(n))
		e.ref = isCount | maxKept + 1
		return
	}
	block := p.resize(e, n, n+1)
	block[0], block[n+1] = uint32(n+1), row
}

// remove forgets a row of a key. It says so if those that are left have to be
// collected again, by add.
func (p *postings) remove(key uint64, row uint32) (lost bool) {
	s, k := p.shard(key)
	if len(s.slots) == 0 {
		return false
	}
	e := s.find(k)
	switch {
	case e.ref == row+1:
		e.ref = emptied
	case e.ref&isCount == isCount:
		if e.ref--; e.ref == isCount|maxRows {
			e.ref = emptied
			return true
		}
	case e.ref&isList != 0:
		p.pull(e, row)
	}
	return false
}

func (p *postings) pull(e *slot, row uint32) {
	block := p.lists.at(e.ref &^ isList)
	n := int(block[0])
	at := slices.Index(block[1:n+1], row)
	switch {
	case at < 0:
	case n == 1:
		p.lists.release(e.ref&^isList, blockWords(n))
		e.ref = emptied
	default:
		block[1+at], block[0] = block[n], uint32(n-1)
		p.resize(e, n, n-1)
	}
}

// resize moves a list where its new length needs a block of another size.
func (p *postings) resize(e *slot, was, n int) []uint32 {
	from := e.ref &^ isList
	old, _ := sizeClass(blockWords(was))
	if now, _ := sizeClass(blockWords(n)); now == old {
		return p.lists.at(from)
	}
	to := p.lists.alloc(blockWords(n))
	block := p.lists.at(to)
	copy(block, p.lists.at(from)[:1+min(was, n)])
	p.lists.release(from, blockWords(was))
	e.ref = isList | to
	return block
}

// blockWords of a list: its length and its rows.
func blockWords(rows int) int { return max(rows+1, 3) }

func (p *postings) bytes() int {
	n := p.lists.bytes()
	for i := range p.shards {
		n += 8 * cap(p.shards[i].slots)
	}
	return n
}
