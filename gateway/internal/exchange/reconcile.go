package exchange

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/reconcile"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/seal"
)

// CodeDense: there are more exchanges with one peer in a few minutes than are
// compared at once.
const CodeDense problem.Code = "reconcile_dense"

// maxHalves bounds what is read for one comparison: a stretch and a Margin around it.
const maxHalves = 100_000

// purposeReconcile stands where a question's purpose does.
const purposeReconcile = "RECONCILE"

// Carry takes a sealed message to a participant and returns the sealed reply.
type Carry func(ctx context.Context, participant, sealed string) (string, error)

// Reconcile compares this ledger with that of another participant: exchanges
// between the two that were recorded from a time up to another, by digests alone.
// Both ledgers record that it was done. The findings come in the order of Missing.
func (x *Exchange) Reconcile(ctx context.Context, carry Carry, with string, from, to time.Time) ([]reconcile.Finding, error) {
	if beginning := time.UnixMicro(1).UTC(); from.Before(beginning) { // a claim is a number above 0
		from = beginning
	}
	found := make(map[reconcile.Finding]bool)
	var all []reconcile.Finding
	for from.Before(to) {
		findings, next, err := x.stretch(ctx, carry, with, from, to)
		if err != nil {
			return nil, err
		}
		for _, f := range findings {
			key := f
			key.At = nil
			if !found[key] {
				found[key] = true
				all = append(all, f)
			}
		}
		from = next
	}
	slices.SortStableFunc(all, func(a, b reconcile.Finding) int { return cmp.Compare(a.Missing, b.Missing) })
	return all, nil
}

// stretch is one message and its reply. It returns up to where that compared.
func (x *Exchange) stretch(ctx context.Context, carry Carry, with string, from, to time.Time) ([]reconcile.Finding, time.Time, error) {
	within, err := x.Store.Halves(ctx, with, from, to, reconcile.AtOnce+1)
	if err != nil {
		return nil, to, err
	}
	if len(within) > reconcile.AtOnce {
		to = within[reconcile.AtOnce].At
		if !to.After(from) { // so many in one moment: all of them, and what they are is for the peer to say
			return nil, to, problem.New(CodeDense, with)
		}
		within = within[:slices.IndexFunc(within, func(h ledger.Half) bool { return !h.At.Before(to) })]
	}
	own, err := x.around(ctx, with, from, to)
	if err != nil {
		return nil, to, err
	}
	reply, err := x.reconciling(ctx, carry, with, from, to, reconcile.Of(within))
	if err != nil {
		return nil, to, err
	}
	r := reconcile.Reply{Unknown: reply.Unknown, Asked: reply.Asked, Answered: reply.Answered}
	findings, ok := reconcile.Findings(own, r)
	if !ok {
		return nil, to, problem.New(problem.CodeInvalidReply, "answer of "+with+": halves that nobody named")
	}
	if reply.More != 0 {
		to = time.UnixMicro(reply.More).UTC()
		if !to.After(from) {
			return nil, to, problem.New(CodeDense, with)
		}
	}
	return findings, to, nil
}

// around is what this ledger has of a stretch and a Margin around it.
func (x *Exchange) around(ctx context.Context, peer string, from, to time.Time) (reconcile.Set, error) {
	halves, err := x.Store.Halves(ctx, peer, from.Add(-reconcile.Margin), to.Add(reconcile.Margin), maxHalves+1)
	if err == nil && len(halves) > maxHalves {
		err = problem.New(CodeDense, peer)
	}
	return reconcile.Of(halves), err
}

// reconciling names halves to a peer and returns what it replied; both are recorded.
func (x *Exchange) reconciling(ctx context.Context, carry Carry, with string, from, to time.Time, own reconcile.Set) (envelope.Reconcile, error) {
	m := envelope.Reconcile{
		Claims: x.claims(with), From: from.UnixMicro(), To: to.UnixMicro(),
		Asked: reconcile.Names(own.Asked), Answered: reconcile.Names(own.Answered), Schema: envelope.Schema,
	}
	sealed, err := x.sealReconcile(ctx, m, envelope.TypeReconcile, ledger.Decision{
		Kind: ledger.KindReconciling, Outcome: "sent", QueryID: m.ID,
	}, nil)
	if err != nil {
		return envelope.Reconcile{}, err
	}
	reply, err := carry(ctx, with, sealed)
	if err != nil {
		return envelope.Reconcile{}, err
	}
	verified, err := x.verify(with, reply, envelope.TypeReconciled)
	if err != nil {
		return envelope.Reconcile{}, problem.Wrap(problem.CodeInvalidReply, "answer of "+with, err)
	}
	answer, err := verified.Reconciled()
	if err == nil && answer.InReplyTo != m.ID {
		err = problem.New(problem.CodeInvalidReply, "claim irt")
	}
	if err != nil {
		return envelope.Reconcile{}, err
	}
	d := received(ledger.KindReconciled, verified, envelope.Officer{})
	d.Holder, d.Requester, d.Purpose, d.QueryID, d.Outcome = with, x.Self, purposeReconcile, m.ID, outcome(answer)
	_, err = x.Ledger.Record(ctx, []byte(verified.SDJWT()), d, ledger.Commit{})
	return answer, err
}

// outcome of a comparison, as both ledgers record it. A question that never arrived
// makes a difference too.
func outcome(r envelope.Reconcile) string {
	if len(r.Unknown)+len(r.Asked)+len(r.Answered) == 0 {
		return "agree"
	}
	return "differ"
}

func (x *Exchange) claims(to string) envelope.Claims {
	now := x.Now()
	return envelope.Claims{Issuer: x.Self, Audience: to, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix()}
}

// sealReconcile records, signs and seals one of the two messages.
func (x *Exchange) sealReconcile(ctx context.Context, m envelope.Reconcile, t envelope.Type, d ledger.Decision, c *ledger.Claim) (string, error) {
	payload, disclosures, err := envelope.ReconcilePayload(m)
	if err != nil {
		return "", err
	}
	d.Holder, d.Requester, d.Peer, d.Purpose = m.Audience, x.Self, m.Audience, purposeReconcile
	if c != nil {
		d.Holder, d.Requester = x.Self, m.Audience
	}
	receipt, err := x.Ledger.Record(ctx, payload, d, ledger.Commit{Claim: c})
	if err != nil {
		return "", err
	}
	to, ok := x.Registry.SealKey(m.Audience)
	if !ok {
		return "", problem.New(CodeNoSealKey, m.Audience)
	}
	sealed, err := seal.Message(receipt, payload, disclosures, t, x.SignKey, to)
	return sealed.String(), err
}

// Reconciled is the other side of Reconcile: it tells a proven peer which of the
// halves that it named are not in this ledger, and which of the exchanges with it
// were not named. Of anybody else's it says nothing, and of what they were about
// nothing either.
func (x *Exchange) Reconciled(ctx context.Context, peer, sealed string) (string, error) {
	verified, err := x.verify(peer, sealed, envelope.TypeReconcile)
	if err != nil {
		return "", err
	}
	m, err := verified.Reconcile()
	if err != nil {
		return "", err
	}
	from, to := time.UnixMicro(m.From).UTC(), time.UnixMicro(m.To).UTC()
	if len(m.Asked)+len(m.Answered) > 2*reconcile.AtOnce || !from.Before(to) {
		return "", problem.New(envelope.CodeContent, "claims from, to, asked, answered")
	}
	if err := x.spend(ctx, verified, budget.Request{Officer: peer, Purpose: purposeReconcile, Query: "reconcile\x00" + m.ID}); err != nil {
		return "", err
	}
	if _, err := replay.Check(ctx, x.Replay, verified); err != nil {
		return "", err
	}
	all, err := x.around(ctx, peer, from, to)
	if err != nil {
		return "", err
	}
	within, err := x.Store.Halves(ctx, peer, from, to, maxHalves)
	if err != nil {
		return "", err
	}
	found, ok := reconcile.Compare(all, within, m.Asked, m.Answered)
	if !ok {
		return "", problem.New(envelope.CodeContent, "claims asked, answered")
	}
	reply := envelope.Reconcile{
		Claims: x.claims(peer), InReplyTo: m.ID, From: m.From, To: m.To,
		Unknown: found.Unknown, Asked: found.Asked, Answered: found.Answered, Schema: envelope.Schema,
	}
	if !found.More.IsZero() {
		reply.More = found.More.UnixMicro()
	}
	return x.sealReconcile(ctx, reply, envelope.TypeReconciled, ledger.Decision{
		Kind: ledger.KindReconciled, Outcome: outcome(reply), QueryID: m.ID, QueryHash: hash(verified),
	}, claim(verified))
}

// digest reads a hash as a claim has it.
func digest(text string) (d [32]byte, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && len(b) != len(d) {
		err = problem.New(envelope.CodeContent, "digest")
	}
	copy(d[:], b)
	return d, err
}
