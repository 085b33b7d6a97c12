package homeward.matrix

# METADATA
# title: CARE by a service organisation or a government
# description: >-
#   Whoever cares for a child sees names, birth, and family and separation in
#   general terms; where the child is only if the authority of origin says that
#   it is the organisation's own site; one fact by a need code. All of it needs
#   consent, or a go-ahead where nobody was asked for consent.
# custom:
#   legal_basis: GDPR 6(1)(a),(d), 9(2)(a),(c); CRC 3, 20, 24
#   plain:
#     en: An organisation that cares for a child sees what care needs, if somebody entitled to it has consented, or the authority of origin has given its go-ahead and nobody has refused.
#     uk: Організація, яка дбає про дитину, бачить потрібне для догляду, якщо є згода того, хто має право її давати, або дозвіл органу походження і ніхто не відмовив.
row := {
	"basis": "consent: GDPR 6(1)(a); 9(2)(a)",
	"basis_without_consent": "GDPR 6(1)(d); 9(2)(c)",
	"cells": {
		"id_min": "generalised",
		"names_birth": "full",
		"documents": "never",
		"family": "generalised",
		"photo": "never",
		"separation": "generalised",
		"current": "own_site",
		"protection": "need",
		"evidence": "never",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": ["no_onward_transfer", "delete_by=P90D", "notify_origin"],
} if {
	input.purpose == "CARE"
	recipient in {"ngo", "partner_government"}
}
