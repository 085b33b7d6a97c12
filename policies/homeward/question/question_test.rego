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
	every purpose in ["CRIMINAL", "IMMIGRATION", "MILITARY", "FOUND", "return", "", null] {
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

test_never_7_who_may_see_both if {
	question.both with input as fixture.question("RETURN", fixture.origin, fixture.unicef)
	question.both with input as fixture.question("TRACE", fixture.icrc, fixture.unicef)
	not question.both with input as base
	not question.both with input as link
	question.both with input as fixture.but(link, ["go_ahead"], {"kind": "yes"})
	not question.both with input as {}
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

test_never_4_no_evidence_for_trace if {
	q := fixture.question("TRACE", fixture.icrc, fixture.unicef)
	not question.opens.evidence with input as q with data.homeward.matrix.row as fixture.row
	returned := fixture.question("RETURN", fixture.origin, fixture.unicef)
	question.opens.evidence == "full" with input as returned with data.homeward.matrix.row as fixture.row
}

test_asked if {
	everything := question.asked with input as base
	everything == data.homeward.schema.paths
	some_of_it := question.asked with input as fixture.but(base, ["question", "fields"], {"birth.sex": true})
	union({object.keys(paths) | some paths in some_of_it}) == {"birth.sex"}
	nothing := question.asked with input as fixture.but(base, ["question", "fields"], "unknown")
	{paths | some paths in nothing} == {{}}
	count(nothing) == count(data.homeward.schema.cells)
}
