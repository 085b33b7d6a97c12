package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/seal"
	"homeward.example/gateway/internal/trust"
)

// CodeNotOrigin refuses a notice that came to somebody else than the authority of origin.
const CodeNotOrigin problem.Code = "not_authority_of_origin"

// CodeNotHolder refuses a notice of a participant that holds no records.
const CodeNotHolder problem.Code = "not_a_holder"

// eventMatchHit is the event of a notice: somebody asked for a child whom this holder knows.
const eventMatchHit = "match_hit"

// tell adds to a decision what the authority of origin must learn of a hit: a
// row of its own at home, a notice in the outbox elsewhere.
func (x *Exchange) tell(a decide.Admitted, released minimize.Released, extra *ledger.Commit) {
	if !a.TellOrigin() {
		return
	}
	q := a.Facts().Query
	for _, r := range released.Records() {
		if a.Facts().Holder.AuthorityOfOrigin {
			extra.Hits = append(extra.Hits, ledger.Hit{
				ID: envelope.NewID(), At: x.Now(), Requester: q.Issuer, Holder: x.Self,
				Purpose: q.Purpose, QueryJTI: q.ID, Record: r.ID,
			})
			continue
		}
		notice := envelope.Notice{
			Event: eventMatchHit, Requester: q.Issuer, Purpose: q.Purpose, Query: q.ID,
			Criteria: q.Criteria, Subject: x.subject(r.ID), Schema: envelope.Schema,
		}
		payload, err := json.Marshal(notice)
		if err != nil {
			continue // strings alone: json.Marshal cannot fail on them
		}
		extra.Outbox = append(extra.Outbox, ledger.OutboxItem{
			ID: envelope.NewID(), Kind: "notice", Payload: payload, Due: x.Now(),
		})
	}
}

// DeliverDue sends the notices that are due, each until it is acknowledged.
// A notice keeps its id over all tries, so that it takes effect once.
func (x *Exchange) DeliverDue(ctx context.Context) error {
	due, err := x.Store.Due(ctx, x.Now(), 32)
	if err != nil {
		return err
	}
	x.Metrics.Outbox(len(due))
	var failures []error
	for _, item := range due {
		if err := x.deliver(ctx, item); err != nil {
			failures = append(failures, err, x.Store.Postpone(ctx, item.ID, x.Now().Add(backoff(item.Tries))))
			continue
		}
		failures = append(failures, x.Store.Delivered(ctx, item.ID))
	}
	return errors.Join(failures...)
}

// backoff doubles from one second to ten minutes.
func backoff(tries int) time.Duration {
	return min(time.Second<<min(tries, 20), 10*time.Minute)
}

func (x *Exchange) deliver(ctx context.Context, item ledger.OutboxItem) error {
	origin, ok := x.origin()
	if !ok {
		return problem.New(CodeUnknownHolder, "authority of origin")
	}
	var notice envelope.Notice
	if err := json.Unmarshal(item.Payload, &notice); err != nil {
		return err
	}
	now := x.Now()
	notice.Claims = envelope.Claims{
		Issuer: x.Self, Audience: origin.ID, ID: item.ID,
		IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix(),
	}
	payload, disclosures, err := envelope.NoticePayload(notice)
	if err != nil {
		return err
	}
	receipt, err := x.Ledger.Record(ctx, payload, ledger.Decision{
		Kind: ledger.KindNotified, Holder: x.Self, Requester: notice.Requester, Peer: origin.ID,
		Purpose: notice.Purpose, QueryID: notice.Query, Outcome: "notice",
	}, ledger.Commit{})
	if err != nil {
		return err
	}
	to, ok := x.Registry.SealKey(origin.ID)
	if !ok {
		return problem.New(CodeNoSealKey, origin.ID)
	}
	sealed, err := seal.Message(receipt, payload, disclosures, envelope.TypeNotice, x.SignKey, to)
	if err != nil {
		return err
	}
	sent := sentMessage{to: origin.ID, jti: notice.ID, purpose: notice.Purpose}
	ctx, cancel := context.WithTimeout(ctx, x.Deadline)
	defer cancel()
	reply, err := x.Sender.Send(ctx, origin, MethodNotify, sealed.String())
	if err != nil {
		return err
	}
	_, answer, err := x.opened(sent, sealed, reply)
	if err != nil {
		return err
	}
	if p := answer.Problem; p != nil && p.Code != string(ledger.CodeReplayed) {
		return problem.New(problem.Code(p.Code), "notice at "+origin.ID)
	}
	return nil // acknowledged, or known already from an earlier try
}

// Notify takes a notice from another holder and acknowledges it once it is durable.
func (x *Exchange) Notify(ctx context.Context, peer, sealed string) (string, error) {
	verified, err := x.verify(peer, sealed, envelope.TypeNotice)
	if err != nil {
		return "", err
	}
	notice, err := noticeOf(verified)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	if err := x.mayNotify(ctx, peer, notice); err != nil {
		return x.refuse(ctx, verified, err)
	}
	if _, err := replay.Check(ctx, x.Replay, verified); err != nil {
		return x.refuse(ctx, verified, err)
	}
	detail, err := json.Marshal(notice.Criteria)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	released := minimize.Links(nil, x.Engine.Ref())
	decision := received(ledger.KindNoticed, verified, envelope.Officer{})
	decision.Holder, decision.Policy, decision.Outcome = x.Self, x.Engine.Ref(), "noticed"
	decision.Purpose, decision.Requester, decision.QueryID = notice.Purpose, notice.Requester, notice.Query
	receipt, err := x.Ledger.Record(ctx, released.Content(), decision, ledger.Commit{
		Claim: claim(verified),
		Hits: []ledger.Hit{{
			ID: envelope.NewID(), At: x.Now(), Requester: notice.Requester, Holder: peer,
			Purpose: notice.Purpose, QueryJTI: notice.Query, Detail: detail,
		}},
	})
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.seal(verified, verified.ID(), released, receipt)
}

// mayNotify: notices come to the authority of origin, from holders, about
// participants that exist. An officer acts on them, so nobody else may make them.
func (x *Exchange) mayNotify(ctx context.Context, peer string, n envelope.Notice) error {
	if !x.party(x.Self).AuthorityOfOrigin {
		return problem.New(CodeNotOrigin, "claim aud")
	}
	if p, ok := x.Registry.Participant(peer); !ok || !p.Holder {
		return problem.New(CodeNotHolder, "claim iss")
	}
	if _, ok := x.Registry.Participant(n.Requester); !ok {
		return problem.New(CodeUnknownParticipant, "claim requester")
	}
	return x.Budget.Spend(ctx, budget.Request{
		Participant: peer, Officer: n.Requester, Purpose: "NOTICE", Query: "notice\x00" + n.Query, Now: x.Now(),
	})
}

func (x *Exchange) origin() (trust.Participant, bool) {
	for _, p := range x.Registry.Participants() {
		if p.AuthorityOfOrigin {
			return p, true
		}
	}
	return trust.Participant{}, false
}
