package exchange

import (
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Problems of asking.
const (
	CodeNoSealKey     problem.Code = "no_seal_key"
	CodeUnknownHolder problem.Code = "unknown_holder"
	CodeLinkCriteria  problem.Code = "link_with_criteria"
	CodeNothingAsked  problem.Code = "no_criteria"
)

// queryLife is how long a question may be under way (security.md: <= 120 s).
const queryLife = 120 * time.Second

// question is one agency call, checked, before it is split by holder.
type question struct {
	id    string
	query envelope.Query // without aud and jti
	by    Client
	link  *envelope.CaseLink
	token string // the link as issued
	// Statements beside it: go-aheads for all holders, approvals by holder.
	goAheads  []string
	approvals map[string][]string
	policy    envelope.PolicyRef // that said whom to ask; set by plan
	child     string             // keyed; set by declare
	used      []ledger.Matter    // its go-aheads, to be kept; set by declare
}

// question checks an agency's call. Its caller's role was checked by the api.
func (x *Exchange) question(by Client, req *homewardv1.AskRequest) (question, error) {
	now := x.Now()
	q := question{id: envelope.NewID(), by: by, query: envelope.Query{
		Claims:  envelope.Claims{Issuer: x.Self, IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix()},
		Officer: envelope.Officer{ID: req.GetOfficer().GetId(), Role: req.GetOfficer().GetRole()},
		Purpose: purposeWordOf(req.GetPurpose()),
		Basis:   req.GetBasis(), Case: req.GetCase(), Criteria: wireCriteria(req.GetCriteria()),
		Fields: req.GetFields(), Need: req.GetNeed(), Present: req.GetPresent(), Schema: envelope.Schema,
	}}
	came, err := sorted(req.GetLinks())
	switch {
	case err != nil:
		return q, err
	case came.link != "" && len(q.query.Criteria) > 0:
		return q, problem.New(CodeLinkCriteria, "criteria")
	case came.link == "" && len(q.query.Criteria) == 0:
		return q, problem.New(CodeNothingAsked, "criteria")
	case came.link != "":
		link, err := x.link(came.link, x.Self, q.query.Purpose)
		if err != nil {
			return q, err
		}
		q.link, q.token = &link, came.link
	}
	return q, x.stated(&q, req.GetBreakGlass(), came)
}

// stated checks what people state beside a question as its holders will, so that a
// mistake is told before anything is sent.
func (x *Exchange) stated(q *question, glass *homewardv1.BreakGlass, came beside) error {
	for _, token := range came.goAheads {
		if _, err := x.goAhead(token, q.link); err != nil {
			return err
		}
	}
	q.goAheads = came.goAheads
	if glass == nil {
		if len(came.approvals) > 0 {
			return problem.Mismatch(CodeStatementForeign, "approval", "columns asked for by break-glass", "none")
		}
		return nil
	}
	q.query.BreakGlass = &envelope.BreakGlass{Columns: glass.GetColumns(), Why: glass.GetWhy()}
	if err := glassWords(*q.query.BreakGlass); err != nil {
		return err
	}
	if len(came.approvals) == 0 {
		return problem.Mismatch(casework.CodeApprovalMissing, "links", "an approval of a supervisor", "none")
	}
	q.approvals = make(map[string][]string)
	digest := questionDigest(q.query, q.link)
	for _, token := range came.approvals {
		claims, err := envelope.ClaimsOf(token)
		if err != nil {
			return said("approval", err)
		}
		if _, err := x.approval(token, q.query, claims.Audience, digest); err != nil {
			return err
		}
		q.approvals[claims.Audience] = append(q.approvals[claims.Audience], token)
	}
	return nil
}

// to makes the question for one holder. What is asked by break-glass goes to those
// alone for whom somebody approved it.
func (q question) to(holder string) (envelope.Query, error) {
	query := q.query
	query.Audience, query.ID = holder, envelope.NewID()
	if len(q.approvals[holder]) == 0 {
		query.BreakGlass = nil
	}
	if q.link != nil {
		shown, err := Shown(q.token, q.link.Issuer, holder)
		if err != nil {
			return query, err
		}
		query.Links = []string{shown}
	}
	for _, token := range q.goAheads {
		shown, err := envelope.Present(token, func(d envelope.Disclosure) bool { return d.Name != "" || names(holder)(d) })
		if err != nil {
			return query, err
		}
		query.Links = append(query.Links, shown)
	}
	query.Links = append(query.Links, q.approvals[holder]...)
	return query, nil
}

// Shown cuts a case link for one holder: its issuer sees which record it is
// about; a lead sees the identity and that it is a lead itself.
func Shown(token, issuer, holder string) (string, error) {
	return envelope.Present(token, func(d envelope.Disclosure) bool {
		forIssuer := d.Name == linkRecord || d.Name == linkIdentity
		if issuer == holder {
			return forIssuer
		}
		return (d.Name != "" && !forIssuer) || names(holder)(d)
	})
}

// names chooses the disclosure of a list that names one holder: whom else one may
// ask is not for it to know.
func names(holder string) func(envelope.Disclosure) bool {
	return func(d envelope.Disclosure) bool { return d.Name == "" && string(d.Value) == `"`+holder+`"` }
}

func (q question) lead(id string) bool {
	return q.link != nil && (q.link.Issuer == id || slices.Contains(q.link.Leads, id))
}

func (q question) planInput(x *Exchange) decide.PlanInput {
	return decide.PlanInput{
		Purpose: q.query.Purpose, Officer: q.query.Officer, Requester: x.party(x.Self),
		Linked: q.link != nil, Holders: x.holders(q.query.Purpose, q.lead, x.namedBy(q.goAheads, q.link)),
	}
}

// purposeWordOf is a purpose as it stands on the wire: "RETURN".
func purposeWordOf(p homewardv1.Purpose) string { return strings.TrimPrefix(p.String(), "PURPOSE_") }

func wireCriteria(c *homewardv1.Criteria) map[string]string {
	m := map[string]string{
		critFull: c.GetFull(), critGiven: c.GetGiven(), critPatronymic: c.GetPatronymic(), critFamily: c.GetFamily(),
		critBorn: c.GetBorn(), critSex: c.GetSex(), critOblast: c.GetBirthOblast(), critDocument: c.GetDocument(),
	}
	for k, v := range m {
		if v == "" {
			delete(m, k)
		}
	}
	return m
}
