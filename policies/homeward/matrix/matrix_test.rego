package homeward.matrix_test

import data.homeward.fixture
import data.homeward.matrix

test_recipients if {
	matrix.recipient == "authority_of_origin" with input.requester as fixture.origin
	matrix.recipient == "partner_government" with input.requester as fixture.partner
	matrix.recipient == "unicef" with input.requester as fixture.unicef
	matrix.recipient == "icrc" with input.requester as fixture.icrc
}

test_nobody_else_is_a_recipient if {
	not matrix.recipient with input.requester as fixture.ngo
	not matrix.recipient with input.requester as {"kind": "government"}
	not matrix.recipient with input.requester as {"authority_of_origin": true}
	not matrix.recipient with input as {}
}

rows := [
	["MATCH", fixture.partner],
	["TRACE", fixture.icrc],
	["TRACE", fixture.unicef],
	["RETURN", fixture.origin],
	["RETURN", fixture.partner],
]

test_every_row_has_every_column if {
	every r in rows {
		row := matrix.row with input as fixture.question(r[0], r[1], fixture.unicef)
		object.keys(row.cells) == {column | some column in fixture.columns} | {"kind"}
		every word in row.cells {
			count(matrix.reason[word]) == 1
		}
	}
}

purposes := ["MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT", ""]

parties := [fixture.origin, fixture.partner, fixture.unicef, fixture.icrc, fixture.ngo]

test_no_other_row if {
	found := {[purpose, party] |
		some purpose in purposes
		some party in parties
		matrix.row with input as fixture.question(purpose, party, fixture.unicef)
	}
	found == {r | some r in rows}
}

words := ["full", "generalised", "link", "link_generalised", "go_ahead", "break_glass", "never"]

opened(facts) := {word: mode |
	some word in words
	mode := matrix.how("photo", word) with input as facts
}

test_words_open_by_facts if {
	opened({}) == {"full": "full", "generalised": "generalised"}
	facts := {"link": "yes", "go_ahead": {"photo": "yes"}, "approval": {"photo": "yes"}}
	opened(facts) == {
		"full": "full",
		"generalised": "generalised",
		"link": "full",
		"link_generalised": "generalised",
		"go_ahead": "full",
		"break_glass": "full",
	}
}

test_unknown_facts_open_nothing if {
	every value in ["no", "unknown", "waiting", true, null] {
		facts := {"link": value, "go_ahead": {"photo": value, "current": "yes"}, "approval": {"photo": value}}
		opened(facts) == {"full": "full", "generalised": "generalised"}
	}
}
