package homeward.release

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: Why a leaf is withheld
# description: >-
#   Every reason that there is, sorted, for the ledger of the holder alone:
#   codes leak flags. There is always one.
# custom:
#   legal_basis: GDPR 5(2)
why(field) := sort(((unopened(field) | kept(field)) | unseen(field)) | unasked(field))

# METADATA
# title: The matrix does not open it
# description: The cell's own code; SUP_PURPOSE for a leaf that cannot say less, and SUP_ROLE without a row.
# custom:
#   legal_basis: GDPR 5(2)
unopened(field) := set() if {
	question.says(field)
} else := {"SUP_ASSERTION_KIND"} if {
	field.path == "assertion.kind"
} else := {matrix.closed[field.group]} if {
	true
} else := {"SUP_ROLE"}

# METADATA
# title: Guards that keep it
# description: The code of each guard that does not hold; for the question the reason of its refusal.
# custom:
#   legal_basis: GDPR 5(2)
kept(field) := {said(guard) | some guard in missing[field.group]} | {said(guard) |
	some guard in object.get(missing_of, field.path, set())
}

said(guard) := code[guard]

said("question") := question.refusal

# METADATA
# title: Another identity than the one asked by
# description: Its verdicts are in the ledger and not in the answer.
# custom:
#   legal_basis: GDPR 5(2)
unseen(field) := set() if {
	shown(field)
} else := {"SUP_LINKAGE"}

# METADATA
# title: Not asked for
# description: The question named fields, and this is none of them.
# custom:
#   legal_basis: GDPR 5(2)
unasked(field) := set() if {
	question.requested(field.path)
} else := {"SUP_NOT_REQUESTED"}

# METADATA
# title: What the recipient must do
# description: >-
#   Never 2: nothing is passed on. Everybody but the authority of origin deletes
#   within the period, counted from the answer.
# custom:
#   legal_basis: GDPR 5(1)(b),(e), 44
obligations := array.concat(["no_onward_transfer"], [o | some o in kept_for])

kept_for contains "delete_by=P90D" if matrix.recipient != "authority_of_origin"
