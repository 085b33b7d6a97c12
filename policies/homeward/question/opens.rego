package homeward.question

import data.homeward.matrix

# METADATA
# title: Columns that the nevers leave alone
# description: Whatever the matrix says, current (never 1) and evidence (never 4) need the two rules below.
# custom:
#   legal_basis: CRC 3
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
# description: Except to the authority of origin.
# custom:
#   legal_basis: CRC 3, 16
columns contains "current" if matrix.recipient == "authority_of_origin"

columns contains "current" if {
	matrix.recipient in {"partner_government", "unicef", "icrc"}
	input.purpose in {"TRACE", "RETURN"}
}

# METADATA
# title: Never 4, no evidence for TRACE
# description: Evidence is read for RETURN alone; the purposes that need more of it come with their rows.
# custom:
#   legal_basis: GDPR 5(1)(b)
columns contains "evidence" if input.purpose == "RETURN"

# METADATA
# title: How a column opens
# description: As the matrix says, where the nevers leave the column alone.
# custom:
#   legal_basis: GDPR 5(1)(b),(c)
opens := {column: mode |
	some column, word in matrix.row.cells
	mode := matrix.how(column, word)
	column in columns
}

# METADATA
# title: Why a column does not open
# description: The code of its word; the kind of an assertion has a code of its own.
# custom:
#   legal_basis: GDPR 5(2)
closed := object.remove(object.union(codes, {"kind": {"SUP_ASSERTION_KIND"}}), opens)

# METADATA
# title: The code of every column
# description: As the matrix says, whether the column opens or not.
# custom:
#   legal_basis: GDPR 5(2)
codes := {column: matrix.reason[word] | some column, word in matrix.row.cells}

# METADATA
# title: Cells that open, and how
# description: A cell has the leaves of one column and one identity.
# custom:
#   legal_basis: GDPR 5(1)(b)
cells := {i: mode |
	some i, cell in data.homeward.schema.cells
	mode := opens[cell.group]
}

# METADATA
# title: Cells that open in full
# description: Every leaf of these says its value.
# custom:
#   legal_basis: GDPR 5(1)(b)
whole := {i | some i, mode in cells; mode == "full"}

# METADATA
# title: Cells that open generalised
# description: >-
#   Each leaf of these takes the last generalisation that it lists (less). One
#   that lists none says its value if its class is official, and else nothing.
# custom:
#   legal_basis: GDPR 5(1)(c)
coarse := {i | some i, mode in cells; mode == "generalised"}

# METADATA
# title: Leaves of each cell that were asked for
# description: The star stands for a question that names no fields and so asks for all.
# custom:
#   legal_basis: GDPR 5(1)(c)
asked := data.homeward.schema.paths if {
	everything
} else := [object.filter(paths, input.question.fields) | some paths in data.homeward.schema.paths] if {
	is_object(input.question.fields)
} else := [{} | some _ in data.homeward.schema.paths]

# METADATA
# title: The question asks for everything
# description: It names no fields.
# custom:
#   legal_basis: GDPR 5(1)(c)
everything if input.question.fields["*"] == true
