# METADATA
# title: Whom to ask
# description: >-
#   The question says who is being sought, so asking is a decision too. It goes
#   to the authority of origin, UNICEF and the ICRC; any other holder is asked
#   only if somebody names it: a lead of the case link, a go-ahead of the authority
#   of origin beside the link, or an agreement that says that it may be asked. The
#   input has one holder.
# custom:
#   legal_basis: GDPR 5(1)(c), 5(1)(f)
#   plain:
#     en: Even the question tells who is sought, so only those are asked who may know and may be told.
#     uk: Уже сам запит каже, кого шукають, тож питають лише тих, хто може знати й кому можна про це сказати.
package homeward.plan

import data.homeward.question

# METADATA
# title: The decision
# description: Whether this holder is asked, and why, in a word that people read.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: For each holder it is decided, and said, whether it is asked.
#     uk: Про кожного тримача вирішують і кажуть, чи його питають.
decision := {"asked": asked, "reason": reason}

# METADATA
# title: A holder that may know of any child
# description: >-
#   The authority of origin, UNICEF and the ICRC, and whoever a lead, a go-ahead or
#   an agreement names. A go-ahead names a holder for the child of its link.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: The authority of origin, UNICEF and the ICRC are asked about every child, others only where a case link, a go-ahead or an agreement names them.
#     uk: Орган походження, ЮНІСЕФ і МКЧХ питають про кожну дитину, інших — лише якщо їх називає посилання на справу, дозвіл чи угода.
chosen := "authority of origin" if {
	input.holder.kind == "government"
	input.holder.authority_of_origin == true
} else := "asked about every child" if {
	input.holder.kind in {"unicef", "icrc"}
} else := "named by a lead of the case link" if {
	input.linked == "yes"
	input.lead == "yes"
} else := "named by a go-ahead" if {
	input.linked == "yes"
	input.go_ahead_names == "yes"
} else := "named by an agreement" if {
	input.agreement_names == "yes"
}

# METADATA
# title: Another participant
# description: Nobody asks itself through the federation.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: Nobody asks itself.
#     uk: Ніхто не питає сам себе.
another if input.holder.id != input.requester.id

# METADATA
# title: Asked
# description: By default nobody is.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: A holder is asked only if every condition for asking it is met.
#     uk: Тримача питають, лише якщо виконано всі умови для цього.
default asked := false

asked if {
	question.parties
	question.purpose
	question.role
	question.asks
	question.mandated
	question.agreement
	another
	chosen
}

# METADATA
# title: Why
# description: The reason to ask, or the first reason not to.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: Whoever is not asked is listed with the reason.
#     uk: Кого не питають, того перелічено з причиною.
reason := chosen if {
	asked
} else := "a prohibited or suspended party" if {
	not question.parties
} else := "no such purpose" if {
	not question.purpose
} else := "the purpose is not for this recipient or officer" if {
	not question.role
} else := "this recipient is sent what it needs and cannot ask" if {
	not question.asks
} else := "no mandate to review this holder" if {
	not question.mandated
} else := "no agreement in force" if {
	not question.agreement
} else := "the requester itself" if {
	not another
} else := "no lead, go-ahead or agreement names it"
