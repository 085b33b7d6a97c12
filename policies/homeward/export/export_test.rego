package homeward.export_test

import data.homeward.export
import data.homeward.fixture

# A holder hands out an answer of its own, of which nothing is the ICRC's.
own(exporter, icrc) := {
	"exporter": exporter,
	"officer": {"role": "legal_reviewer"},
	"side": "holder",
	"holder": {"kind": exporter.kind},
	"no_onward_transfer": "yes",
	"release": "no",
	"values": [
		{"message": "query", "path": "query.family", "icrc_origin": "no"},
		{"message": "again", "path": "again.family", "icrc_origin": "no"},
		{"message": "answer", "path": "name.family", "icrc_origin": icrc},
	],
}

# A requester hands out what a holder answered it.
received(holder, bar) := object.union(own(fixture.partner, "no"), {
	"side": "requester",
	"holder": {"kind": holder.kind},
	"no_onward_transfer": bar,
})

kept := {"keep": true, "reason": "OK_FULL"}

protected := {"keep": false, "reason": "SUP_ORIGIN_CONTROL"}

barred := {"keep": false, "reason": "SUP_NO_AGREEMENT"}

gives(q, last) if {
	decision := export.decision with input as q
	decision == {"permitted": true, "refusal": "", "values": [kept, kept, last]}
}

refused(q, code) if {
	decision := export.decision with input as q
	decision == {"permitted": false, "refusal": code, "values": []}
}

test_refused_by_default if refused({}, "DENY_PROHIBITED_PARTY")

test_no_values_no_words if {
	decision := export.decision with input as fixture.but(own(fixture.origin, "no"), ["values"], [])
	decision == {"permitted": true, "refusal": "", "values": []}
}

test_own_answer_leaves if {
	gives(own(fixture.origin, "no"), kept)
	gives(own(fixture.icrc, "no"), kept)
}

test_both_reviewers_may if {
	gives(fixture.but(own(fixture.origin, "no"), ["officer", "role"], "reviewer"), kept)
}

test_nobody_else_may if {
	every role in ["case_officer", "tracing_officer", "investigator", "prosecutor", "supervisor", "", null] {
		refused(fixture.but(own(fixture.origin, "no"), ["officer", "role"], role), "SUP_ROLE")
	}
}

test_never_2_prohibited_or_suspended if {
	every flag in ["prohibited", "suspended"] {
		every value in [true, null] {
			refused(fixture.but(own(fixture.origin, "no"), ["exporter", flag], value), "DENY_PROHIBITED_PARTY")
		}
	}
}

test_icrc_origin_is_left_out if {
	every word in ["yes", "unknown"] {
		gives(own(fixture.origin, word), protected)
	}
}

test_icrc_origin_leaves_by_the_icrc if {
	every word in ["yes", "unknown"] {
		gives(own(fixture.icrc, word), kept)
	}
}

test_icrc_origin_leaves_by_its_release if {
	every word in ["yes", "unknown"] {
		gives(fixture.but(own(fixture.origin, word), ["release"], "yes"), kept)
	}
}

test_no_other_word_is_a_release if {
	every word in ["no", "unknown", "", null] {
		gives(fixture.but(own(fixture.origin, "yes"), ["release"], word), protected)
	}
}

test_what_is_no_word_of_origin_never_leaves if {
	every word in ["", "maybe", null, true] {
		gives(fixture.but(own(fixture.icrc, word), ["release"], "yes"), protected)
	}
}

test_the_question_of_the_icrc if {
	q := object.union(own(fixture.origin, "no"), {"values": [
		{"message": "query", "path": "query.family", "icrc_origin": "yes"},
		{"message": "answer", "path": "name.family", "icrc_origin": "no"},
	]})
	decision := export.decision with input as q
	decision.values == [protected, kept]
}

test_a_received_answer_goes_no_further if {
	every bar in ["yes", "unknown", null] {
		gives(received(fixture.origin, bar), barred)
	}
	gives(received(fixture.origin, "no"), kept)
}

test_a_release_lifts_the_bar_of_the_icrc_alone if {
	gives(fixture.but(received(fixture.icrc, "yes"), ["release"], "yes"), kept)
	gives(fixture.but(received(fixture.origin, "yes"), ["release"], "yes"), barred)
	every word in ["no", "unknown"] {
		gives(fixture.but(received(fixture.icrc, "yes"), ["release"], word), barred)
	}
}

test_neither_side_is_no_side if {
	q := fixture.but(received(fixture.icrc, "no"), ["release"], "yes")
	every side in ["", "unknown", null] {
		gives(fixture.but(q, ["side"], side), barred)
	}
}

test_of_two_reasons_the_holder_is_said if {
	every word in ["yes", "unknown"] {
		q := object.union(received(fixture.origin, "yes"), {"values": [{"message": "answer", "path": "x", "icrc_origin": word}]})
		decision := export.decision with input as q
		decision.values == [barred]
	}
}

test_what_is_no_message_never_leaves if {
	every side in ["holder", "requester"] {
		q := object.union(own(fixture.icrc, "no"), {
			"side": side,
			"no_onward_transfer": "no",
			"release": "yes",
			"values": [{"message": "other", "path": "x", "icrc_origin": "no"}],
		})
		decision := export.decision with input as q
		decision.values == [barred]
	}
}
