package proof

import "slices"

// recipient is the requester as the matrix calls it.
func (c *Context) recipient() string {
	p := c.Requester
	switch {
	case c.Purpose == "AUDIT" && slices.Contains(roles("AUDIT"), c.Officer.Role):
		return "legal_reviewer"
	case p.Kind == "government" && p.Origin == true:
		return "authority_of_origin"
	case p.Kind == "government" && p.Origin == false:
		return "partner_government"
	case slices.Contains([]string{"unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"}, p.Kind):
		return p.Kind
	}
	return "" // nobody, or nobody knows
}

func (c *Context) origin() bool { return c.recipient() == "authority_of_origin" }

// Never 2: nothing to or from a prohibited or suspended party.
func never2(c *Context) bool {
	return c.Requester.Prohibited != false || c.Requester.Suspended != false ||
		c.Holder.Prohibited != false || c.Holder.Suspended != false
}

// Never 13: no agreement on file.
func never13(c *Context) bool { return c.Agreement != Yes }

// Never 8: no wildcard, no query by name alone. A name wants a detail beside it, and
// the number of a document the year of birth, since numbers can be counted through.
// A linked question names nobody itself: it asks for the identity of its link.
func never8(c *Context) bool {
	q := c.Question
	if q.Linked == Yes {
		return q.Criteria != No
	}
	return q.Linked != No || !narrow(q)
}

func narrow(q Question) bool {
	has := func(of ...string) bool {
		return slices.ContainsFunc(q.By, func(by string) bool { return slices.Contains(of, by) })
	}
	name, detail := has("full", "given", "patronymic", "family"), has("born", "birth_oblast", "document")
	return q.Wildcard == No && (name && detail || has("document") && has("born"))
}

// noChild: a question whose link does not hold, or names neither a record nor an
// identity, asks for nobody.
func noChild(c *Context) bool {
	q := c.Question
	return q.Linked != No && (c.Link != Yes || q.Record != Yes && !narrow(q))
}

// recordNevers say of a whole record that nothing of it leaves.
func recordNevers(c *Context) bool {
	r := c.Record
	return r.Count > 5 || // 8
		r.Consent["deny_details"] != No && !c.origin() || // 9
		r.Age != "child" && r.Flags["safe_and_reachable"] != No && r.Consent["fresh"] != Yes || // 11
		r.Flags["hold_by_origin"] != No || // 15
		!foundByOwn(c) // the ICRC's control
}

// consented: consent gates CARE alone. Without one, and without a refusal, the vital
// interest is what the authority of origin says it is: its go-ahead for a column.
func consented(c *Context, column string) bool {
	r := c.Record
	return c.Purpose != "CARE" || r.Consent["for_services"] == Yes ||
		r.Consent["services_refused"] == No && c.GoAhead[column] == Yes
}

// leafNevers say of one leaf of one identity that it does not leave.
func leafNevers(c *Context, r row, l leaf, identity string) bool {
	return never1(c, l) || never4(c, l, identity) || never5(c, l) || never6(c, r, l) || never7(c, l, identity) || never9(c, l) || never10(c, l)
}

// Never 1: a current location to an NGO or for MATCH, but for an organisation's own
// site by a go-ahead, where the child is. Only those who look for the child, or after it, have any.
func never1(c *Context, l leaf) bool {
	if l.column != "current" || c.origin() {
		return false
	}
	looks := slices.Contains([]string{"TRACE", "RETURN", "CARE", "ACCOUNTABILITY"}, c.Purpose)
	elsewhere := c.Purpose == "CARE" && slices.Contains(covers("own site"), l.path) && c.Record.AtSite != Yes
	return !looks || elsewhere || c.recipient() == "ngo" && c.GoAhead["current"] != Yes
}

// Never 4, and the ICRC's control: evidence is for accountability, with a referral,
// and for the authority of origin; what comes from the ICRC leaves by its own answer
// or its release, and never to the ICC.
func never4(c *Context, l leaf, identity string) bool {
	evidence := c.Purpose == "RETURN" && c.origin() || c.Purpose == "ACCOUNTABILITY" && c.Link == Yes
	return l.column == "evidence" && !evidence || !c.own(l, identity) && !c.freed()
}

// foundByOwn says that what a question was compared with may leave: to find a
// child by a name that comes from the ICRC says that the name is the child's.
func foundByOwn(c *Context) bool {
	if c.freed() || c.Question.Linked == Yes && c.Question.Record == Yes {
		return true
	}
	for _, l := range leaves() {
		if !slices.ContainsFunc(c.Question.By, func(by string) bool { return slices.Contains(compared(by), l.path) }) {
			continue
		}
		own := c.own(l, c.Record.Matched)
		if l.speaks != both { // it has one verdict, whichever identity was asked by
			own = own || c.own(l, l.identities()[0])
		}
		if !own {
			return false
		}
	}
	return true
}

// compared lists what a criterion is compared with.
func compared(criterion string) []string {
	switch criterion {
	case "full", "given", "patronymic", "family":
		return []string{"name.full", "name.given", "name.patronymic", "name.family"}
	case "born":
		return []string{"birth.birth_date"}
	case "birth_oblast":
		return []string{"birth.birth_place"}
	case "sex":
		return []string{"birth.sex"}
	case "document":
		return []string{
			"documents.national_id", "documents.birth_certificate_no", "documents.passport_no", "documents.imposed_passport_no",
			"documents.icrc_ref", "documents.unhcr_id",
		}
	}
	return nil
}

// freed says that what comes from the ICRC may leave: in its own answer, or with
// its release, and never to the ICC.
func (c *Context) freed() bool {
	return c.recipient() != "icc" && (c.Holder.Kind == "icrc" || c.ICRCRelease == Yes)
}

// own says that no source of a leaf is the ICRC.
func (c *Context) own(l leaf, identity string) bool {
	return c.Record.Own[l.path][identity] == Yes || c.Record.Own["*"][identity] == Yes
}

// Never 5: phone and location of the family when location_protected is not explicitly false.
func never5(c *Context, l leaf) bool {
	family := []string{"family.members.phone", "family.members.current_location", "origin.last_address"}
	return slices.Contains(family, l.path) && c.Record.Flags["location_protected"] != No
}

// names of the child.
func isName(l leaf) bool {
	return slices.Contains([]string{
		"name.full", "name.given", "name.patronymic", "name.family", "name.nickname", "name.other", "listing.listed_name",
	}, l.path)
}

// Never 6: a photo together with a name, whatever was received or known before.
func never6(c *Context, r row, l leaf) bool {
	if c.GoAhead["photo"] == Yes || c.Purpose == "RETURN" && c.origin() || c.Purpose == "TRACE" && c.recipient() == "icrc" {
		return false
	}
	switch {
	case l.column == "photo":
		// A name that the same answer would give is as good as known.
		return r.cells[1] != "-" || c.Known.Name != No || c.had("names_birth")
	case isName(l):
		return c.Known.Photo != No || c.had("photo")
	}
	return false
}

// had says that the requester received something of a column, of either identity,
// or that nobody knows.
func (c *Context) had(column string) bool {
	return c.Disclosed[column][original] != No || c.Disclosed[column][imposed] != No
}

// mayLink says who may see both identities (never 7).
func (c *Context) mayLink() bool {
	return c.origin() || slices.Contains([]string{"icrc", "icc"}, c.recipient()) || c.GoAhead["kind"] == Yes
}

// Never 7: the identity that was asked by and no other, nor what tells them apart.
func never7(c *Context, l leaf, identity string) bool {
	matched := c.Record.Matched
	if matched != original && matched != imposed {
		return true
	}
	if c.mayLink() || l.speaks == either {
		return false
	}
	return l.column == "kind" || identity != matched
}

// Never 9: a current location needs captor_risk explicitly false.
func never9(c *Context, l leaf) bool {
	return l.column == "current" && c.Record.Flags["captor_risk"] != No && !c.origin()
}

// Never 10: publicity_forbidden suppresses photo and free text.
func never10(c *Context, l leaf) bool {
	suppressed := []string{
		"physical.photo", "physical.photo_sha256", "physical.perceptual_hash", "physical.marks",
		"protection.concerns", "protection.disability", "protection.military_training", "consent.child_views", "evidence.custody",
		"evidence.source_urls", "listing.url", "family.guardian_status", "current.caregiver",
	}
	return slices.Contains(suppressed, l.path) && c.Record.Flags["publicity_forbidden"] != No
}
