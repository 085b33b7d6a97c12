package exchange

import (
	"context"
	"maps"
	"slices"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/fanout"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/seal"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CodeNotPlanned refuses to forward to a holder whom policy does not name.
const CodeNotPlanned problem.Code = "holder_not_planned"

// CodeHasUndeclared refuses to forward a question that leaves out what was received.
const CodeHasUndeclared problem.Code = "has_undeclared"

// Forward takes questions that the agency's own system signed, one for each
// holder, and sends them on unchanged: verified, planned, recorded, sealed.
// One message that does not verify stops all, before anything is sent.
func (x *Exchange) Forward(ctx context.Context, by Client, req *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error) {
	if len(req.GetMessages()) == 0 {
		return nil, problem.New(CodeNothingAsked, "messages")
	}
	var messages []signed
	for _, m := range req.GetMessages() {
		s, err := x.signed(ctx, by.Roles, m)
		if err != nil {
			return nil, err
		}
		messages = append(messages, s)
	}
	join(messages)
	for i := range messages {
		if err := x.declared(ctx, &messages[i].question); err != nil {
			return nil, err
		}
	}
	resp := &homewardv1.AskResponse{QueryId: envelope.NewID()}
	fanout.Do(ctx, messages, x.Deadline, func(ctx context.Context, s signed) *homewardv1.HolderAnswer {
		return x.forward(ctx, by, resp.QueryId, s)
	}, gather(resp, nil))
	return resp, nil
}

// declared refuses a signed question that says less than this gateway's ledger: its
// holder would add the other half of what may not meet (never 6).
func (x *Exchange) declared(ctx context.Context, q *question) error {
	said := slices.Clone(q.query.Has)
	if err := x.declare(ctx, q); err != nil {
		return err
	}
	for _, column := range q.query.Has {
		if !slices.Contains(said, column) {
			return problem.Mismatch(CodeHasUndeclared, "claim has", column, "a question that does not say so")
		}
	}
	return nil
}

// signed is a question that verified under an agency key of this participant.
type signed struct {
	question
	verified envelope.Verified
}

// join puts together what each holder is shown of one case link, so that the child
// is the same one in all messages.
func join(messages []signed) {
	children := make(map[string]map[string]string)
	for _, m := range messages {
		if m.link != nil && children[m.link.ID] == nil {
			children[m.link.ID] = make(map[string]string)
		}
		if m.link != nil {
			maps.Copy(children[m.link.ID], m.link.Child)
		}
	}
	for _, m := range messages {
		if m.link != nil {
			m.link.Child = children[m.link.ID]
		}
	}
}

func (x *Exchange) signed(ctx context.Context, roles []string, m *homewardv1.SignedMessage) (signed, error) {
	verified, err := envelope.Verify(m.GetJws(), envelope.Expect{
		Type: envelope.TypeQuery, Audience: m.GetHolder(), Issuer: x.Self, Keys: x.Registry,
		Now: x.Now(), Uses: []envelope.Use{envelope.UseAgency},
	})
	if err != nil {
		return signed{}, err
	}
	query, err := queryOf(verified)
	if err != nil {
		return signed{}, err
	}
	if !slices.Contains(roles, query.Officer.Role) {
		return signed{}, problem.Mismatch(problem.CodeForbidden, "claim act.role", strings.Join(roles, ", "), query.Officer.Role)
	}
	q := question{query: query}
	came, err := sorted(query.Links)
	if err != nil {
		return signed{}, err
	}
	if came.link != "" {
		link, err := x.link(came.link, x.Self, query.Purpose)
		if err != nil {
			return signed{}, err
		}
		q.link = &link
	}
	q.goAheads = came.goAheads
	plan, err := x.plan(ctx, &q)
	if err != nil {
		return signed{}, err
	}
	if !plan.Names(m.GetHolder()) {
		return signed{}, problem.New(CodeNotPlanned, m.GetHolder())
	}
	return signed{q, verified}, nil
}

func (x *Exchange) forward(ctx context.Context, by Client, queryID string, s signed) *homewardv1.HolderAnswer {
	holder := s.query.Audience
	sent := x.sentQuery(by, queryID, s.query)
	sent.policy, sent.child = s.policy, s.child
	decision, extra := x.sending(sent, ledger.KindAsked)
	extra.Matters = s.used
	token := s.verified.SDJWT()
	sent.said.Query = kept(s.verified)
	receipt, err := x.Ledger.RecordSaid(ctx, []byte(token), decision, extra, func(draft ledger.Draft) (*ledger.Kept, error) {
		return x.kept.Keep(draft.ID(), sent.said)
	})
	if err != nil {
		return failed(holder, err)
	}
	to, ok := x.Registry.SealKey(holder)
	if !ok {
		return failed(holder, problem.New(CodeNoSealKey, holder))
	}
	sealed, err := seal.Forward(receipt, token, envelope.TypeQuery, to)
	if err != nil {
		return failed(holder, err)
	}
	return x.exchange(ctx, sent, MethodQuery, sealed)
}
