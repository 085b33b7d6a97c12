package file

import (
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
	wire        string
	expires     time.Time // zero: never
	defaulted   []string

	names     []string // skeletons
	births    []edtf.Date
	documents []string
	sex       string
	oblasts   []string
}

func (e *entry) live(now time.Time) bool { return e.expires.IsZero() || now.Before(e.expires) }

// keys collects what a record is found by, over all its identities: the gateway
// compares again and keeps them apart.
func (m *maker) keys(e *entry, child *homewardv1.ChildRecord) {
	n := child.GetName()
	for _, list := range [][]*homewardv1.Assertion{
		n.GetFull(), n.GetGiven(), n.GetPatronymic(), n.GetFamily(), n.GetNickname(), n.GetOther(),
	} {
		for _, a := range list {
			e.names = append(e.names, m.skeletons(a.GetValue())...)
		}
	}
	e.names = append(e.names, m.skeletons(child.GetListing().GetListedName())...)
	slices.Sort(e.names)
	e.names = slices.Compact(e.names)
	e.sex = child.GetBirth().GetSex()
	for _, a := range child.GetBirth().GetBirthPlace() {
		if k := oblast(a.GetPlace().GetOblast()); k != "" {
			e.oblasts = append(e.oblasts, k)
		}
	}
	for _, a := range child.GetBirth().GetBirthDate() {
		if d, ok := edtf.Parse(a.GetValue()); ok {
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

// maxMemo bounds the memory for names within one load.
const maxMemo = 1 << 16

func (m *maker) skeletons(name string) []string {
	if known, ok := m.memo[name]; ok {
		return known
	}
	out := skeletons(name)
	if m.memo == nil || len(m.memo) >= maxMemo {
		m.memo = make(map[string][]string)
	}
	m.memo[name] = out
	return out
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
