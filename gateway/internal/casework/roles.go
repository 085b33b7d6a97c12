package casework

// RecipientRoles are the roles of those who receive answers, and so must do what
// these oblige to and may confirm that they did.
func RecipientRoles() []string {
	return append([]string{"tracing_officer", "investigator", "prosecutor"}, IssuerRoles()...)
}
