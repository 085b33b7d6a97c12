# METADATA
# title: The matrix
# description: >-
#   Which column of the record each recipient gets for each purpose. A row is
#   one line of the table in domain.md; a column without a cell, and a recipient
#   or a purpose without a row, gets nothing. The cells are: full; generalised
#   (the last generalisation that the leaf lists); link (full with a valid case
#   link, else nothing); link_generalised; go_ahead (full with a go-ahead of the
#   authority of origin); break_glass (full with two approvals); never. The
#   column kind is the kind of an assertion, which tells the identities apart.
#   The column id_min is one fixed set, full or generalised alike: it is written
#   as generalised, since its leaves that cannot say less are official.
# custom:
#   legal_basis: CRC 3
package homeward.matrix

# METADATA
# title: The authority of origin
# description: The government whose children these are, as the signed registry says.
# custom:
#   legal_basis: Geneva Convention IV 50; CRC 8
recipient := "authority_of_origin" if {
	input.requester.kind == "government"
	input.requester.authority_of_origin == true
}

# METADATA
# title: A partner government
# description: Any other government. The registry must say so; a missing entry makes nobody a partner.
# custom:
#   legal_basis: GDPR 46(2)(a)
recipient := "partner_government" if {
	input.requester.kind == "government"
	input.requester.authority_of_origin == false
}

# METADATA
# title: The organisations with a mandate of their own
# description: UNICEF and the International Committee of the Red Cross.
# custom:
#   legal_basis: UN Charter 57; Geneva Conventions, common article 9/10
recipient := input.requester.kind if input.requester.kind in {"unicef", "icrc"}

# METADATA
# title: MATCH by a partner government
# description: >-
#   "Do you know this child?" is answered to nobody but the authority of
#   origin, who may answer the partner with a case link.
# custom:
#   legal_basis: GDPR 6(1)(e); CRC 8
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
		"kind": "never",
	},
} if {
	input.purpose == "MATCH"
	recipient == "partner_government"
}

# METADATA
# title: TRACE by the ICRC
# description: Tracing by the Central Tracing Agency. Documents only by break-glass; protection data and evidence never.
# custom:
#   legal_basis: Geneva Convention IV 26, 140; ICRC Rules on Personal Data Protection
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
		"kind": "full",
	},
} if {
	input.purpose == "TRACE"
	recipient == "icrc"
}

# METADATA
# title: TRACE by UNICEF
# description: Family tracing. Family, whereabouts and protection data generalised; documents, photo and evidence never.
# custom:
#   legal_basis: CRC 45; UN Personal Data Protection and Privacy Principles
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
		"kind": "never",
	},
} if {
	input.purpose == "TRACE"
	recipient == "unicef"
}

# METADATA
# title: RETURN by the authority of origin
# description: The child's own authority brings it home, and sees what that needs; evidence generalised.
# custom:
#   legal_basis: GDPR 6(1)(c),(e); 9(2)(g); CRC 8, 10, 11
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
		"kind": "full",
	},
} if {
	input.purpose == "RETURN"
	recipient == "authority_of_origin"
}

# METADATA
# title: RETURN by a partner government
# description: >-
#   Only with a case link of the authority of origin (or of the holder); the
#   photo only with a go-ahead, documents only by break-glass.
# custom:
#   legal_basis: GDPR 6(1)(e); 46(2)(a); CRC 10, 11
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
		"kind": "go_ahead",
	},
} if {
	input.purpose == "RETURN"
	recipient == "partner_government"
}

# METADATA
# title: How a cell opens
# description: >-
#   By its column and word: full and generalised always, the others when their facts are
#   there. A word that has no value here does not open its cell; never is one that has none.
# custom:
#   legal_basis: GDPR 5(1)(b),(c), 46(2)(a), 49(1)(d),(f); CRC 3
how(_, "full") := "full"

how(_, "generalised") := "generalised"

how(_, "link") := "full" if input.link == "yes"

how(_, "link_generalised") := "generalised" if input.link == "yes"

how(column, "go_ahead") := "full" if input.go_ahead[column] == "yes"

how(column, "break_glass") := "full" if input.approval[column] == "yes"

# METADATA
# title: Why a cell does not open
# description: The reason codes of each word, for the ledger of the holder.
# custom:
#   legal_basis: GDPR 5(2)
reason := {
	"full": {"SUP_PURPOSE"},
	"generalised": {"SUP_PURPOSE"},
	"never": {"SUP_PURPOSE"},
	"link": {"DENY_NO_CASE_REF"},
	"link_generalised": {"DENY_NO_CASE_REF"},
	"go_ahead": {"SUP_ORIGIN_CONTROL"},
	"break_glass": {"BG_PENDING"},
}
