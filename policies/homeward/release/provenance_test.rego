package homeward.release_test

import data.homeward.fixture

# from is a question about a record of which some leaves are the holder's own.
from(q, own) := fixture.but(q, ["record", "own"], own)

all_but(path, identity) := {p: {i: "yes" |
	some i, paths in data.homeward.schema.identities
	paths[p]
	[p, i] != [path, identity]
} |
	some _, listed in data.homeward.schema.identities
	some p, _ in listed
}

test_provenance_is_per_path_and_identity if {
	decision := decide(from(origin, all_but("birth.birth_place", "imposed")))
	fixture.withheld(decision, "birth.birth_place", "imposed", "SUP_ORIGIN_CONTROL")
	fixture.says(decision, "birth.birth_place", "original", "released")
	fixture.says(decision, "name.family", "imposed", "released")
	star := decide(from(origin, {"*": {"original": "yes"}, "name.family": {"imposed": "yes"}}))
	fixture.says(star, "name.family", "imposed", "released")
	fixture.says(star, "name.given", "original", "released")
	fixture.withheld(star, "name.given", "imposed", "SUP_ORIGIN_CONTROL")
}

test_nothing_known_is_not_own if {
	every own in [{}, "unknown", null, {"*": "yes"}, {"*": {"original": "no", "imposed": "unknown"}}] {
		every q in [origin, unicef, partner] {
			kept_everywhere(from(q, own), "SUP_ORIGIN_CONTROL")
		}
	}
}

test_a_hit_by_the_icrc_s_word_is_a_miss if {
	kept_everywhere(from(origin, all_but("name.family", "original")), "SUP_ORIGIN_CONTROL")
	kept_everywhere(from(origin, all_but("name.patronymic", "original")), "SUP_ORIGIN_CONTROL")
	kept_everywhere(from(origin, all_but("birth.birth_date", "original")), "SUP_ORIGIN_CONTROL")
	by_the_other := decide(from(origin, all_but("name.family", "imposed")))
	fixture.says(by_the_other, "name.family", "original", "released")
	imposed := fixture.but(origin, ["record", "matched"], "imposed")
	kept_everywhere(from(imposed, all_but("name.family", "imposed")), "SUP_ORIGIN_CONTROL")
	linked := decide(from(partner, all_but("name.family", "original")))
	fixture.withheld(linked, "name.family", "original", "SUP_ORIGIN_CONTROL")
	fixture.says(linked, "name.given", "original", "released")
}

test_what_criteria_are_compared_with if {
	every criterion, path in {"sex": "birth.sex", "birth_oblast": "birth.birth_place", "document": "documents.national_id"} {
		q := fixture.but(origin, ["question", "by"], ["family", "born", criterion])
		fixture.says(decide(from(q, all_but("listing.url", "imposed"))), "name.family", "original", "released")
		kept_everywhere(from(q, all_but(path, "original")), "SUP_ORIGIN_CONTROL")
	}
	passport := fixture.but(origin, ["question", "by"], ["family", "document"])
	kept_everywhere(from(passport, all_but("documents.imposed_passport_no", "imposed")), "SUP_ORIGIN_CONTROL")
	elsewhere := object.union(all_but("documents.national_id", "original"), {"documents.national_id": {"imposed": "yes"}})
	kept_everywhere(from(passport, elsewhere), "SUP_ORIGIN_CONTROL") # an identity that the leaf does not have
	unheard := fixture.but(origin, ["question", "by"], ["family", "born", "eye"])
	kept_everywhere(from(unheard, all_but("listing.url", "imposed")), "SUP_ORIGIN_CONTROL")
}

test_the_icrc_releases if {
	own_answer := from(fixture.question("RETURN", fixture.origin, fixture.icrc), {})
	fixture.says(decide(own_answer), "name.family", "original", "released")
	named := fixture.but(own_answer, ["question", "fields"], {"name.family": true})
	fixture.says(decide(named), "name.family", "original", "released")
	signed := from(fixture.but(origin, ["icrc_release"], "yes"), {})
	fixture.says(decide(signed), "name.family", "original", "released")
	every value in ["no", "unknown", null] {
		kept_everywhere(from(fixture.but(origin, ["icrc_release"], value), {}), "SUP_ORIGIN_CONTROL")
	}
}

test_never_4_nothing_of_the_icrc_to_the_icc if {
	court := fixture.linked("ACCOUNTABILITY", fixture.icc, fixture.icrc)
	every q in [court, object.union(court, {"holder": fixture.origin, "icrc_release": "yes"})] {
		kept_everywhere(from(q, {}), "SUP_ORIGIN_CONTROL")
	}
	prosecutor := fixture.linked("ACCOUNTABILITY", fixture.prosecutor, fixture.icrc)
	fixture.says(decide(from(prosecutor, {})), "name.family", "original", "released")
	own := decide(fixture.linked("ACCOUNTABILITY", fixture.icc, fixture.origin))
	fixture.says(own, "name.family", "original", "released")
}
