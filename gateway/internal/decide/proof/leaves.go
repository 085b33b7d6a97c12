package proof

import "sync"

// Identities that a leaf can speak of. Either: it speaks of the child, and what is
// said holds for the identity that was asked by, whichever it is.
const (
	original = "original"
	imposed  = "imposed"
	both     = "both"
	either   = "either"
)

// leaf is one leaf of the record: the column of the matrix that it stands in, the
// identity that it speaks of, and what it says if its column is generalised: the
// last generalisation that the domain lists for it, its value (class O without
// one), or nothing.
type leaf struct{ column, path, speaks, general string }

const (
	value   = "value" // class O: official, so that its value is said
	nothing = ""
)

// leaves is the child record as the domain prints it, column by column.
var leaves = sync.OnceValue(func() []leaf {
	return []leaf{
		{"id_min", "record.record_id", either, "pseudonym"},
		{"id_min", "record.reliability_band", either, value},
		{"id_min", "birth.age", both, "band"},
		{"id_min", "birth.sex", either, value},

		{"names_birth", "name.full", both, "initials"},
		{"names_birth", "name.given", both, "initials"},
		{"names_birth", "name.patronymic", both, "initials"},
		{"names_birth", "name.family", both, "initials"},
		{"names_birth", "name.nickname", both, "initials"},
		{"names_birth", "name.other", both, "initials"},
		{"names_birth", "birth.birth_date", both, "band"},
		{"names_birth", "birth.birth_date_estimated", original, value},
		{"names_birth", "birth.birth_place", both, "country"},
		{"names_birth", "origin.nationality", both, value},
		{"names_birth", "origin.language", original, nothing},
		{"names_birth", "record.status", original, value},
		{"names_birth", "tracing.status", original, nothing},

		{"documents", "documents.national_id", original, "last_two"},
		{"documents", "documents.birth_certificate_no", original, "last_two"},
		{"documents", "documents.passport_no", original, "last_two"},
		{"documents", "documents.imposed_passport_no", imposed, "last_two"},
		{"documents", "documents.icrc_ref", original, nothing},
		{"documents", "documents.unhcr_id", original, nothing},

		{"family", "family.members.relation", original, nothing},
		{"family", "family.members.name", original, nothing},
		{"family", "family.members.alive", original, nothing},
		{"family", "family.members.phone", original, nothing},
		{"family", "family.members.current_location", original, "country"},
		{"family", "family.sibling_record_ids", original, "count"},
		{"family", "family.guardian_status", original, nothing},
		{"family", "origin.last_address", original, "oblast"},

		{"photo", "physical.photo", original, "exists"},
		{"photo", "physical.photo_sha256", original, nothing},
		{"photo", "physical.perceptual_hash", original, nothing},
		{"photo", "physical.eye", original, nothing},
		{"photo", "physical.hair", original, nothing},
		{"photo", "physical.marks", original, nothing},

		{"separation", "separation.date", original, "month"},
		{"separation", "separation.cause", original, nothing},
		{"separation", "separation.place", original, "oblast"},
		{"separation", "displacement.transfer_route", original, "country"},

		{"current", "current.location", original, "controlled_area"},
		{"current", "current.care_type", original, nothing},
		{"current", "current.caregiver", original, nothing},
		{"current", "current.telephone", original, nothing},
		{"current", "current.outside_controlled_area", original, nothing},
		{"current", "displacement.facility_name", original, "type"},
		{"current", "displacement.facility_region", original, "country"},
		{"current", "displacement.facility_type", original, nothing},

		{"protection", "protection.concerns", original, "yes_no"},
		{"protection", "protection.risk_level", original, nothing},
		{"protection", "protection.disability", original, nothing},
		{"protection", "protection.military_training", original, nothing},
		{"protection", "physical.health_group", original, nothing},
		{"protection", "origin.ethnicity", original, nothing},
		{"protection", "origin.religion", original, nothing},
		{"protection", "origin.imposed_citizenship", imposed, "yes_no"},

		{"evidence", "evidence.custody", original, nothing},
		{"evidence", "evidence.source_urls", original, nothing},
		{"evidence", "evidence.icc_ref", original, nothing},
		{"evidence", "listing.source", imposed, nothing},
		{"evidence", "listing.listed_name", imposed, nothing},
		{"evidence", "listing.listed_age", imposed, nothing},
		{"evidence", "listing.url", imposed, nothing},
		{"evidence", "listing.archive_sha256", imposed, nothing},
		{"evidence", "listing.siblings_listed", imposed, nothing},

		{"kind", "assertion.kind", both, nothing},

		{"origin_only", "assertion.provenance", both, nothing},
		{"origin_only", "record.origin_system", original, value},
		{"origin_only", "record.created_at", original, "month"},
		{"origin_only", "record.updated_at", original, "month"},
		{"origin_only", "record.retention_until", original, value},
		{"origin_only", "record.version", original, value},
		{"origin_only", "tracing.matched_request_ids", original, nothing},
		{"origin_only", "tracing.reunified_at", original, "quarter"},
		{"origin_only", "consent.for_tracing.given", original, value},
		{"origin_only", "consent.for_tracing.giver", original, value},
		{"origin_only", "consent.for_tracing.authority", original, value},
		{"origin_only", "consent.for_tracing.date", original, value},
		{"origin_only", "consent.for_tracing.review_date", original, value},
		{"origin_only", "consent.disclose_to_others.given", original, value},
		{"origin_only", "consent.disclose_to_others.giver", original, value},
		{"origin_only", "consent.disclose_to_others.authority", original, value},
		{"origin_only", "consent.disclose_to_others.date", original, value},
		{"origin_only", "consent.disclose_to_others.review_date", original, value},
		{"origin_only", "consent.for_services.given", original, value},
		{"origin_only", "consent.for_services.giver", original, value},
		{"origin_only", "consent.for_services.authority", original, value},
		{"origin_only", "consent.for_services.date", original, value},
		{"origin_only", "consent.for_services.review_date", original, value},
		{"origin_only", "consent.sharing", original, value},
		{"origin_only", "consent.deny_details.given", original, value},
		{"origin_only", "consent.deny_details.giver", original, value},
		{"origin_only", "consent.deny_details.authority", original, value},
		{"origin_only", "consent.deny_details.date", original, value},
		{"origin_only", "consent.deny_details.review_date", original, value},
		{"origin_only", "consent.legitimate_basis", original, value},
		{"origin_only", "consent.child_views", original, nothing},
		{"origin_only", "flags.location_protected", original, nothing},
		{"origin_only", "flags.publicity_forbidden", original, nothing},
		{"origin_only", "flags.litigation_hold", original, nothing},
		{"origin_only", "flags.captor_risk", original, nothing},
		{"origin_only", "flags.hold_by_origin", original, nothing},
		{"origin_only", "flags.safe_and_reachable", original, nothing},
	}
})

var leavesByPath = sync.OnceValue(func() map[string]leaf {
	m := make(map[string]leaf)
	for _, l := range leaves() {
		m[l.path] = l
	}
	return m
})

// leafOf finds a leaf. One that is not in the table is of no column.
func leafOf(path string) leaf { return leavesByPath()[path] }

// identities on which there is a verdict: two for a list of assertions.
func (l leaf) identities() []string {
	switch l.speaks {
	case both:
		return []string{original, imposed}
	case imposed:
		return []string{imposed}
	}
	return []string{original} // what speaks of the child has one verdict
}
