package sightings

// SubmitterRoles are the roles of those who may submit a report, follow it, and take it back.
func SubmitterRoles() []string { return []string{"case_officer", "tracing_officer", "supervisor"} }

// TriageRoles are the roles of those who may see what came, and decide on it.
func TriageRoles() []string {
	return []string{"case_officer", "tracing_officer", "supervisor", "duty_officer"}
}
