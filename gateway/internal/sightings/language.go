package sightings

import (
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// InLanguage says in a language of problem.Languages why recipients refused what is
// reported. A code that a newer recipient has and this gateway has not, and the
// detail, stay as the recipient wrote them, which is in English.
func InLanguage(lang string, reports ...*homewardv1.SubmittedSighting) {
	if lang == problem.Languages()[0] { // so it is, with the recipient's own remedy
		return
	}
	for _, r := range reports {
		for _, d := range r.GetDeliveries() {
			p := d.GetProblem()
			if m, ok := problem.Text(problem.Code(p.GetCode()), lang); ok && p != nil {
				p.Title, p.Remedy = m.Title, m.Remedy
			}
		}
	}
}
