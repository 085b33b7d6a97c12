package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"homeward.example/gateway/internal/demo"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// holder draws one holder's part, as the demo does, and what the demo has no room for.
func (p *printer) holder(h *homewardv1.HolderAnswer) {
	a := demo.AnswerOf(h)
	p.answer(a)
	if t := h.GetPendingUntil(); t != "" {
		p.line("    promised by " + t + "; homeward query --collect fetches it. It says nothing of whether a record exists")
	}
	if a.Status == "answered" && len(a.Records) == 0 {
		p.line("    no record that may be shown: this says nothing of whether one exists")
	}
	for range h.GetLinks() {
		p.line("    " + p.paint(green, "a case link came with this answer") + " (--save-link FILE with --collect writes it, -o json prints it)")
	}
}

// advice is what to do now, once: every holder says the same.
func (p *printer) advice(answers []*homewardv1.HolderAnswer) {
	for _, h := range answers {
		if h.GetAdvice() == nil {
			continue
		}
		p.line("")
		for _, lang := range slices.Sorted(maps.Keys(h.GetAdvice().GetText())) {
			p.line(p.paint(yellow, printable(h.GetAdvice().GetText()[lang])))
		}
		p.line("Duty contact of the authority of origin: " + p.paint(bold, printable(h.GetAdvice().GetContact())))
		return
	}
}

func verdictText(verdict, to string) string {
	if to != "" {
		return verdict + " → " + to
	}
	return verdict
}

// inColumn paints one column of a table by its cells.
func inColumn(column int, by func(cell string) colour) func(int, string) colour {
	return func(i int, cell string) colour {
		if i != column {
			return ""
		}
		return by(cell)
	}
}

// answer prints one holder's answer as it comes: every field on which the policy
// released something, and the rest in a few lines.
func (p *printer) answer(a demo.Answer) {
	p.line("")
	head := fmt.Sprintf("  %s: %s", p.paint(bold, a.Holder), p.paint(statusColour(a.Status), a.Status))
	if a.AfterMS > 0 {
		head += p.paint(grey, fmt.Sprintf("  after %d ms", a.AfterMS))
	}
	if a.DecisionID != "" {
		head += p.paint(grey, "  decision "+printable(a.DecisionID))
	}
	if a.Reason != "" {
		head += p.paint(grey, ": "+printable(a.Reason))
	}
	p.line(head)
	if a.Problem != nil {
		p.line("    " + p.wrap(advised(a), 4))
	}
	for _, r := range a.Records {
		p.record(r)
	}
}

// advised is what went wrong at a holder, which stands above it, and what to do.
func advised(a demo.Answer) string {
	detail := strings.TrimPrefix(strings.TrimPrefix(a.Problem.Detail, "at "+a.Holder), ", ")
	if detail == "" {
		return a.Problem.Remedy
	}
	return strings.TrimSuffix(detail, ".") + ". " + a.Problem.Remedy
}

func (p *printer) record(r demo.Record) {
	var rows [][]string
	var silent, withheld []string
	for _, f := range r.Fields {
		switch {
		case f.Verdict == "withheld":
			withheld = append(withheld, f.Path)
		case f.Value == nil:
			silent = append(silent, f.Path)
		default:
			verdict := f.Verdict
			if f.GeneralisedTo != "" {
				verdict += " to " + f.GeneralisedTo
			}
			rows = append(rows, []string{f.Path, verdict, short(f.Value), f.Basis})
		}
	}
	head, basis := []string{"field", "verdict", "value", "basis"}, []string(nil)
	if of := bases(rows); len(of) == 1 { // of all fields: said once
		basis, head = of, head[:3]
		for i := range rows {
			rows[i] = rows[i][:3]
		}
	}
	p.table("    ", head, rows, inColumn(1, verdictColour))
	p.list("    basis: ", grey, basis)
	p.list("    allowed, but the record has none: ", grey, silent)
	p.list("    withheld: ", yellow, whole(withheld, r.Fields))
	p.list("    obligations: ", grey, r.Obligations)
}

// bases are the legal bases of rows, each once.
func bases(rows [][]string) (of []string) {
	for _, row := range rows {
		if !slices.Contains(of, row[3]) {
			of = append(of, row[3])
		}
	}
	return of
}

// whole says "consent.*" where every field of a group is in the list.
func whole(paths []string, all []demo.Field) []string {
	group := func(path string) string { return path[:strings.IndexByte(path+".", '.')] }
	left := map[string]int{}
	for _, f := range all {
		left[group(f.Path)]++
	}
	for _, path := range paths {
		left[group(path)]--
	}
	var out []string
	for _, path := range paths {
		if g := group(path); left[g] == 0 {
			path = g + ".*"
		}
		if len(out) == 0 || out[len(out)-1] != path {
			out = append(out, path)
		}
	}
	return out
}

// list prints names under a heading.
func (p *printer) list(head string, c colour, names []string) {
	if len(names) == 0 {
		return
	}
	text := names[0]
	for _, n := range names[1:] {
		text += ", " + n
	}
	p.line(p.paint(c, head) + p.wrap(text, cells(head)))
}

func statusColour(status string) colour {
	switch status {
	case "answered":
		return green
	case "not_asked", "pending":
		return grey
	}
	return yellow
}

func verdictColour(verdict string) colour {
	if strings.HasPrefix(verdict, "released") {
		return green
	}
	return yellow
}
