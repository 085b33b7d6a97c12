package homeward.admit_test

import data.homeward.admit
import data.homeward.fixture

link := fixture.linked("RETURN", fixture.partner, fixture.origin)

test_refused if {
	decision := admit.decision with input as fixture.but(link, ["agreement"], "no")
	decision == {
		"admitted": false,
		"refusal": "SUP_NO_AGREEMENT",
		"reason": "",
		"paths": [],
		"pending": false,
		"break_glass": [],
		"tell_origin": false,
		"notify_always": false,
	}
}

test_refused_by_default if {
	decision := admit.decision with input as {}
	decision.admitted == false
}

test_with_a_link if {
	decision := admit.decision with input as link
	decision.admitted == true
	decision.reason == ""
	decision.pending == false
	decision.tell_origin == false
	"name.family" in decision.paths
	"record.record_id" in decision.paths
	"family.members.current_location" in decision.paths
	not "family.members.phone" in decision.paths # class H, no generalisation
	not "documents.passport_no" in decision.paths
	not "physical.photo" in decision.paths
	not "evidence.icc_ref" in decision.paths
}

test_with_a_go_ahead if {
	decision := admit.decision with input as fixture.but(link, ["go_ahead"], {"photo": "yes", "kind": "yes"})
	"physical.photo" in decision.paths
	"assertion.kind" in decision.paths
}

unread(q, reason) if {
	decision := admit.decision with input as q
	decision.admitted == true
	decision.paths == []
	decision.reason == reason
}

test_without_a_link if {
	unread(fixture.question("RETURN", fixture.partner, fixture.origin), "DENY_NO_CASE_REF")
	unread(fixture.but(link, ["link"], "no"), "DENY_NO_CASE_REF")
	q := fixture.linked("TRACE", fixture.unicef, fixture.origin)
	unread(fixture.but(q, ["link"], "unknown"), "DENY_NO_CASE_REF")
}

test_only_what_is_asked_for_is_read if {
	fields := {"name.family": true, "documents.passport_no": true}
	decision := admit.decision with input as fixture.but(link, ["question", "fields"], fields)
	{path | some path in decision.paths} == {"name.family"}
	unread(fixture.but(link, ["question", "fields"], {"documents.passport_no": true}), "SUP_NOT_REQUESTED")
}

test_a_row_that_opens_nothing if {
	closed := {"basis": "test", "cells": {column: "never" | some column in fixture.columns}}
	q := fixture.question("TRACE", fixture.unicef, fixture.origin)
	decision := admit.decision with input as q with data.homeward.matrix.row as closed
	decision.paths == []
	decision.reason == "SUP_PURPOSE"
}

test_match_tells_the_origin if {
	decision := admit.decision with input as fixture.question("MATCH", fixture.partner, fixture.unicef)
	decision.admitted == true
	decision.tell_origin == true
	decision.paths == []
	decision.reason == ""
}

test_found_tells_the_origin_always if {
	decision := admit.decision with input as fixture.question("FOUND", fixture.partner, fixture.unicef)
	decision.admitted == true
	decision.notify_always == true
	decision.tell_origin == false
	decision.paths == []
	decision.reason == ""
	other := admit.decision with input as link
	other.notify_always == false
}

test_parts_are_read if {
	q := fixture.question("CARE", fixture.ngo, fixture.unicef)
	decision := admit.decision with input as fixture.but(object.union(q, {"need": "medication"}), ["go_ahead"], {"current": "yes"})
	every path in ["physical.health_group", "current.location", "current.care_type", "name.family"] {
		path in decision.paths
	}
	every path in ["protection.disability", "current.caregiver", "documents.passport_no"] {
		not path in decision.paths
	}
}

test_pending_by_the_question_alone if {
	waiting := fixture.but(link, ["approval"], {"documents": "waiting"})
	every q in [waiting, object.remove(waiting, ["record", "disclosed"])] {
		decision := admit.decision with input as q
		decision.admitted == true
		decision.pending == true
	}
	every q in [
		fixture.but(link, ["approval"], {"documents": "yes"}),
		fixture.but(link, ["approval"], {"photo": "waiting"}),
		fixture.but(waiting, ["link"], "unknown"),
		fixture.but(waiting, ["agreement"], "no"),
		fixture.but(object.union(waiting, {"question": {"linked": "no"}}), ["link"], "no"),
	] {
		decision := admit.decision with input as q
		decision.pending == false
	}
}

test_columns_of_break_glass if {
	mediator := fixture.but(fixture.linked("RETURN", fixture.mediator, fixture.origin), ["question", "push"], "yes")
	every c in [
		{"question": link, "columns": ["documents"]},
		{"question": mediator, "columns": ["current"]},
		{"question": fixture.question("TRACE", fixture.unicef, fixture.origin), "columns": []},
	] {
		decision := admit.decision with input as c.question
		decision.break_glass == c.columns
	}
}

test_a_row_without_its_link if {
	q := fixture.but(fixture.question("ACCOUNTABILITY", fixture.icc, fixture.origin), ["link"], "no")
	unread(q, "DENY_NO_CASE_REF")
}

test_unknown_fields_are_not_read if {
	unread(fixture.but(link, ["question", "fields"], "unknown"), "SUP_NOT_REQUESTED")
}
