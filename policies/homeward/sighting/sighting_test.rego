package homeward.sighting_test

import data.homeward.fixture
import data.homeward.sighting

kinds := ["government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"]

party(kind) := {"id": "x", "kind": kind, "authority_of_origin": false, "prohibited": false, "suspended": false}

message(event, from, to) := {"event": event, "agreement": "yes", "requester": party(from), "holder": party(to)}

# The table, by hand: from whom to whom each message goes.
wanted := {
	"submitted": {"from": ["government", "icrc", "ngo", "unicef"], "to": ["government", "icrc", "unicef"]},
	"withdrawn": {"from": ["government", "icrc", "ngo", "unicef"], "to": ["government", "icrc", "unicef"]},
	"needs_info": {"from": ["government", "icrc", "unicef"], "to": ["government", "icrc", "ngo", "unicef"]},
	"shared": {"from": ["government", "icrc", "unicef"], "to": ["government", "icrc", "unicef"]},
	"reviewed": {"from": ["government", "icrc", "unicef"], "to": ["government", "icrc", "unicef"]},
	"closing": {"from": [], "to": []},
	"closed": {"from": [], "to": []},
	"query": {"from": [], "to": []},
}

goes(w, from, to) if {
	from in w.from
	to in w.to
} else := false

test_each_message_goes_between_these if {
	every event, w in wanted {
		every from in kinds {
			every to in kinds {
				got := sighting.decision with input as message(event, from, to)
				got.permitted == goes(w, from, to)
				got.refusal == {true: "", false: "SUP_ROLE"}[got.permitted]
			}
		}
	}
}

seen := [
	"source_type",
	"url",
	"archive_url",
	"content_sha256",
	"photo_sha256",
	"media",
	"captured_at",
	"observed_at",
	"place",
	"child_description",
	"claimed_identity",
	"siblings",
]

told := ["submitter_risk", "consent", "reliability", "credibility", "custody", "follows"]

test_what_each_message_has if {
	every event, list in {
		"submitted": array.concat(seen, told),
		"withdrawn": [],
		"needs_info": ["question"],
		"shared": array.concat(seen, ["why"]),
		"reviewed": ["review"],
	} {
		members := sighting.decision.members with input as message(event, "unicef", "unicef")
		members == list
	}
}

origin(kind) := fixture.but(party(kind), ["authority_of_origin"], true)

among_those_who_know := {"from": ["government", "icrc", "unicef"], "to": ["government", "icrc", "unicef"]}

test_the_authority_of_origin_alone_is_asked_and_confirms if {
	every kind in kinds {
		asked := sighting.decision with input as fixture.but(message("closing", kind, "government"), ["holder"], origin("government"))
		asked.permitted == goes(among_those_who_know, kind, "government")
		confirms := sighting.decision with input as fixture.but(message("closed", "government", kind), ["requester"], origin("government"))
		confirms.permitted == goes(among_those_who_know, "government", kind)
	}
	every wrong in ["ngo", "icc"] {
		refused(fixture.but(message("closing", "unicef", wrong), ["holder"], origin(wrong)), "SUP_ROLE")
		refused(fixture.but(message("closed", wrong, "unicef"), ["requester"], origin(wrong)), "SUP_ROLE")
	}
	refused(fixture.but(message("closed", "unicef", "government"), ["holder"], origin("government")), "SUP_ROLE")
	refused(fixture.but(message("closing", "government", "unicef"), ["requester"], origin("government")), "SUP_ROLE")
}

test_what_a_closing_has if {
	asked := sighting.decision.members with input as fixture.but(message("closing", "unicef", "government"), ["holder"], origin("government"))
	asked == array.concat(seen, ["closing"])
	said := sighting.decision.members with input as fixture.but(message("closed", "government", "unicef"), ["requester"], origin("government"))
	said == ["closing"]
}

test_who_the_witness_is_is_not_shared if {
	members := sighting.decision.members with input as message("shared", "government", "unicef")
	every name in told {
		not name in members
	}
}

refused(q, code) if {
	decision := sighting.decision with input as q
	decision == {"permitted": false, "refusal": code, "members": []}
}

test_refused_by_default if refused({}, "DENY_PROHIBITED_PARTY")

test_never_13_no_agreement if {
	every value in ["no", "unknown", null] {
		refused(fixture.but(message("submitted", "ngo", "government"), ["agreement"], value), "SUP_NO_AGREEMENT")
	}
}

test_never_2_prohibited_or_suspended if {
	every side in ["requester", "holder"] {
		every flag in ["prohibited", "suspended"] {
			every value in [true, null] {
				refused(fixture.but(message("submitted", "ngo", "government"), [side, flag], value), "DENY_PROHIBITED_PARTY")
			}
		}
	}
}
