package file

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// entry is one record as it is kept: the wire format, so that a reader decodes
// only what its mask admits and never shares memory with it.
type entry struct {
	id, version string
	wire        []byte
	expires     time.Time // zero: never
	defaulted   []string

	names     []string // skeletons
	births    []edtf.Date
	documents []string
}

func (e *entry) live(now time.Time) bool { return e.expires.IsZero() || now.Before(e.expires) }

// keys collects what a record is found by, over all its identities: the gateway
// compares again and keeps them apart.
func (e *entry) keys(child *homewardv1.ChildRecord) {
	n := child.GetName()
	for _, list := range [][]*homewardv1.Assertion{
		n.GetFull(), n.GetGiven(), n.GetPatronymic(), n.GetFamily(), n.GetNickname(), n.GetOther(),
	} {
		for _, a := range list {
			e.names = append(e.names, skeletons(a.GetValue())...)
		}
	}
	e.names = append(e.names, skeletons(child.GetListing().GetListedName())...)
	slices.Sort(e.names)
	e.names = slices.Compact(e.names)
	for _, a := range child.GetBirth().GetBirthDate() {
		if d, ok := calendar(a.GetValue()); ok {
			e.births = append(e.births, d)
		}
	}
	d := child.GetDocuments()
	for _, number := range []string{
		d.GetNationalId(), d.GetBirthCertificateNo(), d.GetPassportNo(), d.GetImposedPassportNo(), d.GetIcrcRef(), d.GetUnhcrId(),
	} {
		if k := document(number); k != "" {
			e.documents = append(e.documents, k)
		}
	}
}

func skeletons(name string) (out []string) {
	for _, t := range adapters.Tokens(name) {
		if k := adapters.Skeleton(t); k != "" {
			out = append(out, k)
		}
	}
	return out
}

// document is a number without what people write between its parts. Letters
// that look alike in both scripts are one: nobody sees which was typed.
func document(number string) string {
	const cyrillic, latin = "авекмнорстухі", "abekmhopctyxi"
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(cyrillic, r); i >= 0 {
			return rune(latin[i/2])
		}
		return r
	}, strings.Join(adapters.Tokens(number), ""))
}

// snapshot is one load of the file, with its indexes. It is immutable.
type snapshot struct {
	entries    []*entry
	byID       map[string]*entry
	byName     map[string][]int32
	byBirth    map[int][]int32 // by day, YYYYMMDD
	byDocument map[string][]int32
	tombstones map[string]bool
	hash       [32]byte
	expires    time.Time // when the first record does; zero: never
}

func index(s *sink) *snapshot {
	snap := &snapshot{
		entries:    slices.DeleteFunc(s.entries, func(e *entry) bool { return e == nil }),
		tombstones: s.tombstones,
		byName:     make(map[string][]int32), byBirth: make(map[int][]int32), byDocument: make(map[string][]int32),
	}
	snap.byID = make(map[string]*entry, len(snap.entries))
	for i, e := range snap.entries {
		n := int32(i)
		snap.byID[e.id] = e
		for _, k := range e.names {
			snap.byName[k] = append(snap.byName[k], n)
		}
		for _, d := range e.births {
			if d.First == d.Last {
				snap.byBirth[d.First] = append(snap.byBirth[d.First], n)
			}
		}
		for _, k := range e.documents {
			snap.byDocument[k] = append(snap.byDocument[k], n)
		}
		if !e.expires.IsZero() && (snap.expires.IsZero() || e.expires.Before(snap.expires)) {
			snap.expires = e.expires
		}
	}
	return snap
}

// Weights of what a candidate was found by. They only order candidates, so that
// the likeliest are within the limit.
const (
	weightDocument = 100
	weightFamily   = 8
	weightGiven    = 4
	weightOther    = 3
	weightFull     = 6
	weightBirth    = 8
)

type candidate struct {
	score int
	e     *entry
}

// search returns ids, the likeliest first.
func (snap *snapshot) search(c adapters.Criteria, limit int, now time.Time) []string {
	born, dated := calendar(c.Born)
	found := snap.byCriteria(c, born)
	if len(found) == 0 && dated && skeletons(c.Full+" "+c.Given+" "+c.Patronymic+" "+c.Family) == nil {
		snap.scan(found, born)
	}
	var out []candidate
	for n, score := range found {
		e := snap.entries[n]
		if !e.live(now) {
			continue
		}
		if dated {
			score += nearness(e.births, born)
		}
		out = append(out, candidate{score, e})
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.e.id, b.e.id))
	})
	ids := make([]string, 0, min(limit, len(out)))
	for _, c := range out[:min(limit, len(out))] {
		ids = append(ids, c.e.id)
	}
	return ids
}

func (snap *snapshot) byCriteria(c adapters.Criteria, born edtf.Date) map[int32]int {
	found := make(map[int32]int)
	for _, name := range []struct {
		text   string
		weight int
	}{{c.Family, weightFamily}, {c.Given, weightGiven}, {c.Patronymic, weightOther}, {c.Full, weightFull}} {
		keys := skeletons(name.text)
		slices.Sort(keys)
		for _, k := range slices.Compact(keys) {
			for _, n := range snap.byName[k] {
				found[n] += name.weight
			}
		}
	}
	if born.First == born.Last && born.First != 0 {
		for _, day := range []int{born.First, swapped(born.First)} {
			for _, n := range snap.byBirth[day] {
				found[n] += weightBirth
			}
		}
	}
	if k := document(c.Document); k != "" {
		for _, n := range snap.byDocument[k] {
			found[n] += weightDocument
		}
	}
	return found
}

// scan finds by date alone, for a question that has no name; the gateway decides what that is worth.
func (snap *snapshot) scan(found map[int32]int, born edtf.Date) {
	for i, e := range snap.entries {
		for _, d := range e.births {
			if d.First <= born.Last && born.First <= d.Last {
				found[int32(i)] = 0
			}
		}
	}
}

// swapped exchanges day and month, a usual slip; 0 if that is no date.
func swapped(day int) int {
	y, m, d := day/10000, day/100%100, day%100
	if m == d || d > 12 {
		return 0
	}
	return y*10000 + d*100 + m
}

// nearness orders candidates of one name by their years.
func nearness(births []edtf.Date, born edtf.Date) int {
	best := 0
	for _, d := range births {
		switch {
		case d.First <= born.Last && born.First <= d.Last:
			return 6
		case years(d, born) == 0:
			best = max(best, 3)
		case years(d, born) <= 2:
			best = max(best, 2)
		}
	}
	return best
}

func years(a, b edtf.Date) int {
	return max(a.First/10000-b.Last/10000, b.First/10000-a.Last/10000, 0)
}
