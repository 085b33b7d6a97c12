package exchange

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// What a message says in the open goes into the ledger and into the input of the
// policy, both of which are kept and shown. So these claims must be words: a
// sender that puts a child's name in their place is refused, and it is not recorded.
var (
	purposeWord     = regexp.MustCompile(`^[A-Z][A-Z_]{0,31}$`)
	roleWord        = envelope.RoleForm
	officerWord     = envelope.OfficerForm
	participantWord = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
	eventWord       = regexp.MustCompile(`^(submitted|withdrawn|needs_info|shared|reviewed|closing|closed)$`)
	idWord          = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// word checks one claim that is recorded as it is.
func word(claim, text string, form *regexp.Regexp) error {
	if form.MatchString(text) {
		return nil
	}
	return problem.Mismatch(envelope.CodeContent, "claim "+claim, "a text like "+form.String(), "another")
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func officerWords(o envelope.Officer) error {
	return firstOf(word("act.id", o.ID, officerWord), word("act.role", o.Role, roleWord))
}

// asWords is the first fault of what a message says. It is met before any budget is spent.
func asWords(errs ...error) error {
	if err := firstOf(errs...); err != nil {
		return unpaid{err}
	}
	return nil
}

// queryOf reads a question, collectOf a collect and noticeOf a notice.
func queryOf(v envelope.Verified) (envelope.Query, error) {
	q, err := v.Query()
	return q, asWords(err, word("purpose", q.Purpose, purposeWord), officerWords(q.Officer), label("basis", q.Basis), label("case", q.Case), criteriaWords(q.Criteria))
}

// criteriaWords bounds what a message says of a child: a question is normalised once for
// each of its criteria, for the budgets, before anything else is known of it. Those of
// an imposed identity are marked in the notice of a hold.
func criteriaWords(criteria map[string]string) error {
	for name, value := range criteria {
		if !slices.Contains(envelope.CriteriaNames(), strings.TrimSuffix(name, imposedName)) {
			return problem.Mismatch(envelope.CodeContent, "claim query", "names among "+strings.Join(envelope.CriteriaNames(), ", "), "another name")
		}
		if len(value) > envelope.MaxText {
			return problem.Mismatch(envelope.CodeContent, "claim query, "+name, "at most "+strconv.Itoa(envelope.MaxText)+" bytes", strconv.Itoa(len(value)))
		}
	}
	return nil
}

// label checks a text that is recorded as it is and shown to officers and reviewers.
func label(claim, text string) error {
	if envelope.Plain(text) {
		return nil
	}
	return problem.Mismatch(envelope.CodeContent, "claim "+claim, envelope.PlainForm, "another")
}

func collectOf(v envelope.Verified) (envelope.Collect, error) {
	c, err := v.Collect()
	return c, asWords(err, word("irt", c.InReplyTo, idWord), officerWords(c.Officer))
}

func noticeOf(v envelope.Verified) (envelope.Notice, error) {
	n, err := v.Notice()
	err = firstOf(err, word("purpose", n.Purpose, purposeWord), word("requester", n.Requester, participantWord), word("query_id", n.Query, idWord), criteriaWords(n.Criteria))
	if n.Holder != "" {
		err = firstOf(err, word("holder", n.Holder, participantWord))
	}
	for _, d := range n.Decisions {
		err = firstOf(err, word("decisions", d, idWord))
	}
	return n, asWords(err)
}
