package exchange

import (
	"maps"

	"homeward.example/gateway/internal/envelope"
)

// rests are a question without each of its criteria in turn, for the budget that
// sees a name being tried out. What is left must still be of somebody: half the
// children have one sex, and many one region. FOUND has none: its reply is the same
// for every name, so that there is nothing to try out, and whoever reports a bus full
// of children of whom little is known must not be refused.
func rests(q envelope.Query) []string {
	if q.Purpose == purposeFound {
		return nil
	}
	var out []string
	for name := range q.Criteria {
		rest := maps.Clone(q.Criteria)
		delete(rest, name)
		if tells(rest) {
			out = append(out, criteriaForm(rest))
		}
	}
	return out
}

// tells says whether criteria are of few children: a name, a birth date, a document.
func tells(c map[string]string) bool {
	for _, name := range []string{critFull, critGiven, critPatronymic, critFamily, critBorn, critDocument} {
		if c[name] != "" {
			return true
		}
	}
	return false
}
