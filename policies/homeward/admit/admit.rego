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
	"notify_always": false,
} if {
	question.permitted
} else := {
	"admitted": false,
	"refusal": question.refusal,
	"reason": "",
	"paths": [],
	"pending": false,
	"tell_origin": false,
	"notify_always": false,
}

# METADATA
# title: Leaves that this question opens
# description: By cell, whatever the record says and whatever was asked for.
# custom:
#   legal_basis: GDPR 5(1)(c)
openable contains {"cell": i, "paths": data.homeward.schema.paths[i]} if {
	question.linked
	some i in question.whole
}

openable contains {"cell": i, "paths": way.paths} if {
	question.linked
	some i in question.coarse
	some way in data.homeward.schema.cells[i].less
}

openable contains {"cell": i, "paths": data.homeward.schema.cells[i].official} if {
	question.linked
	some i in question.coarse
	data.homeward.schema.cells[i].official != {}
}

# METADATA
# title: Leaves that may be read
# description: Those that the question opens and asks for.
# custom:
#   legal_basis: GDPR 5(1)(c)
paths := [path |
	some part in openable
	some path, _ in object.filter(part.paths, question.asked[part.cell])
]

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
	some word in matrix.row.cells
	word == "link"
	not matrix.how("names_birth", word)
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
