package main

import (
	"slices"

	"homeward.example/schemas/catalog"
)

// Words of the matrix that a cell may hold.
func cellWords() []string {
	return []string{
		"full", "generalised", "link", "link_generalised", "go_ahead", "go_ahead_generalised", "go_ahead_need", "go_ahead_guardian",
		"go_ahead_travel_document", "break_glass", "need", "own_site", "both_identities", "one_identity", "never",
	}
}

// kinds of words: a constant is changed to one of its own kind, since another
// would be found by its looks alone.
func kinds() [][]string {
	var leaves []string
	for _, f := range catalog.Fields() {
		leaves = append(leaves, f.Path)
	}
	return [][]string{
		cellWords(),
		{"yes", "no", "unknown"},
		{"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT", "SIGHTING"},
		{"authority_of_origin", "partner_government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator", "legal_reviewer"},
		{"government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"},
		{"case_officer", "tracing_officer", "investigator", "prosecutor", "legal_reviewer", "reviewer"},
		append(catalog.Groups(), "kind"),
		{"original", "imposed", "either"},
		{"released", "generalised", "withheld"},
		{"full", "given", "patronymic", "family", "born", "sex", "birth_oblast", "document"},
		{
			"OK_FULL", "GEN_YEAR", "GEN_BAND", "GEN_OBLAST", "GEN_COUNTRY", "GEN_INITIALS", "GEN_EXISTS", "SUP_PURPOSE", "SUP_ROLE",
			"SUP_CONSENT_ABSENT", "SUP_DENY_DETAILS", "SUP_LOCATION_FLAG", "SUP_CAPTOR_RISK", "SUP_PUBLICITY", "SUP_NO_AGREEMENT",
			"SUP_ORIGIN_CONTROL", "SUP_LINKAGE", "SUP_ADULT", "SUP_NOT_REQUESTED", "SUP_ASSERTION_KIND", "SUP_LOCAL", "SUP_HOLD",
			"DENY_NO_CASE_REF", "DENY_PROHIBITED_PARTY", "DENY_BULK", "BG_PENDING",
		},
		{"child", "adult"},
		{"medication", "disability_aid", "language", "own_site", "guardian", "travel_document"},
		leaves,
	}
}

// kind lists the words of the first kind that has all of some words.
func kind(words ...string) []string {
	for _, k := range kinds() {
		if !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(k, w) }) {
			return k
		}
	}
	return nil
}

// instead is what a constant is changed to: the next word of its kind; a cell of
// the matrix also to the most and the least that there is.
func instead(word string) []string {
	k := kind(word)
	if k == nil {
		return []string{word + "_other"}
	}
	out := []string{k[(slices.Index(k, word)+1)%len(k)]}
	if slices.Contains(cellWords(), word) {
		out = append(out, "full", "never")
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == word })
}
