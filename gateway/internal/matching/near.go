package matching

import (
	"cmp"
	"slices"
)

// maxNear bounds the words of a dictionary that one spelling leads to, and
// maxAlike those that are looked at for a misspelt word.
const maxNear, maxAlike = 1024, 24

// addNear files a word under each way to leave out one letter, so that words a slip
// apart meet without looking at all (a deletion neighbourhood): of a given name, which is short, any letter, of
// other names a consonant, whatever their vowels.
func (d *dictionary) addNear(id uint32) {
	for _, v := range d.variants(&d.tokens[id]) {
		if list := d.near[v]; len(list) < maxNear {
			d.near[v] = append(list, id)
		}
	}
}

func (d *dictionary) variants(t *token) []uint32 {
	text, least := skeleton(t.form), 3
	if d.field == givenName {
		text = t.form
	}
	out := []uint32{hash(text)}
	for i := range text {
		if len(text) < least {
			break
		}
		out = append(out, hash(text[:i]+text[i+1:]))
	}
	return out
}

// alike are the words of records that may be meant by a misspelt one, the nearest first.
func (d *dictionary) alike(t *token) []*token {
	type near struct {
		*token
		distance int
	}
	var found []near
	seen := make(map[uint32]bool)
	for _, v := range d.variants(t) {
		for _, id := range d.near[v] {
			o := &d.tokens[id]
			if o.uses == 0 || seen[id] {
				continue
			}
			seen[id] = true
			if alike(t.form, o.form) {
				found = append(found, near{o, distance(t.form, o.form, 2)})
			}
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(b.uses, a.uses), cmp.Compare(a.text, b.text))
	})
	out := make([]*token, 0, maxAlike)
	for _, n := range found[:min(len(found), maxAlike)] {
		out = append(out, n.token)
	}
	return out
}
