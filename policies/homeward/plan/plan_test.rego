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

test_whom_a_go_ahead_names_is_asked if {
	q := object.union(base(fixture.partner, other), {"linked": "yes", "go_ahead_names": "yes"})
	plan.decision == {"asked": true, "reason": "named by a go-ahead"} with input as q
	every change in [{"linked": "no"}, {"linked": "unknown"}, {"go_ahead_names": "no"}, {"go_ahead_names": "unknown"}] {
		not_asked(object.union(q, change), "no lead, go-ahead or agreement names it")
	}
}

test_whom_an_agreement_names_is_asked if {
	q := object.union(base(fixture.partner, other), {"agreement_names": "yes"})
	plan.decision == {"asked": true, "reason": "named by an agreement"} with input as q
	not_asked(object.union(q, {"agreement": "no"}), "no agreement in force")
	every value in ["no", "unknown"] {
		not_asked(object.union(q, {"agreement_names": value}), "no lead, go-ahead or agreement names it")
	}
}

test_a_reviewer_asks_by_mandate if {
	q := object.union(base(fixture.partner, fixture.unicef), {"purpose": "AUDIT", "officer": {"role": "legal_reviewer"}})
	plan.decision == {"asked": true, "reason": "asked about every child"} with input as object.union(q, {"mandate": "yes"})
	not_asked(q, "no mandate to review this holder")
	not_asked(object.union(q, {"mandate": "no"}), "no mandate to review this holder")
}

test_no_lead_no_question if {
	q := base(fixture.partner, other)
	not_asked(q, "no lead, go-ahead or agreement names it")
	not_asked(object.union(q, {"linked": "yes"}), "no lead, go-ahead or agreement names it")
	not_asked(object.union(q, {"lead": "yes"}), "no lead, go-ahead or agreement names it")
	not_asked(object.union(q, {"linked": "yes", "lead": "unknown"}), "no lead, go-ahead or agreement names it")
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
