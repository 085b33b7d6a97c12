package homeward.release_test

import data.homeward.fixture

# Each row beside those of release_test, with what opens it.

everything := {column: "yes" | some column in array.concat(fixture.columns, ["kind"])}

says(decision, wanted) if {
	every path, word in wanted {
		fixture.says(decision, path, "original", word)
	}
}

test_match_gives_nothing if {
	q := fixture.question("MATCH", fixture.partner, fixture.origin)
	fixture.closed(decide(object.union(q, {"go_ahead": everything, "approval": everything, "need": "language"})))
}

found := fixture.question("FOUND", fixture.partner, fixture.origin)

test_found_gives_nothing_before_the_origin_acts if {
	every need in ["", "language", "medication"] {
		decision := decide(fixture.but(found, ["need"], need))
		fixture.closed(decision)
		fixture.withheld(decision, "record.record_id", "original", "SUP_ORIGIN_CONTROL")
	}
}

test_found_gives_what_the_origin_opens if {
	decision := decide(object.union(found, {"need": "medication", "go_ahead": {"id_min": "yes", "protection": "yes"}}))
	says(decision, {
		"record.record_id": "generalised",
		"birth.sex": "released",
		"name.family": "withheld",
		"physical.health_group": "released",
		"protection.disability": "withheld",
		"origin.language": "withheld",
		"current.location": "withheld",
	})
	decision.obligations == ["no_onward_transfer", "delete_by=P30D", "notify_origin"]
	named := decide(object.union(found, {"need": "language", "go_ahead": {"names_birth": "yes"}}))
	says(named, {"name.family": "released", "origin.language": "released", "record.record_id": "withheld"})
	needed := decide(object.union(found, {"need": "medication", "go_ahead": {"names_birth": "yes"}}))
	says(needed, {"name.family": "released", "physical.health_group": "withheld"})
}

mediator := fixture.but(fixture.linked("RETURN", fixture.mediator, fixture.origin), ["question", "push"], "yes")

test_a_mediator_is_sent_the_least if {
	decision := decide(mediator)
	says(decision, {
		"record.record_id": "generalised",
		"name.family": "withheld",
		"documents.passport_no": "withheld",
		"family.guardian_status": "withheld",
		"physical.photo": "withheld",
		"separation.place": "withheld",
		"current.location": "withheld",
	})
	decision.obligations == ["no_onward_transfer", "delete_by=P30D", "encrypt_to", "return_receipt"]
}

test_a_mediator_is_sent_what_the_journey_needs if {
	decision := decide(object.union(mediator, {"go_ahead": everything, "approval": {"current": "yes"}, "need": "disability_aid"}))
	says(decision, {
		"name.family": "released",
		"documents.passport_no": "released",
		"documents.national_id": "withheld",
		"family.guardian_status": "released",
		"family.members.name": "withheld",
		"physical.photo": "released",
		"separation.place": "withheld",
		"current.location": "released",
		"protection.disability": "released",
		"protection.risk_level": "withheld",
		"evidence.icc_ref": "withheld",
		"record.origin_system": "withheld",
	})
	decision.obligations == ["no_onward_transfer", "delete_by=P30D", "encrypt_to", "return_receipt", "human_review", "watermark"]
}

care := fixture.but(fixture.question("CARE", fixture.ngo, fixture.unicef), ["record", "consent", "for_services"], "yes")

test_care_with_consent if {
	every party in [fixture.ngo, fixture.partner] {
		decision := decide(object.union(care, {"requester": party, "need": "medication"}))
		says(decision, {
			"record.record_id": "generalised",
			"name.family": "released",
			"documents.passport_no": "withheld",
			"origin.last_address": "generalised",
			"family.members.name": "withheld",
			"physical.photo": "withheld",
			"separation.place": "generalised",
			"current.location": "withheld",
			"physical.health_group": "released",
			"protection.disability": "withheld",
		})
		decision.basis == "consent: GDPR 6(1)(a); 9(2)(a)"
		decision.obligations == ["no_onward_transfer", "delete_by=P90D", "notify_origin"]
	}
}

test_care_at_its_own_site if {
	decision := decide(fixture.but(care, ["go_ahead"], {"current": "yes"}))
	says(decision, {
		"current.location": "released",
		"current.care_type": "released",
		"current.caregiver": "withheld",
		"current.telephone": "withheld",
		"displacement.facility_name": "withheld",
	})
	captive := fixture.but(fixture.but(care, ["go_ahead"], {"current": "yes"}), ["record", "flags", "captor_risk"], "unknown")
	fixture.withheld(decide(captive), "current.location", "original", "SUP_CAPTOR_RISK")
}

test_never_1_another_site if {
	opened := fixture.but(care, ["go_ahead"], {"current": "yes"})
	every at in ["no", "unknown", true, null] {
		decision := decide(fixture.but(opened, ["record", "at_site"], at))
		fixture.withheld(decision, "current.location", "original", "SUP_ORIGIN_CONTROL")
		fixture.withheld(decision, "current.care_type", "original", "SUP_ORIGIN_CONTROL")
		says(decision, {"name.family": "released"})
	}
	says(decide(fixture.but(fixture.question("RETURN", fixture.origin, fixture.unicef), ["record", "at_site"], "unknown")), {"current.location": "released"})
}

unasked := fixture.but(care, ["record", "consent", "for_services"], "unknown")

test_care_without_consent if {
	every value in ["no", "unknown", null] {
		decision := decide(fixture.but(care, ["record", "consent", "for_services"], value))
		fixture.closed(decision)
		fixture.withheld(decision, "name.family", "original", "SUP_CONSENT_ABSENT")
		fixture.withheld(decision, "origin.language", "original", "SUP_CONSENT_ABSENT")
	}
}

test_care_by_the_vital_interest if {
	go_ahead := {"id_min": "yes", "family": "yes", "current": "yes", "protection": "yes"}
	decision := decide(object.union(unasked, {"go_ahead": go_ahead, "need": "medication"}))
	says(decision, {
		"record.record_id": "generalised",
		"name.family": "withheld",
		"origin.last_address": "generalised",
		"separation.place": "withheld",
		"current.location": "released",
		"physical.health_group": "released",
	})
	decision.basis == "GDPR 6(1)(d); 9(2)(c)"
	fixture.withheld(decision, "name.family", "original", "SUP_CONSENT_ABSENT")
	named := decide(object.union(unasked, {"go_ahead": {"id_min": "yes"}, "need": "medication"}))
	fixture.withheld(named, "physical.health_group", "original", "SUP_CONSENT_ABSENT")
}

test_care_never_overrides_a_refusal if {
	every value in ["yes", "unknown", null] {
		q := fixture.but(fixture.but(unasked, ["go_ahead"], everything), ["record", "consent", "services_refused"], value)
		fixture.closed(decide(q))
	}
}

test_consent_gates_care_alone if {
	every q in [origin, unicef, icrc, partner, account] {
		decision := decide(fixture.but(q, ["record", "consent"], {"deny_details": "no", "for_services": "no", "services_refused": "yes"}))
		fixture.says(decision, "name.family", "original", "released")
	}
}

account := fixture.linked("ACCOUNTABILITY", fixture.prosecutor, fixture.origin)

test_accountability_with_a_referral if {
	every party in [fixture.icc, fixture.prosecutor] {
		decision := decide(object.union(account, {"requester": party}))
		says(decision, {
			"record.record_id": "generalised",
			"name.family": "released",
			"tracing.status": "released",
			"tracing.matched_request_ids": "withheld",
			"documents.passport_no": "withheld",
			"origin.last_address": "generalised",
			"physical.photo": "withheld",
			"separation.cause": "released",
			"current.location": "generalised",
			"protection.concerns": "generalised",
			"evidence.icc_ref": "released",
		})
		decision.obligations == ["no_onward_transfer", "delete_by=P365D", "encrypt_to", "return_receipt"]
	}
}

test_accountability_without_a_referral if {
	every value in ["no", "unknown", null] {
		decision := decide(fixture.but(object.union(account, {"go_ahead": everything, "approval": everything}), ["link"], value))
		fixture.closed(decision)
		fixture.withheld(decision, "name.family", "original", "DENY_NO_CASE_REF")
	}
}

test_never_7_the_icc_sees_both if {
	court := decide(object.union(account, {"requester": fixture.icc}))
	court.both == true
	fixture.says(court, "name.family", "imposed", "released")
	fixture.says(court, "listing.url", "imposed", "released")
	prosecutor := decide(account)
	prosecutor.both == false
	fixture.withheld(prosecutor, "listing.url", "imposed", "SUP_LINKAGE")
}

test_audit_gives_the_least if {
	decision := decide(fixture.question("AUDIT", fixture.partner, fixture.origin))
	says(decision, {
		"record.record_id": "generalised",
		"birth.sex": "released",
		"birth.age": "generalised",
		"name.family": "withheld",
		"evidence.icc_ref": "withheld",
	})
	decision.obligations == ["no_onward_transfer", "delete_by=P30D"]
}

test_nobody_is_shown_both_by_a_refused_question if {
	decide(fixture.but(icrc, ["agreement"], "no")).both == false
}

test_break_glass_is_reviewed if {
	decision := decide(fixture.but(partner, ["approval"], {"documents": "yes"}))
	fixture.says(decision, "documents.passport_no", "original", "released")
	decision.obligations == ["no_onward_transfer", "delete_by=P90D", "human_review"]
	waiting := decide(fixture.but(partner, ["approval"], {"documents": "waiting"}))
	fixture.withheld(waiting, "documents.passport_no", "original", "BG_PENDING")
	waiting.obligations == ["no_onward_transfer", "delete_by=P90D"]
}

test_a_photo_is_marked if {
	decide(icrc).obligations == ["no_onward_transfer", "delete_by=P90D", "watermark"]
}
