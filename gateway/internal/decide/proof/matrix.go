package proof

// columns of the matrix, in the order in which the domain prints them, and
// everything else, which goes to the authority of origin alone.
func columns() []string {
	return []string{"id_min", "names_birth", "documents", "family", "photo", "separation", "current", "protection", "evidence", "origin_only"}
}

// row is one line of the matrix: a cell for each column. F full, G
// generalised, B break-glass, L with a case link, - never.
type row struct {
	purpose, recipient string
	cells              [10]string
}

// matrix is the table "Purpose x recipient x field class" as the domain prints it.
func matrix() []row {
	return []row{
		{"MATCH", "partner_government", [10]string{"-", "-", "-", "-", "-", "-", "-", "-", "-", "-"}},
		{"FOUND", "partner_government", [10]string{"origin acts: G", "origin acts: F", "-", "-", "-", "-", "-", "origin acts: need code", "-", "-"}},
		{"TRACE", "icrc", [10]string{"F", "F", "B", "F", "F", "F", "G", "-", "-", "-"}},
		{"TRACE", "unicef", [10]string{"F", "F", "-", "G", "-", "F", "G", "G", "-", "-"}},
		{"RETURN", "authority_of_origin", [10]string{"F", "F", "F", "F", "F", "F", "F", "F", "G", "F"}},
		{"RETURN", "partner_government", [10]string{"L", "L", "B", "L->G", "go-ahead", "L->G", "L->G", "-", "-", "-"}},
		{"RETURN", "mediator", [10]string{"L", "go-ahead", "go-ahead: travel document", "go-ahead: guardian", "go-ahead", "-", "B", "need code", "-", "-"}},
		{"CARE", "ngo", [10]string{"F", "F", "-", "G", "-", "G", "go-ahead: own site", "need code", "-", "-"}},
		{"CARE", "partner_government", [10]string{"F", "F", "-", "G", "-", "G", "go-ahead: own site", "need code", "-", "-"}},
		{"ACCOUNTABILITY", "icc", [10]string{"F", "F", "B", "G", "go-ahead", "F", "G", "G", "F", "-"}},
		{"ACCOUNTABILITY", "prosecutor", [10]string{"F", "F", "B", "G", "go-ahead", "F", "G", "G", "F", "-"}},
		{"AUDIT", "legal_reviewer", [10]string{"G", "-", "-", "-", "-", "-", "-", "-", "decisions only", "-"}},
	}
}
