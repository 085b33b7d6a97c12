package decide

import (
	"slices"
	"strings"
)

// usual is an input that lets as much through as its row gives, of the form that
// the engine writes (with what a plan reads beside it).
func usual(purpose, requester, holder string, linked bool) map[string]any {
	party := func(id string) map[string]any {
		kind := id
		if strings.HasPrefix(id, "gov") {
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
	all := make(map[string]any)
	for _, c := range Columns() {
		all[c] = "yes"
	}
	return map[string]any{
		"purpose": purpose, "officer": map[string]any{"role": "case_officer"},
		"requester": party(requester), "holder": party(holder),
		"agreement": "yes", "link": yesNo(linked), "go_ahead": all, "approval": all, "icrc_release": "no", "attested": "yes", "need": "medication",
		"linked": yesNo(linked), "lead": yesNo(linked),
		"question": map[string]any{
			"by": []any{"family", "born"}, "wildcard": "no", "linked": yesNo(linked), "criteria": yesNo(!linked),
			"record": yesNo(linked), "push": "no", "fields_known": "yes", "fields": map[string]any{"*": true},
		},
		"known": map[string]any{"name": "no", "photo": "no"},
		"record": map[string]any{
			"own": map[string]any{"*": map[string]any{"original": "yes", "imposed": "yes"}, "name.family": map[string]any{"original": "yes"}},
			"matched": "original", "count": 1, "flags": flags, "age": child, "icrc_origin": "no",
			"consent": map[string]any{
				"for_tracing": "no", "disclose_to_others": "no", "for_services": "yes", "services_refused": "no", "deny_details": "no", "fresh": "no",
			},
		},
		"disclosed": disclosed,
	}
}

func scenarios() []map[string]any {
	return []map[string]any{
		usual("MATCH", "gov-pl", "gov-ua", false),
		usual("TRACE", "icrc", "gov-ua", false),
		usual("TRACE", "unicef", "gov-ua", false),
		usual("RETURN", "gov-ua", "icrc", false),
		usual("RETURN", "gov-pl", "gov-de", true),
	}
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
			return []any{"government", "unicef", "icrc", "ngo"}
		case "purpose":
			return []any{"MATCH", "TRACE", "RETURN", "CARE"}
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
