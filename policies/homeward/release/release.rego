# METADATA
# title: Release
# description: >-
#   The verdict on every leaf and identity of one record: released, generalised
#   or withheld. A leaf is opened by the matrix, kept by the guards, and shown of
#   the identity that was asked by. Leaves that have one verdict stand in one
#   line. A cell is the leaves of one column and one identity.
# custom:
#   legal_basis: CRC 3; GDPR 5(1)(c), 25
package homeward.release

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: The decision
# description: >-
#   lists of lines that together name every path and identity of the schema once; both, if
#   the recipient may see both identities; obligations that travel with the answer.
# custom:
#   legal_basis: GDPR 5(2)
decision := {
	"lines": [released, official, generalised, withheld, unable, unasked, excepted],
	"both": both,
	"obligations": obligations,
}

# METADATA
# title: Who may see both identities
# description: By default nobody.
# custom:
#   legal_basis: CRC 8(2)
default both := false

both if question.both

# METADATA
# title: Never 7, identities that are shown
# description: >-
#   The one that the question matched; both to those who may see both. Pseudonym,
#   sex and reliability band speak of the child, so of either identity.
# custom:
#   legal_basis: CRC 8(2)
shown contains input.record.matched if input.record.matched in {"original", "imposed"}

shown contains identity if {
	input.record.matched in {"original", "imposed"}
	question.both
	some identity in {"original", "imposed"}
}

shown contains "either" if input.record.matched in {"original", "imposed"}

# METADATA
# title: Cells that leave
# description: Their column opens, every guard of every field and of the column holds, their identity is shown.
# custom:
#   legal_basis: GDPR 25
leaves contains i if {
	of_every - holds == set()
	some i, _ in question.cells
	cell := data.homeward.schema.cells[i]
	cell.speaks in shown
	not cell.group in kept
}

# METADATA
# title: Columns whose guards do not hold
# description: Of the guards of the column itself.
# custom:
#   legal_basis: GDPR 25
kept contains column if {
	some column, guards in of_column
	guards - holds != set()
}

# METADATA
# title: Leaves whose own guards do not hold
# description: No verdict on their cell holds for them.
# custom:
#   legal_basis: GDPR 25
barred := union({paths | some guard, paths in of_leaf; not guard in holds})

# METADATA
# title: Leaves of each cell that were asked for and that no guard of their own keeps
# description: The lines below divide these; the other leaves have lines of their own.
# custom:
#   legal_basis: GDPR 5(1)(c)
rest := question.asked if {
	barred == set()
} else := [object.remove(paths, barred) | some paths in question.asked]

# METADATA
# title: Lines that are released
# description: The value itself, where the column opens in full.
# custom:
#   legal_basis: GDPR 5(1)(b)
released := [line |
	some i in (question.whole & leaves)
	line := {
		"paths": rest[i],
		"identity": data.homeward.schema.cells[i].identity,
		"verdict": "released",
		"reasons": {"OK_FULL"},
		"basis": matrix.row.basis,
	}
]

# METADATA
# title: Lines of official leaves that cannot say less
# description: The value itself, in a column that opens generalised.
# custom:
#   legal_basis: GDPR 5(1)(c)
official := [line |
	some i in (question.coarse & leaves)
	cell := data.homeward.schema.cells[i]
	line := {
		"paths": object.filter(rest[i], cell.official),
		"identity": cell.identity,
		"verdict": "released",
		"reasons": {"OK_FULL"},
		"basis": matrix.row.basis,
	}
]

# METADATA
# title: Lines that are generalised
# description: Less than the value.
# custom:
#   legal_basis: GDPR 5(1)(c)
generalised := [line |
	some i in (question.coarse & leaves)
	cell := data.homeward.schema.cells[i]
	some way in cell.less
	line := {
		"paths": object.filter(rest[i], way.paths),
		"identity": cell.identity,
		"verdict": "generalised",
		"to": way.to,
		"reasons": {generalised_code[way.to]},
		"basis": matrix.row.basis,
	}
]

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
