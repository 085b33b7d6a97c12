# METADATA
# title: Whom to ask
# description: >-
#   The question says who is being sought, so asking is a decision too. It goes
#   to the authority of origin, UNICEF and the ICRC; any other holder is asked
#   only if a lead of the case link names it. The input has one holder.
# custom:
#   legal_basis: GDPR 5(1)(c), 5(1)(f)
package homeward.plan

import data.homeward.question

# METADATA
# title: The decision
# description: Whether this holder is asked, and why, in a word that people read.
# custom:
#   legal_basis: GDPR 5(2)
decision := {"asked": asked, "reason": reason}

# METADATA
# title: A holder that may know of any child
# description: The authority of origin, UNICEF and the ICRC, and whoever a lead names.
# custom:
#   legal_basis: GDPR 5(1)(c)
chosen := "authority of origin" if {
	input.holder.kind == "government"
	input.holder.authority_of_origin == true
} else := "asked about every child" if {
	input.holder.kind in {"unicef", "icrc"}
} else := "named by a lead of the case link" if {
	input.linked == "yes"
	input.lead == "yes"
}

# METADATA
# title: Another participant
# description: Nobody asks itself through the federation.
# custom:
#   legal_basis: GDPR 5(1)(c)
another if input.holder.id != input.requester.id

# METADATA
# title: Asked
# description: By default nobody is.
# custom:
#   legal_basis: GDPR 5(1)(c)
default asked := false

asked if {
	question.parties
	question.purpose
	question.role
	question.agreement
	another
	chosen
}

# METADATA
# title: Why
# description: The reason to ask, or the first reason not to.
# custom:
#   legal_basis: GDPR 5(2)
reason := chosen if {
	asked
} else := "a prohibited or suspended party" if {
	not question.parties
} else := "no such purpose" if {
	not question.purpose
} else := "the purpose is not for this recipient or officer" if {
	not question.role
} else := "no agreement in force" if {
	not question.agreement
} else := "the requester itself" if {
	not another
} else := "no lead of a case link names it"
