# METADATA
# title: Admission
# description: >-
#   Before any record is looked for: whether the question is let in, and which
#   leaves may be read for it. What could not be released is not read.
# custom:
#   legal_basis: GDPR 5(1)(c), 25
package homeward.admit

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: The decision
# description: >-
#   admitted, or refusal (told to the requester); the paths that may be read;
#   reason (for the ledger) why none is; pending if a person must decide first;
#   tell_origin if a hit is told to the authority of origin.
# custom:
#   legal_basis: GDPR 5(2)
decision := {
	"admitted": true,
	"refusal": "",
	"reason": reason,
	"paths": paths,
	"pending": pending,
	"tell_origin": tell_origin,
} if {
	question.permitted
} else := {
	"admitted": false,
	"refusal": question.refusal,
	"reason": "",
	"paths": [],
	"pending": false,
	"tell_origin": false,
}

# METADATA
# title: Leaves that may be read
# description: Those that were asked for and that this question opens, whatever the record says.
# custom:
#   legal_basis: GDPR 5(1)(c)
openable contains field.path if {
	question.linked
	some field in data.homeward.schema.fields
	question.says(field)
}

paths := [path | some path in openable; question.requested(path)]

# METADATA
# title: Why nothing may be read
# description: Empty if something may be, and for MATCH, whose hit goes to the authority of origin.
# custom:
#   legal_basis: GDPR 5(2)
reason := "" if {
	count(paths) > 0
} else := "" if {
	tell_origin
} else := "SUP_NOT_REQUESTED" if {
	count(openable) > 0
} else := "DENY_NO_CASE_REF" if {
	not question.linked
} else := "DENY_NO_CASE_REF" if {
	"link" in {cell | some cell in matrix.row.cells}
	not "link" in matrix.full
} else := "SUP_PURPOSE"

# METADATA
# title: A person must decide first
# description: No purpose of this policy waits for a person.
# custom:
#   legal_basis: GDPR 22
default pending := false

# METADATA
# title: A hit is told to the authority of origin
# description: MATCH answers nobody else.
# custom:
#   legal_basis: CRC 8; Geneva Convention IV 50
default tell_origin := false

tell_origin if input.purpose == "MATCH"
