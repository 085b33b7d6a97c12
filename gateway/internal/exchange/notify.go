package exchange

import (
	"context"
	"encoding/json"
	"errors"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/trust"
)

// Problems of a notice: who may say what to whom.
const (
	// CodeNotOrigin refuses what only the authority of origin may be told, or say.
	CodeNotOrigin problem.Code = "not_authority_of_origin"
	// CodeNotHolder refuses a notice of a participant that holds no records.
	CodeNotHolder problem.Code = "not_a_holder"
	// CodeUnknownEvent refuses a notice that this gateway would not understand.
	CodeUnknownEvent problem.Code = "unknown_event"
)

// tell adds to a decision what the authority of origin must learn of a hit: a
// row of its own at home, a notice in the outbox elsewhere.
func (x *Exchange) tell(a decide.Admitted, released minimize.Released, extra *ledger.Commit) error {
	if !a.TellOrigin() && !a.NotifyAlways() {
		return nil
	}
	q, event := a.Facts().Query, envelope.EventMatchHit
	var records []minimize.ReleasedRecord
	for _, r := range released.Records() {
		if r.Tellable {
			records = append(records, r)
		}
	}
	if a.NotifyAlways() {
		event = envelope.EventFound
		if len(records) == 0 { // a child is with somebody, whoever it is
			records = []minimize.ReleasedRecord{{}}
		}
	}
	for _, r := range records {
		if a.Facts().Holder.AuthorityOfOrigin {
			hit := ledger.Hit{
				ID: envelope.NewID(), At: x.Now(), Requester: q.Issuer, Holder: x.Self,
				Purpose: q.Purpose, QueryJTI: q.ID, Record: r.ID,
			}
			if a.NotifyAlways() {
				var err error
				if hit.Detail, err = x.box.Seal(rowHit+hit.ID, q.Criteria); err != nil {
					return err
				}
			}
			extra.Hits = append(extra.Hits, hit)
			continue
		}
		item, err := x.post("", envelope.Notice{
			Event: event, Requester: q.Issuer, Purpose: q.Purpose, Query: q.ID,
			Criteria: q.Criteria, Subject: x.subjectOf(r.ID),
		}, x.Now())
		if err != nil {
			return err
		}
		extra.Outbox = append(extra.Outbox, item)
	}
	return nil
}

// Notify takes a notice of another participant and acknowledges it once what it
// says is durable.
func (x *Exchange) Notify(ctx context.Context, peer, sealed string) (string, error) {
	verified, err := x.verify(peer, sealed, envelope.TypeNotice)
	if err != nil {
		return "", err
	}
	notice, err := noticeOf(verified)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	if err := x.mayNotify(ctx, verified, notice); err != nil {
		return x.refuse(ctx, verified, err)
	}
	if _, err := replay.Check(ctx, x.Replay, verified); err != nil {
		return x.refuse(ctx, verified, err)
	}
	released := minimize.Links(nil, x.Engine.Ref())
	said, err := x.take(ctx, reply{message: verified, released: released}, notice)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.seal(said)
}

// take records what a notice changes here, again if somebody else changes the
// same at the same time.
func (x *Exchange) take(ctx context.Context, r reply, n envelope.Notice) (signedReply, error) {
	decision := received(ledger.KindNoticed, r.message, envelope.Officer{})
	decision.Holder, decision.Policy, decision.Outcome = x.Self, x.Engine.Ref(), n.Event
	decision.Purpose, decision.Requester, decision.QueryID = n.Purpose, n.Requester, n.Query
	if aboutHit(n.Event) {
		decision.Outcome = "noticed"
	}
	moved := problem.New(ledger.CodeMoved, "")
	for range maxDecisions {
		extra, err := x.taken(ctx, n)
		if err != nil {
			return signedReply{}, err
		}
		extra.Claim = claim(r.message)
		said, err := x.say(ctx, r, decision, extra)
		if !errors.Is(err, moved) {
			return said, err
		}
	}
	return signedReply{}, problem.New(problem.CodeUnavailable, "the matter keeps moving")
}

// taken is what a notice changes.
func (x *Exchange) taken(ctx context.Context, n envelope.Notice) (ledger.Commit, error) {
	switch n.Event {
	case envelope.EventHold, envelope.EventLifted:
		return x.takeHold(ctx, n)
	case envelope.EventRecall:
		return x.takeRecall(ctx, n)
	case envelope.EventReceipt:
		return ledger.Commit{}, nil // that it came is all it says
	case envelope.EventTally:
		return x.takeTally(n)
	case envelope.EventPush:
		return x.takePush(ctx, n)
	}
	return x.takeHit(ctx, n)
}

// takeHit keeps who asked for a child, or received something of one.
func (x *Exchange) takeHit(ctx context.Context, n envelope.Notice) (ledger.Commit, error) {
	hit := ledger.Hit{
		ID: envelope.NewID(), At: x.Now(), Requester: n.Requester, Holder: n.Issuer, Purpose: n.Purpose, QueryJTI: n.Query,
	}
	if n.Event == envelope.EventOrigin {
		hit.Requester, hit.Holder = n.Issuer, n.Holder
	}
	var err error
	if hit.Detail, err = json.Marshal(n.Criteria); err != nil {
		return ledger.Commit{}, err
	}
	var extra ledger.Commit
	if err := x.holdAt(ctx, hit, &extra); err != nil {
		return extra, err
	}
	hit.Detail, err = x.box.Seal(rowHit+hit.ID, n.Criteria)
	extra.Hits = append(extra.Hits, hit)
	return extra, err
}

// Hits lists who asked for a child, the newest first. Detail is the JSON of the
// criteria, as far as they are known here; at rest it is sealed.
func (x *Exchange) Hits(ctx context.Context, limit int) ([]ledger.Hit, error) {
	hits, err := x.Store.Hits(ctx, limit)
	if err != nil {
		return nil, err
	}
	for i, h := range hits {
		if len(h.Detail) == 0 {
			continue
		}
		var asked json.RawMessage
		if err := x.box.OpenRow("hit", rowHit+h.ID, h.Detail, &asked); err != nil {
			return nil, err
		}
		hits[i].Detail = asked
	}
	return hits, nil
}

// aboutHit says whether an event is that somebody asked.
func aboutHit(event string) bool {
	return event == envelope.EventMatchHit || event == envelope.EventFound
}

// mayNotify: each event goes one way. An officer acts on what the authority of
// origin is told, and on its word a child is answered as absent, so nobody else
// may say these things; what a recall changes is bound to its sender's answers.
func (x *Exchange) mayNotify(ctx context.Context, verified envelope.Verified, n envelope.Notice) error {
	sender, ok := x.Registry.Participant(verified.Issuer())
	if !ok {
		return unpaid{problem.New(CodeUnknownParticipant, "claim iss")}
	}
	if err := x.mayTell(ctx, sender, n); err != nil {
		return unpaid{err}
	}
	if _, ok := x.Registry.Participant(n.Requester); !ok {
		return unpaid{problem.New(CodeUnknownParticipant, "claim requester")}
	}
	return x.spend(ctx, verified, budget.Request{Officer: n.Requester, Purpose: "NOTICE", Query: "notice\x00" + n.Query})
}

func (x *Exchange) mayTell(ctx context.Context, sender trust.Participant, n envelope.Notice) error {
	atOrigin := x.party(x.Self).AuthorityOfOrigin
	switch n.Event {
	case envelope.EventMatchHit, envelope.EventFound, envelope.EventTally:
		if !atOrigin {
			return problem.New(CodeNotOrigin, "claim aud")
		}
		return holds(sender)
	case envelope.EventOrigin:
		if !atOrigin {
			return problem.New(CodeNotOrigin, "claim aud")
		}
		if _, ok := x.Registry.Participant(n.Holder); !ok || n.Holder == x.Self { // what one gave oneself, one knows
			return problem.New(CodeUnknownParticipant, "claim holder")
		}
		return nil
	case envelope.EventHold, envelope.EventLifted:
		if !sender.AuthorityOfOrigin {
			return problem.New(CodeNotOrigin, "claim iss")
		}
		return nil
	case envelope.EventRecall:
		return holds(sender)
	case envelope.EventPush:
		if n.Requester != x.Self || x.party(x.Self).Kind != kindMediator {
			return problem.Mismatch(CodePushRecipient, "claim requester", "this gateway, of a mediator", "another")
		}
		return holds(sender)
	case envelope.EventReceipt:
		return x.gave(ctx, sender.ID, n.Decisions)
	}
	return problem.New(CodeUnknownEvent, "claim event")
}

func holds(p trust.Participant) error {
	if !p.Holder {
		return problem.New(CodeNotHolder, "claim iss")
	}
	return nil
}

func (x *Exchange) origin() (trust.Participant, bool) {
	for _, p := range x.Registry.Participants() {
		if p.AuthorityOfOrigin {
			return p, true
		}
	}
	return trust.Participant{}, false
}
