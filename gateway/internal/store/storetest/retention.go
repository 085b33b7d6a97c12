package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func revoked(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	stands := ledger.Link{ID: "l1", Recipient: "gov-pl", QueryJTI: "q", Token: "jws~d~", Expires: start.Add(time.Hour)}
	taken := stands
	taken.ID = "l2"
	must(t, s.PutLink(ctx, stands))
	must(t, s.PutLink(ctx, taken))
	second := again() // the command line, while the server runs
	defer second.Close()
	for range 2 { // the second time changes nothing
		c := Decision(ledger.KindRevoked)
		c.Revoked = taken.ID
		must(t, second.Commit(ctx, c))
	}
	got, err := s.LinksFor(ctx, "gov-pl", "q", start)
	must(t, err)
	if diff := cmp.Diff([]ledger.Link{stands}, got); diff != "" {
		t.Error(diff)
	}
	ids, err := s.Revoked(ctx)
	must(t, err)
	if diff := cmp.Diff([]string{taken.ID}, ids); diff != "" {
		t.Error(diff)
	}
	one, err := s.Link(ctx, taken.ID)
	must(t, err)
	if diff := cmp.Diff(taken, one); diff != "" {
		t.Error(diff)
	}
	_, err = s.Link(ctx, "l3")
	wantCode(t, err, problem.CodeNotFound)
}

// aged: what names a child, or who asked for one, is dropped by its age, and no
// decision is. More rows than are dropped at once are all dropped.
func aged(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	const day = 24 * time.Hour
	var ids []string
	words := json.RawMessage(`["` + strings.Repeat("x", 2000) + `"]`) // shared, so that it becomes a part
	commit := func(name string, at time.Time, many int) {
		t.Helper()
		c := decision(ledger.KindAnswered, []ledger.DecidedRecord{{Subject: name, Verdicts: words, Input: words}})
		ids = append(ids, c.Row.ID)
		for i := range many {
			id := fmt.Sprint(name, i)
			c.Hits = append(c.Hits, ledger.Hit{ID: id, At: at, Detail: []byte(`{"family":"synthetic"}`)})
			c.Asked = append(c.Asked, ledger.Asked{QueryID: name, Holder: id, At: at})
		}
		c.Pending = &ledger.Pending{Issuer: "gov-pl", JTI: name, Query: "jws~", Asked: at, Until: at.Add(3 * day)}
		must(t, s.Commit(ctx, c))
	}
	commit("old", start, 600)
	commit("new", start.Add(100*day), 2)
	want := func(old, recent int, oldPending, recentPending bool) {
		t.Helper()
		hits, err := s.Hits(ctx, 1000)
		must(t, err)
		a, err := s.AskedIn(ctx, "old")
		must(t, err)
		b, err := s.AskedIn(ctx, "new")
		must(t, err)
		if len(hits) != old+recent || len(a) != old || len(b) != recent {
			t.Errorf("%d hits, %d and %d asked; want %d and %d of each", len(hits), len(a), len(b), old, recent)
		}
		for name, stands := range map[string]bool{"old": oldPending, "new": recentPending} {
			if _, err := s.PendingFor(ctx, "gov-pl", name); (err == nil) != stands {
				t.Errorf("pending %s: %v, want it there: %v", name, err, stands)
			}
		}
	}
	for _, step := range []struct {
		after                     time.Duration
		old, recent               int
		oldPending, recentPending bool
	}{
		{33 * day, 600, 2, true, true}, {33*day + time.Second, 600, 2, false, true}, {180 * day, 600, 2, false, false},
		{180*day + time.Second, 0, 2, false, false}, {281 * day, 0, 0, false, false},
	} {
		must(t, s.Prune(ctx, start.Add(step.after)))
		want(step.old, step.recent, step.oldPending, step.recentPending)
	}
	for _, id := range ids {
		row, err := s.Decision(ctx, id)
		must(t, err)
		must(t, ledger.Verify(row))
	}
}
