package homeward.question_test

import data.homeward.fixture
import data.homeward.question

base := fixture.question("TRACE", fixture.unicef, fixture.origin)

link := fixture.linked("RETURN", fixture.partner, fixture.origin)

refused(q, code) if {
	not question.permitted with input as q
	question.refusal == code with input as q
}

test_let_in if {
	question.permitted with input as base
	not question.refusal with input as base
	question.permitted with input as link
}

test_never_2_prohibited_or_suspended_or_unknown if {
	every side in ["requester", "holder"] {
		every flag in ["prohibited", "suspended"] {
			every value in [true, "unknown", null] {
				refused(fixture.but(base, [side, flag], value), "DENY_PROHIBITED_PARTY")
			}
		}
	}
	refused({}, "DENY_PROHIBITED_PARTY")
}

test_never_14_no_other_purpose if {
	every purpose in ["CRIMINAL", "IMMIGRATION", "MILITARY", "SIGHTING", "return", "", null] {
		refused(fixture.but(base, ["purpose"], purpose), "SUP_PURPOSE")
	}
}

test_role if {
	refused(fixture.but(base, ["purpose"], "RETURN"), "SUP_ROLE")
	refused(fixture.but(base, ["requester"], fixture.ngo), "SUP_ROLE")
	refused(fixture.but(base, ["officer", "role"], "reviewer"), "SUP_ROLE")
	refused(fixture.but(base, ["officer"], {}), "SUP_ROLE")
	question.permitted with input as fixture.but(base, ["officer", "role"], "tracing_officer")
}

# Who does the work of each purpose, and who does not.
test_officers if {
	every purpose, party in {
		"MATCH": fixture.partner, "FOUND": fixture.partner, "TRACE": fixture.icrc, "RETURN": fixture.origin,
		"CARE": fixture.ngo, "ACCOUNTABILITY": fixture.icc, "AUDIT": fixture.partner,
	} {
		every role in ["case_officer", "tracing_officer", "investigator", "prosecutor", "legal_reviewer", "reviewer", "none", null] {
			q := fixture.but(fixture.question(purpose, party, fixture.unicef), ["officer", "role"], role)
			does(role, purpose, q)
		}
	}
}

does(role, purpose, q) if {
	role in question.officers[purpose]
	question.permitted with input as q
}

does(role, purpose, q) if {
	not role in question.officers[purpose]
	refused(q, "SUP_ROLE")
}

test_a_mediator_cannot_query if {
	q := fixture.linked("RETURN", fixture.mediator, fixture.origin)
	every value in ["no", "unknown", null] {
		refused(fixture.but(q, ["question", "push"], value), "SUP_ROLE")
	}
	question.permitted with input as fixture.but(q, ["question", "push"], "yes")
}

test_found_is_attested if {
	q := fixture.question("FOUND", fixture.partner, fixture.origin)
	question.permitted with input as q
	every value in ["no", "unknown", null] {
		refused(fixture.but(q, ["attested"], value), "SUP_ROLE")
	}
	question.permitted with input as fixture.but(base, ["attested"], "no")
}

test_audit_needs_a_mandate if {
	q := fixture.question("AUDIT", fixture.partner, fixture.origin)
	question.permitted with input as q
	every value in ["no", "unknown", null] {
		refused(fixture.but(q, ["mandate"], value), "SUP_ROLE")
	}
	every who in [fixture.origin, fixture.unicef, fixture.icrc, fixture.ngo] {
		question.permitted with input as fixture.but(q, ["requester"], who)
	}
	every who in [fixture.icc, fixture.prosecutor, fixture.mediator] {
		refused(fixture.but(q, ["requester"], who), "SUP_ROLE")
	}
	question.permitted with input as fixture.but(base, ["mandate"], "no")
}

test_never_13_no_agreement if {
	every value in ["no", "unknown", null] {
		refused(fixture.but(base, ["agreement"], value), "SUP_NO_AGREEMENT")
	}
}

test_never_8_bulk if {
	every by in [
		[],
		["given"],
		["family"],
		["full", "given", "patronymic", "family"],
		["family", "sex"],
		["born"],
		["born", "sex", "birth_oblast"],
		["document"],
		["document", "sex"],
		null,
	] {
		refused(fixture.but(base, ["question", "by"], by), "DENY_BULK")
	}
	every value in ["yes", "unknown", null] {
		refused(fixture.but(base, ["question", "wildcard"], value), "DENY_BULK")
	}
}

test_narrow_enough if {
	every by in [
		["family", "born"],
		["full", "birth_oblast"],
		["given", "document"],
		["born", "document"],
	] {
		question.permitted with input as fixture.but(base, ["question", "by"], by)
	}
}

test_criteria_beside_a_link if {
	refused(fixture.but(link, ["question", "criteria"], "yes"), "DENY_BULK")
	refused(fixture.but(link, ["question", "criteria"], "unknown"), "DENY_BULK")
	refused(fixture.but(link, ["question", "linked"], "unknown"), "DENY_BULK")
}

test_unknown_field if {
	refused(fixture.but(base, ["question", "fields_known"], "no"), "SUP_NOT_REQUESTED")
	refused(fixture.but(base, ["question", "fields_known"], "unknown"), "SUP_NOT_REQUESTED")
}

test_linked if {
	question.linked with input as base
	question.linked with input as link
	by_identity := fixture.but(link, ["question", "record"], "no")
	not question.linked with input as by_identity
	question.linked with input as fixture.but(by_identity, ["question", "by"], ["family", "born"])
	every value in ["no", "unknown", null] {
		not question.linked with input as fixture.but(link, ["link"], value)
	}
}

test_never_1_no_whereabouts_for_match if {
	q := fixture.question("MATCH", fixture.partner, fixture.unicef)
	not question.opens.current with input as q with data.homeward.matrix.row as fixture.row
	question.opens.family == "full" with input as q with data.homeward.matrix.row as fixture.row
	by_origin := fixture.question("MATCH", fixture.origin, fixture.unicef)
	question.opens.current == "full" with input as by_origin with data.homeward.matrix.row as fixture.row
}

test_never_1_no_whereabouts_to_an_ngo if {
	q := fixture.question("TRACE", fixture.ngo, fixture.unicef)
	not question.opens.current with input as q with data.homeward.matrix.row as fixture.row
	"SUP_PURPOSE" in question.closed.current with input as q with data.homeward.matrix.row as fixture.row
}

test_never_1_a_go_ahead_for_its_own_site if {
	q := fixture.question("CARE", fixture.ngo, fixture.unicef)
	question.parts == set() with input as q
	question.parts == {"own_site"} with input as fixture.but(q, ["go_ahead"], {"current": "yes"})
	question.parts == set() with input as fixture.but(q, ["go_ahead"], {"photo": "yes", "current": "unknown"})
	government := fixture.question("CARE", fixture.partner, fixture.unicef)
	question.parts == {"own_site"} with input as fixture.but(government, ["go_ahead"], {"current": "yes"})
}

test_never_4_no_evidence_for_trace if {
	every q in [
		fixture.question("TRACE", fixture.icrc, fixture.unicef),
		fixture.linked("RETURN", fixture.partner, fixture.unicef),
		fixture.but(fixture.linked("ACCOUNTABILITY", fixture.icc, fixture.unicef), ["link"], "unknown"),
	] {
		not question.opens.evidence with input as q with data.homeward.matrix.row as fixture.row
	}
	every q in [
		fixture.question("RETURN", fixture.origin, fixture.unicef),
		fixture.linked("ACCOUNTABILITY", fixture.icc, fixture.unicef),
		fixture.linked("ACCOUNTABILITY", fixture.prosecutor, fixture.unicef),
	] {
		question.opens.evidence == "full" with input as q with data.homeward.matrix.row as fixture.row
	}
}

test_without_its_link_a_row_opens_nothing if {
	everything := {column: "yes" | some column in array.concat(fixture.columns, ["kind"])}
	every q in [
		fixture.linked("RETURN", fixture.partner, fixture.origin),
		fixture.linked("RETURN", fixture.mediator, fixture.origin),
		fixture.linked("ACCOUNTABILITY", fixture.icc, fixture.origin),
		fixture.linked("ACCOUNTABILITY", fixture.prosecutor, fixture.origin),
	] {
		given := object.union(q, {"go_ahead": everything, "approval": everything, "need": "medication"})
		count(question.opens) > 3 with input as given
		every value in ["no", "unknown", null] {
			without := fixture.but(given, ["link"], value)
			question.opens == {} with input as without
			question.parts == set() with input as without
			not question.bound with input as without
		}
	}
}

test_found_waits_for_the_origin if {
	q := fixture.but(fixture.question("FOUND", fixture.partner, fixture.origin), ["need"], "language")
	question.opens == {} with input as q
	question.parts == set() with input as q
	acted := fixture.but(q, ["go_ahead"], {"id_min": "yes"})
	question.opens == {"id_min": "generalised"} with input as acted
	question.parts == set() with input as acted
	question.parts == {"language"} with input as fixture.but(q, ["go_ahead"], {"protection": "yes"})
	named := fixture.but(q, ["go_ahead"], {"id_min": "yes", "names_birth": "yes", "documents": "yes"})
	question.opens == {"id_min": "generalised", "names_birth": "full"} with input as named
}

test_what_does_not_open_has_a_reason if {
	q := fixture.linked("RETURN", fixture.partner, fixture.origin)
	question.closed == {
		"documents": {"BG_PENDING"},
		"photo": {"SUP_ORIGIN_CONTROL"},
		"protection": {"SUP_PURPOSE"},
		"evidence": {"SUP_PURPOSE"},
		"origin_only": {"SUP_PURPOSE"},
		"kind": {"SUP_ASSERTION_KIND"},
	} with input as q
}
