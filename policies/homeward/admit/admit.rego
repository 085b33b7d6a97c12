# METADATA
# title: Admission
# description: >-
#   Before any record is looked for: whether the question is let in, and which
#   leaves may be read for it. What could not be released is not read.
# custom:
#   legal_basis: GDPR 5(1)(c), 25
#   plain:
#     en: What could not be given out is not even read.
#     uk: Чого не можна видати, того навіть не читають.
package homeward.admit

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: The decision
# description: >-
#   admitted, or refusal (told to the requester); the paths that may be read;
#   reason (for the ledger) why none is; pending if a person must decide first;
#   break_glass, the columns that people can open in an emergency; tell_origin if a
#   hit is told to the authority of origin; notify_always if it is told of the
#   question, hit or miss.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: A question is let in or refused, and what may be read for it is fixed before anybody looks.
#     uk: Запит приймають або відхиляють, а що для нього можна читати, визначено ще до пошуку.
decision := {
	"admitted": true,
	"refusal": "",
	"reason": reason,
	"paths": paths,
	"pending": pending,
	"break_glass": break_glass,
	"tell_origin": tell_origin,
	"notify_always": notify_always,
} if {
	question.permitted
} else := {
	"admitted": false,
	"refusal": question.refusal,
	"reason": "",
	"paths": [],
	"pending": false,
	"break_glass": [],
	"tell_origin": false,
	"notify_always": false,
}

# METADATA
# title: Leaves that this question opens
# description: By column and part, whatever the record says and whatever was asked for.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: Only fields that the table opens for this purpose and recipient are ever read.
#     uk: Читають лише ті поля, які таблиця відкриває для цієї мети й цього запитувача.
openable := array.concat(
	[data.homeward.schema.columns[column].readable[mode] | some column, mode in question.opens],
	[paths | some part in question.parts; some paths in data.homeward.schema.parts[part].paths],
) if {
	question.linked
} else := []

# METADATA
# title: Leaves that may be read
# description: Those that the question opens and asks for.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: Of those, only the fields that were asked for.
#     uk: А з них лише ті поля, про які запитали.
paths := [path | some part in openable; some path, _ in part] if {
	question.everything
} else := [path |
	is_object(input.question.fields)
	some part in openable
	some path, _ in object.filter(part, input.question.fields)
]

# METADATA
# title: Why nothing may be read
# description: >-
#   Empty if something may be, and where a hit or the question is told to the
#   authority of origin, so that a record is looked for.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: Where nothing may be read, the record of the decision says why.
#     uk: Якщо читати не можна нічого, у записі рішення сказано чому.
reason := "" if {
	count(paths) > 0
} else := "" if {
	tell_origin
} else := "" if {
	notify_always
} else := "SUP_NOT_REQUESTED" if {
	count(object.union_n(openable)) > 0
} else := "DENY_NO_CASE_REF" if {
	not question.linked
} else := "DENY_NO_CASE_REF" if {
	not question.bound
} else := "SUP_PURPOSE"

# METADATA
# title: Columns that break-glass can open
# description: Those whose cell says so. To ask for another by break-glass opens nothing, and is no use of it.
# custom:
#   legal_basis: GDPR 49(1)(f)
#   plain:
#     en: Only a few parts of the record can be opened in an emergency, and the table says which.
#     uk: В екстреному порядку можна відкрити лише кілька частин запису, і які саме, каже таблиця.
break_glass := [column | some column, "break_glass" in matrix.row.cells]

# METADATA
# title: A person must decide first
# description: >-
#   Break-glass was asked for on a column whose cell is break-glass, and two
#   organisations have not both approved yet. It depends on the question alone,
#   so it tells nothing of any child.
# custom:
#   legal_basis: GDPR 22, 49(1)(f)
#   code: BG_PENDING
#   plain:
#     en: An emergency request for documents waits until two organisations have decided, whether or not the child is known.
#     uk: Екстрений запит на документи чекає рішення двох організацій, незалежно від того, чи відома дитина.
default pending := false

pending if {
	question.linked
	question.bound
	some column in break_glass
	input.approval[column] == "waiting"
	column in question.columns
}

# METADATA
# title: A hit is told to the authority of origin
# description: MATCH answers nobody else.
# custom:
#   legal_basis: CRC 8; Geneva Convention IV 50
#   plain:
#     en: When a search matches, the authority of origin is told and the searcher is not.
#     uk: Коли є збіг, про нього дізнається орган походження, а не той, хто шукав.
default tell_origin := false

tell_origin if input.purpose == "MATCH"

# METADATA
# title: The question is told to the authority of origin
# description: FOUND, hit or miss; the reply is the same for both.
# custom:
#   legal_basis: CRC 8, 9; Geneva Convention IV 50
#   plain:
#     en: When a government reports that a child is with it, the authority of origin is told at once.
#     uk: Коли уряд повідомляє, що дитина в нього, орган походження дізнається про це одразу.
default notify_always := false

notify_always if input.purpose == "FOUND"
