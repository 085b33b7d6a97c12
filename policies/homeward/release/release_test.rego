package homeward.release_test

import data.homeward.fixture
import data.homeward.release

origin := fixture.question("RETURN", fixture.origin, fixture.unicef)

unicef := fixture.question("TRACE", fixture.unicef, fixture.origin)

icrc := fixture.question("TRACE", fixture.icrc, fixture.origin)

partner := fixture.linked("RETURN", fixture.partner, fixture.origin)

# decide under the matrix, and under a row that opens every column.
decide(q) := decision if decision := release.decision with input as q

open(q) := decision if decision := release.decision with input as q with data.homeward.matrix.row as fixture.row

test_everything_has_one_verdict if {
	few := fixture.but(partner, ["question", "fields"], {"name.family": true, "physical.marks": true})
	every q in [
		{},
		origin,
		unicef,
		icrc,
		partner,
		few,
		fixture.but(partner, ["record", "flags"], {}),
		fixture.but(unicef, ["record", "matched"], "imposed"),
		fixture.but(few, ["record"], {}),
		fixture.but(origin, ["question", "fields"], "unknown"),
		fixture.but(unicef, ["record", "own"], {"name.family": {"original": "yes"}}),
		fixture.but(few, ["record", "own"], {"*": {"imposed": "yes"}, "name.family": {"original": "yes"}}),
		fixture.question("CARE", fixture.ngo, fixture.unicef),
	] {
		fixture.whole(decide(q))
		fixture.whole(open(q))
	}
}

test_nothing_by_default if {
	fixture.closed(decide({}))
	decide({}).both == false
}

test_a_refused_question_releases_nothing if {
	every path, value in {
		"agreement": "SUP_NO_AGREEMENT",
		"purpose": "SUP_PURPOSE",
		"officer": "SUP_ROLE",
		"holder": "DENY_PROHIBITED_PARTY",
	} {
		decision := open(fixture.but(origin, [path], {}))
		fixture.closed(decision)
		fixture.withheld(decision, "name.family", "original", value)
	}
}

test_without_a_link_nothing if {
	decision := decide(fixture.but(partner, ["link"], "no"))
	fixture.closed(decision)
	fixture.withheld(decision, "name.family", "original", "DENY_NO_CASE_REF")
}

test_full_generalised_and_withheld if {
	decision := decide(partner)
	name := fixture.verdict(decision, "name.family", "original")
	name.verdict == "released"
	name.reasons == ["OK_FULL"]
	decision.basis == "GDPR 6(1)(e); 46(2)(a)"
	place := fixture.verdict(decision, "separation.place", "original")
	place.verdict == "generalised"
	place.to == "oblast"
	place.reasons == ["GEN_OBLAST"]
	fixture.withheld(decision, "separation.cause", "original", "SUP_PURPOSE")
	fixture.withheld(decision, "documents.passport_no", "original", "BG_PENDING")
	fixture.withheld(decision, "physical.photo", "original", "SUP_ORIGIN_CONTROL")
	fixture.withheld(decision, "flags.captor_risk", "original", "SUP_PURPOSE")
	decision.obligations == ["no_onward_transfer", "delete_by=P90D"]
}

test_the_least_is_one_fixed_set if {
	every q in [origin, unicef, icrc, partner] {
		decision := decide(q)
		fixture.verdict(decision, "record.record_id", "original").to == "pseudonym"
		fixture.verdict(decision, "birth.age", "original").to == "band"
		fixture.says(decision, "birth.sex", "original", "released")
		fixture.says(decision, "record.reliability_band", "original", "released")
	}
}

test_the_origin_keeps_what_it_gets if {
	decide(origin).obligations == ["no_onward_transfer"]
}

test_not_requested if {
	decision := decide(fixture.but(icrc, ["question", "fields"], {"name.family": true}))
	fixture.says(decision, "name.family", "original", "released")
	fixture.withheld(decision, "name.given", "original", "SUP_NOT_REQUESTED")
	given := fixture.verdict(decision, "name.given", "original")
	given.reasons == {"SUP_NOT_REQUESTED"}
}

# Each guard: with its input it opens, without it everything or its leaves are kept.
kept_everywhere(q, code) if {
	decision := open(q)
	fixture.closed(decision)
	fixture.withheld(decision, "name.family", "original", code)
}

not_no := ["yes", "unknown", null]

test_never_8_five_records if {
	fixture.says(open(fixture.but(origin, ["record", "count"], 5)), "name.family", "original", "released")
	kept_everywhere(fixture.but(origin, ["record", "count"], 6), "DENY_BULK")
	kept_everywhere(fixture.but(origin, ["record", "count"], null), "DENY_BULK")
	kept_everywhere(fixture.but(origin, ["record", "count"], "unknown"), "DENY_BULK")
}

test_never_15_hold if {
	every value in not_no {
		every q in [origin, icrc, partner] {
			kept_everywhere(fixture.but(q, ["record", "flags", "hold_by_origin"], value), "SUP_HOLD")
		}
	}
}

test_never_9_deny_details if {
	every value in not_no {
		kept_everywhere(fixture.but(icrc, ["record", "consent", "deny_details"], value), "SUP_DENY_DETAILS")
		to_origin := open(fixture.but(origin, ["record", "consent", "deny_details"], value))
		fixture.says(to_origin, "name.family", "original", "released")
	}
}

test_never_11_frozen if {
	grown := fixture.but(icrc, ["record", "age"], "adult")
	every age in ["adult", "unknown", null] {
		every safe in ["yes", "unknown"] {
			of_age := fixture.but(icrc, ["record", "age"], age)
			kept_everywhere(fixture.but(of_age, ["record", "flags", "safe_and_reachable"], safe), "SUP_ADULT")
		}
	}
	fixture.says(open(grown), "name.family", "original", "released") # missing: stays traceable
	safe := fixture.but(grown, ["record", "flags", "safe_and_reachable"], "yes")
	consenting := fixture.but(safe, ["record", "consent", "fresh"], "yes")
	fixture.says(open(consenting), "name.family", "original", "released")
}

test_never_9_captor if {
	every value in not_no {
		decision := open(fixture.but(icrc, ["record", "flags", "captor_risk"], value))
		fixture.withheld(decision, "current.location", "original", "SUP_CAPTOR_RISK")
		fixture.withheld(decision, "displacement.facility_name", "original", "SUP_CAPTOR_RISK")
		fixture.says(decision, "name.family", "original", "released")
		to_origin := open(fixture.but(origin, ["record", "flags", "captor_risk"], value))
		fixture.says(to_origin, "current.location", "original", "released")
	}
}

test_never_5_family if {
	every value in not_no {
		every q in [origin, icrc] {
			decision := open(fixture.but(q, ["record", "flags", "location_protected"], value))
			every path in ["family.members.phone", "family.members.current_location", "origin.last_address"] {
				fixture.withheld(decision, path, "original", "SUP_LOCATION_FLAG")
			}
			fixture.says(decision, "family.members.relation", "original", "released")
		}
	}
}

test_never_10_publicity if {
	every value in not_no {
		decision := open(fixture.but(origin, ["record", "flags", "publicity_forbidden"], value))
		every path in release.of_leaf.publicity - {"listing.url"} {
			fixture.withheld(decision, path, "original", "SUP_PUBLICITY")
		}
		fixture.withheld(decision, "listing.url", "imposed", "SUP_PUBLICITY")
		fixture.says(decision, "physical.eye", "original", "released")
	}
}

# A row that gives a photo and no name, to a recipient that may not have both.
photo_row := {"basis": "test", "cells": object.union(fixture.row.cells, {"names_birth": "never"})}

asker := fixture.but(unicef, ["known", "name"], "no")

photo(q) := fixture.verdict(decision, "physical.photo", "original") if {
	decision := release.decision with input as q with data.homeward.matrix.row as photo_row
}

test_never_6_photo_without_a_name if {
	photo(asker).verdict == "released"
	every value in ["yes", "unknown"] {
		"SUP_LINKAGE" in photo(fixture.but(asker, ["known", "name"], value)).reasons
		every identity in ["original", "imposed"] {
			every column in ["names_birth", "evidence"] {
				"SUP_LINKAGE" in photo(fixture.but(asker, ["disclosed", column, identity], value)).reasons
			}
		}
	}
}

test_never_6_not_in_one_answer if {
	decision := open(asker)
	fixture.withheld(decision, "physical.photo", "original", "SUP_LINKAGE")
	fixture.says(decision, "name.family", "original", "released")
}

test_never_6_name_after_a_photo if {
	every value in ["yes", "unknown"] {
		every identity in ["original", "imposed"] {
			decision := open(fixture.but(unicef, ["disclosed", "photo", identity], value))
			every path in release.of_leaf.name_alone {
				named := [line | some lines in decision.lines; some line in lines; line.paths[path]]
				every line in named {
					line.verdict == "withheld"
				}
			}
			fixture.says(decision, "birth.birth_date", "original", "released")
		}
	}
}

test_never_6_exceptions if {
	every q in [origin, icrc, fixture.but(partner, ["go_ahead"], {"photo": "yes"})] {
		decision := open(fixture.but(q, ["disclosed"], {}))
		fixture.says(decision, "physical.photo", "original", "released")
		fixture.says(decision, "name.family", "original", "released")
	}
}

test_never_7_one_identity if {
	original := decide(unicef)
	fixture.says(original, "name.family", "original", "released")
	fixture.withheld(original, "name.family", "imposed", "SUP_LINKAGE")
	imposed := decide(fixture.but(unicef, ["record", "matched"], "imposed"))
	fixture.says(imposed, "name.family", "imposed", "released")
	fixture.withheld(imposed, "name.family", "original", "SUP_LINKAGE")
	fixture.withheld(imposed, "separation.place", "original", "SUP_LINKAGE")
	fixture.says(imposed, "record.record_id", "original", "generalised")
	fixture.says(imposed, "birth.sex", "original", "released")
	fixture.withheld(imposed, "birth.age", "original", "SUP_LINKAGE")
	fixture.withheld(imposed, "assertion.kind", "imposed", "SUP_ASSERTION_KIND")
	imposed.both == false
}

test_never_7_both_identities if {
	every q in [origin, icrc] {
		decision := decide(q)
		decision.both == true
		every identity in ["original", "imposed"] {
			fixture.says(decision, "name.family", identity, "released")
			fixture.says(decision, "assertion.kind", identity, "released")
		}
	}
	fixture.says(decide(origin), "assertion.provenance", "imposed", "released")
	fixture.withheld(decide(icrc), "assertion.provenance", "imposed", "SUP_PURPOSE")
}

test_never_7_unknown_match if {
	every q in [origin, icrc, unicef] {
		fixture.closed(decide(fixture.but(q, ["record", "matched"], "unknown")))
	}
}

test_every_guard_has_a_code if {
	guards := (release.of_every | object.keys(release.of_column)) | object.keys(release.of_leaf)
	every guard in guards - {"question"} {
		release.code[guard]
	}
	object.keys(data.homeward.schema.guarded) == guards - release.of_every
}

test_every_guarded_leaf_exists if {
	every guard, leaves in release.of_leaf {
		leaves == union({object.keys(paths) | some paths in data.homeward.schema.guarded[guard].paths})
	}
}

test_every_generalisation_has_its_code if {
	codes := {line.to: line.reasons |
		some column in data.homeward.schema.columns
		some cells in column.cells.generalised
		some lines in cells
		some line in lines
		line.verdict == "generalised"
	}
	count(codes) > 5
	every to, reasons in codes {
		reasons == [release.generalised_code[to]]
	}
}

test_unknown_fields_ask_for_nothing if {
	every value in ["unknown", null, []] {
		decision := open(fixture.but(origin, ["question", "fields"], value))
		fixture.closed(decision)
		fixture.withheld(decision, "name.family", "original", "SUP_NOT_REQUESTED")
	}
}
