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

both if input.go_ahead.kind == "yes"
