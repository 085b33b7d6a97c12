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
#   plain:
#     en: These conditions stand before every field of a record.
#     uk: Ці умови стоять перед кожним полем запису.
of_every := {"question", "linked", "few", "not_held", "details", "not_frozen", "provenance"}

# METADATA
# title: Guards of a column
# description: Beside those of every field.
# custom:
#   legal_basis: CRC 3; GDPR 25
#   plain:
#     en: The photo and the whereabouts each have a condition of their own.
#     uk: Фото й місце перебування мають кожне власну умову.
of_column := {
	"photo_alone": {"photo"},
	"no_captor": {"current"},
}

# METADATA
# title: Guards of a leaf
# description: And the leaves that each stands before.
# custom:
#   legal_basis: CRC 3; GDPR 25
#   plain:
#     en: Single fields, such as the family's phone, have a condition of their own.
#     uk: Окремі поля, наприклад телефон родини, мають власну умову.
of_leaf := {
	"at_site": {
		"current.location",
		"current.care_type",
	},
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
		"evidence.source_urls",
		"listing.url",
		"family.guardian_status",
		"current.caregiver",
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
#   plain:
#     en: The holder's record of the decision names each condition that was not met.
#     uk: У записі рішення в тримача названо кожну невиконану умову.
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
	"at_site": "SUP_ORIGIN_CONTROL",
	"family_place": "SUP_LOCATION_FLAG",
	"publicity": "SUP_PUBLICITY",
	"consent": "SUP_CONSENT_ABSENT",
}

# METADATA
# title: The question is let in
# description: Nevers 2, 8, 13 and 14 once more, after the record was read.
# custom:
#   legal_basis: GDPR 5(1)(b)
#   plain:
#     en: No field of any record is given for a question that is not permitted.
#     uk: На недозволений запит не видають жодного поля жодного запису.
holds contains "question" if question.permitted

# METADATA
# title: The link holds
# description: Or the question needs none.
# custom:
#   legal_basis: GDPR 5(1)(b)
#   code: DENY_NO_CASE_REF
#   plain:
#     en: A question that presents a case link is answered only if that link is valid.
#     uk: На запит із посиланням на справу відповідають, лише якщо це посилання чинне.
holds contains "linked" if question.linked

# METADATA
# title: Never 8, at most five records an answer
# description: The number of records that matched, and it must be known.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   code: DENY_BULK
#   plain:
#     en: An answer shows five children at most, because more would be a list and not a child.
#     uk: Відповідь показує щонайбільше п'ятьох дітей, бо більше — це вже список, а не дитина.
holds contains "few" if {
	is_number(input.record.count)
	input.record.count <= 5
}

# METADATA
# title: Never 15, a child on hold is answered as absent
# description: By every holder that knows of the hold, to everybody.
# custom:
#   legal_basis: CRC 3
#   code: SUP_HOLD
#   plain:
#     en: While the authority of origin keeps a child on hold, every holder answers as if it did not know the child.
#     uk: Доки орган походження тримає дитину під захистом, кожен тримач відповідає так, ніби не знає її.
holds contains "not_held" if input.record.flags.hold_by_origin == "no"

# METADATA
# title: Never 9, deny_details beats every allow
# description: For everybody but the authority of origin.
# custom:
#   legal_basis: CRC 12, 16; GDPR 21
#   code: SUP_DENY_DETAILS
#   plain:
#     en: If the child or the family asked that no details be given, only the authority of origin receives any.
#     uk: Якщо дитина чи родина просила не давати подробиць, їх отримує лише орган походження.
holds contains "details" if matrix.recipient == "authority_of_origin"

holds contains "details" if input.record.consent.deny_details == "no"

# METADATA
# title: Never 11, a grown-up who is safe and reachable decides alone
# description: The record is frozen until there is fresh consent. A missing person stays traceable after 18.
# custom:
#   legal_basis: CRC 1, 12; GDPR 6(1)(a)
#   code: SUP_ADULT
#   plain:
#     en: Whoever has turned eighteen, is safe and can be reached decides alone whether anything is given.
#     uk: Кому виповнилося вісімнадцять, хто в безпеці й на зв'язку, той сам вирішує, чи щось видавати.
holds contains "not_frozen" if input.record.age == "child"

holds contains "not_frozen" if input.record.flags.safe_and_reachable == "no"

holds contains "not_frozen" if input.record.consent.fresh == "yes"

# METADATA
# title: Never 9, whereabouts and the captor
# description: A current location needs captor_risk explicitly false, except to the authority of origin.
# custom:
#   legal_basis: CRC 3, 35
#   code: SUP_CAPTOR_RISK
#   plain:
#     en: Where a child is now is told only if it is known that this does not put the child at its captor's mercy.
#     uk: Де дитина зараз, кажуть, лише якщо відомо, що це не зробить її вразливою перед тими, хто її утримує.
holds contains "no_captor" if matrix.recipient == "authority_of_origin"

holds contains "no_captor" if input.record.flags.captor_risk == "no"

# METADATA
# title: Never 1, an organisation's own site
# description: >-
#   For CARE the whereabouts are those of a child who is at the site that the
#   go-ahead names, as the record itself says. Which site that is the gateway
#   compares; a go-ahead that names none is for no child.
# custom:
#   legal_basis: CRC 3, 16; GDPR 5(1)(c)
#   code: SUP_ORIGIN_CONTROL
#   plain:
#     en: For care, where a child is now is told only of a child who is at the organisation's own site, the one that the go-ahead names.
#     uk: Для догляду місце перебування називають лише про дитину, яка є у власному закладі організації, вказаному в дозволі.
holds contains "at_site" if input.purpose in {"MATCH", "FOUND", "TRACE", "RETURN", "ACCOUNTABILITY", "AUDIT"}

holds contains "at_site" if input.record.at_site == "yes"

# METADATA
# title: Never 5, where and how the family is reached
# description: >-
#   Needs location_protected explicitly false, for everybody. The last address
#   of the child counts: the family often lives there still.
# custom:
#   legal_basis: CRC 16; GDPR 5(1)(f)
#   code: SUP_LOCATION_FLAG
#   plain:
#     en: The family's phone and place are given only if it is recorded that they need no protection.
#     uk: Телефон і місце проживання родини видають, лише якщо записано, що вони не потребують захисту.
holds contains "family_place" if input.record.flags.location_protected == "no"

# METADATA
# title: Never 10, photo and free text
# description: Need publicity_forbidden explicitly false, for everybody.
# custom:
#   legal_basis: CRC 16
#   code: SUP_PUBLICITY
#   plain:
#     en: Photo and free text are given only if it is recorded that publicity is not forbidden.
#     uk: Фото й вільний текст видають, лише якщо записано, що розголос не заборонено.
holds contains "publicity" if input.record.flags.publicity_forbidden == "no"

# METADATA
# title: Consent gates CARE alone
# description: Valid consent to services. The other purposes rest on other grounds.
# custom:
#   legal_basis: GDPR 6(1)(a), 9(2)(a); CRC 12, 20
#   code: SUP_CONSENT_ABSENT
#   plain:
#     en: Care needs the consent of somebody entitled to give it, and a guardian appointed by the captor is not.
#     uk: Для догляду потрібна згода того, хто має право її давати, а призначений викрадачем опікун такого права не має.
holds contains "consent" if input.purpose in {"MATCH", "FOUND", "TRACE", "RETURN", "ACCOUNTABILITY", "AUDIT"}

holds contains "consent" if input.record.consent.for_services == "yes"

# METADATA
# title: Columns for which a go-ahead takes the place of consent
# description: >-
#   Where nobody was asked for consent to CARE, those for which the authority of
#   origin gives its go-ahead (6(1)(d), 9(2)(c)). An explicit refusal is never
#   overridden: the file must be known to hold none.
# custom:
#   legal_basis: GDPR 6(1)(d), 9(2)(c); CRC 3
#   code: SUP_CONSENT_ABSENT
#   plain:
#     en: Where nobody could be asked, the authority of origin may allow what care needs, but it cannot override a refusal.
#     uk: Якщо запитати було нікого, орган походження може дозволити потрібне для догляду, але відмови він не скасовує.
vouched := {column |
	input.record.consent.services_refused == "no"
	some column, "yes" in input.go_ahead
}

# METADATA
# title: Consent does not object to a column
# description: It holds, or a go-ahead takes its place.
# custom:
#   legal_basis: GDPR 6(1)(a),(d)
#   plain:
#     en: There is consent, or a go-ahead in its place.
#     uk: Є згода або дозвіл на її місці.
vouched_for(_) if "consent" in holds

vouched_for(column) if column in vouched
