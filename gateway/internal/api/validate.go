package api

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
	"homeward.example/schemas/edtf"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Bounds of an agency's call.
const (
	maxText     = 200 // characters of a name, a basis, a case number
	maxLinks    = 8
	maxFields   = 200
	maxMessages = 64
)

var (
	idPattern     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	holderPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	officerID     = regexp.MustCompile(`^[A-Za-z0-9._:@-]{1,64}$`)
	tokenPattern  = regexp.MustCompile(`^[A-Za-z0-9_.~-]+$`)
)

var needs = []string{"medication", "disability_aid", "language"}

var sexes = []string{"female", "male", "other", "unknown"}

// checkAsk checks the form of a question and the role of its officer. Whether
// it may be asked is for policy to say, on the record.
func checkAsk(r *homewardv1.AskRequest, c Caller) error {
	if _, known := homewardv1.Purpose_name[int32(r.GetPurpose())]; !known || r.GetPurpose() == homewardv1.Purpose_PURPOSE_UNSPECIFIED {
		return invalid("purpose", "a purpose, e.g. PURPOSE_RETURN", "none or an unknown one")
	}
	if err := checkOfficer(r.GetOfficer(), c); err != nil {
		return err
	}
	if r.GetBasis() == "" {
		return invalid("basis", "the legal basis, e.g. GDPR 6(1)(e)", "nothing")
	}
	for _, f := range []struct{ name, text string }{{"basis", r.GetBasis()}, {"case", r.GetCase()}} {
		if err := checkText(f.name, f.text); err != nil {
			return err
		}
		if !envelope.Plain(f.text) { // no holder would take it
			return invalid(f.name, envelope.PlainForm, "another text")
		}
	}
	if err := checkSubject(r); err != nil {
		return err
	}
	if err := checkBeside(r); err != nil {
		return err
	}
	return checkFields(r.GetFields())
}

// checkBeside checks what a question says beyond who is sought and by whom.
func checkBeside(r *homewardv1.AskRequest) error {
	if r.GetPresent() && r.GetPurpose() != homewardv1.Purpose_PURPOSE_FOUND {
		return invalid("present", "only with PURPOSE_FOUND", "another purpose")
	}
	if n := r.GetNeed(); n != "" && !slices.Contains(needs, n) {
		return invalid("need", strings.Join(needs, ", "), "another word")
	}
	if r.GetBreakGlass() == nil {
		return nil
	}
	for i, c := range r.GetBreakGlass().GetColumns() {
		if !slices.Contains(catalog.Groups(), c) {
			return invalid("break_glass.columns["+strconv.Itoa(i)+"]", "a group of the schema (documents)", "another text")
		}
	}
	return checkNote("break_glass.why", r.GetBreakGlass().GetWhy())
}

// checkOfficer lets a client act in its own roles alone.
func checkOfficer(o *homewardv1.Officer, c Caller) error {
	if !officerID.MatchString(o.GetId()) {
		return invalid("officer.id", "a pseudonym of up to 64 letters, digits and . _ : @ -", "another text")
	}
	if !slices.Contains(c.Roles, o.GetRole()) {
		return problem.Mismatch(problem.CodeForbidden, "officer.role", "one of "+strings.Join(c.Roles, ", "), "another role")
	}
	return nil
}

// checkSubject wants a link or criteria, never both: criteria beside a link
// would let a link for one child be spent on another.
func checkSubject(r *homewardv1.AskRequest) error {
	given, err := checkCriteria(r.GetCriteria())
	if err != nil {
		return err
	}
	if n := len(r.GetLinks()); n > maxLinks {
		return invalid("links", "at most "+strconv.Itoa(maxLinks), strconv.Itoa(n))
	}
	linked := false
	for i, link := range r.GetLinks() {
		if err := checkToken("links["+strconv.Itoa(i)+"]", link); err != nil {
			return err
		}
		linked = linked || isCaseLink(link)
	}
	switch {
	case linked && given > 0:
		return invalid("criteria", "none beside a link: the link says which child is meant", strconv.Itoa(given))
	case !linked && given < 2:
		return invalid("criteria", "at least two, or a link", strconv.Itoa(given))
	}
	return nil
}

// isCaseLink tells a case link from the statements that may stand beside one. What
// is none of them is taken for a link; the chain verifies it.
func isCaseLink(token string) bool {
	t, _ := envelope.TypeOf(token)
	return t != envelope.TypeGoAhead && t != envelope.TypeApproval
}

// checkCriteria returns how many were given. No text of them is ever quoted.
func checkCriteria(c *homewardv1.Criteria) (given int, err error) {
	for _, f := range []struct{ name, text string }{
		{"full", c.GetFull()}, {"given", c.GetGiven()}, {"patronymic", c.GetPatronymic()}, {"family", c.GetFamily()},
		{"born", c.GetBorn()}, {"sex", c.GetSex()}, {"birth_oblast", c.GetBirthOblast()}, {"document", c.GetDocument()},
	} {
		if f.text == "" {
			continue
		}
		given++
		if err := checkText("criteria."+f.name, f.text); err != nil {
			return 0, err
		}
		if strings.ContainsAny(f.text, "*?%") {
			return 0, invalid("criteria."+f.name, "a text without wildcards", "a wildcard")
		}
	}
	if _, ok := edtf.Parse(c.GetBorn()); c.GetBorn() != "" && !ok {
		return 0, invalid("criteria.born", "2014, 2014-03 or 2014-03-09", "another form")
	}
	if c.GetSex() != "" && !slices.Contains(sexes, c.GetSex()) {
		return 0, invalid("criteria.sex", strings.Join(sexes, ", "), "another word")
	}
	return given, nil
}

func checkFields(fields []string) error {
	if len(fields) > maxFields {
		return invalid("fields", "at most "+strconv.Itoa(maxFields), strconv.Itoa(len(fields)))
	}
	for i, f := range fields {
		if _, known := catalog.ByPath(f); !known && !slices.Contains(catalog.Groups(), f) {
			return invalid("fields["+strconv.Itoa(i)+"]", "a path (name.family) or a group (names_birth) of the schema", "another text")
		}
	}
	return nil
}

func checkForward(r *homewardv1.ForwardRequest) error {
	if n := len(r.GetMessages()); n == 0 || n > maxMessages {
		return invalid("messages", "1 to "+strconv.Itoa(maxMessages), strconv.Itoa(n))
	}
	seen := make(map[string]bool)
	for i, m := range r.GetMessages() {
		at := "messages[" + strconv.Itoa(i) + "]"
		if !holderPattern.MatchString(m.GetHolder()) || seen[m.GetHolder()] {
			return invalid(at+".holder", "a participant, each once", "another text or one that is there already")
		}
		seen[m.GetHolder()] = true
		if err := checkToken(at+".jws", m.GetJws()); err != nil {
			return err
		}
	}
	return nil
}

func checkCollect(r *homewardv1.CollectRequest, c Caller) error {
	if !idPattern.MatchString(r.GetQueryId()) {
		return invalid("query_id", "the query_id of an earlier answer", "another text")
	}
	return checkOfficer(r.GetOfficer(), c)
}

func checkText(name, s string) error {
	if utf8.RuneCountInString(s) > maxText || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return invalid(name, "at most "+strconv.Itoa(maxText)+" characters, none of them a control character", "another text")
	}
	return nil
}

// checkNote checks what a person wrote for others to read.
func checkNote(name, s string) error {
	if utf8.RuneCountInString(s) > maxNote || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		return invalid(name, "at most "+strconv.Itoa(maxNote)+" characters, none of them a control character", "another text")
	}
	return nil
}

// checkToken checks the alphabet of an SD-JWT; the chain verifies the rest.
func checkToken(name, s string) error {
	if len(s) > envelope.MaxMessage || !tokenPattern.MatchString(s) {
		return invalid(name, "an SD-JWT in compact form", "another text")
	}
	return nil
}

func invalid(field, expected, found string) *problem.Error {
	return problem.Mismatch(problem.CodeInvalidRequest, field, expected, found)
}
