package exchange

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
)

// Problems of pushing a case.
const (
	// CodePushRecipient: whoever may ask, asks; only a mediator is pushed to.
	CodePushRecipient problem.Code = "push_recipient"
	// CodePushLink: the case link does not open anything for its recipient today.
	CodePushLink problem.Code = "push_link"
)

const kindMediator = "mediator"

// PushRequest is what an officer of a holder decides: the child of this case link,
// to its recipient, who takes children home and cannot ask.
type PushRequest struct {
	Link     string   // the case link (SD-JWT), as issued
	GoAheads []string // of the authority of origin, for that link
	// BreakGlass is what two organisations must approve, nil for nothing; Approvals are
	// those that others signed. The holder's own is given as for a question.
	BreakGlass *envelope.BreakGlass
	Approvals  []string
	Need       string
	Officer    envelope.Officer
}

// Push makes a case ready and tells the mediator, by the outbox. No value of the
// child travels unasked, or rests in a gateway: the mediator's gateway collects, and
// what it is sent goes the way of every answer, decided on the facts of that day.
func (x *Exchange) Push(ctx context.Context, r PushRequest) (casework.Push, error) {
	if x.Source == nil {
		return casework.Push{}, problem.New(CodeNoRecords, "source")
	}
	if err := officerWords(r.Officer); err != nil {
		return casework.Push{}, err
	}
	if !slices.Contains(casework.IssuerRoles(), r.Officer.Role) {
		return casework.Push{}, problem.Mismatch(problem.CodeForbidden, "officer.role", strings.Join(casework.IssuerRoles(), ", "), r.Officer.Role)
	}
	claims, err := envelope.ClaimsOf(r.Link)
	if err != nil {
		return casework.Push{}, problem.Wrap(CodeLinkInvalid, "link", err)
	}
	link, err := x.linkFor(r.Link, claims.Audience)
	if err != nil {
		return casework.Push{}, err
	}
	p := casework.Push{
		ID: envelope.NewID(), State: casework.PushSent, Peer: link.Audience, At: x.Now(), Until: time.Unix(link.Expires, 0),
		PushBody: casework.PushBody{
			Purpose: link.Purpose, Case: link.ID, Link: r.Link, GoAheads: r.GoAheads, BreakGlass: r.BreakGlass, Approvals: r.Approvals,
			Need: r.Need, Officer: r.Officer,
		},
	}
	glass, err := x.mayPush(ctx, p)
	if err != nil {
		return casework.Push{}, err
	}
	return p, x.recordPush(ctx, p, glass)
}

// mayPush checks what will be checked again when it is collected, so that a mistake
// is told to who made it, and returns where its break-glass stands; nil for none.
func (x *Exchange) mayPush(ctx context.Context, p casework.Push) (*glass, error) {
	facts, people, err := x.factsOf(ctx, p.Query(envelope.Claims{Issuer: p.Peer, Audience: x.Self}, p.Officer), p.ID, false)
	if err != nil {
		return nil, err
	}
	if _, err := x.unheld(ctx, facts.LinkRecord, "link"); err != nil {
		return nil, err
	}
	switch to := facts.Requester; {
	case to.Kind != kindMediator:
		err = problem.Mismatch(CodePushRecipient, "link, claim aud", "a mediator", to.Kind)
	case to.Prohibited || to.Suspended:
		err = problem.New(CodeProhibitedParty, "link, claim aud")
	case facts.Agreement != decide.Yes:
		err = problem.New(CodeNoAgreement, "link, claim aud")
	case facts.Link != decide.Yes:
		err = problem.New(CodePushLink, "link")
	}
	return people.glass, err
}

func (x *Exchange) recordPush(ctx context.Context, p casework.Push, g *glass) error {
	row, err := p.Matter(x.box)
	if err != nil {
		return err
	}
	rows := []ledger.Matter{row}
	if g != nil { // so that people can decide on it before it is collected
		waits, err := g.Matter(x.box, "")
		if err != nil {
			return err
		}
		rows = append(rows, waits)
	}
	item, err := x.post(p.Peer, envelope.Notice{
		Event: envelope.EventPush, Requester: p.Peer, Purpose: p.Purpose, Query: p.ID, Subject: p.Case, Until: p.Until.Unix(),
	}, x.Now())
	if err != nil {
		return err
	}
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindPushed, Holder: x.Self, Requester: p.Peer, Peer: p.Peer, Purpose: p.Purpose, Officer: p.Officer,
		QueryID: p.ID, Links: linkIDs(p.Tokens()), Policy: x.Engine.Ref(), Outcome: p.State,
	}, ledger.Commit{Matters: rows, Outbox: []ledger.OutboxItem{item}})
	return err
}

// takePush keeps, at the mediator, that a case waits for it. No holder takes the place
// of the one that pushed a case.
func (x *Exchange) takePush(ctx context.Context, n envelope.Notice) (ledger.Commit, error) {
	_, err := x.Store.Matter(ctx, casework.CameID(n.Query))
	if err == nil {
		return ledger.Commit{}, problem.Mismatch(CodePushRecipient, "claim query", "a case of its own", "one that came before")
	}
	if !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return ledger.Commit{}, err
	}
	row, err := casework.Push{
		ID: n.Query, State: casework.PushCame, Peer: n.Issuer, At: x.Now(), Until: time.Unix(n.Until, 0),
		PushBody: casework.PushBody{Purpose: n.Purpose, Case: n.Subject},
	}.Matter(x.box)
	row.Was = ledger.MatterNone
	return ledger.Commit{Matters: []ledger.Matter{row}}, err
}

// push finds one by its row; not_found if there is none with this peer in one of these states.
func (x *Exchange) push(ctx context.Context, row, peer string, states ...string) (casework.Push, error) {
	m, err := x.Store.Matter(ctx, row)
	if err == nil && (m.Kind != ledger.MatterPush || peer != "" && m.Participant != peer || !slices.Contains(states, m.State)) {
		err = problem.New(problem.CodeNotFound, "id")
	}
	if err != nil {
		return casework.Push{}, err
	}
	p, err := casework.PushOf(x.box, m)
	if err == nil && !p.InForce(x.Now()) {
		err = problem.New(problem.CodeNotFound, "id")
	}
	return p, err
}

// pushed answers a mediator that collects what was pushed to it: as a question that
// its holder asked in its place. What the link and the go-aheads no longer say, they
// do not open.
func (x *Exchange) pushed(ctx context.Context, fresh replay.Fresh, c envelope.Collect, p casework.Push) (string, error) {
	message := fresh.Verified()
	facts, people, err := x.factsOf(ctx, p.Query(c.Claims, c.Officer), p.ID, true)
	if err != nil {
		return x.refuse(ctx, message, err)
	}
	facts.Push, people.push = true, &p
	admitted, err := x.Engine.Admit(ctx, fresh, facts)
	if err != nil {
		return x.refuse(ctx, message, err)
	}
	return x.decided(ctx, message, attended{admitted, people})
}

// collectPush is the mediator's side.
func (x *Exchange) collectPush(ctx context.Context, officer envelope.Officer, id string) (collected, error) {
	p, err := x.push(ctx, casework.CameID(id), "", casework.PushCame)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return collected{}, problem.New(problem.CodeNotFound, "query_id")
	}
	if err != nil {
		return collected{}, err
	}
	// Whom a case is about is not known here before it came, but which case it is.
	child := x.keyed("", "link", cmp.Or(p.Case, p.ID))
	if err := x.noneOverdue(ctx, func(o casework.Obligation) bool { return o.QueryID == p.ID || o.Child == child }); err != nil {
		return collected{}, err
	}
	asked := ledger.Asked{QueryID: p.ID, JTI: p.ID, Purpose: p.Purpose, Subject: child}
	return collected{x.collectFrom(ctx, officer, collecting{from: p.Peer, pushed: p.Case, Asked: asked}), true}, nil
}

// cameWith takes the go-aheads out of a pushed answer: they are for this gateway, which
// could not tell without them what may be seen together, and not for its officers.
// What does not verify opens nothing.
func (x *Exchange) cameWith(m sentMessage, a envelope.Answer) (envelope.Answer, []ledger.Matter, error) {
	var rows []ledger.Matter
	link := &envelope.CaseLink{Claims: envelope.Claims{ID: m.pushed, Audience: x.Self}, Purpose: m.purpose}
	for _, token := range a.Links {
		g, err := x.goAhead(token, link)
		if err != nil || !x.party(g.Issuer).AuthorityOfOrigin {
			continue
		}
		row, err := x.usedRow(g, m.child)
		if err != nil {
			return a, nil, err
		}
		rows = append(rows, row)
	}
	a.Links = nil
	return a, rows, nil
}

// Pushes lists the cases that were pushed from here and to here.
func (x *Exchange) Pushes(ctx context.Context) ([]casework.Push, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterPush})
	if err != nil {
		return nil, err
	}
	out := make([]casework.Push, len(rows))
	for i, m := range rows {
		if out[i], err = casework.PushOf(x.box, m); err != nil {
			return nil, err
		}
	}
	return out, nil
}
