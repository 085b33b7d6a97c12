package exchange

import (
	"context"
	"slices"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/fanout"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Client is a system of the agency's side: its name in the configuration of its
// gateway, and the roles that its officers may act in.
type Client struct {
	Name  string
	Roles []string
}

// CollectAnswers is the requester's side: it asks the holders that promised a
// later answer, and the authority of origin, which may have given a link. To
// anybody but the client that asked, in the role that asked, the question does not
// exist.
func (x *Exchange) CollectAnswers(ctx context.Context, by Client, req *homewardv1.CollectRequest) (*homewardv1.AskResponse, error) {
	asked, err := x.Store.AskedIn(ctx, req.GetQueryId())
	if err != nil {
		return nil, err
	}
	officer := envelope.Officer{ID: req.GetOfficer().GetId(), Role: req.GetOfficer().GetRole()}
	if len(asked) == 0 {
		reply, err := x.collectPush(ctx, officer, req.GetQueryId())
		if err != nil {
			return nil, err
		}
		return merged(req.GetQueryId(), []collected{reply}), nil
	}
	if asked[0].Client != by.Name || asked[0].Role != officer.Role {
		return nil, problem.New(problem.CodeNotFound, "query_id")
	}
	if asked[0].Purpose != purposeFound {
		if err := x.mayAskOf(ctx, asked[0].Subject); err != nil {
			return nil, err
		}
	}
	var replies []collected
	fanout.Do(ctx, x.open(asked), x.Deadline, func(ctx context.Context, c collecting) collected {
		return collected{x.collectFrom(ctx, officer, c), c.from == c.Holder}
	}, func(r collected) { replies = append(replies, r) })
	return merged(req.GetQueryId(), replies), nil
}

// collected is one reply, and whether it is about the question at that very
// participant.
type collected struct {
	*homewardv1.HolderAnswer
	own bool
}

// weight puts first what a participant says of the question that it was asked
// itself, then what brings links.
func (c collected) weight() int {
	switch {
	case c.own:
		return 0
	case len(c.GetLinks()) > 0:
		return 1
	}
	return 2
}

// merged makes one answer a participant. The authority of origin is asked about the
// question at each holder, and answers as one: with all links that it gave for any.
func merged(queryID string, replies []collected) *homewardv1.AskResponse {
	resp := &homewardv1.AskResponse{QueryId: queryID}
	slices.SortStableFunc(replies, func(a, b collected) int { return a.weight() - b.weight() })
	first := make(map[string]*homewardv1.HolderAnswer)
	for _, r := range replies {
		if a := first[r.GetHolder()]; a != nil {
			a.Links = append(a.Links, r.GetLinks()...)
			continue
		}
		r.QueryId = queryID
		first[r.GetHolder()] = r.HolderAnswer
		resp.Answers = append(resp.Answers, r.HolderAnswer)
	}
	return resp
}

// collecting is one question that is asked again at one participant.
type collecting struct {
	from   string
	pushed string // the case link of what a holder pushed; "" for a question
	ledger.Asked
}

// open lists what to ask again: each pending question at its holder, and every
// question at the authority of origin, which may answer a hit anywhere with a link.
func (x *Exchange) open(asked []ledger.Asked) []collecting {
	var out []collecting
	origin, known := x.origin()
	for _, a := range asked {
		if a.Status == "pending" && a.Holder != origin.ID {
			out = append(out, collecting{from: a.Holder, Asked: a})
		}
		if known && origin.ID != x.Self {
			out = append(out, collecting{from: origin.ID, Asked: a})
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
	sent := sentMessage{queryID: a.QueryID, to: a.from, jti: a.JTI, officer: officer, purpose: a.Purpose, client: a.Client, child: a.Subject, pushed: a.pushed, asked: a.from == a.Holder, policy: x.Engine.Ref()}
	decision, extra := x.sending(sent, ledger.KindCollecting)
	sealed, err := x.put(ctx, putting{decision, extra, payload, disclosures, envelope.TypeCollect, &sent.said.Again})
	if err != nil {
		return failed(a.from, err)
	}
	return x.exchange(ctx, sent, MethodCollect, sealed)
}
