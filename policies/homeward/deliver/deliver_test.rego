package homeward.deliver_test

import data.homeward.deliver
import data.homeward.fixture

columns := array.concat(fixture.columns, ["kind"])

nothing := {column: {"original": "no", "imposed": "no"} | some column in fixture.columns}

arriving(list) := {column: answer |
	some column in columns
	answer := {true: "yes", false: "no"}[column in list]
}

base(list) := {
	"purpose": "RETURN",
	"officer": {"role": "case_officer"},
	"requester": fixture.partner,
	"go_ahead": {},
	"received": nothing,
	"arriving": arriving(list),
}

withheld(q) := {column | some column in withhold; q.arriving[column] == "yes"} if {
	withhold := deliver.decision.withhold with input as q
}

test_what_arrives_alone_is_shown if {
	withheld(base(["id_min", "names_birth", "family", "current"])) == set()
	withheld(base(["id_min", "photo"])) == set()
	withheld(base(["evidence"])) == set()
}

test_never_6_a_name_after_a_photo if {
	every identity in ["original", "imposed"] {
		every value in ["yes", "unknown", null] {
			q := fixture.but(base(["id_min", "names_birth", "evidence"]), ["received", "photo", identity], value)
			withheld(q) == {"names_birth", "evidence"}
		}
	}
}

test_never_6_a_photo_after_a_name if {
	every column in ["names_birth", "evidence"] {
		every identity in ["original", "imposed"] {
			q := fixture.but(base(["id_min", "photo"]), ["received", column, identity], "yes")
			withheld(q) == {"photo"}
		}
		withheld(base(["id_min", "photo", column])) == {"photo"}
		withheld(fixture.but(base(["photo"]), ["arriving", column], "unknown")) == {"photo"}
	}
}

test_never_6_who_may_have_both if {
	both := base(["names_birth", "photo", "evidence"])
	withheld(fixture.but(fixture.but(both, ["go_ahead"], {"photo": "yes"}), ["received"], {})) == set()
	withheld(object.union(both, {"requester": fixture.origin})) == set()
	withheld(object.union(both, {"requester": fixture.icrc, "purpose": "TRACE"})) == set()
	withheld(object.union(both, {"requester": fixture.icrc, "purpose": "CARE"})) == {"photo"}
	withheld(fixture.but(both, ["go_ahead"], {"kind": "yes"})) == {"photo"}
}

test_an_unreadable_ledger_has_received_everything if {
	withheld(fixture.but(base(columns), ["received"], {})) == {"names_birth", "photo", "evidence"}
}

test_a_column_that_nobody_knows_is_withheld if {
	deliver.decision.withhold == ["else"] with input as fixture.but(base([]), ["arriving"], {"else": "yes"})
	deliver.decision.withhold == [] with input as {"arriving": {}}
}
