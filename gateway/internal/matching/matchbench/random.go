package matchbench

// random is SplitMix64 (Steele, Lea, Flood 2014). It is written out so that the
// frozen data stay the same whatever a release of Go does to its own generators.
type random struct{ state uint64 }

// Purposes of a stream; each draw of one leaves the others as they are.
const (
	ofSize uint64 = iota
	ofFamily
	ofRecord
	ofQuery
)

func stream(seed, purpose, n uint64) *random {
	r := &random{seed}
	for _, v := range []uint64{purpose, n} {
		r.state = r.next() ^ v
	}
	r.next()
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// intn is a number from 0 to n-1; the bias of the remainder is far below what a benchmark sees.
func (r *random) intn(n int) int { return int(r.next() % uint64(n)) }

// chance is true in percent of 100 cases.
func (r *random) chance(percent int) bool { return r.intn(100) < percent }

// one of a list, each as likely.
func one[T any](r *random, list []T) T { return list[r.intn(len(list))] }

// pick returns an index by weights, which need not add up to anything.
func (r *random) pick(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.intn(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
