package cli

import (
	"fmt"
	"strconv"

	"homeward.example/gateway/internal/decide"
)

// impact prints what flips, what newly leaves first.
func (p *printer) impact(i decide.Impact) {
	p.line(fmt.Sprintf("%d decisions replayed; their inputs that differ from one another: %d", i.Replayed, i.Distinct))
	if i.Undecided > 0 {
		p.line(p.paint(red, fmt.Sprintf("%d without a decision under the new policy: everything is withheld", i.Undecided)))
	}
	if len(i.Flips) == 0 {
		p.line(p.paint(green, "nothing flips"))
		return
	}
	var kind string
	var rows [][]string
	end := func() {
		if rows != nil {
			p.line("")
			p.line(p.paint(flipColour(kind), flipHead(kind)))
			p.table("  ", []string{"REQUESTER", "PURPOSE", "FIELD", "IDENTITY", "WAS", "BECOMES", "DECISIONS", "FOR EXAMPLE"}, rows, nil)
		}
		rows = nil
	}
	for _, f := range i.Flips {
		if f.Kind != kind {
			end()
			kind = f.Kind
		}
		rows = append(rows, []string{f.Requester, f.Purpose, f.Field, f.Identity, f.Was, f.Becomes, strconv.Itoa(f.Decisions), f.Example})
	}
	end()
	p.line("")
	if i.Loosens() {
		p.line(p.paint(red, "More would leave than did."))
	} else {
		p.line(p.paint(green, "Nothing more would leave than did."))
	}
}

func flipHead(kind string) string {
	switch kind {
	case decide.FlipReleased:
		return "NEWLY RELEASED: withheld before"
	case decide.FlipPossible:
		return "NEWLY POSSIBLE: no record was decided then; one that protects nothing would now say"
	case decide.FlipMore:
		return "LESS GENERALISED: says more than before"
	case decide.FlipUnbound:
		return "DUTIES DROPPED: what leaves obliges to less"
	case decide.FlipBound:
		return "Duties added"
	case decide.FlipLess:
		return "More generalised: says less than before"
	case decide.FlipWithheld:
		return "Newly withheld"
	case decide.FlipImpossible:
		return "No longer possible: no record was decided then; one that protects nothing would no longer say"
	case decide.FlipAdmitted:
		return "Questions let in that were refused"
	case decide.FlipRefused:
		return "Questions refused that were let in"
	case decide.FlipPending:
		return "Questions that would wait for a person"
	}
	return "Questions that would no longer wait for a person"
}

func flipColour(kind string) colour {
	switch kind {
	case decide.FlipReleased, decide.FlipPossible, decide.FlipMore, decide.FlipUnbound, decide.FlipAdmitted:
		return red
	}
	return bold
}
