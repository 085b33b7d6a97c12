package exchange

import (
	"context"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
)

// reply is what is about to be said to a message.
type reply struct {
	message envelope.Verified
	// asked is the question that is decided: the message itself, or the one that it
	// asks for again. The zero value for one that came no further than its envelope.
	asked    envelope.Verified
	released content
}

// content is what is decided on, and the disclosures beside it: minimize.Released,
// or the receipt of a sighting.
type content interface {
	Content() []byte
	Disclosures() []envelope.Disclosure
}

// answers is the id of the question that a reply is about.
func (r reply) answers() string {
	if r.asked.Type() != "" {
		return r.asked.ID()
	}
	if c, err := r.message.Collect(); err == nil {
		return c.InReplyTo
	}
	return r.message.ID()
}

// signedReply is a reply that is signed and recorded.
type signedReply struct {
	to      string
	signed  seal.Signed
	receipt ledger.Receipt
}

// say signs a reply over the draft of its decision and makes both durable together.
func (x *Exchange) say(ctx context.Context, r reply, d ledger.Decision, extra ledger.Commit) (signedReply, error) {
	out := signedReply{to: r.message.Issuer()}
	hash := r.message.Hash()
	head := seal.Head{
		Issuer: x.Self, Audience: out.to, InReplyTo: r.answers(),
		QueryHash: envelope.Base64(hash[:]), Now: x.Now(),
	}
	var err error
	out.receipt, err = x.Ledger.RecordSaid(ctx, r.released.Content(), d, extra, func(draft ledger.Draft) (*ledger.Kept, error) {
		out.signed, err = seal.Answer(draft, r.released.Disclosures(), head, x.SignKey)
		if err != nil {
			return nil, problem.Wrap(problem.CodeUnavailable, "seal", err)
		}
		return x.kept.Keep(draft.ID(), r.exchanged(out.signed))
	})
	return out, err
}

func (r reply) exchanged(answer seal.Signed) ledger.Exchanged {
	e := ledger.Exchanged{Query: kept(r.message), Answer: answer.Kept()}
	if r.asked.Type() != "" && r.asked.ID() != r.message.ID() {
		e.Query, e.Again = kept(r.asked), e.Query
	}
	return e
}

func kept(v envelope.Verified) ledger.Message {
	m := ledger.MessageOf(v.SDJWT(), v.Payload())
	m.Hash = v.Hash()
	return m
}

// seal makes of a recorded reply the message that leaves.
func (x *Exchange) seal(s signedReply) (string, error) {
	to, ok := x.Registry.SealKey(s.to)
	if !ok {
		return "", problem.New(problem.CodeUnavailable, "no current seal key of "+s.to)
	}
	sealed, err := s.signed.Seal(s.receipt, to)
	if err != nil {
		return "", problem.Wrap(problem.CodeUnavailable, "seal", err)
	}
	return sealed.String(), nil
}

// putting is a question of one's own that is about to be sent to its decision's peer.
type putting struct {
	decision    ledger.Decision
	extra       ledger.Commit
	payload     []byte
	disclosures []envelope.Disclosure
	typ         envelope.Type
	// said takes a copy of what was signed, to stand beside the answer too. May be nil.
	said *ledger.Message
}

// put signs a question, makes it durable together with its decision, and seals it.
func (x *Exchange) put(ctx context.Context, p putting) (seal.Asking, error) {
	var signed seal.Signed
	receipt, err := x.Ledger.RecordSaid(ctx, p.payload, p.decision, p.extra, func(draft ledger.Draft) (*ledger.Kept, error) {
		var err error
		if signed, err = seal.Query(draft, p.disclosures, p.typ, x.SignKey); err != nil {
			return nil, err
		}
		if p.said != nil {
			*p.said = signed.Kept().Clone()
		}
		if p.typ == envelope.TypeCollect {
			return x.kept.Keep(draft.ID(), ledger.Exchanged{Again: signed.Kept()})
		}
		return x.kept.Keep(draft.ID(), ledger.Exchanged{Query: signed.Kept()})
	})
	if err != nil {
		return seal.Asking{}, err
	}
	to, ok := x.Registry.SealKey(p.decision.Peer)
	if !ok {
		return seal.Asking{}, problem.New(CodeNoSealKey, p.decision.Peer)
	}
	return signed.SealAsking(receipt, to)
}
