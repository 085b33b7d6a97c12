package api

import (
	"context"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// maxWord bounds what is searched for: no word of a decision is longer.
const maxWord = 256

func (s ledgerServer) Search(ctx context.Context, req *homewardv1.SearchRequest) (*homewardv1.SearchResponse, error) {
	return serve(ctx, s.guard, func(ctx context.Context, c Caller) (*homewardv1.SearchResponse, error) {
		if err := reviewer(c).MayLook(); err != nil {
			return nil, err
		}
		q, err := queryOf(req)
		if err != nil {
			return nil, err
		}
		page, err := s.decisions.Search(ctx, reviewer(c), q)
		if err != nil {
			return nil, err
		}
		resp := &homewardv1.SearchResponse{Next: page.Next}
		for _, f := range page.Found {
			resp.Decisions = append(resp.Decisions, &homewardv1.FoundDecision{
				Id: f.ID, Seq: f.Seq, At: f.At.Format(time.RFC3339Nano), Kind: f.Kind, Requester: f.Requester, Holder: f.Holder,
				Officer: f.Officer.ID, OfficerRole: f.Officer.Role, Purpose: f.Purpose, Basis: f.Basis, Outcome: f.Outcome,
				Reason: f.Reason, BreakGlass: f.BreakGlass, LogIndex: f.LogIndex, Erased: f.Erased,
			})
		}
		return resp, nil
	})
}

func queryOf(req *homewardv1.SearchRequest) (ledger.Query, error) {
	q := ledger.Query{
		Kind: req.GetKind(), Requester: req.GetRequester(), Officer: req.GetOfficer(), Holder: req.GetHolder(), Purpose: req.GetPurpose(),
		Basis: req.GetBasis(), Outcome: req.GetOutcome(), Field: req.GetField(), Verdict: req.GetVerdict(), Reason: req.GetReason(),
		BreakGlass: req.GetBreakGlass(), Child: req.GetChild(), Limit: int(req.GetLimit()), Page: req.GetPage(),
	}
	for _, word := range []string{q.Kind, q.Requester, q.Officer, q.Holder, q.Purpose, q.Basis, q.Outcome, q.Field, q.Verdict, q.Reason, q.Child, q.Page} {
		if len(word) > maxWord {
			return q, problem.Mismatch(problem.CodeInvalidRequest, "search", "words of at most 256 bytes", "a longer one")
		}
	}
	switch {
	case q.Limit < 0 || q.Limit > ledger.MaxPage:
		return q, problem.Mismatch(problem.CodeInvalidRequest, "limit", "0 to 200", "another number")
	case q.Limit == 0:
		q.Limit = pageDefault
	}
	var err error
	if q.From, err = timeOf("from", req.GetFrom()); err == nil {
		q.To, err = timeOf("to", req.GetTo())
	}
	return q, err
}

func timeOf(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, problem.Mismatch(problem.CodeInvalidRequest, name, "a time as in RFC 3339", "another text")
	}
	return t, nil
}
