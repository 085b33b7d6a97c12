package homeward.plan_test

import data.homeward.fixture
import data.homeward.plan

base(requester, holder) := {
	"purpose": "RETURN",
	"officer": {"role": "case_officer"},
	"requester": requester,
	"holder": holder,
	"agreement": "yes",
	"linked": "no",
	"lead": "no",
}

other := object.union(fixture.partner, {"id": "gov-de"})

test_always_asked if {
	every holder in [fixture.unicef, fixture.icrc] {
		plan.decision == {"asked": true, "reason": "asked about every child"} with input as base(fixture.partner, holder)
	}
	plan.decision == {"asked": true, "reason": "authority of origin"} with input as base(fixture.partner, fixture.origin)
}

test_leads_are_asked if {
	q := object.union(base(fixture.partner, other), {"linked": "yes", "lead": "yes"})
	plan.decision == {"asked": true, "reason": "named by a lead of the case link"} with input as q
}

not_asked(q, reason) if plan.decision == {"asked": false, "reason": reason} with input as q

test_no_lead_no_question if {
	q := base(fixture.partner, other)
	not_asked(q, "no lead of a case link names it")
	not_asked(object.union(q, {"linked": "yes"}), "no lead of a case link names it")
	not_asked(object.union(q, {"lead": "yes"}), "no lead of a case link names it")
	not_asked(object.union(q, {"linked": "yes", "lead": "unknown"}), "no lead of a case link names it")
}

test_not_asked if {
	q := base(fixture.partner, fixture.unicef)
	not_asked(fixture.but(q, ["holder", "suspended"], true), "a prohibited or suspended party")
	not_asked(fixture.but(q, ["requester", "prohibited"], true), "a prohibited or suspended party")
	not_asked(fixture.but(q, ["purpose"], "ELSE"), "no such purpose")
	not_asked(fixture.but(q, ["purpose"], "TRACE"), "the purpose is not for this recipient or officer")
	not_asked(fixture.but(q, ["officer", "role"], "none"), "the purpose is not for this recipient or officer")
	not_asked(fixture.but(q, ["requester"], fixture.mediator), "this recipient is sent what it needs and cannot ask")
	not_asked(fixture.but(q, ["agreement"], "unknown"), "no agreement in force")
	not_asked(base(fixture.origin, fixture.origin), "the requester itself")
	not_asked({}, "a prohibited or suspended party")
}
