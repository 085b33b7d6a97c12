package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func outbox(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	c := Decision(ledger.KindAnswered)
	first := ledger.OutboxItem{ID: "n1", Peer: "gov-ua", Kind: "notice", Payload: []byte(`{"n":1}`), Due: start}
	second := ledger.OutboxItem{ID: "n2", Peer: "gov-ua", Kind: "notice", Payload: []byte(`{"n":2}`), Due: start.Add(time.Minute)}
	c.Outbox = []ledger.OutboxItem{second, first}
	must(t, s.Commit(ctx, c))
	wantDue := func(now time.Time, limit int, want ...ledger.OutboxItem) {
		t.Helper()
		got, err := s.Due(ctx, now, limit)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("due at %v:\n%s", now, diff)
		}
	}
	wantDue(start.Add(-time.Second), 10)
	wantDue(start, 10, first)
	wantDue(start.Add(time.Hour), 1, first)
	wantDue(start.Add(time.Hour), 10, first, second)
	must(t, s.Postpone(ctx, "n1", start.Add(2*time.Minute)))
	first.Due, first.Tries = start.Add(2*time.Minute), 1
	wantDue(start.Add(time.Hour), 10, second, first)
	must(t, s.Delivered(ctx, "n2"))
	must(t, s.Delivered(ctx, "n2")) // at least once: twice is fine
	wantDue(start.Add(time.Hour), 10, first)
	c, other := Decision(ledger.KindAnswered), first
	other.ID, other.Peer, other.Tries, other.Due = "n3", "icrc", 0, start.Add(3*time.Minute)
	third := first
	third.ID, third.Tries = "n4", 0
	c.Outbox = []ledger.OutboxItem{other, third}
	must(t, s.Commit(ctx, c))
	wantDue(start.Add(time.Hour), 2, first, other) // one peer takes no more than half
	must(t, s.PostponeAll(ctx, "gov-ua", start.Add(time.Hour), start.Add(2*time.Hour)))
	wantDue(start.Add(time.Hour), 10, other)
	first.Due, third.Due, first.Tries, third.Tries = start.Add(2*time.Hour), start.Add(2*time.Hour), 2, 1
	wantDue(start.Add(2*time.Hour), 10, other, first, third)
}

func hits(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	older := ledger.Hit{ID: "h1", At: start, Requester: "gov-pl", Holder: "gov-ua", Purpose: "MATCH", QueryJTI: "q1", Record: "synthetic-1"}
	newer := ledger.Hit{ID: "h2", At: start.Add(time.Second), Requester: "gov-pl", Holder: "unicef", Purpose: "MATCH", QueryJTI: "q2", Detail: []byte(`{}`)}
	for _, h := range []ledger.Hit{older, newer} {
		c := Decision(ledger.KindNoticed)
		c.Hits = []ledger.Hit{h}
		must(t, s.Commit(ctx, c))
	}
	got, err := s.Hits(ctx, 10)
	must(t, err)
	if diff := cmp.Diff([]ledger.Hit{newer, older}, got); diff != "" {
		t.Error(diff)
	}
	if got, err = s.Hits(ctx, 1); err != nil || len(got) != 1 {
		t.Errorf("limit 1 gives %d, %v", len(got), err)
	}
	hit, err := s.Hit(ctx, "h1")
	must(t, err)
	if diff := cmp.Diff(older, hit); diff != "" {
		t.Error(diff)
	}
	_, err = s.Hit(ctx, "h3")
	wantCode(t, err, problem.CodeNotFound)
}

func links(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	l := ledger.Link{ID: "l1", Recipient: "gov-pl", QueryJTI: "q1", Token: "jws~d~", Expires: start.Add(time.Hour)}
	must(t, s.PutLink(ctx, l))
	wantCode(t, s.PutLink(ctx, l), problem.CodeUnavailable) // an id is used once
	wantLinks := func(recipient, query string, now time.Time, want ...ledger.Link) {
		t.Helper()
		got, err := s.LinksFor(ctx, recipient, query, now)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	wantLinks("gov-pl", "q1", start, l)
	wantLinks("gov-pl", "q2", start)
	wantLinks("gov-ca", "q1", start)
	wantLinks("gov-pl", "q1", l.Expires)
	must(t, s.Commit(ctx, Claimed("gov-pl", "jti", start.Add(2*time.Hour))))
	must(t, s.Prune(ctx, start.Add(2*time.Hour)))
	wantLinks("gov-pl", "q1", start) // it ended and is gone
}

func asked(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	ua := ledger.Asked{QueryID: "q", Holder: "gov-ua", JTI: "j1", Purpose: "RETURN", Subject: "keyed", Client: "registry-office", Role: "case_officer", Status: "sent", At: start}
	icrc := ledger.Asked{QueryID: "q", Holder: "icrc", JTI: "j2", Purpose: "RETURN", Status: "sent", At: start}
	commit := func(a ...ledger.Asked) {
		t.Helper()
		c := Decision(ledger.KindAsked)
		c.Asked = a
		must(t, s.Commit(ctx, c))
	}
	commit(icrc, ua)
	icrc.Status, icrc.At = "pending", start.Add(time.Second)
	commit(icrc)
	got, err := s.AskedIn(ctx, "q")
	must(t, err)
	if diff := cmp.Diff([]ledger.Asked{ua, icrc}, got); diff != "" {
		t.Error(diff)
	}
	if got, err := s.AskedIn(ctx, "another"); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func pending(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	p := ledger.Pending{Issuer: "gov-pl", JTI: "q", Query: "jws~", Asked: start, Until: start.Add(time.Hour)}
	for range 2 {
		c := Decision(ledger.KindAnswered)
		c.Pending = &p
		must(t, s.Commit(ctx, c))
		got, err := s.PendingFor(ctx, "gov-pl", "q")
		must(t, err)
		if diff := cmp.Diff(p, got); diff != "" {
			t.Error(diff)
		}
		p.Until = p.Until.Add(time.Hour)
	}
	_, err := s.PendingFor(ctx, "gov-ca", "q")
	wantCode(t, err, problem.CodeNotFound)
}

func blocked(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	second := again() // the command line, while the server runs
	defer second.Close()
	must(t, second.Block(ctx, "gov-yy", "key lost", start))
	must(t, second.Block(ctx, "gov-xx", "key lost", start))
	must(t, second.Block(ctx, "gov-xx", "still", start.Add(time.Hour)))
	want := func(want ...string) {
		t.Helper()
		got, err := s.Blocked(ctx)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	want("gov-xx", "gov-yy")
	must(t, second.Unblock(ctx, "gov-xx"))
	must(t, second.Unblock(ctx, "gov-zz"))
	want("gov-yy")
}
