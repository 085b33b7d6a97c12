package exchange

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of what people state beside a question. They depend on the question
// alone, so a proven caller may know them.
const (
	// CodeStatementInvalid: a go-ahead or an approval does not verify, or not now.
	CodeStatementInvalid problem.Code = "statement_invalid"
	// CodeStatementForeign: it is about another link, question, recipient or purpose.
	CodeStatementForeign problem.Code = "statement_foreign"
	// CodeStatementIssuer: who signed it may not.
	CodeStatementIssuer problem.Code = "statement_issuer"
	// CodeBreakGlass: what is asked by break-glass is not well said.
	CodeBreakGlass problem.Code = "break_glass"
	// CodeNeed: a need is one of three words.
	CodeNeed problem.Code = "need_code"
)

// maxStatements bounds how many statements may stand beside a case link.
const maxStatements = 4

// beside is what came in the links of a question, by type.
type beside struct {
	link                string // the case link; "" if there is none
	goAheads, approvals []string
	id                  string // under which people decide on the question
}

func (b beside) all() []string { return slices.Concat(b.goAheads, b.approvals) }

// sorted tells the case link of a question from the statements. What is neither
// is taken for a case link, and does not verify as one. Of links that are refused
// nothing is told: their question counts as what it asks for.
func sorted(tokens []string) (beside, error) {
	var b beside
	for _, token := range tokens {
		switch t, _ := envelope.TypeOf(token); {
		case t == envelope.TypeGoAhead:
			b.goAheads = append(b.goAheads, token)
		case t == envelope.TypeApproval:
			b.approvals = append(b.approvals, token)
		case b.link != "":
			return beside{}, problem.Mismatch(CodeTooManyLinks, "claim links", "one case link: a question is about one child", "several")
		default:
			b.link = token
		}
	}
	if n := len(b.goAheads) + len(b.approvals); n > maxStatements {
		return beside{}, problem.Mismatch(CodeTooManyLinks, "claim links", "at most "+strconv.Itoa(maxStatements)+" statements", strconv.Itoa(n))
	}
	return b, nil
}

// people is what persons have to do with a question, beside its asker.
type people struct {
	statements []string       // as they came, for the record
	glass      *glass         // nil if nothing is asked by break-glass
	links      []string       // case links that wait for the asker (FOUND)
	child      string         // the one record that a go-ahead answers with (FOUND); "" for all that match
	resumed    bool           // the question was asked before and is decided again
	push       *casework.Push // what its holder sends by itself; nil if somebody asked
}

// until is by when a person must have decided, as it is promised to the asker.
func (p people) until(now time.Time) time.Time {
	if p.glass != nil {
		return p.glass.Until
	}
	return now.Add(pendingFor)
}

// attend adds to the facts what people decided: go-aheads, approvals, presence.
// resumed is true for a question that was let in before: what has ended since
// does not count then, and refuses nothing. Nor does what stands beside a link that
// was taken back: a refusal would tell that it was.
func (x *Exchange) attend(ctx context.Context, f *decide.Facts, link *envelope.CaseLink, b beside, resumed bool) (people, error) {
	q := f.Query
	p := people{statements: b.all(), resumed: resumed}
	if q.Need != "" && !slices.Contains(envelope.Needs(), q.Need) {
		return p, problem.Mismatch(CodeNeed, "claim need", "one of "+strings.Join(envelope.Needs(), ", "), "another word")
	}
	if q.Purpose == purposeFound && q.Present {
		f.Attested = decide.Yes
	}
	if q.Purpose == purposeFound && resumed && f.Holder.AuthorityOfOrigin {
		var err error
		if f.GoAhead, p.child, err = x.answered(ctx, q.Issuer, q.ID); err != nil {
			return p, err
		}
	}
	ended := resumed || f.Link == decide.No
	for _, token := range b.goAheads {
		g, err := x.goAhead(token, link)
		if err != nil && !ended {
			return p, err
		}
		if err == nil {
			x.grant(f, g)
		}
	}
	var err error
	p.glass, err = x.breakGlass(ctx, f, link, b, ended)
	return p, err
}

// grant adds what one go-ahead opens. That of the ICRC is its release.
func (x *Exchange) grant(f *decide.Facts, g envelope.GoAhead) {
	if x.party(g.Issuer).AuthorityOfOrigin {
		f.GoAhead = decide.Union(f.GoAhead, g.Columns)
		if slices.Contains(g.Columns, columnCurrent) && len(g.Site) > 0 && len(g.Site) == len(g.Covers) {
			f.Sites = append(f.Sites, g.Site)
		}
	} else {
		f.ICRCRelease = decide.Yes
	}
}

// goAhead verifies a go-ahead: of the authority of origin or the ICRC, for the
// link beside it, its recipient and its purpose, in its window.
func (x *Exchange) goAhead(token string, link *envelope.CaseLink) (envelope.GoAhead, error) {
	const where = "go-ahead, claim "
	if link == nil {
		return envelope.GoAhead{}, problem.Mismatch(CodeStatementForeign, where+"link", "a case link beside it", "none")
	}
	v, err := x.statement(token, envelope.TypeGoAhead, link.Audience, x.Now())
	if err != nil {
		return envelope.GoAhead{}, err
	}
	g, err := v.GoAhead()
	if err != nil {
		return g, said("go-ahead", err)
	}
	issuer := x.party(g.Issuer)
	unknown := slices.ContainsFunc(g.Columns, func(c string) bool { return !slices.Contains(decide.Columns(), c) })
	switch {
	case !issuer.AuthorityOfOrigin && issuer.Kind != kindICRC:
		return g, problem.Mismatch(CodeStatementIssuer, where+"iss", "the authority of origin or the ICRC", g.Issuer)
	case g.Link != link.ID:
		return g, problem.Mismatch(CodeStatementForeign, where+"link", "the case link beside it", "another one")
	case g.Purpose != link.Purpose:
		return g, problem.Mismatch(CodeStatementForeign, where+"purpose", link.Purpose, "another purpose")
	case x.Now().Before(time.Unix(g.From, 0)):
		return g, problem.Mismatch(CodeStatementInvalid, where+"from", "before "+utc(x.Now()), utc(time.Unix(g.From, 0)))
	case len(g.Columns) == 0 || unknown:
		return g, problem.Mismatch(CodeStatementInvalid, where+"columns", strings.Join(decide.Columns(), ", "), "another word, or none")
	case !issuer.AuthorityOfOrigin:
		return g, undivided(where+"columns", g.Columns)
	}
	return g, nil
}

// namedBy lists the holders that go-aheads of the authority of origin name, beside
// the leads of their link. What does not verify names nobody.
func (x *Exchange) namedBy(goAheads []string, link *envelope.CaseLink) (holders []string) {
	for _, token := range goAheads {
		if g, err := x.goAhead(token, link); err == nil && x.party(g.Issuer).AuthorityOfOrigin {
			holders = append(holders, g.Holders...)
		}
	}
	return holders
}

// undivided refuses a release of the ICRC that does not name every column: the
// policy knows it whole or not at all, so one that names some would release more
// than it says.
func undivided(where string, columns []string) error {
	if slices.ContainsFunc(decide.Columns(), func(c string) bool { return !slices.Contains(columns, c) }) {
		return problem.Mismatch(CodeStatementInvalid, where, "all of "+strings.Join(decide.Columns(), ", ")+": a release of the ICRC is of all that came from it", "some")
	}
	return nil
}

// statement verifies what somebody signed for an audience, whoever it was.
func (x *Exchange) statement(token string, t envelope.Type, audience string, now time.Time) (envelope.Verified, error) {
	v, err := envelope.Verify(token, envelope.Expect{
		Type: t, Audience: audience, Issuer: envelope.AnyIssuer, Keys: x.Registry, Now: now,
		Uses: []envelope.Use{envelope.UseSign}, Seen: x.seen,
	})
	if err != nil {
		return v, said(statementWord(t), err)
	}
	return v, nil
}

func statementWord(t envelope.Type) string {
	if t == envelope.TypeGoAhead {
		return "go-ahead"
	}
	return "approval"
}

// said tells the caller what is wrong with a statement: which claim, what was
// expected and what found. None of it is of a child.
func said(what string, err error) error {
	p, ok := errors.AsType[*problem.Error](err)
	if !ok {
		return problem.Wrap(CodeStatementInvalid, what, err)
	}
	return &problem.Error{Code: CodeStatementInvalid, Where: what + ", " + p.Where, Expected: p.Expected, Found: p.Found, Cause: err}
}

// questionDigest names a question, however it is written, for those who approve
// it: schemas/wire.md, "the normal form".
func questionDigest(q envelope.Query, link *envelope.CaseLink) string {
	form := q.Purpose + "\x00"
	if link != nil {
		return envelope.SHA256(form + "link\x00" + link.ID + "\x00")
	}
	return envelope.SHA256(form + criteriaForm(q.Criteria))
}

// criteriaForm writes criteria in one way: each name and its normalised value, in
// the order of names, each followed by a zero byte.
func criteriaForm(criteria map[string]string) string {
	keys := make([]string, 0, len(criteria))
	for k := range criteria {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k + "\x00" + adapters.Normalise(criteria[k]) + "\x00")
	}
	return b.String()
}

// answered lists the columns that the authority of origin opened in answer to one
// question, and of which child: FOUND, once it has acted.
func (x *Exchange) answered(ctx context.Context, requester, question string) (columns []string, child string, err error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{
		Kind: ledger.MatterGoAhead, State: casework.GoAheadIssued, Participant: requester, Subject: x.subject("question\x00" + question),
	})
	if err != nil {
		return nil, "", err
	}
	for _, m := range rows {
		g, err := casework.GoAheadOf(x.box, m)
		if err != nil {
			return nil, "", err
		}
		if child == "" {
			child = g.Record
		}
		if g.Record == child && g.Record != "" && g.Opens(x.Now()) {
			columns = decide.Union(columns, g.Columns)
		}
	}
	return columns, child, nil
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

const (
	purposeFound = "FOUND"
	kindICRC     = "icrc"
)
