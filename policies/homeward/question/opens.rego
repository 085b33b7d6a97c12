package homeward.question

import data.homeward.matrix

# METADATA
# title: Columns that the nevers leave alone
# description: Whatever the matrix says, current (never 1) and evidence (never 4) need the rules below.
# custom:
#   legal_basis: CRC 3
#   plain:
#     en: Most parts of the record follow the table alone; whereabouts and evidence have rules of their own.
#     uk: Більшість частин запису відкриває сама таблиця, а для місця перебування й доказів є окремі правила.
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
# description: Except to the authority of origin; a go-ahead may open an organisation's own site.
# custom:
#   legal_basis: CRC 3, 16
#   code: SUP_PURPOSE
#   plain:
#     en: Where a child is now is told to no NGO and never for a match, unless it is the organisation's own site and the authority of origin agrees.
#     uk: Де дитина зараз, не кажуть жодній громадській організації й ніколи під час зіставлення, хіба що це власний заклад організації й орган походження дозволив.
columns contains "current" if matrix.recipient == "authority_of_origin"

columns contains "current" if {
	matrix.recipient in {"partner_government", "unicef", "icrc", "mediator", "icc", "prosecutor"}
	input.purpose in {"TRACE", "RETURN", "CARE", "ACCOUNTABILITY"}
}

columns contains "current" if {
	matrix.recipient == "ngo"
	input.purpose == "CARE"
	input.go_ahead.current == "yes"
}

# METADATA
# title: Never 4, no evidence for TRACE
# description: >-
#   Evidence is read for RETURN by the authority of origin, and for
#   ACCOUNTABILITY with a referral.
# custom:
#   legal_basis: GDPR 5(1)(b)
#   code: SUP_PURPOSE
#   plain:
#     en: Evidence of what was done to a child is for the authority of origin and for a court or prosecutor with a referral.
#     uk: Докази того, що вчинили з дитиною, призначено для органу походження та для суду чи прокурора з дорученням.
columns contains "evidence" if {
	input.purpose == "RETURN"
	matrix.recipient == "authority_of_origin"
}

columns contains "evidence" if {
	input.purpose == "ACCOUNTABILITY"
	input.link == "yes"
}

# METADATA
# title: A row that begins with a link opens nothing without one
# description: >-
#   Such a question is answered as for a child nobody knows. For ACCOUNTABILITY the
#   link is the referral (never 4): without it not even the state of the tracing is told.
# custom:
#   legal_basis: GDPR 5(1)(b), 46(2)(a); Rome Statute 54
#   code: DENY_NO_CASE_REF
#   plain:
#     en: Where the table asks for a case link or a referral, nothing at all is told without it.
#     uk: Де таблиця вимагає посилання на справу чи доручення, без нього не кажуть нічого.
bound if matrix.row.cells.id_min in {"full", "generalised", "go_ahead_generalised", "never"}

bound if input.link == "yes"

# METADATA
# title: How a column opens
# description: As the matrix says, where the nevers leave the column alone.
# custom:
#   legal_basis: GDPR 5(1)(b),(c)
#   plain:
#     en: A part of the record opens as the table says, unless one of the nevers keeps it closed.
#     uk: Частина запису відкривається, як каже таблиця, якщо її не закриває жодна із заборон.
opens := {column: mode |
	bound
	some column, word in matrix.row.cells
	mode := matrix.how(column, word)
	column in columns
}

# METADATA
# title: Parts of columns that open
# description: Each in full; the rest of its column stays as it is.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: A narrow permission opens its few fields and nothing beside them.
#     uk: Вузький дозвіл відкриває свої кілька полів і нічого понад них.
parts contains part if {
	bound
	some column, word in matrix.row.cells
	part := matrix.part(column, word)
	column in columns
}

# METADATA
# title: Why a column does not open
# description: The code of its word.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: Each part of the record that stays closed has a recorded reason, which its word in the table gives.
#     uk: Кожна частина запису, що лишається закритою, має занотовану причину, яку дає її слово в таблиці.
closed := {column: matrix.reason[word] |
	some column, word in matrix.row.cells
	not opens[column]
}

# METADATA
# title: The link holds
# description: >-
#   A question without a link needs none here (the matrix says where it does).
#   One with a link is answered only if the link is valid and names a record of
#   this holder or an identity that is narrow enough.
# custom:
#   legal_basis: GDPR 5(1)(b)
#   code: DENY_NO_CASE_REF
#   plain:
#     en: A case link counts only if it is signed by the authority of origin or the holder, names this child, and has not ended.
#     uk: Посилання на справу діє, лише якщо його підписав орган походження або тримач, воно називає цю дитину і строк його не минув.
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
# title: The question asks for everything
# description: It names no fields.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: A question that names no fields asks for all that it may have.
#     uk: Запит, що не називає полів, просить усе, на що має право.
everything if input.question.fields["*"] == true
