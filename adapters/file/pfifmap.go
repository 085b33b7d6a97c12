package file

import (
	"regexp"
	"strings"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// pfifFields are the names that are read, of all versions. Others are dropped,
// as are those of the people who entered a record (author_*, *_of_found_person,
// a note's text): they are not the child's, and nobody needs them to find it.
var pfifFields = map[string]bool{
	"person_record_id": true, "entry_date": true, "source_date": true, "expiry_date": true,
	"source_name": true, "source_url": true, "photo_url": true, "profile_urls": true,
	"full_name": true, "given_name": true, "first_name": true, "family_name": true, "last_name": true,
	"alternate_names": true, "description": true, "other": true, "sex": true, "date_of_birth": true, "age": true,
	"home_country": true, "home_state": true, "home_city": true, "home_neighborhood": true,
	"home_street": true, "home_postal_code": true, "home_zip": true,
	"note_record_id": true, "linked_person_record_id": true, "status": true,
	"author_made_contact": true, "found": true, "last_known_location": true,
}

// of returns the first of the names that has a text: the newer name, then the
// one that PFIF used before.
func (p *pfifItem) of(names ...string) string {
	for _, n := range names {
		if v := p.fields[n]; v != "" {
			return v
		}
	}
	return ""
}

func (p *pfifItem) at() row { return row{line: p.line, column: p.col} }

// mapPFIF turns persons into records. A note that stands outside its person
// finds it by person_record_id.
func mapPFIF(persons, strays []*pfifItem, s *sink) {
	byID := make(map[string]*pfifItem, len(persons))
	for _, p := range persons {
		if id := p.of("person_record_id"); byID[id] == nil {
			byID[id] = p
		}
	}
	for _, n := range strays {
		if p := byID[n.of("person_record_id")]; p != nil {
			p.notes = append(p.notes, n)
		} else {
			s.bad(n.at(), "person_record_id", "is a note's, and no person of this file has it")
		}
	}
	for _, p := range persons {
		s.person(p)
	}
}

func (s *sink) person(p *pfifItem) {
	if p.bad != nil {
		s.bad(row{line: p.bad.Line, column: p.bad.Column}, p.bad.Field, p.bad.What)
		return
	}
	r := p.at()
	if p.placeholder() {
		r.deleted = true
	}
	child, field, what := s.pfifChild(p)
	if what != "" {
		s.bad(r, field, what)
		return
	}
	if !r.deleted {
		s.notes(child, p)
	}
	r.child = child
	s.add(r)
}

// placeholder says that a person was wiped: what travels on is its id and its
// dates (PFIF 1.4, "data expiry").
func (p *pfifItem) placeholder() bool {
	for name, v := range p.fields {
		switch name {
		case "person_record_id", "source_date", "entry_date", "expiry_date":
		default:
			if v != "" {
				return false
			}
		}
	}
	return true
}

var pfifAge = regexp.MustCompile(`^[0-9]{1,3}(-[0-9]{1,3})?$`)

// pfifChild maps a person without its notes. what is empty if all is well.
func (s *sink) pfifChild(p *pfifItem) (child *homewardv1.ChildRecord, field, what string) {
	for _, name := range []string{"source_date", "entry_date", "expiry_date"} {
		if !isTime(p.of(name)) {
			return nil, name, "is no date of the form YYYY-MM-DDThh:mm:ssZ"
		}
	}
	if age := p.of("age"); age != "" && !pfifAge.MatchString(age) {
		return nil, "age", "is neither a number nor a range"
	}
	id := p.of("person_record_id")
	child = &homewardv1.ChildRecord{
		Record: &homewardv1.RecordInfo{
			RecordId: id, OriginSystem: s.home(id),
			CreatedAt: p.of("source_date"), UpdatedAt: p.of("entry_date"), RetentionUntil: p.of("expiry_date"),
		},
	}
	from := assertionFrom{source: child.Record.OriginSystem, at: day(p.of("source_date"))}
	child.Name = s.pfifName(p, from)
	child.Birth = &homewardv1.Birth{
		BirthDate: from.all(p.of("date_of_birth"), homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL),
		Age:       from.all(p.of("age"), homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL),
		Sex:       p.of("sex"),
	}
	child.Origin = &homewardv1.Origin{LastAddress: pfifAddress(p)}
	if d := p.of("description"); d != "" {
		child.Physical = &homewardv1.Physical{Marks: d}
	} else if o := p.of("other"); o != "" {
		child.Physical = &homewardv1.Physical{Marks: description(o)}
	}
	child.Evidence = &homewardv1.Evidence{Custody: lines(p.of("source_name"))}
	for _, name := range []string{"source_url", "photo_url", "profile_urls"} {
		// Addresses are kept as evidence. Nothing ever fetches one.
		child.Evidence.SourceUrls = append(child.Evidence.SourceUrls, lines(p.of(name))...)
	}
	return child, "", ""
}

// home is the participant whose record this is. The domain in an id names the
// home repository, also in a copy; one that no setting names stands for itself,
// so that a copy of somebody else's record never passes as one's own.
func (s *sink) home(id string) string {
	domain, _, ok := strings.Cut(id, "/")
	if !ok {
		return ""
	}
	if p := s.set.origins[strings.ToLower(domain)]; p != "" {
		return p
	}
	return domain
}

func (s *sink) pfifName(p *pfifItem, from assertionFrom) *homewardv1.Name {
	const original = homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL
	n := &homewardv1.Name{
		Full:   from.all(p.of("full_name"), original),
		Given:  from.all(p.of("given_name", "first_name"), original),
		Family: from.all(p.of("family_name", "last_name"), original),
		Other:  from.all(p.of("alternate_names"), s.set.kind),
	}
	for _, list := range [][]*homewardv1.Assertion{n.Full, n.Given, n.Family, n.Other} {
		for _, a := range list {
			a.Script = script(a.Value)
		}
	}
	return n
}

// assertionFrom makes assertions of one source and day.
type assertionFrom struct{ source, at string }

// all makes one assertion for each line of a text: PFIF writes several values so.
func (f assertionFrom) all(text string, kind homewardv1.AssertionKind) (out []*homewardv1.Assertion) {
	for _, v := range lines(text) {
		out = append(out, &homewardv1.Assertion{Value: v, Kind: kind, Source: f.source, AssertedAt: f.at})
	}
	return out
}

func lines(text string) (out []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// pfifAddress puts what is narrower than a city into the point, so that it is
// the first thing that a generalisation cuts.
func pfifAddress(p *pfifItem) *homewardv1.Place {
	place := &homewardv1.Place{
		Country: strings.ToUpper(p.of("home_country")), Oblast: p.of("home_state"), Settlement: p.of("home_city"),
	}
	var point []string
	for _, v := range []string{p.of("home_street"), p.of("home_neighborhood"), p.of("home_postal_code", "home_zip")} {
		if v != "" {
			point = append(point, v)
		}
	}
	place.Point = strings.Join(point, ", ")
	return place
}

// description is the section of that name in PFIF 1.1 to 1.3's "other", whose
// sections are a name with a colon and indented lines; all of it if it has no sections.
func description(other string) string {
	var out []string
	inside, sections := false, false
	for l := range strings.Lines(other) {
		text := strings.TrimSpace(l)
		indented := strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")
		if name, rest, ok := strings.Cut(text, ":"); ok && !indented && !strings.Contains(name, " ") {
			sections, inside = true, name == "description"
			text = strings.TrimSpace(rest)
		}
		if inside && text != "" {
			out = append(out, text)
		}
	}
	if !sections {
		return other
	}
	return strings.Join(out, "\n")
}
