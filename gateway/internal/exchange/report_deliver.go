package exchange

import (
	"context"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	"homeward.example/gateway/internal/trust"
)

// outboxSighting is the kind of outbox rows whose message is a matter.
const outboxSighting = "sighting"

// dispatch adds to a commit one message about a sighting, to be sent until the
// recipient has it.
func (x *Exchange) dispatch(d sightings.Delivery, extra *ledger.Commit) error {
	d.ID, d.State, d.At = envelope.NewID(), sightings.DeliveryWaiting, x.Now()
	row, err := d.Matter(x.box, ledger.MatterNone)
	if err != nil {
		return err
	}
	extra.Matters = append(extra.Matters, row)
	extra.Outbox = append(extra.Outbox, ledger.OutboxItem{ID: d.ID, Peer: d.Recipient, Kind: outboxSighting, Payload: []byte("{}"), Due: d.At})
	return nil
}

// deliverSighting sends one message and keeps its receipt. Each try is a message of
// its own; what it is about has one id, so that it takes effect once.
func (x *Exchange) deliverSighting(ctx context.Context, item ledger.OutboxItem) error {
	row, found, err := x.matterOr(ctx, item.ID)
	if err != nil || !found || row.State != sightings.DeliveryWaiting {
		return err // it was delivered, or taken back, meanwhile
	}
	d, err := sightings.DeliveryOf(x.box, row)
	if err != nil {
		return err
	}
	peer, err := x.addressee(d.Recipient)
	if err != nil {
		return err
	}
	members, err := x.mayReport(ctx, d.Event, x.Self, peer.ID)
	if err != nil {
		return err
	}
	d.Values = sightings.Keep(d.Values, members)
	verified, answer, err := x.sendSighting(ctx, peer, d)
	if err != nil {
		return err
	}
	return x.receipted(ctx, d, verified, answer)
}

func (x *Exchange) sendSighting(ctx context.Context, peer trust.Participant, d sightings.Delivery) (envelope.Verified, envelope.Answer, error) {
	now := x.Now()
	m := envelope.Sighting{
		Claims: envelope.Claims{
			Issuer: x.Self, Audience: peer.ID, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix(),
		},
		Event: d.Event, Report: d.Report, Values: d.Values, Schema: envelope.Schema,
	}
	payload, disclosures, err := envelope.SightingPayload(m)
	if err != nil {
		return envelope.Verified{}, envelope.Answer{}, err
	}
	sealed, err := x.put(ctx, putting{
		decision: ledger.Decision{
			Kind: ledger.KindReported, Holder: peer.ID, Requester: x.Self, Peer: peer.ID, Purpose: purposeSighting,
			QueryID: d.Report, Policy: x.Engine.Ref(), Outcome: "sent",
		},
		payload: payload, disclosures: disclosures, typ: envelope.TypeSighting,
	})
	if err != nil {
		return envelope.Verified{}, envelope.Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, x.Deadline)
	defer cancel()
	reply, err := x.Sender.Send(ctx, peer, MethodReport, sealed.String())
	if err != nil {
		return envelope.Verified{}, envelope.Answer{}, err
	}
	return x.opened(sentMessage{to: peer.ID, jti: m.ID, purpose: purposeSighting}, sealed, reply)
}

// receipted records that the recipient has a message, or why it does not take it.
func (x *Exchange) receipted(ctx context.Context, d sightings.Delivery, verified envelope.Verified, answer envelope.Answer) error {
	outcome := d.Event
	switch r := answer.Receipt; {
	case answer.Problem != nil && retried(answer.Problem.Code):
		return problem.New(problem.Code(answer.Problem.Code), "sighting at "+d.Recipient)
	case answer.Problem != nil:
		d.State, d.Problem, outcome = sightings.DeliveryRefused, answer.Problem, envelope.StatusRefused
	case r == nil || r.Hash != sightings.Hash(d.Report, d.Values):
		return problem.New(problem.CodeInvalidReply, "answer of "+d.Recipient+": no receipt for this report")
	default:
		d.State, d.Receipt = sightings.DeliveryDelivered, r
	}
	d.Values, d.At, d.Decision, d.Leaf, d.Evidence = nil, x.Now(), answer.Decision, answer.Leaf, verified.SDJWT()
	row, err := d.Matter(x.box, sightings.DeliveryWaiting)
	if err != nil {
		return err
	}
	record := received(ledger.KindAcknowledged, verified, envelope.Officer{})
	record.Holder, record.Requester, record.Purpose, record.QueryID = d.Recipient, x.Self, purposeSighting, d.Report
	record.Policy, record.Outcome, record.TheirDecision, record.TheirLeaf = x.Engine.Ref(), outcome, answer.Decision, answer.Leaf
	_, err = x.Ledger.Record(ctx, []byte(verified.SDJWT()), record, ledger.Commit{Matters: []ledger.Matter{row}})
	if isMoved(err) {
		return nil // another replica recorded it
	}
	return err
}

// retried says whether a refusal is of this moment and not of the message.
func retried(code string) bool {
	switch problem.Code(code) {
	case "rate_limited", problem.CodeUnavailable, ledger.CodeReplayed:
		return true
	}
	return false
}
