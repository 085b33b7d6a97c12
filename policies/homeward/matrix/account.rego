package homeward.matrix

# METADATA
# title: ACCOUNTABILITY by the ICC or a national prosecutor
# description: >-
#   Only with a referral, which is a case link for this purpose, and nothing
#   without it. Evidence in full; the photo only with a go-ahead, documents only
#   by break-glass. The prosecution of what was done to the child, never of the
#   child.
# custom:
#   legal_basis: GDPR 6(1)(e), 49(1)(d),(e); Rome Statute 54, 68, 93
#   plain:
#     en: A court or prosecutor with a referral for this child sees names, separation and evidence, and nothing without that referral.
#     uk: Суд або прокурор із дорученням щодо цієї дитини бачить імена, обставини розлучення й докази, а без такого доручення нічого.
row := {
	"basis": "GDPR 6(1)(e); 49(1)(d),(e)",
	"cells": {
		"id_min": "link_generalised",
		"names_birth": "link",
		"documents": "break_glass",
		"family": "link_generalised",
		"photo": "go_ahead",
		"separation": "link",
		"current": "link_generalised",
		"protection": "link_generalised",
		"evidence": "link",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": [
		"no_onward_transfer",
		"delete_by=P365D",
		"encrypt_to",
		"return_receipt",
	],
} if {
	input.purpose == "ACCOUNTABILITY"
	recipient in {"icc", "prosecutor"}
}

# METADATA
# title: AUDIT by a legal reviewer
# description: >-
#   Who asked, for what, and what was decided: of the child no more than the
#   pseudonym, the age band and the sex. The decisions themselves are read in
#   the ledger, not in a record.
# custom:
#   legal_basis: GDPR 6(1)(c), 5(2), 57(1)(h)
#   plain:
#     en: A legal reviewer checks decisions and sees a pseudonym, an age band and the sex, and nothing else of the child.
#     uk: Правовий ревізор перевіряє рішення і бачить псевдонім, вікову групу та стать, і нічого більше про дитину.
row := {
	"basis": "GDPR 6(1)(c)",
	"cells": {
		"id_min": "generalised",
		"names_birth": "never",
		"documents": "never",
		"family": "never",
		"photo": "never",
		"separation": "never",
		"current": "never",
		"protection": "never",
		"evidence": "never",
		"origin_only": "never",
		"kind": "one_identity",
	},
	"duties": ["no_onward_transfer", "delete_by=P30D"],
} if {
	input.purpose == "AUDIT"
	recipient == "legal_reviewer"
}
