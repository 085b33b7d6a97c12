package matching

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Profile is what of a child is compared: every assertion of every identity,
// normalised. The zero value says nothing and finds nobody.
type Profile struct {
	given, patronymic, family []claim
	born                      []span
	sex                       byte // 0 unknown, 1 female, 2 male, 3 other
	home, now                 []place
	siblings                  []string // given names
	siblingIDs                []string
	siblingCount              int // 0 if it is not known, alone if there is none
	documents                 []document
	photo                     string // SHA-256, lower-case hex
	perceptual                uint64
	hasPerceptual             bool
	eye, hair                 string
	marks                     []string
	facility                  string
}

// who says it: a value that the child was born with, one of which nobody says
// whose it is, one that was imposed.
type who byte

const (
	ofOriginal who = iota
	ofUnknown
	ofImposed
)

// claim is one word of a name.
type claim struct {
	text string
	who  who
}

// span is the days, numbered from 1970-01-01, on one of which the child was born.
type span struct {
	first, last int
	who         who
}

// place from the widest part to the narrowest, as keys; "" is not known. written is as
// a node has it.
type place struct {
	country, oblast, raion, settlement string
	written                            [3]string
	who                                who
}

// read returns the key of a part in the oblast that is known.
func (p *place) read(level int, name string) string {
	key, written := placesKnown().key(level, p.oblast, name)
	p.written[level-placeOblast] = written
	return key
}

// document is a number and what it is the number of.
type document struct{ kind, number string }

// maxClaims of anything that a record says several times.
const maxClaims = 7

// FromRecord reads what is compared. A question or a sighting is a record with few
// fields. Names that mix alphabets are left out (Check refuses them), and so is an
// age that does not say when it was stated: birth.age takes its day from
// asserted_at, and listing.listed_age from the record's created_at.
func FromRecord(c *homewardv1.ChildRecord) Profile {
	p := Profile{sex: sexOf(c.GetBirth().GetSex())}
	p.names(c.GetName())
	p.births(c)
	p.places(c)
	p.relatives(c.GetFamily(), c.GetListing())
	p.papers(c.GetDocuments())
	p.looks(c.GetPhysical())
	if f := c.GetDisplacement().GetFacilityName(); len(f) <= maxNameBytes {
		p.facility = f
	}
	if l := c.GetListing().GetListedName(); l != "" {
		p.full(l, ofImposed)
	}
	for _, list := range []*[]claim{&p.given, &p.patronymic, &p.family} {
		*list = distinct(*list)
	}
	return p
}

// FromCriteria reads a question. Whether it asks by the original or by the imposed
// identity nobody says.
func FromCriteria(c adapters.Criteria) Profile {
	said := func(value string) []*homewardv1.Assertion {
		if value == "" {
			return nil
		}
		return []*homewardv1.Assertion{{Value: value}}
	}
	r := &homewardv1.ChildRecord{
		Name: &homewardv1.Name{Full: said(c.Full), Given: said(c.Given), Patronymic: said(c.Patronymic), Family: said(c.Family)},
		Birth: &homewardv1.Birth{
			BirthDate: said(c.Born), Sex: c.Sex, BirthPlace: []*homewardv1.Assertion{{Place: &homewardv1.Place{Oblast: c.BirthOblast}}},
		},
	}
	p := FromRecord(r)
	if n := number(c.Document); len(n) >= minNumber {
		p.documents = append(p.documents, document{"", n})
	}
	return p
}

func whose(a *homewardv1.Assertion) who {
	switch catalog.IdentityOf(a) {
	case catalog.Original:
		return ofOriginal
	case catalog.Imposed:
		return ofImposed
	}
	return ofUnknown
}

// maxSaid of a list of assertions that are read: who says more says nothing.
const maxSaid = 50

func atMost[T any](list []T) []T { return list[:min(len(list), maxSaid)] }

// distinct drops words that are said twice: of two that differ in whose they are the
// more certain stays. Where there are too many, three imposed ones have a place.
func distinct(list []claim) []claim {
	slices.SortStableFunc(list, func(a, b claim) int { return int(a.who) - int(b.who) })
	var out []claim
	for _, c := range list {
		if !slices.ContainsFunc(out, func(o claim) bool { return o.text == c.text }) {
			out = append(out, c)
		}
	}
	const forImposed = 3
	if first := slices.IndexFunc(out, func(c claim) bool { return c.who == ofImposed }); first > maxClaims-forImposed {
		out = slices.Delete(out, max(maxClaims-forImposed, maxClaims-(len(out)-first)), first)
	}
	return out[:min(len(out), maxClaims)]
}

func sexOf(s string) byte {
	switch adapters.Normalise(s) {
	case "female":
		return 1
	case "male":
		return 2
	case "other":
		return 3
	}
	return 0
}

func (p *Profile) names(n *homewardv1.Name) {
	for _, f := range []struct {
		from []*homewardv1.Assertion
		to   *[]claim
	}{{n.GetGiven(), &p.given}, {n.GetNickname(), &p.given}, {n.GetPatronymic(), &p.patronymic}, {n.GetFamily(), &p.family}} {
		for _, a := range atMost(f.from) {
			say(f.to, tokens(a.GetValue()), whose(a))
		}
	}
	for _, list := range [][]*homewardv1.Assertion{n.GetFull(), n.GetOther()} {
		for _, a := range atMost(list) {
			p.full(a.GetValue(), whose(a))
		}
	}
}

// say adds words; of a double name its parts too.
func say(to *[]claim, words []string, w who) {
	for _, word := range words {
		word = strings.Trim(word, "-")
		if word == "" || isMixed(word) || len(word) > maxNameBytes/4 {
			continue
		}
		*to = append(*to, claim{word, w})
		if strings.Contains(word, "-") {
			for part := range strings.SplitSeq(word, "-") {
				if len([]rune(part)) > 2 {
					*to = append(*to, claim{part, w})
				}
			}
		}
	}
}

// full takes a name apart: what looks like a patronymic is one, unless it is
// first; a known given name is one; what is left is the family's. Where nothing
// tells, a word is taken for both.
func (p *Profile) full(name string, w who) {
	rest := tokens(name)
	for i := len(rest) - 1; i > 0; i-- {
		if isPatronymic(form(rest[i])) {
			say(&p.patronymic, rest[i:i+1], w)
			rest = slices.Delete(rest, i, i+1)
			break
		}
	}
	known := slices.IndexFunc(rest, func(t string) bool { return len(classes().given[form(t)]) > 0 })
	switch {
	case known >= 0:
		say(&p.given, rest[known:known+1], w)
		say(&p.family, slices.Delete(rest, known, known+1), w)
	default:
		say(&p.given, rest, w)
		say(&p.family, rest, w)
	}
}

func (p *Profile) births(c *homewardv1.ChildRecord) {
	b := c.GetBirth()
	for _, a := range atMost(b.GetBirthDate()) {
		if d, ok := edtf.Parse(strings.TrimSpace(a.GetValue())); ok && d.Within(maxRecordYears) {
			slack := 0
			if d.Qualifier != "" && d.Last-d.First > 31 {
				slack = 1 // "2014~": a year more or less
			}
			p.bornOn(day(d.First, -slack), day(d.Last, slack), whose(a))
		}
	}
	for _, a := range atMost(b.GetAge()) {
		p.aged(a.GetValue(), a.GetAssertedAt(), whose(a))
	}
	if l := c.GetListing(); l.GetListedAge() > 0 && len(b.GetAge()) == 0 {
		p.aged(strconv.Itoa(int(l.GetListedAge())), c.GetRecord().GetCreatedAt(), ofImposed)
	}
}

// aged turns an age and the time when it was stated into birth dates.
func (p *Profile) aged(age, at string, w who) {
	years, err := strconv.Atoi(strings.TrimSpace(age))
	d, ok := edtf.Parse(strings.TrimSpace(at))
	if err != nil || !ok || years < 0 || years > 120 || !d.Within(2) {
		return
	}
	p.bornOn(day(d.First, -years-1)+1, day(d.Last, -years), w)
}

func (p *Profile) bornOn(first, last int, w who) {
	s := span{first, last, w}
	if first > 0 && last < maxDay && len(p.born) < maxClaims && !slices.Contains(p.born, s) {
		p.born = append(p.born, s)
	}
}

// maxDay is the bound of days that an index can hold: 15 bits, until 2059.
const maxDay = 1 << 15

// day numbers a date written as YYYYMMDD, some years on.
func day(date, years int) int {
	t := time.Date(date/10000+years, time.Month(date/100%100), date%100, 0, 0, 0, 0, time.UTC)
	return int(t.Unix() / 86400)
}

func (p *Profile) places(c *homewardv1.ChildRecord) {
	for _, a := range atMost(c.GetBirth().GetBirthPlace()) {
		at(&p.home, a.GetPlace(), whose(a))
	}
	at(&p.home, c.GetOrigin().GetLastAddress(), ofOriginal)
	at(&p.home, c.GetSeparation().GetPlace(), ofOriginal)
	at(&p.now, c.GetDisplacement().GetFacilityRegion(), ofOriginal)
	at(&p.now, c.GetCurrent().GetLocation(), ofOriginal)
	for _, r := range atMost(c.GetDisplacement().GetTransferRoute()) {
		at(&p.now, r, ofOriginal)
	}
}

func at(to *[]place, from *homewardv1.Place, w who) {
	pl := place{country: strings.ToUpper(strings.TrimSpace(from.GetCountry())), who: w}
	pl.oblast = pl.read(placeOblast, from.GetOblast())
	if pl.raion = pl.read(placeRaion, from.GetRaion()); pl.raion == "" {
		pl.raion = pl.read(placeRaion, from.GetHromada())
	}
	pl.settlement = pl.read(placeSettlement, from.GetSettlement())
	if pl.country == "RU" && placesKnown().claimed[pl.oblast] {
		pl.country = "" // papers of the two sides tell the country apart, and not the place
	}
	if (pl.oblast != "" || pl.settlement != "" || pl.country != "") && len(*to) < maxClaims && !slices.Contains(*to, pl) {
		*to = append(*to, pl)
	}
}

func (p *Profile) relatives(f *homewardv1.Family, l *homewardv1.Listing) {
	n := 0
	for _, m := range atMost(f.GetMembers()) {
		switch adapters.Normalise(m.GetRelation()) {
		case "brother", "sister", "sibling", "twin", "half-brother", "half-sister", "брат", "сестра":
		default:
			continue
		}
		n++
		if name := givenOf(m.GetName()); name != "" && len(p.siblings) < maxClaims {
			p.siblings = append(p.siblings, name)
		}
	}
	p.siblingIDs = f.GetSiblingRecordIds()
	p.siblingIDs = p.siblingIDs[:min(len(p.siblingIDs), maxClaims)]
	p.siblingCount = min(max(n, len(f.GetSiblingRecordIds()), int(l.GetSiblingsListed())), alone-1)
	if p.siblingCount == 0 && l.GetListedName()+l.GetSource() != "" {
		p.siblingCount = alone // a listing tells who is offered together
	}
}

// alone is the number of siblings of a child that was listed without any.
const alone = 15

// givenOf is the given name in what a relative is called.
func givenOf(name string) string {
	words := tokens(name)
	for _, w := range words {
		if len(classes().given[form(w)]) > 0 && !isMixed(w) {
			return w
		}
	}
	if len(words) == 0 || isMixed(words[0]) {
		return ""
	}
	return words[0]
}

// minNumber is the shortest number of a document that says anything.
const minNumber = 4

func (p *Profile) papers(d *homewardv1.Documents) {
	for _, n := range []document{
		{"national_id", d.GetNationalId()}, {"birth_certificate", d.GetBirthCertificateNo()}, {"passport", d.GetPassportNo()},
		{"passport", d.GetImposedPassportNo()}, {"icrc", d.GetIcrcRef()}, {"unhcr", d.GetUnhcrId()},
	} {
		if n.number = number(n.number); len(n.number) >= minNumber {
			p.documents = append(p.documents, n)
		}
	}
}

// maxMarksBytes of the description of marks that are read.
const maxMarksBytes = 10 * maxNameBytes

func (p *Profile) looks(ph *homewardv1.Physical) {
	p.photo = strings.ToLower(strings.TrimSpace(ph.GetPhotoSha256()))
	if h, err := strconv.ParseUint(strings.TrimSpace(ph.GetPerceptualHash()), 16, 64); err == nil && h != 0 {
		p.perceptual, p.hasPerceptual = h, true
	}
	p.eye, p.hair = colour(ph.GetEye()), colour(ph.GetHair())
	for _, t := range adapters.Tokens(ph.GetMarks()[:min(len(ph.GetMarks()), maxMarksBytes)]) {
		if len([]rune(t)) > 3 && len(p.marks) < maxClaims && !slices.Contains(p.marks, t) {
			p.marks = append(p.marks, t)
		}
	}
}
