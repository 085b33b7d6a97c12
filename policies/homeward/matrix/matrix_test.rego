package homeward.matrix_test

import data.homeward.fixture
import data.homeward.matrix

test_recipients if {
	matrix.recipient == "authority_of_origin" with input.requester as fixture.origin
	matrix.recipient == "partner_government" with input.requester as fixture.partner
	every party in [fixture.unicef, fixture.icrc, fixture.ngo, fixture.icc, fixture.prosecutor, fixture.mediator] {
		matrix.recipient == party.kind with input.requester as party
	}
}

test_a_legal_reviewer_is_nothing_else if {
	every role in ["legal_reviewer", "reviewer"] {
		every party in [fixture.origin, fixture.partner, fixture.unicef] {
			matrix.recipient == "legal_reviewer" with input as {"requester": party, "officer": {"role": role}}
		}
	}
}

test_nobody_else_is_a_recipient if {
	every party in [{"kind": "government"}, {"authority_of_origin": true}, {"kind": "company"}, {}] {
		not matrix.recipient with input.requester as party
	}
	not matrix.recipient with input as {}
}

# The matrix once more, as people print it.
cells := {
	"MATCH partner_government": "- - - - - - - - - - one",
	"FOUND partner_government": "go>G go - - - - - go-need - - both",
	"TRACE icrc": "G F B F F F G - - - both",
	"TRACE unicef": "G F - G - F G G - - both",
	"RETURN authority_of_origin": "G F F F F F F F G F both",
	"RETURN partner_government": "L>G L B L>G go L>G L>G - - - both",
	"RETURN mediator": "L>G go go-travel go-guardian go - B need - - both",
	"CARE ngo": "G F - G - G site need - - both",
	"CARE partner_government": "G F - G - G site need - - both",
	"ACCOUNTABILITY icc": "L>G L B L>G go L L>G L>G L - both",
	"ACCOUNTABILITY prosecutor": "L>G L B L>G go L L>G L>G L - both",
	"AUDIT legal_reviewer": "G - - - - - - - - - one",
}

words := {
	"-": "never",
	"F": "full",
	"G": "generalised",
	"L": "link",
	"L>G": "link_generalised",
	"B": "break_glass",
	"go": "go_ahead",
	"go>G": "go_ahead_generalised",
	"go-need": "go_ahead_need",
	"go-travel": "go_ahead_travel_document",
	"go-guardian": "go_ahead_guardian",
	"need": "need",
	"site": "own_site",
	"both": "both_identities",
	"one": "one_identity",
}

parties := {
	"authority_of_origin": fixture.origin,
	"partner_government": fixture.partner,
	"unicef": fixture.unicef,
	"icrc": fixture.icrc,
	"ngo": fixture.ngo,
	"icc": fixture.icc,
	"prosecutor": fixture.prosecutor,
	"mediator": fixture.mediator,
	"legal_reviewer": fixture.partner,
}

purposes := {"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT", "SIGHTING", ""}

# Everybody asks for everything: there are these rows and no others.
test_every_row if {
	rows := {concat(" ", [purpose, recipient]): row.cells |
		some purpose in purposes
		some _, party in parties
		q := fixture.question(purpose, party, fixture.unicef)
		recipient := matrix.recipient with input as q
		row := matrix.row with input as q
	}
	object.keys(rows) == object.keys(cells)
	every name, printed in cells {
		printed_words := split(printed, " ")
		count(printed_words) == count(rows[name])
		every i, column in array.concat(fixture.columns, ["kind"]) {
			rows[name][column] == words[printed_words[i]]
		}
	}
}

test_every_row_says_what_it_rests_on if {
	every name in object.keys(cells) {
		[purpose, recipient] := split(name, " ")
		row := matrix.row with input as fixture.question(purpose, parties[recipient], fixture.unicef)
		count(row.basis) > 0
		row.duties[0] == "no_onward_transfer"
	}
}

test_every_word_has_a_reason if {
	every _, word in words {
		count(matrix.reason[word]) == 1
	}
}

opened(facts) := {word: mode |
	some _, word in words
	mode := matrix.how("photo", word) with input as facts
}

parted(facts) := {word: part |
	some _, word in words
	part := matrix.part("photo", word) with input as facts
}

always := {"full": "full", "generalised": "generalised"}

test_words_open_by_facts if {
	opened({}) == always
	opened({"link": "yes"}) == object.union(always, {"link": "full", "link_generalised": "generalised"})
	go_ahead := opened({"go_ahead": {"photo": "yes"}})
	go_ahead == object.union(always, {"go_ahead": "full", "go_ahead_generalised": "generalised"})
	opened({"approval": {"photo": "yes"}}) == object.union(always, {"break_glass": "full"})
	opened({"go_ahead": {"kind": "yes"}}) == object.union(always, {"both_identities": "full"})
	opened({"requester": fixture.icc}) == object.union(always, {"both_identities": "full"})
}

test_parts_open_by_facts if {
	parted({}) == {}
	parted({"need": "language"}) == {"need": "language"}
	parted({"go_ahead": {"photo": "yes"}}) == {
		"own_site": "own_site",
		"go_ahead_guardian": "guardian",
		"go_ahead_travel_document": "travel_document",
	}
	parted({"need": "medication", "go_ahead": {"id_min": "yes"}}) == {"need": "medication"}
	parted({"need": "medication", "go_ahead": {"photo": "yes"}}).go_ahead_need == "medication"
}

test_unknown_facts_open_nothing if {
	every value in ["no", "unknown", "waiting", true, null] {
		facts := {
			"link": value,
			"need": value,
			"go_ahead": {"photo": value, "current": value, "kind": value},
			"approval": {"photo": value, "current": "yes"},
		}
		opened(facts) == always
		parted(facts) == {}
	}
}

test_never_7_who_may_see_both if {
	every party in [fixture.origin, fixture.icrc, fixture.icc] {
		matrix.both with input.requester as party
	}
	every party in [fixture.partner, fixture.unicef, fixture.ngo, fixture.prosecutor, fixture.mediator] {
		not matrix.both with input.requester as party
		matrix.both with input as {"requester": party, "go_ahead": {"kind": "yes"}}
		not matrix.both with input as {"requester": party, "go_ahead": {"photo": "yes", "kind": "unknown"}}
	}
	not matrix.both with input as {}
}

test_parts_are_apart if {
	every part, leaves in matrix.parts {
		every other, others in matrix.parts {
			disjoint(part, other, leaves, others)
		}
		object.keys(data.homeward.schema.parts[part].paths.original) == leaves
	}
	matrix.needs - object.keys(matrix.parts) == set()
}

disjoint(part, part, _, _)

disjoint(part, other, leaves, others) if {
	part != other
	leaves & others == set()
}
