package envelope

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Forms of what a message says in the open of its officer: it is recorded.
var (
	OfficerForm = regexp.MustCompile(`^[A-Za-z0-9._:@-]{1,64}$`)
	RoleForm    = regexp.MustCompile(`^[a-z][a-z_]{0,31}$`)
)

// Purposes of a query, as schemas/wire.md lists them.
func Purposes() []string {
	return []string{"MATCH", "FOUND", "TRACE", "RETURN", "CARE", "ACCOUNTABILITY", "AUDIT"}
}

// CriteriaNames are what a query may say of the child.
func CriteriaNames() []string {
	return []string{"full", "given", "patronymic", "family", "born", "sex", "birth_oblast", "document"}
}

// Needs are what a query may ask for as its one need.
func Needs() []string { return []string{"medication", "disability_aid", "language"} }

// PlainForm is what Plain accepts.
const PlainForm = "at most 800 bytes, no control or invisible character"

// Plain accepts a text that may be recorded and shown as it is.
func Plain(text string) bool {
	return len(text) <= MaxText && !strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) })
}

// words checks what a verifier leaves to the gateway behind it, which refuses it in
// a signed answer: a word that this place does not have.
func (d *diagnosis) words(q Query) {
	d.officer(q.Officer)
	d.known("claim purpose", q.Purpose, Purposes())
	d.known("claim need", q.Need, Needs())
	d.faults.check(Plain(q.Basis), CodeContent, "claim basis", PlainForm, "another")
	d.faults.check(Plain(q.Case), CodeContent, "claim case", PlainForm, "another")
	for name, value := range q.Criteria {
		d.known("claim query, name of a disclosure", name, CriteriaNames())
		d.faults.check(len(value) <= MaxText, CodeContent, "claim query, "+shown(name), "at most "+itoa(MaxText)+" bytes", itoa(len(value)))
	}
	if len(q.Criteria) > 0 && len(q.Links) > 0 {
		d.faults.check(statementType(q.Links[0]) != TypeCaseLink, CodeContent, "claim query", "no criteria beside a case link, which says whom it is about", "some")
	}
}

func (d *diagnosis) officer(o Officer) {
	for _, part := range []struct {
		where, text, expected string
		form                  *regexp.Regexp
	}{
		{"claim act.id", o.ID, "a pseudonym of 1 to 64 letters, digits and . _ : @ -", OfficerForm},
		{"claim act.role", o.Role, "small letters and _, at most 32", RoleForm},
	} {
		if part.text != "" { // that there is none was said
			d.faults.check(part.form.MatchString(part.text), CodeContent, part.where, part.expected, shown(part.text))
		}
	}
}

func (d *diagnosis) known(where, word string, words []string) {
	if word != "" {
		d.faults.check(slices.Contains(words, word), CodeContent, where, "one of "+strings.Join(words, ", "), shown(word))
	}
}

// guess is the type that a payload has by its claims, for a message that names none.
func guess(part string) Type {
	d, ok := new(diagnosis).text(part, "payload", kindObject)
	if !ok {
		return ""
	}
	for _, by := range []struct {
		claim string
		t     Type
	}{
		{"event", TypeNotice}, {"qh", TypeAnswer}, {"child", TypeCaseLink}, {"query", TypeQuery}, {"irt", TypeCollect},
	} {
		if _, ok := d.member(0, by.claim); ok {
			return by.t
		}
	}
	return ""
}
