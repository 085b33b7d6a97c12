package budget

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// sketch remembers about how many different things it was shown: one bit each, so
// that two may share one. It never counts too many; of 20 it misses two or three.
type sketch [2]uint64

func (s sketch) with(n name) sketch {
	bit := binary.BigEndian.Uint64(n[:]) % 128
	s[bit/64] |= 1 << (bit % 64)
	return s
}

func (s sketch) count() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

// variantsLimit bounds what is remembered of one participant, about a megabyte.
const variantsLimit = 1 << 14

// variants are the questions of one participant on one day, by what stays the same.
type variants struct {
	day   time.Time
	under map[name]sketch
}

// on starts anew on another day; on the same day, also if the clock stepped back
// within it, it goes on.
func (v *variants) on(now time.Time) {
	if day := now.Truncate(Day); v.under == nil || !day.Equal(v.day) {
		*v = variants{day: day, under: make(map[name]sketch)}
	}
}

// room makes room for more. What was seen in one form alone is forgotten first:
// whoever tries out a criterion has more than one. If that is not enough, false.
func (v *variants) room(more int) bool {
	if len(v.under)+more <= variantsLimit {
		return true
	}
	for n, s := range v.under {
		if s.count() < 2 {
			delete(v.under, n)
		}
	}
	return len(v.under)+more <= variantsLimit
}
