package exchange

import (
	"context"
	"errors"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/fanout"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
	"homeward.example/gateway/internal/trust"
)

// dueAtOnce is how many notices are looked at in one round.
const dueAtOnce = 32

// post is a notice that waits in the outbox, and its row there. An empty peer is
// the authority of origin, whoever that is on the day. The notice keeps its id
// over all tries, so that it takes effect once.
func (x *Exchange) post(peer string, n envelope.Notice, due time.Time) (ledger.OutboxItem, error) {
	n.Schema = envelope.Schema
	id := envelope.NewID()
	payload, err := x.box.Seal(rowOutbox+id, n)
	return ledger.OutboxItem{ID: id, Peer: peer, Kind: "notice", Payload: payload, Due: due}, err
}

// Rows beside the matters that the box seals, by what their ids begin with there.
const (
	rowOutbox = "outbox."
	rowHit    = "hit."
)

// posted is the notice of a row.
func (x *Exchange) posted(item ledger.OutboxItem) (n envelope.Notice, err error) {
	return n, x.box.OpenRow(item.Kind, rowOutbox+item.ID, item.Payload, &n)
}

// DeliverDue sends the messages that are due, each until it is acknowledged. Those
// of one addressee go in order, those of different ones at the same time: one that
// is away keeps nobody else waiting.
func (x *Exchange) DeliverDue(ctx context.Context) error {
	due, err := x.Store.Due(ctx, x.Now(), dueAtOnce)
	if err != nil {
		return err
	}
	x.Metrics.Outbox(len(due))
	queues := make(map[string][]ledger.OutboxItem)
	var order [][]ledger.OutboxItem
	for _, item := range due {
		queues[item.Peer] = append(queues[item.Peer], item)
	}
	for _, queue := range queues {
		order = append(order, queue)
	}
	var failures []error
	fanout.Do(ctx, order, dueAtOnce*x.Deadline, x.deliverAll, func(err error) { failures = append(failures, err) })
	return errors.Join(failures...)
}

// deliverAll sends what waits for one addressee. One that is away puts all off that
// waits for it; one that was told enough for now puts off what is told for the same
// requester; what it does not take puts off itself alone.
func (x *Exchange) deliverAll(ctx context.Context, items []ledger.OutboxItem) error {
	var failures []error
	for _, item := range items {
		until, err := x.toldEnough.until(x.toldFor(item), x.Now()), error(nil)
		if until.IsZero() {
			until = x.Now().Add(backoff(item.Tries))
			if err = x.deliver(ctx, item); err == nil {
				err = x.Store.Delivered(ctx, item.ID)
			}
			if err == nil {
				continue
			}
			failures = append(failures, err)
		}
		if isAway(err) {
			return errors.Join(append(failures, x.Store.PostponeAll(ctx, item.Peer, x.Now(), until))...)
		}
		if isEnough(err) {
			x.toldEnough.put(x.toldFor(item), x.Now())
		}
		if err := x.Store.Postpone(ctx, item.ID, until); err != nil {
			return errors.Join(append(failures, err)...)
		}
	}
	return errors.Join(failures...)
}

// isAway says whether a failure is of the addressee, or the way there, and not of one message.
func isAway(err error) bool {
	if err == nil {
		return false
	}
	switch problem.Of(err).Code {
	case problem.CodeUnreachable, problem.CodeTimedOut, problem.CodeCanceled, problem.CodeUnavailable, CodeUnknownHolder, CodeNoSealKey:
		return true
	}
	return false
}

// backoff doubles from one second to ten minutes.
func backoff(tries int) time.Duration {
	return min(time.Second<<min(tries, 20), 10*time.Minute)
}

// deliver sends one message and records who acknowledged it.
func (x *Exchange) deliver(ctx context.Context, item ledger.OutboxItem) error {
	if item.Kind == outboxSighting {
		return x.deliverSighting(ctx, item)
	}
	return x.deliverNotice(ctx, item)
}

func (x *Exchange) deliverNotice(ctx context.Context, item ledger.OutboxItem) error {
	peer, err := x.addressee(item.Peer)
	if err != nil {
		return err
	}
	notice, err := x.posted(item)
	if err != nil {
		return err
	}
	now := x.Now()
	notice.Claims = envelope.Claims{
		Issuer: x.Self, Audience: peer.ID, ID: item.ID,
		IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix(),
	}
	sealed, err := x.sealNotice(ctx, notice)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, x.Deadline)
	defer cancel()
	reply, err := x.Sender.Send(ctx, peer, MethodNotify, sealed.String())
	if err != nil {
		return err
	}
	sent := sentMessage{to: peer.ID, jti: notice.ID, purpose: notice.Purpose}
	verified, answer, err := x.opened(sent, sealed, reply)
	if err != nil {
		return err
	}
	if p := answer.Problem; p != nil && p.Code != string(ledger.CodeReplayed) {
		return refusedBy(p.Code, "notice at "+peer.ID)
	}
	return x.acknowledged(ctx, item.ID, verified, answer) // now, or at an earlier try
}

// refusedBy is why a peer refused a message. A word of its own, which is none of the
// catalogue, is not passed on to a log.
func refusedBy(code, where string) *problem.Error {
	if _, known := problem.Text(problem.Code(code), problem.Languages()[0]); !known {
		return problem.New(problem.CodeInvalidReply, where)
	}
	return problem.New(problem.Code(code), where)
}

func (x *Exchange) addressee(id string) (trust.Participant, error) {
	peer, ok := x.origin()
	if id != "" {
		peer, ok = x.Registry.Participant(id)
	}
	if !ok {
		return peer, problem.New(CodeUnknownHolder, "addressee of a notice")
	}
	return peer, nil
}

// sealNotice records a notice and seals it.
func (x *Exchange) sealNotice(ctx context.Context, n envelope.Notice) (seal.Asking, error) {
	payload, disclosures, err := envelope.NoticePayload(n)
	if err != nil {
		return seal.Asking{}, err
	}
	outcome := "notice"
	if !aboutHit(n.Event) {
		outcome = n.Event
	}
	receipt, err := x.Ledger.Record(ctx, payload, ledger.Decision{
		Kind: ledger.KindNotified, Holder: x.Self, Requester: n.Requester, Peer: n.Audience,
		Purpose: n.Purpose, QueryID: n.Query, Outcome: outcome,
	}, ledger.Commit{})
	if err != nil {
		return seal.Asking{}, err
	}
	to, ok := x.Registry.SealKey(n.Audience)
	if !ok {
		return seal.Asking{}, problem.New(CodeNoSealKey, n.Audience)
	}
	return seal.Message(receipt, payload, disclosures, envelope.TypeNotice, x.SignKey, to)
}

// acknowledged records, where somebody waits for it, that the addressee has a
// notice: its signed answer is what is recorded.
func (x *Exchange) acknowledged(ctx context.Context, id string, reply envelope.Verified, answer envelope.Answer) error {
	waiting, err := x.Store.Matter(ctx, id)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil
	}
	if err != nil {
		return err
	}
	now, waits := casework.Acknowledged(waiting, x.Now())
	if !waits {
		return nil
	}
	d := received(ledger.KindAcknowledged, reply, envelope.Officer{})
	d.Holder, d.Requester, d.QueryID = x.Self, reply.Issuer(), id
	d.Policy, d.Outcome = x.Engine.Ref(), waiting.Kind
	d.TheirDecision, d.TheirLeaf = answer.Decision, answer.Leaf
	_, err = x.Ledger.Record(ctx, []byte(reply.SDJWT()), d, ledger.Commit{Matters: []ledger.Matter{now}})
	if errors.Is(err, problem.New(ledger.CodeMoved, "")) {
		return nil // another process recorded it
	}
	return err
}
