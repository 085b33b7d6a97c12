package cli

import (
	"maps"
	"slices"

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
