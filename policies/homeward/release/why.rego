package homeward.release

import data.homeward.question

# METADATA
# title: Lines that are withheld
# description: >-
#   Cells that do not leave or whose column does not open. The reasons are for
#   the ledger of the holder alone: codes leak flags.
# custom:
#   legal_basis: GDPR 5(1)(c), 5(2)
withheld := [line |
	some i, reasons in why
	line := {
		"paths": rest[i],
		"identity": data.homeward.schema.cells[i].identity,
		"verdict": "withheld",
		"reasons": reasons,
	}
]

# METADATA
# title: Lines of leaves that can say nothing
# description: Their column opens generalised, and they have no generalisation.
# custom:
#   legal_basis: GDPR 5(1)(c)
unable := [line |
	some i in (question.coarse & leaves)
	cell := data.homeward.schema.cells[i]
	line := {
		"paths": object.filter(rest[i], cell.nothing),
		"identity": cell.identity,
		"verdict": "withheld",
		"reasons": {"SUP_PURPOSE"},
	}
]

# METADATA
# title: Lines of leaves that were not asked for
# description: With the other reasons there would have been.
# custom:
#   legal_basis: GDPR 5(1)(c)
unasked := [line |
	not question.everything
	some i, paths in question.asked
	all := data.homeward.schema.paths[i]
	paths != all
	line := {
		"paths": object.remove(all, paths),
		"identity": data.homeward.schema.cells[i].identity,
		"verdict": "withheld",
		"reasons": (object.get(why, i, set()) | {"SUP_NOT_REQUESTED"}),
	}
]

# METADATA
# title: Lines of leaves that their own guards keep
# description: Each with the code of its guard beside those of its cell.
# custom:
#   legal_basis: GDPR 5(1)(c), 5(2)
excepted := [line |
	barred != set()
	some i, paths in question.asked
	some path, _ in object.filter(paths, barred)
	own := {code[guard] | some guard, guarded in of_leaf; path in guarded; not guard in holds}
	line := {
		"paths": {path: true},
		"identity": data.homeward.schema.cells[i].identity,
		"verdict": "withheld",
		"reasons": (object.get(why, i, set()) | own),
	}
]

# METADATA
# title: Why a cell is withheld
# description: >-
#   Every reason that there is: a guard does not hold, the matrix does not open
#   the column (the word's own code, SUP_ROLE without a row), or the cell speaks of
#   another identity than the one asked by.
# custom:
#   legal_basis: GDPR 5(2)
why := {i: reasons |
	some i, cell in data.homeward.schema.cells
	not i in leaves
	reasons := of_group[cell.group] | of_identity[cell.speaks]
}

# METADATA
# title: Codes that hold for a column
# description: Why the matrix does not open it, and those of its own guards. There is an entry for each column.
# custom:
#   legal_basis: GDPR 5(2)
of_group := object.union_n([
	{
		"id_min": set(),
		"names_birth": set(),
		"documents": set(),
		"family": set(),
		"photo": set(),
		"separation": set(),
		"current": set(),
		"protection": set(),
		"evidence": set(),
		"origin_only": set(),
		"kind": set(),
	},
	question.closed,
	{column: codes |
		some column, guards in of_column
		unmet := {code[guard] | some guard in (guards - holds)}
		codes := unmet | object.get(question.closed, column, set())
	},
])

# METADATA
# title: Codes that hold for an identity
# description: Those of the guards of every field, and SUP_LINKAGE for one that is not shown (never 7).
# custom:
#   legal_basis: CRC 8(2); GDPR 5(2)
of_identity := {identity: codes |
	some identity in {"original", "imposed", "either"}
	unseen := {"SUP_LINKAGE" | not identity in shown}
	codes := always | unseen
}

# METADATA
# title: Codes that hold for every cell
# description: Of the guards of every field.
# custom:
#   legal_basis: GDPR 5(2)
always := {said(guard) | some guard in (of_every - holds)}

# METADATA
# title: The code of a guard
# description: For the question it is the reason of its refusal.
# custom:
#   legal_basis: GDPR 5(2)
said(guard) := code[guard]

said("question") := question.refusal
