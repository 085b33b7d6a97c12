package homeward.matrix

# METADATA
# title: MATCH by a partner government
# description: >-
#   "Do you know this child?" is answered to nobody but the authority of origin,
#   who may answer the partner with a case link.
# custom:
#   legal_basis: GDPR 6(1)(e); CRC 8
#   plain:
#     en: A partner government that asks whether a child is known gets no field, because a hit is told to the authority of origin, which decides what follows.
#     uk: Уряд-партнер, який запитує, чи відома дитина, не отримує жодного поля, бо про збіг дізнається орган походження, і він вирішує, що далі.
row := {
	"basis": "GDPR 6(1)(e); CRC 8",
	"cells": {
		"id_min": "never",
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
	"duties": ["no_onward_transfer"],
} if {
	input.purpose == "MATCH"
	recipient == "partner_government"
}

# METADATA
# title: FOUND by a partner government
# description: >-
#   The child is with them, as a named officer attests. Until the authority of
#   origin acts nothing opens, since the reply is the same for hit and miss;
#   then, column by column, the pseudonym and the age band, names and birth, and
#   the fact that a need code names.
# custom:
#   legal_basis: GDPR 6(1)(d); CRC 3, 9
#   plain:
#     en: A government that has a child with it learns who the child is only after the authority of origin has given its go-ahead, and the authority of origin is told at once.
#     uk: Уряд, у якого перебуває дитина, дізнається, хто вона, лише після дозволу органу походження, а сам орган походження дізнається одразу.
row := {
	"basis": "GDPR 6(1)(d); CRC 3, 9",
	"cells": {
		"id_min": "go_ahead_generalised",
		"names_birth": "go_ahead",
		"documents": "never",
		"family": "never",
		"photo": "never",
		"separation": "never",
		"current": "never",
		"protection": "go_ahead_need",
		"evidence": "never",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": ["no_onward_transfer", "delete_by=P30D", "notify_origin"],
} if {
	input.purpose == "FOUND"
	recipient == "partner_government"
}

# METADATA
# title: TRACE by the ICRC
# description: >-
#   Tracing by the Central Tracing Agency. Documents only by break-glass;
#   protection data and evidence never.
# custom:
#   legal_basis: Geneva Convention IV 26, 140; ICRC Rules on Personal Data Protection
#   plain:
#     en: The ICRC, which traces families, sees names, family, photo and separation, documents only after two approvals, and never evidence or protection data.
#     uk: МКЧХ, який розшукує родини, бачить імена, родину, фото й обставини розлучення, документи лише після двох схвалень, а докази й дані про захист ніколи.
row := {
	"basis": "ICRC rules; vital or public interest",
	"cells": {
		"id_min": "generalised",
		"names_birth": "full",
		"documents": "break_glass",
		"family": "full",
		"photo": "full",
		"separation": "full",
		"current": "generalised",
		"protection": "never",
		"evidence": "never",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": ["no_onward_transfer", "delete_by=P90D"],
} if {
	input.purpose == "TRACE"
	recipient == "icrc"
}

# METADATA
# title: TRACE by UNICEF
# description: >-
#   Family tracing. Family, whereabouts and protection data generalised;
#   documents, photo and evidence never.
# custom:
#   legal_basis: CRC 45; UN Personal Data Protection and Privacy Principles
#   plain:
#     en: UNICEF, which traces families, sees names and separation, and the family, whereabouts and protection only in general terms.
#     uk: ЮНІСЕФ, який розшукує родини, бачить імена й обставини розлучення, а родину, місце перебування й захист лише узагальнено.
row := {
	"basis": "UN rules",
	"cells": {
		"id_min": "generalised",
		"names_birth": "full",
		"documents": "never",
		"family": "generalised",
		"photo": "never",
		"separation": "full",
		"current": "generalised",
		"protection": "generalised",
		"evidence": "never",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": ["no_onward_transfer", "delete_by=P90D"],
} if {
	input.purpose == "TRACE"
	recipient == "unicef"
}
