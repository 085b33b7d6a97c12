package matchbench

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// JaroWinkler is a baseline: the mean similarity of the parts of the name that
// both sides have, in Latin letters, among the children born in the same year or
// the ones beside it. Another sex is no candidate, the same day of birth a bonus.
type JaroWinkler struct {
	latin  latinise
	byYear map[int][]entry // 0: of no known year
	bytes  int64
}

type entry struct {
	id    string
	parts [3]string // given, family, patronymic
	date  string
	sex   string
}

// NewJaroWinkler is empty.
func NewJaroWinkler() *JaroWinkler {
	return &JaroWinkler{latin: newLatinise(), byYear: make(map[int][]entry)}
}

// Name of the baseline.
func (*JaroWinkler) Name() string { return "jaro_winkler" }

// Add takes both identities of each record.
func (j *JaroWinkler) Add(_ context.Context, records []*homewardv1.ChildRecord) error {
	for _, c := range records {
		for _, p := range identities(c) {
			e := j.entry(p)
			e.id = c.GetRecord().GetRecordId()
			for year := p.from; year <= p.to; year++ {
				j.byYear[year] = append(j.byYear[year], e)
				j.bytes += int64(112 + len(e.id) + len(e.date) + len(e.parts[0]) + len(e.parts[1]) + len(e.parts[2]))
			}
		}
	}
	return nil
}

func (j *JaroWinkler) entry(p plain) entry {
	return entry{parts: [3]string{j.latin.text(p.given), j.latin.text(p.family), j.latin.text(p.patronymic)}, date: p.date, sex: p.sex}
}

// Finish has nothing to do.
func (*JaroWinkler) Finish(context.Context) error { return nil }

// Search compares with every child of the years in question.
func (j *JaroWinkler) Search(_ context.Context, query *homewardv1.ChildRecord, top int) ([]Found, error) {
	type scored struct {
		id    string
		score float64
	}
	var best []scored
	for _, p := range identities(query) {
		q := j.entry(p)
		for _, year := range slices.Sorted(maps.Keys(j.byYear)) {
			entries := j.byYear[year]
			if p.from > 0 && year > 0 && (year < p.from-1 || year > p.to+1) {
				continue
			}
			for i := range entries {
				s := scored{entries[i].id, entries[i].score(&q)}
				if len(best) == top && s.score <= best[top-1].score || s.score == 0 {
					continue
				}
				if at := slices.IndexFunc(best, func(b scored) bool { return b.id == s.id }); at >= 0 {
					best[at].score = max(best[at].score, s.score)
				} else {
					best = append(best, s)
				}
				slices.SortFunc(best, func(a, b scored) int {
					return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
				})
				best = best[:min(top, len(best))]
			}
		}
	}
	out := make([]Found, len(best))
	for i, b := range best {
		out[i].ID = b.id
	}
	return out, nil
}

func (e *entry) score(q *entry) float64 {
	if e.sex != "" && q.sex != "" && e.sex != q.sex {
		return 0
	}
	sum, n := 0.0, 0.0
	for i := range e.parts {
		if e.parts[i] != "" && q.parts[i] != "" {
			sum += jaroWinkler(e.parts[i], q.parts[i])
			n++
		}
	}
	if n == 0 {
		return 0
	}
	sum /= n
	if e.date != "" && e.date == q.date {
		sum += 0.1
	}
	return sum
}

// jaroWinkler of two texts in Latin letters without accents (Winkler 1990: up to
// four common letters at the beginning, 0.1 each). Longer than 64 letters is no name.
func jaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	window := max(0, max(len(a), len(b))/2-1)
	var inA, inB uint64
	for i := range len(a) {
		for k := max(0, i-window); k < min(len(b), i+window+1); k++ {
			if inB&(1<<k) == 0 && a[i] == b[k] {
				inA |= 1 << i
				inB |= 1 << k
				break
			}
		}
	}
	matches := float64(bits.OnesCount64(inA))
	if matches == 0 {
		return 0
	}
	moved := 0.0
	for i, k := inA, inB; i != 0; i, k = i&(i-1), k&(k-1) {
		if a[bits.TrailingZeros64(i)] != b[bits.TrailingZeros64(k)] {
			moved++
		}
	}
	jaro := (matches/float64(len(a)) + matches/float64(len(b)) + (matches-moved/2)/matches) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + 0.1*float64(prefix)*(1-jaro)
}

// Bytes is what the entries take.
func (j *JaroWinkler) Bytes(context.Context) (int64, error) { return j.bytes, nil }

// Close has nothing to give back.
func (*JaroWinkler) Close() error { return nil }
