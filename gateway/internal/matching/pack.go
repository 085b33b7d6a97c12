package matching

// A record is kept as words of 32 bits, about thirty of them: two of counts and
// small values, then lists. pack writes them and unpack reads them in place.

const (
	tokenBits = 28
	tokenMask = 1<<tokenBits - 1
	nowPlace  = 1 << 30
	placeMask = 1<<tokenBits - 1
)

// packed is a record as it is kept; the slices are views.
type packed struct {
	sex, eye, hair, siblingCount byte
	given, patronymic, family    []uint32 // token | who<<28
	born                         []uint32 // first | last-first<<15 … see packSpan
	places                       []uint32 // node | who<<28 | nowPlace
	siblings                     []uint32 // tokens of given names
	siblingIDs, marks            []uint32 // hashes
	documents                    []uint32 // two words each: hash, kind in the low bits
	photo, perceptual, facility  []uint32 // two words, two, one; or none
}

func (p *packed) lists() [11]*[]uint32 {
	return [...]*[]uint32{
		&p.given, &p.patronymic, &p.family, &p.born, &p.places, &p.siblings, &p.siblingIDs, &p.marks,
		&p.documents, &p.photo, &p.perceptual,
	}
}

// headWords are before the lists: small values and counts of four bits each.
const headWords = 3

func (p *packed) size() int {
	n := headWords
	for _, l := range p.lists() {
		n += len(*l)
	}
	return n + len(p.facility)
}

func (p *packed) write(to []uint32) {
	to[0] = uint32(p.sex) | uint32(p.eye)<<4 | uint32(p.hair)<<8 | uint32(p.siblingCount)<<12 | uint32(len(p.facility))<<16
	to[1], to[2] = 0, 0
	at := headWords
	for i, l := range p.lists() {
		to[1+i/8] |= uint32(len(*l)) << (i % 8 * 4)
		at += copy(to[at:], *l)
	}
	copy(to[at:], p.facility)
}

func (p *packed) read(from []uint32) {
	h := from[0]
	p.sex, p.eye, p.hair, p.siblingCount = byte(h&15), byte(h>>4&15), byte(h>>8&15), byte(h>>12&15)
	at := headWords
	take := func(n int) []uint32 {
		at += n
		return from[at-n : at : at]
	}
	p.given = take(int(from[1] & 15))
	p.patronymic = take(int(from[1] >> 4 & 15))
	p.family = take(int(from[1] >> 8 & 15))
	p.born = take(int(from[1] >> 12 & 15))
	p.places = take(int(from[1] >> 16 & 15))
	p.siblings = take(int(from[1] >> 20 & 15))
	p.siblingIDs = take(int(from[1] >> 24 & 15))
	p.marks = take(int(from[1] >> 28 & 15))
	p.documents = take(int(from[2] & 15))
	p.photo = take(int(from[2] >> 4 & 15))
	p.perceptual = take(int(from[2] >> 8 & 15))
	p.facility = take(int(h >> 16 & 15))
}

// A birth date is one word: the first day in 15 bits, the length in 13 (what is
// longer than 8191 days says nothing), whose it is in two.
func packSpan(s span) uint32 {
	return uint32(s.first) | uint32(min(s.last-s.first, 1<<13-1))<<15 | uint32(s.who)<<28
}

func unpackSpan(w uint32) span {
	first := int(w & (1<<15 - 1))
	return span{first, first + int(w>>15&(1<<13-1)), who(w >> 28 & 3)}
}

func words64(h uint64) []uint32 { return []uint32{uint32(h), uint32(h >> 32)} }

func join64(w []uint32) uint64 { return uint64(w[0]) | uint64(w[1])<<32 }
