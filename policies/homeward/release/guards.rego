package homeward.release

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: Guards of every field
# description: >-
#   A field leaves only if all the guards that stand before it hold; they are
#   below. A guard whose input is unknown or missing does not hold.
# custom:
#   legal_basis: CRC 3; GDPR 25
of_every := {"question", "linked", "few", "not_held", "details", "not_frozen", "provenance"}

# METADATA
# title: Guards of a column
# description: Beside those of every field.
# custom:
#   legal_basis: CRC 3; GDPR 25
of_column := {
	"photo": {"photo_alone"},
	"current": {"no_captor"},
}

# METADATA
# title: Guards of a leaf
# description: And the leaves that each stands before.
# custom:
#   legal_basis: CRC 3; GDPR 25
of_leaf := {
	"family_place": {
		"family.members.phone",
		"family.members.current_location",
		"origin.last_address",
	},
	"publicity": {
		"physical.photo",
		"physical.photo_sha256",
		"physical.perceptual_hash",
		"physical.marks",
		"protection.concerns",
		"protection.disability",
		"protection.military_training",
		"consent.child_views",
		"evidence.custody",
	},
	"name_alone": {
		"name.full",
		"name.given",
		"name.patronymic",
		"name.family",
		"name.nickname",
		"name.other",
		"listing.listed_name",
	},
}

# METADATA
# title: What the ledger says when a guard does not hold
# description: The reason code of each guard.
# custom:
#   legal_basis: GDPR 5(2)
code := {
	"linked": "DENY_NO_CASE_REF",
	"few": "DENY_BULK",
	"not_held": "SUP_HOLD",
	"details": "SUP_DENY_DETAILS",
	"not_frozen": "SUP_ADULT",
	"provenance": "SUP_ORIGIN_CONTROL",
	"photo_alone": "SUP_LINKAGE",
	"name_alone": "SUP_LINKAGE",
	"no_captor": "SUP_CAPTOR_RISK",
	"family_place": "SUP_LOCATION_FLAG",
	"publicity": "SUP_PUBLICITY",
}

# METADATA
# title: The question is let in
# description: Nevers 2, 8, 13 and 14 once more, after the record was read.
# custom:
#   legal_basis: GDPR 5(1)(b)
holds contains "question" if question.permitted

# METADATA
# title: The link holds
# description: Or the question needs none.
# custom:
#   legal_basis: GDPR 5(1)(b)
holds contains "linked" if question.linked

# METADATA
# title: Never 8, at most five records an answer
# description: The number of records that matched, and it must be known.
# custom:
#   legal_basis: GDPR 5(1)(c)
holds contains "few" if {
	is_number(input.record.count)
	input.record.count <= 5
}

# METADATA
# title: Never 15, a child on hold is answered as absent
# description: By every holder that knows of the hold, to everybody.
# custom:
#   legal_basis: CRC 3
holds contains "not_held" if input.record.flags.hold_by_origin == "no"

# METADATA
# title: Never 9, deny_details beats every allow
# description: For everybody but the authority of origin.
# custom:
#   legal_basis: CRC 12, 16; GDPR 21
holds contains "details" if matrix.recipient == "authority_of_origin"

holds contains "details" if input.record.consent.deny_details == "no"

# METADATA
# title: Never 11, a grown-up who is safe and reachable decides alone
# description: The record is frozen until there is fresh consent. A missing person stays traceable after 18.
# custom:
#   legal_basis: CRC 1, 12; GDPR 6(1)(a)
holds contains "not_frozen" if input.record.age == "child"

holds contains "not_frozen" if input.record.flags.safe_and_reachable == "no"

holds contains "not_frozen" if input.record.consent.fresh == "yes"

# METADATA
# title: ICRC-origin data leaves only by the ICRC's release
# description: Its own answer is one.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
holds contains "provenance" if input.holder.kind == "icrc"

holds contains "provenance" if input.icrc_release == "yes"

holds contains "provenance" if input.record.icrc_origin == "no"

# METADATA
# title: Never 9, whereabouts and the captor
# description: A current location needs captor_risk explicitly false, except to the authority of origin.
# custom:
#   legal_basis: CRC 3, 35
holds contains "no_captor" if matrix.recipient == "authority_of_origin"

holds contains "no_captor" if input.record.flags.captor_risk == "no"

# METADATA
# title: Never 5, where and how the family is reached
# description: >-
#   Needs location_protected explicitly false, for everybody. The last address
#   of the child counts: the family often lives there still.
# custom:
#   legal_basis: CRC 16; GDPR 5(1)(f)
holds contains "family_place" if input.record.flags.location_protected == "no"

# METADATA
# title: Never 10, photo and free text
# description: Need publicity_forbidden explicitly false, for everybody.
# custom:
#   legal_basis: CRC 16
holds contains "publicity" if input.record.flags.publicity_forbidden == "no"

# METADATA
# title: Never 6, who may have photo and name
# description: RETURN to the authority of origin, TRACE to the ICRC, or a go-ahead.
# custom:
#   legal_basis: CRC 16; GDPR 9
photo_and_name if {
	input.purpose == "RETURN"
	matrix.recipient == "authority_of_origin"
}

photo_and_name if {
	input.purpose == "TRACE"
	matrix.recipient == "icrc"
}

photo_and_name if input.go_ahead.photo == "yes"

# METADATA
# title: Never 6, a photo without a name, over time
# description: >-
#   The requester got no name of this child before, its question contains none,
#   and its row never gives one: a photo today and the name tomorrow is both.
# custom:
#   legal_basis: CRC 16; GDPR 9
holds contains "photo_alone" if photo_and_name

holds contains "photo_alone" if {
	matrix.row.cells.names_birth == "never"
	input.known.name == "no"
	undisclosed("names_birth")
	undisclosed("evidence")
}

# METADATA
# title: Never 6, a name without a photo, over time
# description: The requester got no photo of this child before.
# custom:
#   legal_basis: CRC 16; GDPR 9
holds contains "name_alone" if photo_and_name

holds contains "name_alone" if {
	input.known.photo == "no"
	undisclosed("photo")
}

# METADATA
# title: A column of which the requester got nothing yet
# description: Of neither identity; a ledger that cannot be read has given everything.
# custom:
#   legal_basis: GDPR 5(1)(c)
undisclosed(group) if {
	input.disclosed[group].original == "no"
	input.disclosed[group].imposed == "no"
}
