package exchange

import (
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Problems of asking.
const (
	CodeNoSealKey     problem.Code = "no_seal_key"
	CodeUnknownHolder problem.Code = "unknown_holder"
	CodeInvalidReply  problem.Code = "invalid_reply"
	CodeLinkCriteria  problem.Code = "link_with_criteria"
	CodeNothingAsked  problem.Code = "no_criteria"
)

// queryLife is how long a question may be under way (security.md: <= 120 s).
const queryLife = 120 * time.Second

// question is one agency call, checked, before it is split by holder.
type question struct {
	id     string
	query  envelope.Query // without aud and jti
	by     Client
	link   *envelope.CaseLink
	token  string             // the link as issued
	policy envelope.PolicyRef // that said whom to ask; set by plan
}

// question checks an agency's call. Its caller's role was checked by the api.
func (x *Exchange) question(by Client, req *homewardv1.AskRequest) (question, error) {
	now := x.Now()
	q := question{id: envelope.NewID(), by: by, query: envelope.Query{
		Claims:  envelope.Claims{Issuer: x.Self, IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix()},
		Officer: envelope.Officer{ID: req.GetOfficer().GetId(), Role: req.GetOfficer().GetRole()},
		Purpose: strings.TrimPrefix(req.GetPurpose().String(), "PURPOSE_"),
		Basis:   req.GetBasis(), Case: req.GetCase(), Criteria: wireCriteria(req.GetCriteria()),
		Fields: req.GetFields(), Schema: envelope.Schema,
	}}
	switch {
	case len(req.GetLinks()) > 1:
		return q, problem.Mismatch(CodeTooManyLinks, "links", "one case link: a question is about one child", "several")
	case len(req.GetLinks()) == 1 && len(q.query.Criteria) > 0:
		return q, problem.New(CodeLinkCriteria, "criteria")
	case len(req.GetLinks()) == 0 && len(q.query.Criteria) == 0:
		return q, problem.New(CodeNothingAsked, "criteria")
	case len(req.GetLinks()) == 0:
		return q, nil
	}
	link, err := x.link(req.GetLinks()[0], x.Self, q.query.Purpose)
	if err != nil {
		return q, err
	}
	q.link, q.token = &link, req.GetLinks()[0]
	return q, nil
}

// to makes the question for one holder.
func (q question) to(holder string) (envelope.Query, error) {
	query := q.query
	query.Audience, query.ID = holder, envelope.NewID()
	if q.link == nil {
		return query, nil
	}
	shown, err := Shown(q.token, q.link.Issuer, holder)
	query.Links = []string{shown}
	return query, err
}

// Shown cuts a case link for one holder: its issuer sees which record it is
// about; a lead sees the identity and that it is a lead itself.
func Shown(token, issuer, holder string) (string, error) {
	return envelope.Present(token, func(d envelope.Disclosure) bool {
		forIssuer := d.Name == linkRecord || d.Name == linkIdentity
		if issuer == holder {
			return forIssuer
		}
		return (d.Name != "" && !forIssuer) || string(d.Value) == `"`+holder+`"`
	})
}

func (q question) lead(id string) bool {
	return q.link != nil && (q.link.Issuer == id || slices.Contains(q.link.Leads, id))
}

func (q question) planInput(x *Exchange) decide.PlanInput {
	return decide.PlanInput{
		Purpose: q.query.Purpose, Officer: q.query.Officer, Requester: x.party(x.Self),
		Linked: q.link != nil, Holders: x.holders(q.query.Purpose, q.lead),
	}
}

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
