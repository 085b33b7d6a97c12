# METADATA
# title: The question
# description: >-
#   What must hold of a question whatever record it is about. Every rule says
#   when something is permitted; what is unknown or missing permits nothing.
# custom:
#   legal_basis: GDPR 5(1)(b), 5(2)
#   plain:
#     en: Before anybody looks for a child, the question itself must be permitted.
#     uk: Перш ніж хтось шукатиме дитину, дозволеним має бути сам запит.
package homeward.question

import data.homeward.matrix

# METADATA
# title: Never 2, nothing to a prohibited party
# description: Neither side may be prohibited or suspended, and the registry must say that they are not.
# custom:
#   legal_basis: GDPR 46(1); Geneva Convention IV 49
#   code: DENY_PROHIBITED_PARTY
#   plain:
#     en: Nothing goes to or comes from a party that the registry prohibits or suspends.
#     uk: Нічого не передають стороні, яку реєстр забороняє чи призупиняє, і не приймають від неї.
parties if {
	input.requester.prohibited == false
	input.requester.suspended == false
	input.holder.prohibited == false
	input.holder.suspended == false
}

# METADATA
# title: Never 14 and never 3, no purpose against the child and no answer to sightings
# description: >-
#   The purposes that exist. None of them is criminal, immigration or military
#   against the child. A report of a sighting is no purpose either: no record is
#   looked for, so that its submitter cannot learn whether one exists.
# custom:
#   legal_basis: CRC 3; GDPR 5(1)(b)
#   code: SUP_PURPOSE
#   plain:
#     en: A child's data are used to find, protect and return the child and to account for what was done to it, and for nothing else.
#     uk: Дані дитини використовують, щоб знайти, захистити й повернути її та встановити, що з нею вчинили, і ні для чого іншого.
purpose if input.purpose in {"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT"}

# METADATA
# title: The purpose fits the recipient and the officer
# description: The matrix has a row for this recipient, and the person who acts does such work.
# custom:
#   legal_basis: GDPR 29, 32(4)
#   code: SUP_ROLE
#   plain:
#     en: The person who asks must hold an office that does such work, in an organisation that has this purpose.
#     uk: Той, хто запитує, має обіймати посаду, що виконує таку роботу, в організації, якій властива ця мета.
role if {
	matrix.row
	input.officer.role in officers[input.purpose]
}

# METADATA
# title: Officers of each purpose
# description: The roles that may act for it.
# custom:
#   legal_basis: GDPR 29, 32(4)
#   plain:
#     en: Case and tracing officers search and care, investigators and prosecutors account, legal reviewers audit.
#     uk: Працівники зі справ і розшуку шукають і дбають, слідчі та прокурори розслідують, правові ревізори перевіряють.
officers := {
	"MATCH": {"case_officer", "tracing_officer"},
	"FOUND": {"case_officer", "tracing_officer"},
	"TRACE": {"case_officer", "tracing_officer"},
	"RETURN": {"case_officer", "tracing_officer"},
	"CARE": {"case_officer", "tracing_officer"},
	"ACCOUNTABILITY": {"investigator", "prosecutor"},
	"AUDIT": {"legal_reviewer", "reviewer"},
}

# METADATA
# title: Who may ask
# description: >-
#   Everybody who has a row but a mediator, who is sent what the journey needs
#   (push) and cannot query.
# custom:
#   legal_basis: GDPR 5(1)(c), 49(1)(d)
#   code: SUP_ROLE
#   plain:
#     en: A transit mediator is sent what a journey needs and cannot ask for anything.
#     uk: Посереднику на шляху додому надсилають потрібне для дороги, а запитувати він не може.
asks if matrix.recipient in {
	"authority_of_origin",
	"partner_government",
	"unicef",
	"icrc",
	"ngo",
	"icc",
	"prosecutor",
	"legal_reviewer",
}

asks if {
	matrix.recipient == "mediator"
	input.question.push == "yes"
}

# METADATA
# title: A child that was found is with the requester
# description: For FOUND a named officer attests it; the other purposes need no such word.
# custom:
#   legal_basis: CRC 9; GDPR 5(1)(d)
#   code: SUP_ROLE
#   plain:
#     en: Whoever reports that a child is with them does so by name.
#     uk: Хто повідомляє, що дитина в нього, засвідчує це своїм іменем.
attested if input.purpose in {"MATCH", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT"}

attested if input.attested == "yes"

# METADATA
# title: A reviewer has a mandate
# description: >-
#   AUDIT is for reviewers whom an agreement in the signed registry names, at the
#   holders that their mandate covers. A court or prosecutor looks into a case by a
#   referral and not by a review, and a mediator cannot query. The other purposes
#   need no mandate.
# custom:
#   legal_basis: GDPR 5(2), 29, 57(1)(h)
#   code: SUP_ROLE
#   plain:
#     en: A legal reviewer looks only where a mandate in the signed registry names the reviewer's organisation and covers this holder.
#     uk: Правовий ревізор перевіряє лише там, де мандат у підписаному реєстрі називає його організацію й охоплює цього тримача.
mandated if input.purpose in {"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY"}

mandated if {
	input.mandate == "yes"
	input.requester.kind in {"government", "unicef", "icrc", "ngo"}
}

# METADATA
# title: Never 13, no agreement, no answer
# description: An agreement between holder and requester is in force for this purpose.
# custom:
#   legal_basis: GDPR 46
#   code: SUP_NO_AGREEMENT
#   plain:
#     en: Two organisations exchange data only under an agreement between them that is in force for this purpose.
#     uk: Дві організації обмінюються даними лише за чинною між ними угодою для цієї мети.
agreement if input.agreement == "yes"

# METADATA
# title: Never 8, no wildcard, no query by name alone
# description: >-
#   A name with a birth date, an oblast of birth or a document; or a document
#   with a birth date. Sex narrows a question and does not make one.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   code: DENY_BULK
#   plain:
#     en: A question must describe one child narrowly, since a name alone or a pattern would be a search through many.
#     uk: Запит має вузько описувати одну дитину, бо саме лише ім'я чи шаблон — це пошук серед багатьох.
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
#   code: DENY_BULK
#   plain:
#     en: A question either describes a child or presents a link for that child, and never both.
#     uk: Запит або описує дитину, або подає посилання на її справу, але не те й інше разом.
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
#   code: SUP_NOT_REQUESTED
#   plain:
#     en: A question that names a field which does not exist is refused, so that whoever wrote it notices.
#     uk: Запит, що називає неіснуюче поле, відхиляють, аби його автор це помітив.
fields if input.question.fields_known == "yes"

# METADATA
# title: The question is let in
# description: All of the above hold.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: A question is let in once every condition above is met.
#     uk: Запит приймають, коли виконано всі наведені вище умови.
permitted if {
	parties
	purpose
	role
	asks
	attested
	mandated
	agreement
	one_child
	fields
}

# METADATA
# title: Why the question is refused
# description: The first of the above that does not hold. It depends on the question alone, so the requester is told.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: A refused question is told the first condition that it does not meet, which says nothing of any child.
#     uk: На відхилений запит повідомляють першу невиконану умову, і вона нічого не каже про жодну дитину.
refusal := "DENY_PROHIBITED_PARTY" if {
	not parties
} else := "SUP_PURPOSE" if {
	not purpose
} else := "SUP_ROLE" if {
	not role
} else := "SUP_ROLE" if {
	not asks
} else := "SUP_ROLE" if {
	not attested
} else := "SUP_ROLE" if {
	not mandated
} else := "SUP_NO_AGREEMENT" if {
	not agreement
} else := "DENY_BULK" if {
	not one_child
} else := "SUP_NOT_REQUESTED" if {
	not fields
}
