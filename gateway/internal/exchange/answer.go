package exchange

import (
	"context"
	"errors"
	"strings"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
)

// maxDecisions bounds how often one question is decided again because another
// question moved what its requester had received.
const maxDecisions = 8

// Answer is the chain of a holder: a sealed query from a TLS peer in, a sealed
// answer out. An error means that nothing is sent but a status: the bytes did
// not verify, or the decision could not be recorded.
func (x *Exchange) Answer(ctx context.Context, peer, sealed string) (_ string, err error) {
	ctx, end := x.Tracer.Start(ctx, "answer", observe.Peer(peer))
	defer func() { end(err) }()
	began := time.Now()
	verified, err := step(ctx, x, "verified", func(context.Context) (envelope.Verified, error) {
		return x.verify(peer, sealed, envelope.TypeQuery)
	})
	if err != nil {
		return "", err
	}
	answer, err := x.answer(ctx, verified)
	if err != nil {
		return "", err
	}
	x.Metrics.Answer(time.Since(began))
	return answer, x.tick(ctx, began)
}

func (x *Exchange) answer(ctx context.Context, verified envelope.Verified) (string, error) {
	admitted, err := step(ctx, x, "admitted", func(ctx context.Context) (attended, error) {
		return x.admit(ctx, verified)
	})
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.decided(ctx, verified, admitted)
}

// decided goes from the admitted question to the sealed answer to message: the
// query itself, or the collect that asked for it again.
func (x *Exchange) decided(ctx context.Context, message envelope.Verified, admitted attended) (string, error) {
	fetched, err := step(ctx, x, "fetched", func(ctx context.Context) (decide.Fetched, error) {
		return x.fetch(ctx, admitted)
	})
	if err != nil {
		return x.refuse(ctx, message, err)
	}
	for range maxDecisions {
		stands, err := x.stands(ctx)
		if err != nil {
			return x.refuse(ctx, message, err)
		}
		released, err := step(ctx, x, "released", func(ctx context.Context) (minimize.Released, error) {
			return x.release(ctx, fetched, admitted.people, stands)
		})
		if err != nil {
			return x.refuse(ctx, message, err)
		}
		said, err := step(ctx, x, "recorded", func(ctx context.Context) (signedReply, error) {
			return x.record(ctx, message, released, admitted.people, stands)
		})
		if errors.Is(err, problem.New(ledger.CodeMoved, "")) {
			if err := x.used(ctx, admitted.glass); err != nil {
				return x.refuse(ctx, message, err)
			}
			continue
		}
		if err != nil {
			return x.refuse(ctx, message, err)
		}
		return step(ctx, x, "sealed", func(context.Context) (string, error) {
			return x.seal(said)
		})
	}
	return "", problem.New(problem.CodeUnavailable, "disclosure state keeps moving")
}

// attended is a question that the policy let in, or refused, with what people have
// to do with it.
type attended struct {
	decide.Admitted
	people
}

// admit spends the budget, claims the message, and asks the policy whether the
// question is let in. What the policy refuses is an Admitted too; an error is a
// problem that the caller, who is proven, is told.
func (x *Exchange) admit(ctx context.Context, verified envelope.Verified) (attended, error) {
	query, err := queryOf(verified)
	if err != nil {
		return attended{}, err
	}
	came, unsorted := sorted(query.Links)
	came.id = query.ID
	form := normalised(query, came)
	if err := x.spend(ctx, verified, x.spending(query, form)); err != nil {
		return attended{}, err
	}
	fresh, err := step(ctx, x, "fresh", func(ctx context.Context) (replay.Fresh, error) {
		return replay.Check(ctx, x.Replay, verified)
	})
	if err != nil {
		return attended{}, err
	}
	x.count(query, form)
	if unsorted != nil {
		return attended{}, unsorted
	}
	facts, people, err := x.facts(ctx, query, came, false)
	if err != nil {
		return attended{}, err
	}
	admitted, err := x.Engine.Admit(ctx, fresh, facts)
	return attended{admitted, people}, err
}

// release decides every field and applies the verdicts. What a person must
// decide is promised; what the policy refused is a release of nothing.
func (x *Exchange) release(ctx context.Context, fetched decide.Fetched, p people, s *standing) (minimize.Released, error) {
	a := fetched.Admitted()
	if a.Pending() {
		return minimize.Pending(a, p.until(x.Now()), a.Policy()), nil
	}
	if code := a.Refusal(); code != "" {
		return minimize.Refuse(a, problem.New(refusalProblem(code), ""), a.Policy()), nil
	}
	verdicts, err := x.Engine.Decide(ctx, fetched, x.disclosed(ctx, fetched, s))
	if err != nil {
		return minimize.Released{}, err
	}
	released, err := minimize.Release(verdicts, x.Pseudonyms, a.Policy())
	if err == nil && p.push != nil { // for the mediator's gateway, which keeps photo and name apart
		return released.With(minimize.Attachment{Links: p.push.GoAheads}), nil
	}
	if err != nil || !a.NotifyAlways() {
		return released, err
	}
	return released.With(minimize.Attachment{Advice: x.advice(), Links: p.links}), nil
}

// record makes the decision durable, with all that must be so together with it.
func (x *Exchange) record(ctx context.Context, message envelope.Verified, released minimize.Released, p people, s *standing) (signedReply, error) {
	decision, extra, err := x.decision(message, released, p)
	if err != nil {
		return signedReply{}, err
	}
	touches, err := x.touches(s, released)
	if err != nil {
		return signedReply{}, err
	}
	extra.Matters, extra.Standing = append(extra.Matters, touches...), s.version
	asked := released.Admitted().Fresh().Verified()
	if p.push != nil {
		asked = envelope.Verified{} // nobody asked
	}
	said, err := x.write(ctx, reply{message, asked, released}, decision, extra)
	if err == nil {
		x.alert(released.Admitted().Facts().Query, touches)
	}
	return said, err
}

// write records what is said to a message, and counts it.
func (x *Exchange) write(ctx context.Context, r reply, d ledger.Decision, extra ledger.Commit) (signedReply, error) {
	said, err := x.say(ctx, r, d, extra)
	if err == nil {
		x.Metrics.Message(kindOf(r.message), d.Outcome)
		x.Metrics.Decision(d.Kind, d.Outcome)
	}
	return said, err
}

// kindOf is the type of a message in one word: "query", "collect", "notice".
func kindOf(message envelope.Verified) string {
	return strings.TrimSuffix(strings.TrimPrefix(string(message.Type()), "homeward-"), "+sd-jwt")
}

// refuse answers a proven caller with a problem: recorded, signed, sealed, like
// an answer. A refusal that cannot be recorded is an unsigned coarse status.
func (x *Exchange) refuse(ctx context.Context, verified envelope.Verified, cause error) (string, error) {
	p, ok := errors.AsType[*problem.Error](cause)
	if !ok {
		p = problem.Wrap(problem.CodeUnavailable, "", cause)
	}
	if p.Code == problem.CodeUnavailable || ctx.Err() != nil {
		return "", p
	}
	if isUnpaid(cause) && x.flooded(ctx, verified) {
		return "", p
	}
	policy := x.Engine.Ref()
	released := minimize.Refuse(decide.Admitted{}, p, policy)
	decision, extra := x.refusal(verified, p)
	decision.Policy = policy
	said, err := x.write(ctx, reply{message: verified, released: released}, decision, extra)
	replayed := problem.New(ledger.CodeReplayed, "claim jti")
	switch {
	case errors.Is(err, replayed) && extra.Claim != nil: // it was refused before, and is so again
		return x.refuse(ctx, verified, replayed)
	case err != nil:
		return "", problem.Wrap(problem.CodeUnavailable, "ledger", errors.Join(err, cause))
	}
	return x.seal(said)
}

func (x *Exchange) spending(q envelope.Query, form string) budget.Request {
	return budget.Request{
		Officer: q.Officer.ID, Purpose: q.Purpose, Query: form, Child: child(q), Rests: rests(q),
	}
}
