package exchange

import (
	"context"
	"errors"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/fanout"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/seal"
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
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	if err := x.Budget.Spend(ctx, budget.Request{
		Participant: verified.Issuer(), Officer: collect.Officer.ID, Purpose: "COLLECT",
		Query: "collect\x00" + collect.InReplyTo, Now: x.Now(),
	}); err != nil {
		return x.refuse(ctx, verified, err)
	}
	fresh, err := replay.Check(ctx, x.Replay, verified)
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	pending, err := x.Store.PendingFor(ctx, verified.Issuer(), collect.InReplyTo)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return x.links(ctx, verified, collect)
	}
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.complete(ctx, fresh, pending)
}

// complete decides a pending question again. The stored bytes are verified as
// on the day they came, with the keys of today: a key revoked since ends it.
func (x *Exchange) complete(ctx context.Context, fresh replay.Fresh, p ledger.Pending) (string, error) {
	collect := fresh.Verified()
	asked, err := envelope.Verify(p.Query, envelope.Expect{
		Type: envelope.TypeQuery, Audience: x.Self, Issuer: collect.Issuer(), Keys: x.Registry,
		Now: p.Asked, Uses: signers(envelope.TypeQuery),
	})
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	query, err := queryOf(asked)
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	facts, err := x.facts(query)
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	admitted, err := x.Engine.Admit(ctx, fresh.Resume(asked), facts)
	if err != nil {
		return x.refuse(ctx, collect, err)
	}
	return x.decided(ctx, collect, admitted)
}

// links answers with the case links that wait for this recipient and question.
func (x *Exchange) links(ctx context.Context, verified envelope.Verified, collect envelope.Collect) (string, error) {
	waiting, err := x.Store.LinksFor(ctx, verified.Issuer(), collect.InReplyTo, x.Now())
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	tokens := make([]string, len(waiting))
	for i, l := range waiting {
		tokens[i] = l.Token
	}
	released := minimize.Links(tokens, x.Engine.Ref())
	decision := received(ledger.KindCollected, verified, collect.Officer)
	decision.QueryID, decision.Holder, decision.Policy = collect.InReplyTo, x.Self, x.Engine.Ref()
	decision.Outcome = envelope.StatusAnswered
	for _, l := range waiting {
		decision.Links = append(decision.Links, l.ID)
	}
	receipt, err := x.Ledger.Record(ctx, released.Content(), decision, ledger.Commit{Claim: claim(verified)})
	if err != nil {
		return x.refuse(ctx, verified, err)
	}
	return x.seal(verified, collect.InReplyTo, released, receipt)
}

// CollectAnswers is the requester's side: it asks the holders that promised a
// later answer, and the authority of origin, which may have given a link.
func (x *Exchange) CollectAnswers(ctx context.Context, req *homewardv1.CollectRequest) (*homewardv1.AskResponse, error) {
	asked, err := x.Store.AskedIn(ctx, req.GetQueryId())
	if err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, problem.New(problem.CodeNotFound, "query_id")
	}
	officer := envelope.Officer{ID: req.GetOfficer().GetId(), Role: req.GetOfficer().GetRole()}
	resp := &homewardv1.AskResponse{QueryId: req.GetQueryId()}
	fanout.Do(ctx, x.open(asked), x.Deadline, func(ctx context.Context, c collecting) *homewardv1.HolderAnswer {
		return x.collectFrom(ctx, officer, c)
	}, func(a *homewardv1.HolderAnswer) { merge(resp, a) })
	return resp, nil
}

// merge adds an answer to those collected. The authority of origin is asked about
// the question at each holder, and answers as one: with all links it gave.
func merge(resp *homewardv1.AskResponse, a *homewardv1.HolderAnswer) {
	a.QueryId = resp.GetQueryId()
	for i, have := range resp.GetAnswers() {
		if have.GetHolder() != a.GetHolder() {
			continue
		}
		links := append(have.GetLinks(), a.GetLinks()...)
		if len(a.GetLinks())+len(a.GetRecords()) > 0 {
			resp.Answers[i] = a
		}
		resp.Answers[i].Links = links
		return
	}
	resp.Answers = append(resp.Answers, a)
}

// collecting is one question that is asked again at one participant.
type collecting struct {
	from string
	ledger.Asked
}

// open lists what to ask again: each pending question at its holder, and every
// question at the authority of origin, which may answer a hit anywhere with a link.
func (x *Exchange) open(asked []ledger.Asked) []collecting {
	var out []collecting
	origin, known := x.origin()
	for _, a := range asked {
		if a.Status == "pending" && a.Holder != origin.ID {
			out = append(out, collecting{a.Holder, a})
		}
		if known && origin.ID != x.Self {
			out = append(out, collecting{origin.ID, a})
		}
	}
	return out
}

func (x *Exchange) collectFrom(ctx context.Context, officer envelope.Officer, a collecting) *homewardv1.HolderAnswer {
	now := x.Now()
	collect := envelope.Collect{
		Claims: envelope.Claims{
			Issuer: x.Self, Audience: a.from, ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: now.Add(queryLife).Unix(),
		},
		Officer: officer, InReplyTo: a.JTI, Schema: envelope.Schema,
	}
	payload, disclosures, err := envelope.CollectPayload(collect)
	if err != nil {
		return failed(a.from, err)
	}
	sent := sentMessage{queryID: a.QueryID, to: a.from, jti: a.JTI, officer: officer, purpose: a.Purpose, asked: a.from == a.Holder}
	decision, extra := x.sending(sent, ledger.KindCollecting)
	receipt, err := x.Ledger.Record(ctx, payload, decision, extra)
	if err != nil {
		return failed(a.from, err)
	}
	to, ok := x.Registry.SealKey(a.from)
	if !ok {
		return failed(a.from, problem.New(CodeNoSealKey, a.from))
	}
	sealed, err := seal.Message(receipt, payload, disclosures, envelope.TypeCollect, x.SignKey, to)
	if err != nil {
		return failed(a.from, err)
	}
	return x.exchange(ctx, sent, MethodCollect, sealed)
}

// pendingFor is how long a person has to decide.
const pendingFor = 72 * time.Hour
