package proof

import (
	"maps"
	"slices"
)

// Dice draws contexts; equal seeds draw equal contexts, on every machine.
type Dice struct{ state uint64 }

// NewDice starts a sequence.
func NewDice(seed uint64) *Dice { return &Dice{seed} }

// roll is a number from 0 to n-1 (splitmix64; Steele, Lea, Flood 2014).
func (d *Dice) roll(n int) int {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) >> 1 % uint64(n))
}

// one in n.
func (d *Dice) one(n int) bool { return d.roll(n) == 0 }

func pick[T any](d *Dice, of ...T) T { return of[d.roll(len(of))] }

// closed is any fact that is not as it should be: another word, or none at all.
func (d *Dice) fact() Fact { return pick(d, Yes, No, Unknown, "") }

// Draw makes one context: of any row, or of none, with up to a few facts that
// are not as a release wants them, so that a good share releases something.
func (d *Dice) Draw() *Context {
	c := d.open()
	for range d.roll(4) {
		changes := changes()
		changes[d.roll(len(changes))](c, d)
	}
	return c
}

// open is a question of a row whose record protects nothing, with some of the
// statements that open cells.
func (d *Dice) open() *Context {
	r := pick(d, matrix()...)
	c := &Context{
		Purpose: r.purpose, Officer: Officer{pick(d, roles(r.purpose)...)}, Requester: party(r.recipient), Holder: pick(d, parties()...),
		Agreement: Yes, Link: pick(d, Yes, Yes, No), Attested: pick(d, Yes, Unknown), Mandate: pick(d, Yes, Yes, Yes, No), ICRCRelease: pick(d, Unknown, Yes),
		GoAhead: map[string]Fact{}, Approval: map[string]string{}, Need: pick(d, "", "medication", "disability_aid", "language"),
		Known:  Known{Name: pick(d, No, No, Yes), Photo: No},
		Linked: pick(d, Yes, No), Lead: pick(d, Yes, No, Unknown),
		GoAheadNames: pick(d, No, No, No, Yes), AgreementNames: pick(d, No, No, No, Yes),
		Record:    open(pick(d, original, imposed)),
		Disclosed: nothingYet(),
	}
	for _, column := range append(columns(), "kind") {
		if d.one(4) {
			c.GoAhead[column] = Yes
		}
		if d.one(4) {
			c.Approval[column] = pick(d, "yes", "yes", "yes", "waiting")
		}
	}
	c.Question = Question{By: []string{"family", "born"}, Wildcard: No, Linked: No, Criteria: Yes, Record: No, Push: No, FieldsKnown: Yes, Fields: map[string]bool{"*": true}}
	if r.recipient == "mediator" && !d.one(8) {
		c.Question.Push = Yes
	}
	if c.Link == Yes {
		c.Question.By, c.Question.Linked, c.Question.Criteria = nil, Yes, No
		c.Question.Record = pick(d, Yes, No)
		if c.Question.Record == No {
			c.Question.By = []string{"given", "family", "born"}
		}
	}
	return c
}

// open is a record whose facts protect nothing.
func open(matched string) Record {
	r := Record{Matched: matched, Count: 1, Age: "child", ICRCOrigin: No, AtSite: Yes, Flags: map[string]Fact{}, Consent: map[string]Fact{}}
	for _, flag := range flags() {
		r.Flags[flag] = No
	}
	for _, item := range []string{"for_tracing", "disclose_to_others", "deny_details", "fresh", "services_refused"} {
		r.Consent[item] = No
	}
	r.Consent["for_services"] = Yes
	r.Own = map[string]map[string]Fact{"*": {original: Yes, imposed: Yes}}
	return r
}

// leafByLeaf says of a record, leaf by leaf, that no source is the ICRC.
func leafByLeaf() map[string]map[string]Fact {
	own := make(map[string]map[string]Fact)
	for _, l := range leaves() {
		own[l.path] = make(map[string]Fact)
		for _, identity := range l.identities() {
			own[l.path][identity] = Yes
		}
	}
	return own
}

func flags() []string {
	return []string{"location_protected", "publicity_forbidden", "litigation_hold", "captor_risk", "hold_by_origin", "safe_and_reachable"}
}

func nothingYet() map[string]map[string]Fact {
	m := map[string]map[string]Fact{}
	for _, column := range columns() {
		m[column] = map[string]Fact{original: No, imposed: No}
	}
	return m
}

// parties that ask and hold, by what the matrix calls them.
func parties() []Party {
	return []Party{
		party("authority_of_origin"), party("partner_government"), party("unicef"), party("icrc"), party("ngo"),
		party("icc"), party("prosecutor"), party("mediator"), party("legal_reviewer"),
	}
}

func party(recipient string) Party {
	switch recipient {
	case "authority_of_origin":
		return Party{"gov-ua", "government", true, false, false}
	case "partner_government":
		return Party{"gov-pl", "government", false, false, false}
	case "legal_reviewer":
		return Party{"gov-de", "government", false, false, false}
	}
	return Party{recipient + "-1", recipient, false, false, false}
}

// changes are the ways in which a context can be less, or other, than a release wants.
func changes() []func(*Context, *Dice) {
	return []func(*Context, *Dice){
		func(c *Context, d *Dice) {
			c.Purpose = pick(d, "MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT", "SIGHTING", "CRIMINAL", "")
		},
		func(c *Context, d *Dice) {
			c.Officer.Role = pick(d, "case_officer", "tracing_officer", "investigator", "prosecutor", "legal_reviewer", "clerk", "")
		},
		func(c *Context, d *Dice) { c.Requester = pick(d, parties()...) },
		func(c *Context, d *Dice) { // no kind of participant is called so
			c.Requester.Kind = pick(d, "authority_of_origin", "partner_government", "legal_reviewer", "Government", "")
		},
		func(c *Context, d *Dice) {
			c.Holder.Kind = pick(d, "government", "ngo", "icrc", "authority_of_origin")
			c.Holder.Origin, c.Lead = pick[any](d, true, true, false, nil, "unknown"), pick(d, No, No, Yes)
		},
		func(c *Context, d *Dice) { c.Holder = c.Requester },
		func(c *Context, d *Dice) { c.Requester.Origin = pick[any](d, true, false, nil, "unknown") },
		func(c *Context, d *Dice) {
			flag := pick(d, &c.Requester.Prohibited, &c.Requester.Suspended, &c.Holder.Prohibited, &c.Holder.Suspended)
			*flag = pick[any](d, true, nil, "unknown")
		},
		func(c *Context, d *Dice) {
			*pick(d, &c.Agreement, &c.Link, &c.ICRCRelease, &c.Attested, &c.Mandate, &c.GoAheadNames, &c.AgreementNames, &c.Known.Name, &c.Known.Photo, &c.Question.Wildcard, &c.Question.Push) = d.fact()
		},
		func(c *Context, d *Dice) {
			*pick(d, &c.Question.Linked, &c.Question.Criteria, &c.Question.Record, &c.Question.FieldsKnown) = d.fact()
		},
		func(c *Context, d *Dice) {
			all := []string{"full", "given", "patronymic", "family", "born", "sex", "birth_oblast", "document"}
			c.Question.By = nil
			for range d.roll(4) {
				c.Question.By = append(c.Question.By, pick(d, all...))
			}
		},
		func(c *Context, d *Dice) {
			c.Question.Fields = map[string]bool{}
			for range 1 + d.roll(12) {
				c.Question.Fields[pick(d, leaves()...).path] = true
			}
		},
		func(c *Context, d *Dice) { c.GoAhead[pick(d, append(columns(), "kind")...)] = d.fact() },
		func(c *Context, d *Dice) {
			c.Approval[pick(d, columns()...)] = pick(d, "yes", "waiting", "no", "")
		},
		func(c *Context, d *Dice) {
			c.Need = pick(d, "everything", "guardian", "own_site", "travel_document", "medication", "disability_aid", "language")
		},
		func(c *Context, d *Dice) { c.Record.Matched = pick(d, original, imposed, "", either) },
		func(c *Context, d *Dice) { c.Record.Count = pick(d, 0, 2, 5, 6, 100) },
		func(c *Context, d *Dice) { c.Record.Flags[pick(d, flags()...)] = d.fact() },
		func(c *Context, d *Dice) {
			c.Record.Consent[pick(d, slices.Sorted(maps.Keys(c.Record.Consent))...)] = d.fact()
		},
		func(c *Context, d *Dice) {
			c.Record.Age = pick(d, "adult", "unknown", "")
			c.Record.Flags["safe_and_reachable"] = d.fact()
		},
		fromICRC, fromICRC,
		func(c *Context, d *Dice) {
			c.Record.AtSite, c.GoAhead["current"] = d.fact(), pick(d, Yes, Yes, c.GoAhead["current"])
		},
		func(c *Context, d *Dice) {
			c.Record.ICRCOrigin = d.fact()
			c.Record.Own = map[string]map[string]Fact{pick(d, "*", "*", "name.family"): {original: pick(d, Yes, d.fact()), imposed: pick(d, Yes, d.fact())}}
		},
		func(c *Context, d *Dice) {
			c.Disclosed[pick(d, "photo", "names_birth", "current")] = map[string]Fact{original: d.fact(), imposed: d.fact()}
		},
	}
}

// fromICRC makes some leaves of a record the ICRC's: some at random, and some that
// the question is compared with.
func fromICRC(c *Context, d *Dice) {
	c.Record.Own = leafByLeaf()
	for range d.roll(6) {
		path := pick(d, leaves()...).path
		if by := c.Question.By; len(by) > 0 && d.one(2) {
			path = pick(d, compared(pick(d, by...))...)
		}
		c.Record.Own[path] = map[string]Fact{pick(d, original, imposed): pick(d, Yes, No, Unknown)}
	}
	if d.one(4) {
		c.Question.Record = d.fact()
	}
}
