package exchange

import (
	"context"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
)

// CodeWindow refuses a go-ahead whose window is not one.
const CodeWindow problem.Code = "window"

// GoAheadRequest is what an officer of the authority of origin, or of the ICRC,
// decides: these columns, for the child of one case link or the finder of one
// FOUND report, in this window.
type GoAheadRequest struct {
	Link        string // the case link (SD-JWT); or
	Hit         string // the id of a FOUND report of this gateway
	Columns     []string
	Holders     []string          // that may be asked about the child, beside the leads of the link
	Site        map[string]string // the recipient's own place, for whereabouts in CARE: as decide.IsSite wants it
	From, Until time.Time         // From: now if zero
	Officer     envelope.Officer
}

// Statement is what was issued. Token is empty for what the recipient collects.
type Statement struct {
	ID, Token, Recipient, Purpose string
	Columns                       []string
	From, Until                   time.Time
}

// IssueGoAhead records a go-ahead and signs it. That of the ICRC is its release.
func (x *Exchange) IssueGoAhead(ctx context.Context, r GoAheadRequest) (Statement, error) {
	if self := x.party(x.Self); !self.AuthorityOfOrigin && self.Kind != kindICRC {
		return Statement{}, problem.Mismatch(CodeStatementIssuer, "this gateway", "that of the authority of origin or of the ICRC", x.Self)
	}
	if !slices.Contains(casework.IssuerRoles(), r.Officer.Role) {
		return Statement{}, problem.Mismatch(problem.CodeForbidden, "officer.role", strings.Join(casework.IssuerRoles(), ", "), r.Officer.Role)
	}
	if r.From.IsZero() {
		r.From = x.Now()
	}
	if len(r.Columns) == 0 || slices.ContainsFunc(r.Columns, func(c string) bool { return !slices.Contains(decide.Columns(), c) }) {
		return Statement{}, problem.Mismatch(CodeStatementInvalid, "columns", strings.Join(decide.Columns(), ", "), "another word, or none")
	}
	if err := firstOf(officerWords(r.Officer), x.window(r)); err != nil {
		return Statement{}, err
	}
	if !x.party(x.Self).AuthorityOfOrigin {
		if err := undivided("columns", r.Columns); err != nil {
			return Statement{}, err
		}
	}
	if r.Hit != "" && len(r.Site) > 0 {
		return Statement{}, noSite()
	}
	if r.Hit != "" && len(r.Holders) > 0 {
		return Statement{}, problem.Mismatch(CodeStatementForeign, "holders", "a case link, whose child they are asked about", "a FOUND report")
	}
	if r.Hit != "" {
		return x.answerFound(ctx, r)
	}
	return x.goAheadForLink(ctx, r)
}

func (x *Exchange) window(r GoAheadRequest) error {
	if now := x.Now(); !r.Until.After(r.From) || !r.Until.After(now) || r.Until.Sub(now) > maxLinkLife {
		return problem.Mismatch(CodeWindow, "until", "after from, and within the next 366 days", r.Until.Format(time.DateOnly))
	}
	return nil
}

func (x *Exchange) goAheadForLink(ctx context.Context, r GoAheadRequest) (Statement, error) {
	claims, err := envelope.ClaimsOf(r.Link)
	if err != nil {
		return Statement{}, problem.Wrap(CodeLinkInvalid, "link", err)
	}
	link, err := x.linkFor(r.Link, claims.Audience)
	if err != nil {
		return Statement{}, err
	}
	if err := firstOf(x.mayName(r.Holders, link), x.ownSite(r, link)); err != nil {
		return Statement{}, err
	}
	version, err := x.unheld(ctx, ownRecord(link, x.Self), "link")
	if err != nil {
		return Statement{}, err
	}
	end := time.Unix(link.Expires, 0).UTC()
	if r.Until.After(end) && r.Until.UTC().Format(time.DateOnly) == end.Format(time.DateOnly) {
		r.Until = end // the last day of both
	}
	if r.Until.After(end) {
		return Statement{}, problem.Mismatch(CodeWindow, "until", "not after the case link's own end, "+utc(end), utc(r.Until))
	}
	g := envelope.GoAhead{
		Claims: envelope.Claims{
			Issuer: x.Self, Audience: link.Audience, ID: envelope.NewID(), IssuedAt: x.Now().Unix(), Expires: r.Until.Unix(),
		},
		Purpose: link.Purpose, Link: link.ID, Columns: r.Columns, From: r.From.Unix(), Holders: r.Holders, Site: r.Site,
	}
	payload, disclosures, err := envelope.GoAheadPayload(g)
	if err != nil {
		return Statement{}, err
	}
	kept := casework.GoAhead{
		ID: g.ID, Recipient: link.Audience, Subject: x.subject("link\x00" + link.ID), From: r.From, Until: r.Until,
		GoAheadBody: casework.GoAheadBody{Link: link.ID, Purpose: link.Purpose, Columns: r.Columns, Site: r.Site, Officer: r.Officer},
	}
	receipt, err := x.recordGiven(ctx, payload, kept, ledger.Commit{Matters: x.leads(r.Holders, link.Child[linkRecord], x.Now()), Standing: version})
	if err != nil {
		return Statement{}, err
	}
	token, err := seal.Statement(receipt, payload, disclosures, envelope.TypeGoAhead, x.SignKey)
	return statementOf(kept, token), err
}

// ownSite wants the place to be named that a go-ahead for whereabouts is about where
// they are those of the recipient's own site, so that its holder can see that the
// child is there; and nowhere else, where nobody would look at it.
func (x *Exchange) ownSite(r GoAheadRequest, link envelope.CaseLink) error {
	needed := link.Purpose == purposeCare && slices.Contains(r.Columns, columnCurrent) && x.party(x.Self).AuthorityOfOrigin
	switch {
	case needed && !decide.IsSite(r.Site):
		return problem.Mismatch(CodeStatementInvalid, "site", "point, and settlement or katottg, of the recipient's own site; beside them "+strings.Join(decide.SiteMembers(), ", "), "another place, or none")
	case !needed && len(r.Site) > 0:
		return noSite()
	}
	return nil
}

func noSite() error {
	return problem.Mismatch(CodeStatementForeign, "site", "the column current, for CARE, of the authority of origin", "another go-ahead")
}

const (
	purposeCare   = "CARE"
	columnCurrent = "current"
)

// ownRecord is the record that a link of this gateway is about; "" if another gave it.
func ownRecord(link envelope.CaseLink, self string) string {
	if link.Issuer != self {
		return ""
	}
	return link.Child[linkRecord]
}

// mayName refuses to name holders in a release of the ICRC, for a child of whom this
// gateway does not know which it is (they must be told of a hold), or who hold nothing.
func (x *Exchange) mayName(holders []string, link envelope.CaseLink) error {
	if len(holders) > 0 && (!x.party(x.Self).AuthorityOfOrigin || link.Issuer != x.Self || link.Child[linkRecord] == "") {
		return problem.Mismatch(CodeStatementIssuer, "holders", "the authority of origin, for a case link of its own, as issued", "another")
	}
	return x.holdRecords("holders", holders)
}

// answerFound opens columns of one child to its finder: no statement is handed over,
// the finder collects with its own question. The report may fit more children than
// the one whom the officer looked at, today or once more are known; none of them is
// opened by it. What fits nobody here is answered with a case link.
func (x *Exchange) answerFound(ctx context.Context, r GoAheadRequest) (Statement, error) {
	hit, err := x.Store.Hit(ctx, r.Hit)
	if err != nil {
		return Statement{}, err
	}
	if hit.Purpose != purposeFound || hit.Holder != x.Self {
		return Statement{}, problem.Mismatch(CodeStatementForeign, "hit", "a FOUND report that came to this gateway", "another; answer it with a case link")
	}
	_, answered, err := x.answered(ctx, hit.Requester, hit.QueryJTI)
	if err != nil {
		return Statement{}, err
	}
	if hit.Record == "" || answered != "" && answered != hit.Record {
		return Statement{}, problem.Mismatch(CodeStatementForeign, "hit", "a report of a child who is known here, the only one that it is answered with", "another; answer it with a case link")
	}
	version, err := x.unheld(ctx, hit.Record, "hit")
	if err != nil {
		return Statement{}, err
	}
	kept := casework.GoAhead{
		ID: envelope.NewID(), Recipient: hit.Requester, Subject: x.subject("question\x00" + hit.QueryJTI), From: r.From, Until: r.Until,
		GoAheadBody: casework.GoAheadBody{Query: hit.QueryJTI, Record: hit.Record, Purpose: hit.Purpose, Columns: r.Columns, Officer: r.Officer},
	}
	_, err = x.recordGiven(ctx, []byte(kept.ID), kept, ledger.Commit{Standing: version})
	return statementOf(kept, ""), err
}

// recordGoAhead records what is given for no child that could be on hold.
func (x *Exchange) recordGoAhead(ctx context.Context, content []byte, g casework.GoAhead) (ledger.Receipt, error) {
	return x.recordGiven(ctx, content, g, ledger.Commit{})
}

// recordGiven records a go-ahead with what must be durable together with it.
func (x *Exchange) recordGiven(ctx context.Context, content []byte, g casework.GoAhead, extra ledger.Commit) (ledger.Receipt, error) {
	row, err := g.Matter(x.box)
	if err != nil {
		return ledger.Receipt{}, err
	}
	d := ledger.Decision{
		Kind: ledger.KindWentAhead, Holder: x.Self, Requester: g.Recipient, Peer: g.Recipient, Purpose: g.Purpose,
		Officer: g.Officer, QueryID: g.Query, Links: []string{g.ID}, Policy: x.Engine.Ref(), Outcome: "issued",
	}
	if g.Link != "" {
		d.Links = append(d.Links, g.Link)
	}
	extra.Matters = append(extra.Matters, row)
	return x.Ledger.Record(ctx, content, d, extra)
}

func statementOf(g casework.GoAhead, token string) Statement {
	return Statement{
		ID: g.ID, Token: token, Recipient: g.Recipient, Purpose: g.Purpose, Columns: g.Columns, From: g.From.UTC(), Until: g.Until.UTC(),
	}
}
