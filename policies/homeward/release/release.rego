# METADATA
# title: Release
# description: >-
#   The verdict on every leaf and identity of one record: released, generalised
#   or withheld. A leaf is opened by the matrix, kept by the guards, and shown of
#   the identity that was asked by.
# custom:
#   legal_basis: CRC 3; GDPR 5(1)(c), 25
package homeward.release

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: The decision
# description: >-
#   verdicts in the order of data.homeward.schema.fields; both, if the recipient
#   may see both identities; obligations that travel with the answer.
# custom:
#   legal_basis: GDPR 5(2)
decision := {
	"verdicts": [verdict(field) | some field in data.homeward.schema.fields],
	"both": both,
	"obligations": obligations,
}

default both := false

both if question.both

# METADATA
# title: Never 7, identities that are shown
# description: The one that the question matched; both to those who may see both.
# custom:
#   legal_basis: CRC 8(2)
identities contains input.record.matched if input.record.matched in {"original", "imposed"}

identities contains identity if {
	some identity in {"original", "imposed"}
	question.both
	input.record.matched in {"original", "imposed"}
}

# METADATA
# title: Whether the identity of a leaf is shown
# description: Pseudonym, sex and reliability band speak of the child and of neither identity.
# custom:
#   legal_basis: CRC 8(2)
shown(field) if field.identity in identities

shown(field) if {
	field.path in {"record.record_id", "record.reliability_band", "birth.sex"}
	count(identities) > 0
}

# METADATA
# title: Guards that do not hold
# description: By column, and by the leaves that have guards of their own.
# custom:
#   legal_basis: GDPR 25
missing[group] := (of_every | object.get(of_column, group, set())) - holds if {
	some group in data.homeward.schema.groups
}

missing_of[path] := guards - holds if some path, guards in of_leaf

# METADATA
# title: A leaf that leaves
# description: Every guard before it holds, its identity is shown, and it was asked for.
# custom:
#   legal_basis: GDPR 25
leaves(field) if {
	count(missing[field.group]) == 0
	count(object.get(missing_of, field.path, set())) == 0
	shown(field)
	question.requested(field.path)
}

# METADATA
# title: The verdict on a leaf
# description: Withheld, unless it leaves and its column opens.
# custom:
#   legal_basis: GDPR 5(1)(c)
verdict(field) := {
	"path": field.path,
	"identity": field.identity,
	"verdict": "released",
	"reasons": ["OK_FULL"],
	"basis": matrix.row.basis,
} if {
	question.says(field) == ""
	leaves(field)
} else := {
	"path": field.path,
	"identity": field.identity,
	"verdict": "generalised",
	"to": question.says(field),
	"reasons": [generalised_code[question.says(field)]],
	"basis": matrix.row.basis,
} if {
	leaves(field)
} else := {
	"path": field.path,
	"identity": field.identity,
	"verdict": "withheld",
	"reasons": why(field),
}

# METADATA
# title: Reason codes of the generalisations
# description: Each way to say less under the code that is nearest to it.
# custom:
#   legal_basis: GDPR 5(2)
generalised_code := {
	"pseudonym": "GEN_EXISTS",
	"initials": "GEN_INITIALS",
	"year": "GEN_YEAR",
	"month": "GEN_YEAR",
	"quarter": "GEN_YEAR",
	"band": "GEN_BAND",
	"oblast": "GEN_OBLAST",
	"raion": "GEN_OBLAST",
	"country": "GEN_COUNTRY",
	"controlled_area": "GEN_COUNTRY",
	"exists": "GEN_EXISTS",
	"last_two": "GEN_EXISTS",
	"count": "GEN_EXISTS",
	"yes_no": "GEN_EXISTS",
	"type": "GEN_EXISTS",
}
