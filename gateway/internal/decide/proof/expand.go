package proof

import (
	"fmt"
	"slices"
	"strings"
)

// Input is what the policy is asked in a case.
func (c *Case) Input() ([]byte, error) {
	if c.Export != nil {
		x, err := c.export()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		return x.Input(), nil
	}
	x, err := c.context()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	return x.Input(), nil
}

// context is a good question of its purpose about a child whose facts protect
// nothing, but for what the case says.
func (c *Case) context() (*Context, error) {
	q := c.Question
	x := &Context{
		Purpose: q.Purpose, Officer: Officer{or(q.Officer, roles(q.Purpose)[0])},
		Agreement: orFact(q.Agreement, Yes), Attested: orFact(q.Attested, Unknown), ICRCRelease: orFact(q.ICRCRelease, Unknown),
		Mandate: orFact(q.Mandate, yes(q.Purpose == "AUDIT")),
		GoAhead: map[string]Fact{}, Approval: map[string]string{}, Need: q.Need,
		Linked: yes(q.LinkTo != ""), Lead: orFact(q.Lead, No), GoAheadNames: orFact(q.GoAheadNames, No), AgreementNames: orFact(q.AgreementNames, No),
		Known: Known{orFact(q.Known.Name, No), orFact(q.Known.Photo, No)},
	}
	var err error
	if x.Requester, err = caseParty(q.Requester); err != nil {
		return nil, err
	}
	if x.Holder, err = caseParty(q.Holder); err != nil {
		return nil, err
	}
	for name, p := range map[string]*Party{"requester": &x.Requester, "holder": &x.Holder} {
		p.Prohibited, p.Suspended = q.Prohibited == name, q.Suspended == name
	}
	for _, name := range append(columns(), "kind") {
		if slices.Contains(q.GoAhead, name) || slices.Contains(q.GoAhead, "all") {
			x.GoAhead[name] = Yes
		}
		if word := or(q.Approval[name], q.Approval["all"]); word != "" {
			x.Approval[name] = word
		}
	}
	x.Question, x.Link = q.form()
	x.Record, err = c.Record.facts()
	x.Disclosed = nothingYet()
	for _, had := range c.Record.Disclosed {
		column, identity, _ := strings.Cut(had, "/")
		for of, by := range x.Disclosed {
			for i := range by {
				if had == "unreadable" || of == column && i == identity {
					by[i] = Yes
				}
			}
		}
	}
	return x, err
}

// form is the question itself, and whether its link holds.
func (q *CaseQuestion) form() (Question, Fact) {
	linked := q.LinkTo != ""
	f := Question{
		By: q.By, Wildcard: orFact(q.Wildcard, No), Linked: yes(linked), Criteria: orFact(q.Criteria, yes(!linked)),
		Record: orFact(q.Record, yes(q.LinkTo == "record")), Push: orFact(q.Push, No), FieldsKnown: orFact(q.FieldsKnown, Yes),
		Fields: map[string]bool{"*": len(q.Fields) == 0},
	}
	if q.By == nil && q.LinkTo != "record" {
		f.By = []string{"given", "family", "born"}
	}
	for _, name := range q.Fields {
		for _, l := range leaves() {
			if l.path == name || l.column == name {
				f.Fields[l.path] = true
			}
		}
	}
	return f, orFact(q.Link, map[bool]Fact{true: Yes, false: Unknown}[linked])
}

// facts of the record.
func (r *CaseRecord) facts() (Record, error) {
	x := open(or(r.Matched, original))
	x.Count, x.Age, x.AtSite = max(r.Count, 1), or(r.Age, x.Age), orFact(r.AtSite, Yes)
	for name, fact := range r.Flags {
		if !slices.Contains(flags(), name) {
			return x, fmt.Errorf("no flag %q", name)
		}
		x.Flags[name] = fact
	}
	for name, fact := range r.Consent {
		if _, ok := x.Consent[name]; !ok {
			return x, fmt.Errorf("no consent %q", name)
		}
		x.Consent[name] = fact
	}
	if len(r.ICRC) > 0 {
		x.ICRCOrigin, x.Own = Yes, leafByLeaf()
	}
	for _, path := range r.ICRC {
		switch path {
		case "all":
			x.Own = nil
		case original:
			x.Own = map[string]map[string]Fact{"*": {imposed: Yes}}
		case imposed:
			x.Own = map[string]map[string]Fact{"*": {original: Yes}}
		}
		name, identity, marked := strings.Cut(path, "#")
		for i := range x.Own[name] {
			if !marked || i == identity {
				delete(x.Own[name], i)
			}
		}
	}
	return x, nil
}

// caseParty finds a participant by the name that cases call it.
func caseParty(name string) (Party, error) {
	switch name {
	case "origin":
		return party("authority_of_origin"), nil
	case "partner", "germany":
		return party(map[string]string{"partner": "partner_government", "germany": "legal_reviewer"}[name]), nil
	case "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator":
		return party(name), nil
	}
	return Party{}, fmt.Errorf("no party %q", name)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func orFact(f, otherwise Fact) Fact { return Fact(or(string(f), string(otherwise))) }

func yes(b bool) Fact {
	if b {
		return Yes
	}
	return No
}
