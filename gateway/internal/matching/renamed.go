package matching

import (
	_ "embed" // the table of places
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed data/places.tsv
var placeTable string

// renamed is a place that is called otherwise on the other side: a row of the table.
type renamed struct {
	level  int
	oblast string // the key of its region; "" for a region
	key    string // of its name of today, which all its names have
	today  string
	others []string
	isCity bool
}

// otherName is how a place is called otherwise: where, and its sounds. The region is ""
// for a name that needs none.
type otherName struct {
	level          int
	oblast, sounds string
}

// placeNames is the table of places.
type placeNames struct {
	rows    []*renamed
	by      map[otherName]*renamed
	claimed map[string]bool // keys of the regions that Russia calls its own
}

var placesKnown = sync.OnceValue(func() *placeNames {
	t := &placeNames{by: make(map[otherName]*renamed), claimed: make(map[string]bool)}
	levels := map[string]int{"claimed": placeOblast, "region": placeOblast, "district": placeRaion, "city": placeSettlement, "settlement": placeSettlement}
	for row := range rows(placeTable) {
		what, level, today := row[0], levels[row[0]], row[2]
		r := &renamed{level: level, today: today, key: spell(level, today).key, isCity: what == "city"}
		if level != placeOblast {
			r.oblast = spell(placeOblast, row[1]).key
		}
		r.others = append(names(row, 3), names(row, 4)...)
		for _, name := range r.others {
			t.by[otherName{level, r.oblast, spell(level, name).sounds}] = r
		}
		for _, name := range names(row, 4) {
			t.by[otherName{level, "", spell(level, name).sounds}] = r
		}
		if what == "claimed" {
			t.claimed[r.key] = true
		}
		t.rows = append(t.rows, r)
	}
	return t
})

// key of a part of a place in an oblast, "" where that is not known: of its name of
// today, and of the name as it is written.
func (t *placeNames) key(level int, oblast, name string) (today, written string) {
	s := spell(level, name)
	if r, ok := t.by[otherName{level, oblast, s.sounds}]; ok && !(r.isCity && s.isVillage) {
		return r.key, s.key
	}
	return s.key, s.key
}

// of returns the row of a part of a place, nil if the table does not have it.
func (t *placeNames) of(n node, level int) *renamed {
	part := [...]uint32{placeOblast: n.oblast, placeRaion: n.raion, placeSettlement: n.settlement}[level]
	i := slices.IndexFunc(t.rows, func(r *renamed) bool {
		return r.level == level && hash(r.key) == part && (level == placeOblast || n.oblast == 0 || n.oblast == hash(r.oblast))
	})
	if i < 0 {
		return nil
	}
	return t.rows[i]
}

// maxOthers of the names that a reason tells.
const maxOthers = 3

// tell adds to a reason which place it is that is called otherwise, and how: by the
// table, never as a record has it. Who asked has called it by one of these names.
func (r *renamed) tell(f *Feature) {
	latin, _ := Transliterate(r.today, KMU55)
	others := strings.Join(r.others[:min(len(r.others), maxOthers)], ", ")
	f.Reason = fmt.Sprintf("%s: %s, also written %s.", strings.TrimSuffix(f.Reason, "."), latin, others)
	f.ReasonUK = fmt.Sprintf("%s: %s, пишуть також %s.", strings.TrimSuffix(f.ReasonUK, "."), r.today, others)
}
