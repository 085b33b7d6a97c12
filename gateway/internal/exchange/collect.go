package exchange

import (
	"context"
	"errors"
	"strings"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Collect is the holder's side of asking again. A pending question is decided
// anew, on today's facts; for any other the reply carries the case links that
// were given for it since, or none. It says nothing of existence either way.
func (x *Exchange) Collect(ctx context.Context, peer, sealed string) (string, error) {
	began := time.Now()
	verified, err := x.verify(peer, sealed, envelope.TypeCollect)
	if err != nil {
		return "", err
	}
	reply, err := x.collected(ctx, verified)
	if err != nil {
		return "", err
	}
	return reply, x.tick(ctx, began)
}

func (x *Exchange) collected(ctx context.Context, verified envelope.Verified) (string, error) {
	collect, err := collectOf(verified)
	if err == nil {
		_, err = x.Engine.Engine() // without a policy nothing is told: neither that there is a link nor that there is none
	}
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	if err := x.spend(ctx, verified, budget.Request{
		Officer: collect.Officer.ID, Purpose: "COLLECT", Query: "collect\x00" + collect.InReplyTo,
	}); err != nil {
		return x.refuse(ctx, verified, err)
	}
	fresh, err := replay.Check(ctx, x.Replay, verified)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	if err := x.mayCollect(verified.Issuer()); err != nil {
		return x.refuse(ctx, verified, err)
	}
	pending, err := x.Store.PendingFor(ctx, verified.Issuer(), collect.InReplyTo)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return x.unasked(ctx, fresh, collect)
	}
	if err == nil {
		err = x.spendAgain(ctx, verified, collect, pending)
	}
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.complete(ctx, fresh, collect, pending)
}

// spendAgain pays for a large question that is decided again: it is kept once more, with
// this decision, however small the message that asks for it.
func (x *Exchange) spendAgain(ctx context.Context, verified envelope.Verified, c envelope.Collect, p ledger.Pending) error {
	if len(p.Query) <= budget.SizeOfOne {
		return nil
	}
	return x.Budget.Spend(ctx, budget.Request{
		Participant: verified.Issuer(), Officer: c.Officer.ID, Purpose: "COLLECT", Query: "again\x00" + c.InReplyTo, Size: len(p.Query), Now: x.Now(),
	})
}

// mayCollect refuses those to whom this holder may answer nothing. It looks at no
// question and no link, and so tells nothing of either.
func (x *Exchange) mayCollect(requester string) error {
	if p := x.party(requester); p.Prohibited || p.Suspended {
		return problem.New(CodeProhibitedParty, "claim iss")
	}
	for _, purpose := range homewardv1.Purpose_name {
		if x.agreement(x.Self, requester, strings.TrimPrefix(purpose, "PURPOSE_")) == decide.Yes {
			return nil
		}
	}
	return problem.New(CodeNoAgreement, "claim iss")
}

// complete decides a pending question again. The stored bytes are verified as
// on the day they came, with the keys of today: a key revoked since ends it. What
// one role asked is not for another to collect.
func (x *Exchange) complete(ctx context.Context, fresh replay.Fresh, c envelope.Collect, p ledger.Pending) (string, error) {
	collect := fresh.Verified()
	asked, err := envelope.Verify(p.Query, envelope.Expect{
		Type: envelope.TypeQuery, Audience: x.Self, Issuer: collect.Issuer(), Keys: x.Registry,
		Now: p.Asked, Uses: signers(envelope.TypeQuery),
	})
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	query, err := queryOf(asked)
	if err == nil && c.Officer.Role != query.Officer.Role {
		err = problem.New(CodePurposeRole, "claim act.role")
	}
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	facts, people, err := x.factsOf(ctx, query, query.ID, true)
	if err == nil && query.Purpose == purposeFound {
		err = x.foundLinks(ctx, fresh, c, &people)
	}
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	admitted, err := x.Engine.Admit(ctx, fresh.Resume(asked), facts)
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	return x.decided(ctx, collect, attended{admitted, people})
}

// unasked answers with what people gave without being asked by this very question:
// a case that was pushed to a mediator, or case links.
func (x *Exchange) unasked(ctx context.Context, fresh replay.Fresh, c envelope.Collect) (string, error) {
	p, err := x.push(ctx, c.InReplyTo, c.Issuer, casework.PushSent, casework.PushCollected)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return x.links(ctx, fresh, c)
	}
	if err != nil {
		return x.refuse(ctx, fresh.Verified(), err)
	}
	return x.pushed(ctx, fresh, c, p)
}

// foundLinks adds the case links by which the authority of origin answered a FOUND
// report: its reply carries records and links alike.
func (x *Exchange) foundLinks(ctx context.Context, fresh replay.Fresh, c envelope.Collect, p *people) error {
	waiting, err := x.Store.LinksFor(ctx, c.Issuer, c.InReplyTo, x.Now())
	if err != nil {
		return err
	}
	waiting, _, err = x.standing(ctx, fresh, c, waiting)
	for _, l := range waiting {
		p.links, p.statements = append(p.links, l.Token), append(p.statements, l.Token)
	}
	return err
}

// links answers with the case links that wait for this recipient and question.
func (x *Exchange) links(ctx context.Context, fresh replay.Fresh, collect envelope.Collect) (string, error) {
	verified := fresh.Verified()
	waiting, err := x.Store.LinksFor(ctx, verified.Issuer(), collect.InReplyTo, x.Now())
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	waiting, reason, err := x.standing(ctx, fresh, collect, waiting)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	tokens := make([]string, len(waiting))
	for i, l := range waiting {
		tokens[i] = l.Token
	}
	policy := x.Engine.Ref()
	released := minimize.Links(tokens, policy)
	decision := received(ledger.KindCollected, verified, collect.Officer)
	decision.QueryID, decision.Holder, decision.Policy = collect.InReplyTo, x.Self, policy
	decision.Outcome, decision.Reason = envelope.StatusAnswered, reason
	for _, l := range waiting {
		decision.Links = append(decision.Links, l.ID)
	}
	said, err := x.say(ctx, reply{message: verified, released: released}, decision, ledger.Commit{Claim: claim(verified)})
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.seal(said)
}

// standing leaves out the links with which the policy would not let this officer
// ask today, and says why. That such a link exists is not told.
func (x *Exchange) standing(ctx context.Context, fresh replay.Fresh, c envelope.Collect, waiting []ledger.Link) (stand []ledger.Link, reason string, err error) {
	for _, l := range waiting {
		link, err := x.linkFor(l.Token, c.Issuer)
		if err != nil {
			reason = string(problem.Of(err).Code) // of a key that is no longer in force
			continue
		}
		if on, err := x.heldChild(ctx, link.Child[linkRecord]); err != nil || on {
			reason = "SUP_HOLD"
			continue
		}
		facts, _, err := x.factsOf(ctx, envelope.Query{
			Claims: c.Claims, Officer: c.Officer, Purpose: link.Purpose, Links: []string{l.Token}, Schema: c.Schema,
		}, c.ID, false)
		if err != nil {
			return nil, "", err
		}
		admitted, err := x.Engine.Admit(ctx, fresh, facts)
		if err != nil {
			return nil, "", err
		}
		if refusal := admitted.Refusal(); refusal != "" {
			reason = refusal
			continue
		}
		stand = append(stand, l)
	}
	return stand, reason, nil
}

// pendingFor is how long a person has to decide.
const pendingFor = 72 * time.Hour
