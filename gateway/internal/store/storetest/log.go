package storetest

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func logging(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	for range 5 {
		must(t, s.Commit(ctx, Decision(ledger.KindAnswered)))
	}
	waiting, err := s.Unlogged(ctx, 3)
	must(t, err)
	if len(waiting) != 3 {
		t.Fatalf("%d wait, want 3", len(waiting))
	}
	for i := range waiting {
		waiting[i].Index = uint64(40 + i)
	}
	must(t, s.Logged(ctx, waiting))
	must(t, s.Logged(ctx, waiting)) // after a crash: the same again
	if next, err := s.NextIndex(ctx); err != nil || next != 43 {
		t.Errorf("next index %d, %v", next, err)
	}
	moved := waiting[0]
	moved.Index = 50
	wantCode(t, s.Logged(ctx, []ledger.LogEntry{moved}), ledger.CodeIndexTaken)
	rest, err := again().Unlogged(ctx, 10)
	must(t, err)
	if len(rest) != 2 || rest[0].Seq <= waiting[2].Seq {
		t.Errorf("the rest: %+v", rest)
	}
	rest[0].Index = 42
	wantCode(t, s.Logged(ctx, rest[:1]), ledger.CodeIndexTaken)
	rows, err := s.Decisions(ctx, waiting[0].Seq+1, 1)
	must(t, err)
	got, err := s.LogEntryOf(ctx, rows[0].ID)
	must(t, err)
	if diff := cmp.Diff(waiting[0], got); diff != "" {
		t.Error(diff)
	}
	mine, err := s.EntriesFor(ctx, "gov-pl", []string{rows[0].ID, "none"})
	must(t, err)
	if diff := cmp.Diff(map[string]ledger.LogEntry{rows[0].ID: waiting[0]}, mine); diff != "" {
		t.Error(diff)
	}
	if others, err := s.EntriesFor(ctx, "gov-ua", []string{rows[0].ID}); err != nil || len(others) != 0 {
		t.Errorf("entries for somebody else: %v, %v", others, err)
	}
	_, err = s.LogEntryOf(ctx, "none")
	wantCode(t, err, problem.CodeNotFound)
}

func heads(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx, other := context.Background(), again()
	h := ledger.Head{Kind: ledger.HeadWitnessed, Origin: "log.example", Size: 32, Root: sha256.Sum256([]byte("1")), Raw: []byte("note")}
	_, err := s.Head(ctx, h.Kind, h.Origin)
	wantCode(t, err, problem.CodeNotFound)
	empty := h
	empty.Size = 0
	must(t, s.SetHead(ctx, 0, empty))
	must(t, s.SetHead(ctx, 0, h))
	wantCode(t, s.SetHead(ctx, 0, h), ledger.CodeHeadMoved)
	next := h
	next.Size, next.Root = 64, sha256.Sum256([]byte("2"))
	wantCode(t, s.SetHead(ctx, 31, next), ledger.CodeHeadMoved)
	var won atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			at := s
			if i%2 == 1 {
				at = other
			}
			if at.SetHead(ctx, 32, next) == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d moved the head", won.Load())
	}
	got, err := other.Head(ctx, h.Kind, h.Origin)
	must(t, err)
	if diff := cmp.Diff(next, got); diff != "" {
		t.Error(diff)
	}
	_, err = s.Head(ctx, ledger.HeadOwn, h.Origin)
	wantCode(t, err, problem.CodeNotFound)
	own := h
	own.Kind, own.Origin = ledger.HeadOwn, "log.example/2"
	must(t, s.SetHead(ctx, 0, own))
	owns, err := other.Heads(ctx, ledger.HeadOwn)
	must(t, err)
	if diff := cmp.Diff([]ledger.Head{own}, owns); diff != "" {
		t.Error(diff)
	}
}

// One of two processes writes the log; when it ends, the other does. Over SQLite
// both may: there the log's own lock decides.
func leads(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx, other := context.Background(), again()
	first, err := s.Lead(ctx)
	must(t, err)
	still, err := s.Lead(ctx)
	must(t, err)
	if !first || !still {
		t.Errorf("nobody leads: %v, %v", first, still)
	}
	second, err := other.Lead(ctx)
	must(t, err)
	must(t, s.Close())
	after, err := other.Lead(ctx)
	must(t, err)
	if !after || second == strings.Contains(t.Name(), "Postgres") {
		t.Errorf("the second leads beside the first: %v, after it: %v", second, after)
	}
}
