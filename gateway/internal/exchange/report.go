package exchange

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/sightings"
)

// Problems of a message about a sighting.
const (
	// CodeReportChanged refuses another report under an id that was used.
	CodeReportChanged problem.Code = "report_changed"
	// CodeReportUnknown refuses what belongs to a report that never passed between the two.
	CodeReportUnknown problem.Code = "report_unknown"
)

const purposeSighting = "SIGHTING"

// Report is the chain of whoever receives a sighting, or what belongs to one: a
// sealed report from a TLS peer in, a sealed receipt out. No record is looked for
// here, and nothing here can be reached that would: candidates are found when a
// person triages (security.md, promise 4; a test over the code holds it).
func (x *Exchange) Report(ctx context.Context, peer, sealed string) (_ string, err error) {
	ctx, end := x.Tracer.Start(ctx, "report", observe.Peer(peer))
	defer func() { end(err) }()
	began := time.Now()
	verified, err := step(ctx, x, "verified", func(context.Context) (envelope.Verified, error) {
		return x.verify(peer, sealed, envelope.TypeSighting)
	})
	if err != nil {
		return "", err
	}
	receipt, err := x.report(ctx, verified)
	if err != nil {
		return "", err
	}
	return receipt, x.tick(ctx, began)
}

func (x *Exchange) report(ctx context.Context, verified envelope.Verified) (string, error) {
	message, err := sightingOf(verified)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	members, err := step(ctx, x, "admitted", func(ctx context.Context) ([]string, error) {
		return x.admitReport(ctx, verified, message)
	})
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	said, err := step(ctx, x, "recorded", func(ctx context.Context) (signedReply, error) {
		return x.takeReport(ctx, verified, message, members)
	})
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return step(ctx, x, "sealed", func(context.Context) (string, error) { return x.seal(said) })
}

func sightingOf(v envelope.Verified) (envelope.Sighting, error) {
	s, err := v.Sighting()
	return s, asWords(err, word("event", s.Event, eventWord), word("report_id", s.Report, idWord))
}

// admitReport spends the budget, claims the message and asks the policy; it returns
// the members of a report that the message may have.
func (x *Exchange) admitReport(ctx context.Context, verified envelope.Verified, m envelope.Sighting) ([]string, error) {
	if err := x.spend(ctx, verified, budget.Request{Officer: m.Event, Purpose: purposeSighting, Query: "sighting\x00" + m.Report}); err != nil {
		return nil, err
	}
	if _, err := replay.Check(ctx, x.Replay, verified); err != nil {
		return nil, err
	}
	return x.mayReport(ctx, m.Event, verified.Issuer(), x.Self)
}

// mayReport asks the policy whether such a message goes from one to the other.
func (x *Exchange) mayReport(ctx context.Context, event, from, to string) ([]string, error) {
	said, err := x.Engine.Report(ctx, decide.Report{
		Event: event, Requester: x.party(from), Holder: x.party(to), Agreement: x.agreement(to, from, purposeSighting),
	})
	if err != nil {
		return nil, err
	}
	if said.Refusal != "" {
		return nil, problem.New(refusalProblem(said.Refusal), "sighting: "+event+" to "+to)
	}
	return said.Members, nil
}

// takenReport is what a message about a sighting changes, and the receipt for it.
type takenReport struct {
	receipt envelope.SightingReceipt
	extra   ledger.Commit
}

// takeReport records what a message changes, again if somebody else changes the same
// at the same time. One that came before changes nothing and gets the same receipt.
func (x *Exchange) takeReport(ctx context.Context, verified envelope.Verified, m envelope.Sighting, members []string) (signedReply, error) {
	d := received(ledger.KindSighted, verified, envelope.Officer{})
	d.Holder, d.Policy, d.Outcome, d.Purpose, d.QueryID = x.Self, x.Engine.Ref(), m.Event, purposeSighting, m.Report
	for range maxDecisions {
		found, err := x.takenReport(ctx, verified.Issuer(), m, members)
		if err != nil {
			return signedReply{}, err
		}
		content, err := sightings.NewContent(found.receipt, d.Policy)
		if err != nil {
			return signedReply{}, err
		}
		found.extra.Claim = claim(verified)
		said, err := x.write(ctx, reply{message: verified, released: content}, d, found.extra)
		if !isMoved(err) {
			return said, err
		}
	}
	return signedReply{}, problem.New(problem.CodeUnavailable, "the sighting keeps moving")
}

func (x *Exchange) takenReport(ctx context.Context, from string, m envelope.Sighting, members []string) (takenReport, error) {
	switch m.Event {
	case envelope.EventSubmitted, envelope.EventShared:
		return x.takeSubmitted(ctx, from, m, members)
	case envelope.EventWithdrawn:
		return x.takeWithdrawn(ctx, from, m)
	case envelope.EventNeedsInfo:
		return x.takeQuestion(ctx, from, m)
	case envelope.EventClosing:
		return x.takeClosing(ctx, from, m, members)
	case envelope.EventClosed:
		return x.takeVerdict(ctx, from, m)
	}
	return x.takeReview(ctx, from, m)
}

// sightingID is the row of what one sender calls by this id: the same for every try.
func (x *Exchange) sightingID(from, report string) string {
	return "sg-" + x.subject("sighting\x00" + from + "\x00" + report)[:22]
}

// receiptFor is the receipt of a report. Its reference is keyed, so that nobody
// guesses another's.
func (x *Exchange) receiptFor(from string, m envelope.Sighting) envelope.SightingReceipt {
	mac := hmac.New(sha256.New, x.SubjectKey)
	mac.Write([]byte("reference\x00" + from + "\x00" + m.Report))
	reference, filler := sightings.Reference(mac.Sum(nil))
	return envelope.SightingReceipt{
		Reference: reference, Filler: filler, Received: x.Now().Unix(), Hash: sightings.Hash(m.Report, m.Values),
	}
}

// isMoved: somebody else changed the same meanwhile.
func isMoved(err error) bool { return errors.Is(err, problem.New(ledger.CodeMoved, "")) }

// matterOr reads a matter; found is false if there is none.
func (x *Exchange) matterOr(ctx context.Context, id string) (m ledger.Matter, found bool, err error) {
	m, err = x.Store.Matter(ctx, id)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return m, false, nil
	}
	return m, err == nil, err
}
