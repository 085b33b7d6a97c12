# METADATA
# title: The question
# description: >-
#   What must hold of a question whatever record it is about. Every rule says
#   when something is permitted; what is unknown or missing permits nothing.
# custom:
#   legal_basis: GDPR 5(1)(b), 5(2)
package homeward.question

import data.homeward.matrix

# METADATA
# title: Never 2, nothing to a prohibited party
# description: Neither side may be prohibited or suspended, and the registry must say that they are not.
# custom:
#   legal_basis: GDPR 46(1); Geneva Convention IV 49
parties if {
	input.requester.prohibited == false
	input.requester.suspended == false
	input.holder.prohibited == false
	input.holder.suspended == false
}

# METADATA
# title: Never 14, no purpose against the child
# description: The purposes that exist. None of them is criminal, immigration or military.
# custom:
#   legal_basis: CRC 3; GDPR 5(1)(b)
purpose if input.purpose in {"MATCH", "TRACE", "RETURN"}

# METADATA
# title: The purpose fits the recipient and the officer
# description: The matrix has a row for this recipient, and the person who acts does such work.
# custom:
#   legal_basis: GDPR 29, 32(4)
role if {
	matrix.row
	input.officer.role in {"case_officer", "tracing_officer"}
}

# METADATA
# title: Never 13, no agreement, no answer
# description: An agreement between holder and requester is in force for this purpose.
# custom:
#   legal_basis: GDPR 46
agreement if input.agreement == "yes"

# METADATA
# title: Never 8, no wildcard, no query by name alone
# description: >-
#   A name with a birth date, an oblast of birth or a document; or a document
#   with a birth date. Sex narrows a question and does not make one.
# custom:
#   legal_basis: GDPR 5(1)(c)
narrow if {
	input.question.wildcard == "no"
	some name in input.question.by
	name in {"full", "given", "patronymic", "family"}
	some detail in input.question.by
	detail in {"born", "birth_oblast", "document"}
}

narrow if {
	input.question.wildcard == "no"
	"document" in input.question.by
	"born" in input.question.by
}

# METADATA
# title: The question is about one child
# description: >-
#   It has criteria that are narrow enough and no link, or a link and no
#   criteria of its own, so that a link for one child is not spent on another.
# custom:
#   legal_basis: GDPR 5(1)(c)
one_child if {
	input.question.linked == "no"
	narrow
}

one_child if {
	input.question.linked == "yes"
	input.question.criteria == "no"
}

# METADATA
# title: Every field that was asked for exists
# description: A question for a field that the schema does not have is refused, so that its author notices.
# custom:
#   legal_basis: GDPR 5(1)(d)
fields if input.question.fields_known == "yes"

# METADATA
# title: The question is let in
# description: All of the above hold.
# custom:
#   legal_basis: GDPR 5(2)
permitted if {
	parties
	purpose
	role
	agreement
	one_child
	fields
}

# METADATA
# title: Why the question is refused
# description: The first of the above that does not hold. It depends on the question alone, so the requester is told.
# custom:
#   legal_basis: GDPR 5(2)
refusal := "DENY_PROHIBITED_PARTY" if {
	not parties
} else := "SUP_PURPOSE" if {
	not purpose
} else := "SUP_ROLE" if {
	not role
} else := "SUP_NO_AGREEMENT" if {
	not agreement
} else := "DENY_BULK" if {
	not one_child
} else := "SUP_NOT_REQUESTED" if {
	not fields
}

# METADATA
# title: The link holds
# description: >-
#   A question without a link needs none here (the matrix says where it does).
#   One with a link is answered only if the link is valid and names a record of
#   this holder or an identity that is narrow enough.
# custom:
#   legal_basis: GDPR 5(1)(b)
linked if input.question.linked == "no"

linked if {
	input.question.linked == "yes"
	input.link == "yes"
	input.question.record == "yes"
}

linked if {
	input.question.linked == "yes"
	input.link == "yes"
	narrow
}

# METADATA
# title: Never 7, who may see both identities
# description: >-
#   Imposed and original identity together are for the authority of origin, the
#   ICRC and the ICC, or for a go-ahead. Everybody else sees the one that was asked by.
# custom:
#   legal_basis: CRC 8(2)
both if matrix.recipient in {"authority_of_origin", "icrc", "icc"}

both if input.go_ahead == "yes"

# METADATA
# title: Columns that the nevers leave alone
# description: Whatever the matrix says, current (never 1) and evidence (never 4) need the two rules below.
# custom:
#   legal_basis: CRC 3
columns contains column if some column in {
	"id_min",
	"names_birth",
	"documents",
	"family",
	"photo",
	"separation",
	"protection",
	"origin_only",
	"kind",
}

# METADATA
# title: Never 1, no whereabouts to an NGO, to the public or for MATCH
# description: Except to the authority of origin.
# custom:
#   legal_basis: CRC 3, 16
columns contains "current" if matrix.recipient == "authority_of_origin"

columns contains "current" if {
	matrix.recipient in {"partner_government", "unicef", "icrc"}
	input.purpose in {"TRACE", "RETURN"}
}

# METADATA
# title: Never 4, no evidence for TRACE
# description: Evidence is read for RETURN alone; the purposes that need more of it come with their rows.
# custom:
#   legal_basis: GDPR 5(1)(b)
columns contains "evidence" if input.purpose == "RETURN"

# METADATA
# title: How a column opens
# description: As the matrix says, where the nevers leave the column alone.
# custom:
#   legal_basis: GDPR 5(1)(b),(c)
opens := {column: mode |
	some column, word in matrix.row.cells
	mode := matrix.how[word]
	column in columns
}

# METADATA
# title: Why a column does not open
# description: The code of its word; the kind of an assertion has a code of its own.
# custom:
#   legal_basis: GDPR 5(2)
closed := object.remove(object.union(codes, {"kind": {"SUP_ASSERTION_KIND"}}), opens)

# METADATA
# title: The code of every column
# description: As the matrix says, whether the column opens or not.
# custom:
#   legal_basis: GDPR 5(2)
codes := {column: {matrix.reason[word]} | some column, word in matrix.row.cells}

# METADATA
# title: Cells that open, and how
# description: A cell has the leaves of one column and one identity.
# custom:
#   legal_basis: GDPR 5(1)(b)
cells := {i: mode |
	some i, cell in data.homeward.schema.cells
	mode := opens[cell.group]
}

# METADATA
# title: Cells that open in full
# description: Every leaf of these says its value.
# custom:
#   legal_basis: GDPR 5(1)(b)
whole := {i | some i, mode in cells; mode == "full"}

# METADATA
# title: Cells that open generalised
# description: >-
#   Each leaf of these takes the last generalisation that it lists (less). One
#   that lists none says its value if its class is official, and else nothing.
# custom:
#   legal_basis: GDPR 5(1)(c)
coarse := {i | some i, mode in cells; mode == "generalised"}

# METADATA
# title: Leaves of each cell that were asked for
# description: The star stands for a question that names no fields and so asks for all.
# custom:
#   legal_basis: GDPR 5(1)(c)
asked := [cell.paths | some cell in data.homeward.schema.cells] if {
	everything
} else := [object.filter(cell.paths, input.question.fields) | some cell in data.homeward.schema.cells] if {
	is_object(input.question.fields)
} else := [{} | some _ in data.homeward.schema.cells]

# METADATA
# title: The question asks for everything
# description: It names no fields.
# custom:
#   legal_basis: GDPR 5(1)(c)
everything if input.question.fields["*"] == true
