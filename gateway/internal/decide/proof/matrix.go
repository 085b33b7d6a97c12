package proof

// columns of the matrix, in the order in which the domain prints them. What
// stands in none of them goes to the authority of origin alone.
func columns() []string {
	return []string{"id_min", "names_birth", "documents", "family", "photo", "separation", "current", "protection", "evidence"}
}

// row is one line of the matrix: a cell for each of the columns. F full, G
// generalised, B break-glass, L with a case link, - never.
type row struct {
	purpose, recipient string
	cells              [9]string
}

// matrix is the table "Purpose x recipient x field class" as the domain prints it.
func matrix() []row {
	return []row{
		{"MATCH", "partner_government", [9]string{"-", "-", "-", "-", "-", "-", "-", "-", "-"}},
		{"FOUND", "partner_government", [9]string{"origin acts: G", "origin acts: F", "-", "-", "-", "-", "-", "origin acts: need code", "-"}},
		{"TRACE", "icrc", [9]string{"F", "F", "B", "F", "F", "F", "G", "-", "-"}},
		{"TRACE", "unicef", [9]string{"F", "F", "-", "G", "-", "F", "G", "G", "-"}},
		{"RETURN", "authority_of_origin", [9]string{"F", "F", "F", "F", "F", "F", "F", "F", "G"}},
		{"RETURN", "partner_government", [9]string{"L", "L", "B", "L->G", "go-ahead", "L->G", "L->G", "-", "-"}},
		{"RETURN", "mediator", [9]string{"L", "go-ahead", "go-ahead: travel document", "go-ahead: guardian", "go-ahead", "-", "B", "need code", "-"}},
		{"CARE", "ngo", [9]string{"F", "F", "-", "G", "-", "G", "go-ahead: own site", "need code", "-"}},
		{"CARE", "partner_government", [9]string{"F", "F", "-", "G", "-", "G", "go-ahead: own site", "need code", "-"}},
		{"ACCOUNTABILITY", "icc", [9]string{"F", "F", "B", "G", "go-ahead", "F", "G", "G", "F"}},
		{"ACCOUNTABILITY", "prosecutor", [9]string{"F", "F", "B", "G", "go-ahead", "F", "G", "G", "F"}},
		{"AUDIT", "legal_reviewer", [9]string{"G", "-", "-", "-", "-", "-", "-", "-", "decisions only"}},
	}
}
