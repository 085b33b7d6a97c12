package homeward.matrix

# METADATA
# title: RETURN by the authority of origin
# description: >-
#   The child's own authority brings it home, and sees what that needs; evidence
#   generalised.
# custom:
#   legal_basis: GDPR 6(1)(c),(e), 9(2)(g); CRC 8, 10, 11
#   plain:
#     en: The authority of the child's own country sees the whole record, because it is the one that brings the child home.
#     uk: Орган країни, з якої походить дитина, бачить увесь запис, бо саме він повертає дитину додому.
row := {
	"basis": "GDPR 6(1)(c),(e); 9(2)(g)",
	"cells": {
		"id_min": "generalised",
		"names_birth": "full",
		"documents": "full",
		"family": "full",
		"photo": "full",
		"separation": "full",
		"current": "full",
		"protection": "full",
		"evidence": "generalised",
		"origin_only": "full",
		"kind": "both_identities",
	},
	"duties": ["no_onward_transfer"],
} if {
	input.purpose == "RETURN"
	recipient == "authority_of_origin"
}

# METADATA
# title: RETURN by a partner government
# description: >-
#   Only with a case link of the authority of origin (or of the holder), and
#   nothing without one; the photo only with a go-ahead, documents only by
#   break-glass.
# custom:
#   legal_basis: GDPR 6(1)(e), 46(2)(a); CRC 10, 11
#   plain:
#     en: A partner government that helps a child home sees the name and general circumstances if a case link names this child, and nothing without it.
#     uk: Уряд-партнер, який допомагає повернути дитину, бачить ім'я та загальні обставини, якщо посилання на справу називає саме цю дитину, а без нього нічого.
row := {
	"basis": "GDPR 6(1)(e); 46(2)(a)",
	"cells": {
		"id_min": "link_generalised",
		"names_birth": "link",
		"documents": "break_glass",
		"family": "link_generalised",
		"photo": "go_ahead",
		"separation": "link_generalised",
		"current": "link_generalised",
		"protection": "never",
		"evidence": "never",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": ["no_onward_transfer", "delete_by=P90D"],
} if {
	input.purpose == "RETURN"
	recipient == "partner_government"
}

# METADATA
# title: RETURN by a transit mediator
# description: >-
#   It is sent what the journey needs and cannot query. Only with a case link,
#   and beyond the pseudonym only what the authority of origin gives a go-ahead
#   for: names, the travel document, the guardian's status, the photo; the
#   whereabouts by break-glass; one fact by a need code.
# custom:
#   legal_basis: GDPR 6(1)(e), 49(1)(d),(f) case by case; CRC 10, 11
#   plain:
#     en: A mediator who takes a child home cannot ask for anything and is sent only what the journey needs, most of it only with the go-ahead of the authority of origin.
#     uk: Посередник, який везе дитину додому, не може нічого запитувати, і йому надсилають лише потрібне для дороги, здебільшого тільки з дозволу органу походження.
row := {
	"basis": "GDPR 6(1)(e); 49(1)(d),(f)",
	"cells": {
		"id_min": "link_generalised",
		"names_birth": "go_ahead",
		"documents": "go_ahead_travel_document",
		"family": "go_ahead_guardian",
		"photo": "go_ahead",
		"separation": "never",
		"current": "break_glass",
		"protection": "need",
		"evidence": "never",
		"origin_only": "never",
		"kind": "both_identities",
	},
	"duties": [
		"no_onward_transfer",
		"delete_by=P30D",
		"encrypt_to",
		"return_receipt",
	],
} if {
	input.purpose == "RETURN"
	recipient == "mediator"
}
