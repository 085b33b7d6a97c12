package decide

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// ownership says of each path and identity, by its place in slots, whether it is
// the holder's own: no source of it is the ICRC. The zero value owns nothing. It
// is comparable, since it is part of the key of a cached decision.
type ownership [maxSlots / 64]uint64

// maxSlots bounds the paths and identities of the catalogue; a test holds it.
const maxSlots = 192

func (o *ownership) has(i int) bool { return o[i/64]&(1<<(i%64)) != 0 }

func (o *ownership) lose(i int) { o[i/64] &^= 1 << (i % 64) }

// allOwn owns every path and identity.
var allOwn = sync.OnceValue(func() ownership {
	var o ownership
	for i := range len(slots()) {
		o[i/64] |= 1 << (i % 64)
	}
	return o
})

// ownOf computes the provenance of a record. What the ICRC's own gateway holds is
// the ICRC's; so is a record that says that it comes from there, or that does not
// say where it comes from (which counts as if it did). In any other, one
// assertion of the ICRC makes its list and identity ICRC-origin, and what is
// derived from it. An assertion without a source has that of its record. A list
// that was not read has no assertion here; it cannot be released either.
func ownOf(c *homewardv1.ChildRecord, holder string) ownership {
	system := c.GetRecord().GetOriginSystem()
	if holder == "icrc" || strings.TrimSpace(system) == "" || isICRC(system) {
		return ownership{}
	}
	own := allOwn()
	n, b := c.GetName(), c.GetBirth()
	own.without("name.full", n.GetFull())
	own.without("name.given", n.GetGiven())
	own.without("name.patronymic", n.GetPatronymic())
	own.without("name.family", n.GetFamily())
	own.without("name.nickname", n.GetNickname())
	own.without("name.other", n.GetOther())
	own.without("birth.birth_date", b.GetBirthDate())
	own.without("birth.age", b.GetAge())
	own.without("birth.birth_place", b.GetBirthPlace())
	own.without("origin.nationality", c.GetOrigin().GetNationality())
	return own
}

// tellable says whether a hit may be told to the authority of origin: what the
// criteria were compared with is the holder's own, or the holder is the ICRC
// itself, whose word is its release.
func (a Admitted) tellable(r fetchedRecord) bool {
	if !a.TellOrigin() && !a.NotifyAlways() {
		return false
	}
	if a.facts.Holder.Kind == "icrc" || a.facts.Holder.AuthorityOfOrigin {
		return true
	}
	own := ownOf(r.record.Child, a.facts.Holder.Kind)
	by, _ := given(a.criteria)
	for _, path := range compared(by) {
		if i, ok := slots()[slot{path, r.matched}]; ok && !own.has(i) {
			return false
		}
	}
	return true
}

// without takes away what the sources of one list make ICRC-origin.
func (o *ownership) without(path string, list []*homewardv1.Assertion) {
	for _, a := range list {
		if !isICRC(a.GetSource()) {
			continue
		}
		identities := []string{catalog.IdentityOf(a)}
		if identities[0] == "" {
			identities = []string{catalog.Original, catalog.Imposed}
		}
		for _, identity := range identities {
			for _, p := range derivedFrom(path) {
				if i, ok := slots()[slot{p, identity}]; ok {
					o.lose(i)
				}
			}
		}
		if graded(path) {
			o.lose(slots()[slot{"record.reliability_band", catalog.Original}])
		}
	}
}

// derivedFrom lists a list of assertions and what says the same in other words.
func derivedFrom(path string) []string {
	if path == "birth.birth_date" {
		return []string{path, "birth.age"}
	}
	return []string{path}
}

func graded(path string) bool { return slices.Contains(catalog.Graded(), path) }

// write says what is own: the star stands for everything.
func (o *ownership) write(w *writer) {
	w.object("own")
	if *o == allOwn() {
		w.object("*")
		w.tri(catalog.Original, Yes)
		w.tri(catalog.Imposed, Yes)
		w.close()
		w.close()
		return
	}
	i := 0
	for _, f := range catalog.Fields() {
		open := false
		for _, identity := range f.Identities {
			if o.has(i) {
				if !open {
					w.object(f.Path)
				}
				open = true
				w.tri(identity, Yes)
			}
			i++
		}
		if open {
			w.close()
		}
	}
	w.close()
}

// isICRC finds the organisation in the name of a source: "icrc", "ICRC-Kyiv",
// "icrc:rfl", and as it is called in French, Ukrainian and Russian. Every assertion of
// a record is asked, so that what is ASCII is read where it stands.
func isICRC(source string) bool {
	const icrc, cicr = 'i'<<24 | 'c'<<16 | 'r'<<8 | 'c', 'c'<<24 | 'i'<<16 | 'c'<<8 | 'r'
	var four uint32 // the last four characters; letters in small ones
	for i := range len(source) {
		if source[i] >= utf8.RuneSelf {
			return namesICRC(source)
		}
		if four = four<<8 | uint32(source[i]|0x20); four == icrc || four == cicr {
			return true
		}
	}
	return false
}

// namesICRC is isICRC in any alphabet.
func namesICRC(source string) bool {
	upper := strings.ToUpper(source)
	for _, name := range [...]string{"ICRC", "CICR", "МКЧХ", "МККК"} {
		if strings.Contains(upper, name) {
			return true
		}
	}
	return false
}
