package matching

// Kinds of blocking keys: what two records of one child have in common, however
// much else of them differs.
const (
	keyFamilyYear    = iota + 1 // (family skeleton, year of birth)
	keyFamilyGiven              // (family skeleton, given class): whatever the date
	keyFamilyFather             // (family skeleton, patronymic class)
	keyGivenDate                // (given class, birth date)
	keyGivenYear                // (given class, year, oblast): listings
	keyFatherPlace              // (patronymic class, oblast, year)
	keyDatePlace                // (birth date, oblast): both names misspelt
	keySibling                  // (given class, given class of a sibling, year)
	keyDocument                 // a document's number
	keyPhoto                    // the same photo
	keyPerceptual               // a quarter of a perceptual hash
	keyGivenYearOnly            // (given class, year, sex): listings without a region
	keyFamilyPlace              // (family skeleton, oblast): no date is known
	keyFamily                   // family skeleton: nothing else is known
	keyID                       // a record's id: siblings refer to it
	keySiblings                 // (given classes of two siblings, year): the first name is another
)

// maxYears of a birth date that a record is found by.
const maxYears = 3

// keys calls add with every blocking key of a record.
func (x *Index) keys(p *packed, add func(uint64)) {
	given, father := x.classesOf(givenName, p.given), x.classesOf(patronymicName, p.patronymic)
	family := x.skeletons(p.family)
	years, days := yearsOf(p.born)
	oblasts := x.oblasts(p.places)
	for _, f := range family {
		for _, y := range years {
			add(mix(keyFamilyYear, f, y))
		}
		for _, g := range given {
			add(mix(keyFamilyGiven, f, g))
		}
		for _, s := range father {
			add(mix(keyFamilyFather, f, s))
		}
		for _, o := range oblasts {
			add(mix(keyFamilyPlace, f, o))
		}
		add(mix(keyFamily, f))
	}
	siblings := x.classesOf(givenName, p.siblings)
	for _, g := range given {
		for _, d := range days {
			add(mix(keyGivenDate, g, d))
		}
		for _, y := range years {
			add(mix(keyGivenYearOnly, g, y, uint32(p.sex)))
			for _, o := range oblasts {
				add(mix(keyGivenYear, g, y, o))
			}
			for _, s := range siblings {
				add(mix(keySibling, g, s, y))
			}
		}
	}
	for _, o := range oblasts {
		for _, d := range days {
			add(mix(keyDatePlace, d, o))
		}
		for _, s := range father {
			for _, y := range years {
				add(mix(keyFatherPlace, s, o, y))
			}
		}
	}
	for _, y := range years {
		pairs(siblings, func(a, b uint32) { add(mix(keySiblings, a, b, y)) })
	}
	exactKeys(p, add)
}

// pairs of two of the classes, in no order.
func pairs(classes []uint32, each func(a, b uint32)) {
	for i, a := range classes {
		for _, b := range classes[:i] {
			each(min(a, b), max(a, b))
		}
	}
}

func exactKeys(p *packed, add func(uint64)) {
	for i := 0; i+1 < len(p.documents); i += 2 {
		add(mix(keyDocument, p.documents[i]&^7, p.documents[i+1]))
	}
	if len(p.photo) == 2 {
		add(mix(keyPhoto, p.photo...))
	}
	if len(p.perceptual) == 2 {
		for i := range quarters {
			add(mix(keyPerceptual, uint32(i), quarter(join64(p.perceptual), i)))
		}
	}
}

// quarters of a perceptual hash that are looked up, 16 bits each.
const quarters = 4

func quarter(h uint64, i int) uint32 { return uint32(h >> (16 * i) & 0xffff) }

// few is room for the small lists that keys are made of.
const few = 8

// classesOf the words of a record; a diminutive of many names counts as the first few.
func (x *Index) classesOf(f field, words []uint32) []uint32 {
	out := make([]uint32, 0, few)
	for _, w := range words {
		for _, c := range x.names[f].tokens[w&tokenMask].classes {
			out = addFew(out, c)
		}
	}
	return out
}

func (x *Index) skeletons(words []uint32) []uint32 {
	out := make([]uint32, 0, few)
	for _, w := range words {
		out = addFew(out, x.names[familyName].tokens[w&tokenMask].skel)
	}
	return out
}

func (x *Index) oblasts(words []uint32) []uint32 {
	out := make([]uint32, 0, few)
	for _, w := range words {
		if o := x.places.nodes[w&placeMask].oblast; w&nowPlace == 0 && o != 0 {
			out = addFew(out, o)
		}
	}
	return out
}

func addFew(to []uint32, v uint32) []uint32 {
	for _, t := range to {
		if t == v {
			return to
		}
	}
	if len(to) == few {
		return to
	}
	return append(to, v)
}

// yearsOf birth dates, and the days of those that are exact.
func yearsOf(born []uint32) (years, days []uint32) {
	years, days = make([]uint32, 0, few), make([]uint32, 0, few)
	for _, w := range born {
		s := unpackSpan(w)
		if s.first == s.last {
			days = addFew(days, uint32(s.first))
		}
		first, last := yearOf(s.first), yearOf(s.last)
		if last-first >= maxYears {
			continue
		}
		for y := first; y <= last; y++ {
			years = addFew(years, y)
		}
	}
	return years, days
}
