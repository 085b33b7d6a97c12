package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/ledger"
)

// maxValue is how much of a value a table shows.
const maxValue = 60

// short writes a released value as a person reads it: the values of assertions,
// the parts of a place, and of what is long only how long it is.
func short(raw json.RawMessage) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return "unreadable"
	}
	s := plain(v)
	if cells(s) <= maxValue {
		return s
	}
	if !strings.ContainsAny(s, " ,;") {
		return fmt.Sprintf("(%d characters)", cells(s))
	}
	return string([]rune(s)[:maxValue-1]) + "…"
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = plain(v[i])
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		if value, ok := v["value"]; ok && value != "" {
			return plain(value)
		}
		if place, ok := v["place"]; ok {
			return plain(place)
		}
		var parts []string
		for _, key := range []string{"country", "oblast", "raion", "hromada", "settlement", "point"} {
			if part, ok := v[key].(string); ok {
				parts = append(parts, part)
			}
		}
		return strings.Join(parts, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// decision prints a recorded decision: who, for what, and the fields by reason.
func (p *printer) decision(l demo.Ledger) {
	var d ledger.Decision
	if err := json.Unmarshal(l.Content, &d); err != nil {
		p.line("  unreadable: " + err.Error())
		return
	}
	for _, row := range [][2]string{
		{"decision", d.ID}, {"at", d.At.Format("2006-01-02 15:04:05 MST")},
		{"asked by", d.Requester + ", officer " + d.Officer.ID + " (" + d.Officer.Role + ")"},
		{"purpose", d.Purpose + ", case " + d.Case}, {"policy", "version " + d.Policy.Version + ", " + d.Policy.Bundle},
		{"leaf", l.Leaf}, {"verified", fmt.Sprintf("%v: recomputed from the stored row, and the same as in the signed answer", l.Verified)},
	} {
		p.line("  " + pad(row[0], 10) + p.wrap(row[1], 12))
	}
	for _, r := range d.Records {
		p.reasons(r.Verdicts)
	}
}

// reasons lists the fields by verdict and exact reason.
func (p *printer) reasons(raw json.RawMessage) {
	verdicts, err := decide.ReadLedger(raw)
	if err != nil {
		p.line("  unreadable: " + err.Error())
		return
	}
	fields := map[string][]string{}
	var order []string
	for _, v := range verdicts {
		why := v.Verdict + ": " + strings.Join(v.Reasons, " ")
		if fields[why] == nil {
			order = append(order, why)
		}
		name := v.Path
		if v.Identity == "imposed" {
			name += " (imposed)"
		}
		fields[why] = append(fields[why], name)
	}
	slices.Sort(order)
	var rows [][]string
	for _, why := range order {
		rows = append(rows, []string{why, fmt.Sprint(len(fields[why])), strings.Join(fields[why], ", ")})
	}
	p.table("  ", []string{"verdict and reasons", "fields", "which"}, rows, inColumn(0, verdictColour))
}
