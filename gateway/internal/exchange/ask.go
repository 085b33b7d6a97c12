package exchange

import (
	"context"
	"slices"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/fanout"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/route"
	"homeward.example/gateway/internal/seal"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Emit takes each holder's answer as it comes, one at a time. An error stops
// nothing: the other answers are still recorded, since they were given.
type Emit func(*homewardv1.HolderAnswer) error

// Ask is the chain of a requester: one question, sent to every holder that
// policy names, each answer recorded before it is delivered.
func (x *Exchange) Ask(ctx context.Context, by Client, req *homewardv1.AskRequest, emit Emit) (*homewardv1.AskResponse, error) {
	q, err := x.question(by, req)
	if err != nil {
		return nil, err
	}
	if err := x.declare(ctx, &q); err != nil {
		return nil, err
	}
	plan, err := x.plan(ctx, &q)
	if err != nil {
		return nil, err
	}
	resp := &homewardv1.AskResponse{QueryId: q.id}
	deliver := gather(resp, emit)
	for _, h := range plan.All() {
		if !h.Asked {
			deliver(&homewardv1.HolderAnswer{Holder: h.Holder, Status: homewardv1.Status_STATUS_NOT_ASKED, Reason: h.Reason})
		}
	}
	fanout.Do(ctx, plan.Asked(), x.Deadline, func(ctx context.Context, holder string) *homewardv1.HolderAnswer {
		began := time.Now()
		a := x.askHolder(ctx, q, holder)
		x.Metrics.Holder(statusWord(a.GetStatus()), time.Since(began))
		return a
	}, deliver)
	return resp, nil
}

// gather collects the answers of one question and hands each on as it comes.
func gather(resp *homewardv1.AskResponse, emit Emit) func(*homewardv1.HolderAnswer) {
	return func(a *homewardv1.HolderAnswer) {
		a.QueryId = resp.GetQueryId()
		resp.Answers = append(resp.Answers, a)
		if emit != nil {
			_ = emit(a) // a caller that hung up is still owed the record of what came
		}
	}
}

// askHolder sends the question to one holder. Each holder has a message of its
// own, with its own id, and sees of the link only what it needs.
func (x *Exchange) askHolder(ctx context.Context, q question, holder string) *homewardv1.HolderAnswer {
	query, err := q.to(holder)
	if err != nil {
		return failed(holder, err)
	}
	payload, disclosures, err := envelope.QueryPayload(query)
	if err != nil {
		return failed(holder, err)
	}
	sent := x.sentQuery(q.by, q.id, query)
	sent.policy, sent.child = q.policy, q.child
	decision, extra := x.sending(sent, ledger.KindAsked)
	extra.Matters = q.used
	sealed, err := x.put(ctx, putting{decision, extra, payload, disclosures, envelope.TypeQuery, &sent.said.Query})
	if err != nil {
		return failed(holder, err)
	}
	return x.exchange(ctx, sent, MethodQuery, sealed)
}

// exchange sends one sealed message and receives the answer to it.
func (x *Exchange) exchange(ctx context.Context, sent sentMessage, method string, sealed seal.Asking) *homewardv1.HolderAnswer {
	peer, ok := x.Registry.Participant(sent.to)
	if !ok {
		return failed(sent.to, problem.New(CodeUnknownHolder, sent.to))
	}
	reply, err := step(ctx, x, "sent", func(ctx context.Context) (string, error) {
		return x.Sender.Send(ctx, peer, method, sealed.String())
	})
	if err != nil {
		return failed(sent.to, err)
	}
	answer, err := step(ctx, x, "received", func(ctx context.Context) (*homewardv1.HolderAnswer, error) {
		return x.receive(ctx, sent, sealed, reply)
	})
	if err != nil {
		return failed(sent.to, err)
	}
	return answer
}

// receive opens the reply, binds it to the message it answers, and records it.
func (x *Exchange) receive(ctx context.Context, sent sentMessage, sealed seal.Asking, reply string) (*homewardv1.HolderAnswer, error) {
	verified, answer, err := x.opened(sent, sealed, reply)
	if err != nil {
		return nil, err
	}
	return x.took(ctx, sent, verified, answer)
}

// opened verifies the answer to a message and that it answers this one.
func (x *Exchange) opened(sent sentMessage, sealed seal.Asking, reply string) (envelope.Verified, envelope.Answer, error) {
	verified, err := x.verify(sent.to, reply, envelope.TypeAnswer)
	if err != nil {
		return verified, envelope.Answer{}, problem.Wrap(problem.CodeInvalidReply, "answer of "+sent.to, err)
	}
	answer, err := verified.Answer()
	if err != nil {
		return verified, answer, problem.Wrap(problem.CodeInvalidReply, "answer of "+sent.to, err)
	}
	hash := sealed.Hash()
	if answer.InReplyTo != sent.jti || answer.QueryHash != envelope.Base64(hash[:]) {
		return verified, answer, problem.New(problem.CodeInvalidReply, "answer of "+sent.to+": claims irt and qh name another question")
	}
	return verified, answer, nil
}

// Plan says whom a question would be sent to, and sends nothing.
func (x *Exchange) Plan(ctx context.Context, req *homewardv1.AskRequest) (*homewardv1.PlanResponse, error) {
	q, err := x.question(Client{}, req)
	if err != nil {
		return nil, err
	}
	plan, err := x.plan(ctx, &q)
	if err != nil {
		return nil, err
	}
	resp := &homewardv1.PlanResponse{Has: x.has(ctx, x.childKey(q))}
	for _, h := range plan.All() {
		resp.Holders = append(resp.Holders, &homewardv1.PlannedHolder{Holder: h.Holder, Asked: h.Asked, Reason: h.Reason})
	}
	return resp, nil
}

// plan asks the policy in force, which the question keeps whatever comes into
// force while it is sent.
func (x *Exchange) plan(ctx context.Context, q *question) (route.Plan, error) {
	engine, err := x.Engine.Engine()
	if err != nil {
		return route.Plan{}, err
	}
	q.policy = engine.Ref()
	return route.Make(ctx, engine, q.planInput(x))
}

// holders shows every other holder of the registry to the policy.
func (x *Exchange) holders(purpose string, lead func(id string) bool, named []string) []decide.PlanHolder {
	var out []decide.PlanHolder
	for _, p := range x.Registry.Participants() {
		if p.Holder && p.ID != x.Self {
			out = append(out, decide.PlanHolder{
				Party: x.party(p.ID), Lead: lead(p.ID), GoAhead: slices.Contains(named, p.ID),
				Named:     x.Registry.Asked(p.ID, x.Self, purpose, x.Now()),
				Agreement: x.agreement(p.ID, x.Self, purpose), Mandate: x.mandate(p.ID, x.Self, purpose),
			})
		}
	}
	return out
}
