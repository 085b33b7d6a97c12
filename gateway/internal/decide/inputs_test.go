package decide

import (
	"cmp"
	"slices"
	"strings"
)

// usual is an input that lets as much through as its row gives, of the form that
// the engine writes (with what a plan reads beside it).
func usual(purpose, requester, holder string, linked bool) map[string]any {
	party := func(id string) map[string]any {
		kind, _, _ := strings.Cut(id, "-")
		if kind == "gov" {
			kind = "government"
		}
		return map[string]any{
			"id": id, "kind": kind, "authority_of_origin": id == "gov-ua", "prohibited": false, "suspended": false,
		}
	}
	flags, disclosed := make(map[string]any), make(map[string]any)
	for _, f := range []string{"location_protected", "publicity_forbidden", "litigation_hold", "captor_risk", "hold_by_origin", "safe_and_reachable"} {
		flags[f] = "no"
	}
	for _, g := range groups() {
		disclosed[g] = map[string]any{"original": "no", "imposed": "no"}
	}
	every := func(word string) map[string]any {
		all := make(map[string]any)
		for _, c := range Columns() {
			all[c] = word
		}
		return all
	}
	role := map[string]string{"ACCOUNTABILITY": "investigator", "AUDIT": "legal_reviewer"}[purpose]
	return map[string]any{
		"purpose": purpose, "officer": map[string]any{"role": cmp.Or(role, "case_officer")},
		"requester": party(requester), "holder": party(holder),
		"agreement": "yes", "link": yesNo(linked), "go_ahead": every("yes"), "approval": every("yes"), "icrc_release": "no", "attested": "yes", "mandate": "yes", "need": "medication",
		"linked": yesNo(linked), "lead": yesNo(linked), "go_ahead_names": yesNo(linked), "agreement_names": "yes",
		"question": map[string]any{
			"by": []any{"family", "born"}, "wildcard": "no", "linked": yesNo(linked), "criteria": yesNo(!linked),
			"record": yesNo(linked), "push": "yes", "fields_known": "yes", "fields": map[string]any{"*": true},
		},
		"known": map[string]any{"name": "no", "photo": "no"},
		"record": map[string]any{
			"own":     map[string]any{"*": map[string]any{"original": "yes", "imposed": "yes"}, "name.family": map[string]any{"original": "yes"}},
			"matched": "original", "count": 1, "flags": flags, "age": child, "icrc_origin": "no", "at_site": "yes",
			"consent": map[string]any{
				"for_tracing": "no", "disclose_to_others": "no", "for_services": "yes", "services_refused": "no", "deny_details": "no", "fresh": "no",
			},
		},
		"disclosed": disclosed,
		"received":  map[string]any{"photo": pair("no"), "names_birth": pair("no"), "evidence": pair("no")},
		"arriving":  every("no"),
	}
}

// scenarios has one for every row, and what else opens in a way of its own.
func scenarios() []map[string]any {
	unasked := usual("CARE", "gov-pl", "unicef", false)
	unasked["record"].(map[string]any)["consent"].(map[string]any)["for_services"] = "unknown"
	foreign := usual("RETURN", "gov-ua", "gov-de", false)
	foreign["record"].(map[string]any)["own"] = map[string]any{
		"name.full": pair("yes"), "name.given": pair("yes"), "name.patronymic": pair("yes"), "name.family": pair("yes"),
		"birth.birth_date": pair("yes"), "physical.photo": map[string]any{"original": "yes"},
	}
	foreign["question"].(map[string]any)["fields"] = map[string]any{"name.family": true, "name.nickname": true, "physical.photo": true}
	return []map[string]any{
		usual("MATCH", "gov-pl", "gov-ua", false),
		usual("FOUND", "gov-pl", "gov-ua", false),
		usual("TRACE", "icrc", "gov-ua", false),
		usual("TRACE", "unicef", "gov-ua", false),
		usual("RETURN", "gov-ua", "icrc", false),
		usual("RETURN", "gov-pl", "gov-de", true),
		usual("RETURN", "mediator-1", "gov-ua", true),
		usual("CARE", "ngo-1", "unicef", false),
		usual("ACCOUNTABILITY", "icc", "gov-ua", true),
		usual("ACCOUNTABILITY", "prosecutor-1", "icrc", true),
		usual("AUDIT", "gov-pl", "gov-ua", false),
		unasked, foreign,
	}
}

func pair(word string) map[string]any {
	return map[string]any{"original": word, "imposed": word}
}

// values that a leaf may have; "unknown" and nothing at all are tried against each.
func (p spot) values() []any {
	switch v := p.in[p.key].(type) {
	case bool:
		return []any{true, false}
	case string:
		switch p.key {
		case "matched":
			return []any{"original", "imposed"}
		case "age":
			return []any{child, adult}
		case "kind":
			return []any{"government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"}
		case "role":
			return []any{"case_officer", "investigator", "legal_reviewer"}
		case "need":
			return []any{"medication", "disability_aid", "language"}
		case "purpose":
			return []any{"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT", "SIGHTING"}
		}
		if v == "yes" || v == "no" {
			return []any{"yes", "no"}
		}
	case int:
		return []any{1, 6}
	case []any:
		return []any{v, []any{"family"}}
	case map[string]any:
		if p.key == "fields" {
			return []any{v, map[string]any{"name.family": true, "physical.photo": true, "flags.captor_risk": true}}
		}
	}
	return []any{p.in[p.key]}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// spot is one leaf, or one whole part, of an input.
type spot struct {
	in  map[string]any
	key string
}

func spots(in map[string]any) []spot {
	keys := make([]string, 0, len(in))
	for k := range in {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []spot
	for _, k := range keys {
		out = append(out, spot{in, k})
		if sub, ok := in[k].(map[string]any); ok {
			out = append(out, spots(sub)...)
		}
	}
	return out
}
