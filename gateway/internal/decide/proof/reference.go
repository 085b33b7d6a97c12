package proof

import (
	"slices"
	"strings"
)

// Reference says what the printed policy says of a context.
func Reference(c *Context) Wanted { return reference(c, matrix()) }

// ReferenceOpened says what the nevers alone would leave of a matrix in which every
// cell that is never opened, but for those of MATCH and FOUND, were opened in full.
func ReferenceOpened(c *Context) Wanted {
	rows := matrix()
	for i := range rows {
		for j, cell := range rows[i].cells {
			if rows[i].purpose != "MATCH" && rows[i].purpose != "FOUND" && (cell == "-" || cell == "decisions only") {
				rows[i].cells[j] = "F"
			}
		}
	}
	return reference(c, rows)
}

func reference(c *Context, rows []row) Wanted {
	r, admitted := admitted(c, rows)
	w := Wanted{Admitted: admitted, Asked: planned(c), Verdicts: make(map[Leaf]string)}
	closed := !admitted || noChild(c) || r.needsLink() && c.Link != Yes
	w.Pending = !closed && waiting(c, r)
	closed = closed || recordNevers(c)
	for _, l := range leaves() {
		for _, identity := range l.identities() {
			said := "withheld"
			if !closed && c.asked(l) && consented(c, l.column) && !leafNevers(c, r, l, identity) {
				said = opened(c, r, l)
			}
			w.Verdicts[Leaf{l.path, identity}] = said
		}
	}
	return w
}

// admitted finds the row of a question, and says whether it is let in.
func admitted(c *Context, rows []row) (row, bool) {
	r, ok := permitted(c, rows)
	pushed := c.recipient() != "mediator" || c.Question.Push == Yes // a mediator cannot query: it is pushed to
	present := c.Purpose != "FOUND" || c.Attested == Yes
	return r, ok && pushed && present && mandated(c) && c.Question.FieldsKnown == Yes && !never2(c) && !never8(c) && !never13(c)
}

// permitted says whether the matrix has a row for a requester, a purpose and the role of an officer.
func permitted(c *Context, rows []row) (row, bool) {
	at := slices.IndexFunc(rows, func(r row) bool { return r.purpose == c.Purpose && r.recipient == c.recipient() })
	if at < 0 || !slices.Contains(roles(c.Purpose), c.Officer.Role) {
		return row{}, false
	}
	return rows[at], true
}

// mandated says that whoever reviews may: the registry names it for this holder. A
// review is nobody's way around a referral, and no way for a mediator to ask.
func mandated(c *Context) bool {
	others := slices.Contains([]string{"icc", "prosecutor", "mediator"}, c.Requester.Kind)
	return c.Purpose != "AUDIT" || c.Mandate == Yes && !others && slices.ContainsFunc(parties(), func(p Party) bool { return p.Kind == c.Requester.Kind })
}

// planned says whether a holder is asked: the authority of origin, UNICEF and the
// ICRC; any other where a lead of a case link, a go-ahead beside it, or an agreement
// names it.
func planned(c *Context) bool {
	_, ok := permitted(c, matrix())
	h := c.Holder
	whom := h.Kind == "government" && h.Origin == true || h.Kind == "unicef" || h.Kind == "icrc" ||
		c.Linked == Yes && (c.Lead == Yes || c.GoAheadNames == Yes) || c.AgreementNames == Yes
	asks := c.recipient() != "mediator" || c.Question.Push == Yes
	return ok && asks && whom && mandated(c) && h.ID != c.Requester.ID && !never2(c) && !never13(c)
}

// roles of the officers who may ask for a purpose.
func roles(purpose string) []string {
	switch purpose {
	case "ACCOUNTABILITY":
		return []string{"investigator", "prosecutor"}
	case "AUDIT":
		return []string{"legal_reviewer", "reviewer"}
	}
	return []string{"case_officer", "tracing_officer"}
}

// waiting says that people have not decided yet on a column that is theirs to open.
func waiting(c *Context, r row) bool {
	for i, column := range columns() {
		if r.cells[i] == "B" && c.Approval[column] == "waiting" {
			return true
		}
	}
	return false
}

// needsLink says that a row opens nothing without a case link, or without a
// referral, which is one: all is answered as for a child whom nobody knows.
func (r row) needsLink() bool {
	return r.purpose == "ACCOUNTABILITY" || strings.HasPrefix(r.cells[0], "L")
}

// cell is the word of the matrix on a leaf. What tells the
// identities apart follows never 7 and nothing else.
func (r row) cell(l leaf) string {
	if i := slices.Index(columns(), l.column); i >= 0 {
		return r.cells[i]
	}
	if r.purpose == "MATCH" || r.purpose == "AUDIT" {
		return "-"
	}
	return "F"
}

// opened is the verdict on a leaf that no never withholds.
func opened(c *Context, r row, l leaf) string {
	cell, only, _ := strings.Cut(r.cell(l), ": ")
	if l.path == needs(c.Need) && r.opensNeed(c) {
		return full(l) // whichever column it stands in
	}
	switch cell {
	case "F":
		return full(l)
	case "G":
		return general(l)
	case "L":
		if c.Link == Yes {
			return full(l)
		}
	case "L->G":
		if c.Link == Yes {
			return general(l)
		}
	case "origin acts":
		if c.GoAhead[l.column] == Yes && only == "F" {
			return full(l)
		}
		if c.GoAhead[l.column] == Yes && only == "G" {
			return general(l)
		}
	case "B":
		if c.Approval[l.column] == "yes" {
			return full(l)
		}
	case "go-ahead":
		if c.GoAhead[l.column] == Yes && (only == "" || slices.Contains(covers(only), l.path)) {
			return full(l)
		}
	}
	return "withheld"
}

// covers lists the leaves that a narrow go-ahead opens.
func covers(only string) []string {
	switch only {
	case "travel document":
		return []string{"documents.passport_no"}
	case "guardian":
		return []string{"family.guardian_status"}
	case "own site":
		return []string{"current.location", "current.care_type"}
	}
	return nil
}

// opensNeed says whether a row releases the one fact that a need code names; to
// who found a child not before the origin acted on that, with a go-ahead for needs.
func (r row) opensNeed(c *Context) bool {
	acted := c.GoAhead["protection"] == Yes
	return slices.Contains(r.cells[:], "need code") || slices.Contains(r.cells[:], "origin acts: need code") && acted
}

// needs is the one leaf that a need code releases.
func needs(code string) string {
	return map[string]string{
		"medication": "physical.health_group", "disability_aid": "protection.disability", "language": "origin.language",
	}[code]
}

// full is a leaf in full; the columns of id-min are one fixed set, F or G alike.
func full(l leaf) string {
	if l.column == "id_min" {
		return general(l)
	}
	return "released"
}

// general is a leaf in the last generalisation that is listed for it.
func general(l leaf) string {
	switch l.general {
	case nothing:
		return "withheld"
	case value:
		return "released"
	}
	return "generalised " + l.general
}

// asked says whether the question wants a leaf.
func (c *Context) asked(l leaf) bool { return c.Question.Fields["*"] || c.Question.Fields[l.path] }
