package matching

import "math/bits"

// pageWords is the size of a page, and the most that one block can hold.
const pageWords = 1 << 18

// arena hands out blocks of words from pages that never move. A block that is
// given back is used again for one of the same size class.
type arena struct {
	pages [][]uint32
	used  int // words of the last page
	free  [2 * 18][]uint32
}

// class of blocks: sizes 2, 3, 4, 6, 8, 12, 16 … words, so that a quarter at most is waste.
func sizeClass(words int) (class, size int) {
	if words <= 2 {
		return 0, 2
	}
	k := bits.Len(uint(words - 1)) // 2^(k-1) < words <= 2^k
	if half := 3 << (k - 2); words <= half {
		return 2*k - 3, half
	}
	return 2*k - 2, 1 << k
}

// alloc returns where a block of at least so many words begins.
func (a *arena) alloc(words int) uint32 {
	class, size := sizeClass(words)
	if f := a.free[class]; len(f) > 0 {
		a.free[class] = f[:len(f)-1]
		return f[len(f)-1]
	}
	if len(a.pages) == 0 || a.used+size > pageWords {
		a.pages, a.used = append(a.pages, make([]uint32, pageWords)), 0
	}
	at := uint32((len(a.pages)-1)*pageWords + a.used)
	a.used += size
	return at
}

func (a *arena) release(at uint32, words int) {
	class, _ := sizeClass(words)
	a.free[class] = append(a.free[class], at)
}

// at is the rest of the page from a block on.
func (a *arena) at(at uint32) []uint32 { return a.pages[at/pageWords][at%pageWords:] }

func (a *arena) bytes() int {
	n := len(a.pages) * pageWords * 4
	for _, f := range a.free {
		n += 4 * cap(f)
	}
	return n
}
