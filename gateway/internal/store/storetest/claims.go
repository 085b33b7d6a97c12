package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func claims(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	end := start.Add(time.Minute)
	must(t, s.Commit(ctx, Claimed("gov-pl", "jti", end)))
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "jti", end)), ledger.CodeReplayed)
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "jti", end.Add(time.Hour))), ledger.CodeReplayed) // another end is no other message
	must(t, s.Commit(ctx, Claimed("gov-p", "ljti", end)))                                         // names are not joined
	must(t, s.Commit(ctx, Claimed("gov-ca", "jti", end)))                                         // another issuer's
}

func oneWins(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	if won := race(t, 1000, func(int) ledger.Store { return s }); won != 1 {
		t.Errorf("%d commits won", won)
	}
}

func oneWinsBetweenProcesses(t *testing.T, s ledger.Store, again func() ledger.Store) {
	second := again()
	defer second.Close()
	stores := [...]ledger.Store{s, second}
	for range 20 {
		if won := race(t, 40, func(i int) ledger.Store { return stores[i%2] }); won != 1 {
			t.Errorf("%d commits won", won)
		}
	}
}

// race commits one claim n times at once and returns how often it succeeded. Each
// loser is told that it was a replay, and its decision is not stored.
func race(t *testing.T, n int, store func(int) ledger.Store) (won int) {
	t.Helper()
	ctx := context.Background()
	jti := unique("jti")
	type result struct {
		id  string
		err error
	}
	results := make(chan result, n)
	for i := range n {
		go func() {
			c := Claimed("gov-pl", jti, start.Add(time.Minute))
			results <- result{c.Row.ID, store(i).Commit(ctx, c)}
		}()
	}
	for range n {
		r := <-results
		_, err := store(0).Decision(ctx, r.id)
		switch {
		case r.err == nil:
			won++
			must(t, err)
		case errors.Is(r.err, problem.New(ledger.CodeReplayed, "")):
			wantCode(t, err, problem.CodeNotFound)
		default:
			t.Errorf("a loser got %v", r.err)
		}
	}
	return won
}

func refusedLeavesNothing(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	must(t, s.Commit(ctx, Claimed("gov-pl", "taken", start.Add(time.Minute))))
	must(t, s.Commit(ctx, disclosed("subject", 0, "photo/original")))
	replayed := Claimed("gov-pl", "taken", start.Add(time.Minute))
	moved := Claimed("gov-pl", "free", start.Add(time.Minute))
	moved.Disclosures = []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: "subject", ReadVersion: 0, Groups: []string{"family/original"}}}
	for _, c := range []*ledger.Commit{&replayed, &moved} {
		id := c.Row.ID
		c.Outbox = []ledger.OutboxItem{{ID: id, Kind: "notice", Payload: []byte("{}"), Due: start}}
		c.Hits = []ledger.Hit{{ID: id, At: start}}
		c.Asked = []ledger.Asked{{QueryID: id, Holder: "gov-ua", At: start}}
		c.Pending = &ledger.Pending{Issuer: "gov-pl", JTI: id, Asked: start, Until: start}
		c.Matters = []ledger.Matter{{ID: id, Kind: ledger.MatterReview, At: start}}
	}
	replayed.Disclosures = []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: "other", Groups: []string{"photo/original"}}}
	wantCode(t, s.Commit(ctx, replayed), ledger.CodeReplayed)
	wantCode(t, s.Commit(ctx, moved), ledger.CodeMoved)
	for _, id := range []string{replayed.Row.ID, moved.Row.ID} {
		_, err := s.Decision(ctx, id)
		wantCode(t, err, problem.CodeNotFound)
		_, err = s.Hit(ctx, id)
		wantCode(t, err, problem.CodeNotFound)
		_, err = s.PendingFor(ctx, "gov-pl", id)
		wantCode(t, err, problem.CodeNotFound)
		_, err = s.Matter(ctx, id)
		wantCode(t, err, problem.CodeNotFound)
		if asked, err := s.AskedIn(ctx, id); err != nil || len(asked) != 0 {
			t.Errorf("asked: %v, %v", asked, err)
		}
	}
	if due, err := s.Due(ctx, start.Add(time.Hour), 10); err != nil || len(due) != 0 {
		t.Errorf("outbox: %v, %v", due, err)
	}
	known, err := s.Disclosed(ctx, "gov-pl", []string{"subject", "other"})
	must(t, err)
	if _, ok := known["other"]; ok || known["subject"].Version != 1 {
		t.Errorf("disclosed: %+v", known)
	}
	must(t, s.Commit(ctx, Claimed("gov-pl", "free", start.Add(time.Minute)))) // its claim was not burnt
}

func pruned(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	old, later := start.Add(time.Minute), start.Add(time.Hour)
	must(t, s.Commit(ctx, Claimed("gov-pl", "old", old)))
	must(t, s.Commit(ctx, Claimed("gov-pl", "later", later)))
	must(t, s.Prune(ctx, later))
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "old", old)), ledger.CodeReplayed)
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "as old", old)), ledger.CodeReplayed) // nobody can tell
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "later", later)), ledger.CodeReplayed)
	must(t, s.Prune(ctx, start.Add(-time.Hour))) // the clock stepped back
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "old", old)), ledger.CodeReplayed)
	must(t, s.Commit(ctx, Claimed("gov-pl", "new", later)))
}

// pruneClock: a clock that runs ahead forgets nothing that was not passed by what others signed.
func pruneClock(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	end := start.Add(time.Minute)
	must(t, s.Prune(ctx, start.Add(1000*time.Hour))) // an empty table
	must(t, s.Commit(ctx, Claimed("gov-pl", "a", end)))
	must(t, s.Prune(ctx, start.Add(1000*time.Hour)))
	wantCode(t, s.Commit(ctx, Claimed("gov-pl", "a", end)), ledger.CodeReplayed)
	must(t, s.Commit(ctx, Claimed("gov-pl", "b", end))) // the clock came back; work goes on
	must(t, s.Commit(ctx, Claimed("gov-pl", "signed by a clock that runs ahead", end.Add(time.Hour))))
	must(t, s.Prune(ctx, start))
	must(t, s.Commit(ctx, Claimed("gov-pl", "c", end)))
}

func pruneMany(t *testing.T, s ledger.Store, claims func() int) {
	ctx := context.Background()
	const n = 1500
	done := make(chan error, n)
	for i := range n {
		go func() {
			end := start.Add(time.Minute)
			if i%3 == 0 {
				end = start.Add(2 * time.Hour)
			}
			done <- s.Commit(ctx, Claimed("gov-pl", fmt.Sprint("jti-", i), end))
		}()
	}
	for range n {
		must(t, <-done)
	}
	must(t, s.Prune(ctx, start.Add(time.Hour)))
	if got := claims(); got != n/3 {
		t.Errorf("%d claims stand, want %d", got, n/3)
	}
}
