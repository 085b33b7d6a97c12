package matching

import "hash/fnv"

// field of a name; the words of each have a dictionary of their own.
type field byte

const (
	givenName field = iota
	patronymicName
	familyName
	nameFields
)

// token is one word of a field, read once: what a million records share.
type token struct {
	text    string
	form    string
	skel    uint32   // of the whole word, or of the father's name
	classes []uint32 // of equal names; for a family one, its stem
	formal  int      // how many of the classes, the first ones, have a given name as a formal one
	isGuess bool     // the classes of a given name are guessed
	uses    uint32   // records that have it
}

// unlisted marks the class of a name that the table of names does not have.
const unlisted = 1 << 31

func readToken(f field, text string) token {
	t := token{text: text, form: form(text)}
	t.skel = hash(skeleton(t.form))
	switch f {
	case givenName:
		t.classes, t.formal, t.isGuess = classes().of(t.form)
	case patronymicName:
		t.classes = classes().patronymic[t.form]
		if len(t.classes) == 0 {
			t.classes = []uint32{unlisted | hash(skeleton(father(t.form)))}
		}
	}
	if len(t.classes) == 0 {
		t.classes = []uint32{unlisted | hash(stem(t.form))}
	}
	return t
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

func hash64(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// dictionary interns the words of a field and counts how many records have one
// of each class.
type dictionary struct {
	field  field
	ids    map[string]uint32
	tokens []token
	counts map[uint32]uint32   // by class
	total  uint32              // records with the field
	near   map[uint32][]uint32 // words by what is left of them without one letter
}

func newDictionary(f field) *dictionary {
	return &dictionary{field: f, ids: make(map[string]uint32), counts: make(map[uint32]uint32), near: make(map[uint32][]uint32)}
}

func (d *dictionary) intern(text string) uint32 {
	if id, ok := d.ids[text]; ok {
		return id
	}
	t := readToken(d.field, text)
	id := uint32(len(d.tokens))
	d.ids[t.text], d.tokens = id, append(d.tokens, t)
	d.addNear(id)
	return id
}

// share is how often two classes' rarest common one occurs among records, as a
// fraction, drawn to the average where little has been seen.
func (d *dictionary) share(class uint32, average float64) float64 {
	const drawn = 20 // records that the average is worth
	return (float64(d.counts[class]) + drawn*average) / (float64(d.total) + drawn)
}

func (d *dictionary) count(ids []uint32, by int) {
	if len(ids) == 0 {
		return
	}
	d.total = uint32(int(d.total) + by)
	var seen [maxClaims * 4]uint32
	n := 0
	for _, id := range ids {
		t := &d.tokens[id&tokenMask]
		t.uses = uint32(int(t.uses) + by)
	next:
		for _, c := range t.classes {
			for _, s := range seen[:n] {
				if s == c {
					continue next
				}
			}
			if n == len(seen) {
				continue
			}
			seen[n] = c
			n++
			d.counts[c] = uint32(int(d.counts[c]) + by)
		}
	}
}

// bytes counts the texts twice, for the table's own, and what maps waste.
func (d *dictionary) bytes() int {
	n := len(d.counts)*2*8 + len(d.near)*2*28
	for _, t := range d.tokens {
		n += len(t.text) + len(t.form) + 4*len(t.classes) + 88 + 2*20
	}
	for _, l := range d.near {
		n += 4 * cap(l)
	}
	return n
}
