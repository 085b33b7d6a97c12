package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// fakeAsker answers from three holders, one after the other, and fails at the
// end if it is told to. It remembers what reached it.
type fakeAsker struct {
	mu     sync.Mutex
	caller Caller
	err    error
	gate   chan struct{} // if set, one receive before each answer but the first
	full   bool          // answer with every member set
}

func (f *fakeAsker) holders() []*homewardv1.HolderAnswer {
	if f.full {
		return []*homewardv1.HolderAnswer{fullAnswer()}
	}
	var out []*homewardv1.HolderAnswer
	for _, id := range []string{"gov-ua", "unicef", "icrc"} {
		out = append(out, &homewardv1.HolderAnswer{Holder: id, Status: homewardv1.Status_STATUS_ANSWERED, DecisionId: "d-" + id})
	}
	return out
}

func (f *fakeAsker) reached(c Caller) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.caller = c
}

func (f *fakeAsker) who() Caller {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.caller
}

func (f *fakeAsker) Ask(_ context.Context, c Caller, _ *homewardv1.AskRequest, emit func(*homewardv1.HolderAnswer) error) (*homewardv1.AskResponse, error) {
	f.reached(c)
	resp := &homewardv1.AskResponse{QueryId: "q1", Answers: f.holders()}
	for i, a := range resp.Answers {
		if i > 0 && f.gate != nil {
			<-f.gate
		}
		if i > 0 && f.err != nil {
			return nil, f.err
		}
		if err := emit(a); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

func (f *fakeAsker) Plan(_ context.Context, c Caller, _ *homewardv1.AskRequest) (*homewardv1.PlanResponse, error) {
	f.reached(c)
	return &homewardv1.PlanResponse{Holders: []*homewardv1.PlannedHolder{{Holder: "gov-ua", Asked: true, Reason: "origin"}}}, f.err
}

func (f *fakeAsker) Forward(_ context.Context, c Caller, r *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error) {
	f.reached(c)
	return &homewardv1.AskResponse{QueryId: r.GetMessages()[0].GetHolder()}, f.err
}

func (f *fakeAsker) Collect(_ context.Context, c Caller, r *homewardv1.CollectRequest) (*homewardv1.AskResponse, error) {
	f.reached(c)
	return &homewardv1.AskResponse{QueryId: r.GetQueryId()}, f.err
}

// fakeDecisions has rows 1 to 120.
type fakeDecisions struct{}

func row(seq int64) ledger.Row {
	return ledger.Row{
		Seq: seq, ID: fmt.Sprintf("d%d", seq), At: time.Date(2026, 11, 1, 12, 0, 0, 5e6, time.UTC), Kind: "answered", Peer: "gov-pl",
		Purpose: "RETURN", Content: []byte(`{"a":1}`), Salt: []byte{1}, Leaf: []byte{2}, Details: []byte("record 7 (synthetic)"),
	}
}

func (fakeDecisions) Decision(_ context.Context, _ ledger.Reviewer, id string) (ledger.Row, error) {
	if id != "d7" {
		return ledger.Row{}, problem.New(problem.CodeNotFound, "decision")
	}
	return row(7), nil
}

func (fakeDecisions) Search(_ context.Context, _ ledger.Reviewer, q ledger.Query) (ledger.Page, error) {
	if q.Requester != "gov-pl" || q.Limit != 2 || !q.BreakGlass || q.From.IsZero() {
		return ledger.Page{}, nil
	}
	return ledger.Page{Found: []ledger.Found{{ID: "d7", Seq: 7, Requester: "gov-pl", LogIndex: 3}}, Next: "page2"}, nil
}

func (fakeDecisions) Decisions(_ context.Context, _ ledger.Reviewer, before int64, limit int) ([]ledger.Row, error) {
	var out []ledger.Row
	if before == 0 {
		before = 121
	}
	for seq := before - 1; seq > 0 && len(out) < limit; seq-- {
		out = append(out, row(seq))
	}
	return out, nil
}
