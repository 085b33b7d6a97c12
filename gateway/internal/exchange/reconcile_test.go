package exchange_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/reconcile"
	"homeward.example/gateway/internal/store"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// compared reconciles one participant with another, and counts by what is missing.
func compared(t *testing.T, f *gatewaytest.Federation, who, with string) map[string]int {
	t.Helper()
	carry := func(ctx context.Context, to, sealed string) (string, error) {
		return f.Member(to).Reconciled(ctx, who, sealed)
	}
	found, err := f.Member(who).Reconcile(t.Context(), carry, with, time.Time{}, f.Clock.Now().Add(time.Second))
	must(t, err)
	counts := make(map[string]int)
	for _, x := range found {
		counts[x.Missing+" "+x.Part]++
	}
	return counts
}

// Two ledgers agree on real exchanges: answered, refused, collected, linked. A half
// that one of them loses is found from either side, and what an erasure leaves is enough.
func TestReconcile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(id string) string { return filepath.Join(dir, id+".db") }
	f := gatewaytest.New(t, gatewaytest.Options{Store: func(id string) store.Options {
		return store.Options{Driver: store.SQLite, DSN: path(id)}
	}})
	change := func(id, query string, args ...any) {
		t.Helper()
		db, err := sql.Open("sqlite", path(id)+"?_pragma=busy_timeout(5000)")
		must(t, err)
		defer db.Close()
		_, err = db.ExecContext(t.Context(), query, args...)
		must(t, err)
	}
	want := func(who, with string, halves map[string]int) {
		t.Helper()
		if got := compared(t, f, who, with); fmt.Sprint(got) != fmt.Sprint(halves) {
			t.Errorf("%s with %s: %v, want %v", who, with, got, halves)
		}
	}
	token := link(t, f, exchange.LinkRequest{})
	f.Clock.Add(time.Second)
	_, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	f.Clock.Add(time.Second)
	_, err := f.Member("gov-pl").CollectAnswers(t.Context(), agency(), &homewardv1.CollectRequest{QueryId: id, Officer: officer()})
	must(t, err)
	f.Clock.Add(time.Second)
	if s := status(t, f, sealedQuery(t, f, token)); s != "answered" { // gov-pl's ledger does not have this one
		t.Fatal(s)
	}
	for _, pair := range [][2]string{{"gov-pl", "gov-ca"}, {"gov-ca", "gov-pl"}} {
		want(pair[0], pair[1], map[string]int{})
	}
	want("gov-pl", "gov-ua", map[string]int{"here exchange": 1})
	want("gov-ua", "gov-pl", map[string]int{"there exchange": 1})

	change("gov-ua", `UPDATE exchanges SET disclosed = NULL`) // as an erasure leaves them
	change("gov-pl", `DELETE FROM decisions WHERE kind = 'received' AND seq = (SELECT min(seq) FROM decisions WHERE kind = 'received' AND peer = 'gov-ua')`)
	want("gov-pl", "gov-ua", map[string]int{"here exchange": 1, "here answer": 1})
	want("gov-ua", "gov-pl", map[string]int{"there exchange": 1, "there answer": 1})
	change("gov-ua", `DELETE FROM decisions WHERE kind = 'collected' AND seq = (SELECT min(seq) FROM decisions WHERE kind = 'collected')`)
	want("gov-pl", "gov-ua", map[string]int{"here exchange": 1, "here answer": 1, "there exchange": 1})
	for _, who := range []string{"gov-pl", "gov-ua"} {
		rows, err := f.Member(who).Store.Decisions(t.Context(), 0, 1)
		must(t, err)
		if rows[0].Kind != ledger.KindReconciled {
			t.Errorf("%s recorded last: %s", who, rows[0].Kind)
		}
	}
}

// A third participant's comparison tells nothing, one message is answered once, and
// its reply is bound to it.
func TestReconcileIsBetweenTwo(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{link(t, f, exchange.LinkRequest{})}})
	if got := compared(t, f, "gov-ca", "gov-ua"); len(got) != 0 {
		t.Errorf("what gov-pl asked is told to gov-ca: %v", got)
	}
	var first, reply string
	f.Clock.Add(time.Minute)
	from := f.Clock.Now().Add(-time.Hour)
	_, err := f.Member("gov-pl").Reconcile(t.Context(), func(ctx context.Context, to, sealed string) (string, error) {
		var err error
		first = sealed
		reply, err = f.Member(to).Reconciled(ctx, "gov-pl", sealed)
		return reply, err
	}, "gov-ua", from, f.Clock.Now())
	must(t, err)
	if _, err := f.Member("gov-ua").Reconciled(t.Context(), "gov-pl", first); err == nil {
		t.Error("one message is answered twice")
	}
	if _, err := f.Member("gov-ua").Reconciled(t.Context(), "gov-ca", first); err == nil {
		t.Error("a message is taken from somebody else")
	}
	_, err = f.Member("gov-pl").Reconcile(t.Context(), func(context.Context, string, string) (string, error) { return reply, nil }, "gov-ua", from, f.Clock.Now())
	if err == nil {
		t.Error("the reply to another message is taken")
	}
	away := errors.New("away")
	_, err = f.Member("gov-pl").Reconcile(t.Context(), func(context.Context, string, string) (string, error) { return "", away }, "gov-ua", from, f.Clock.Now())
	if !errors.Is(err, away) {
		t.Errorf("a peer that is away: %v", err)
	}
}

// The largest reply is within what is read of a peer.
func TestLargestReply(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	var many []string
	for range reconcile.AtOnce {
		many = append(many, envelope.SHA256(envelope.NewID())+"."+envelope.SHA256(envelope.NewID()))
	}
	payload, ds, err := envelope.ReconcilePayload(envelope.Reconcile{
		Claims:    envelope.Claims{Issuer: "gov-ua", Audience: "gov-pl", ID: envelope.NewID(), IssuedAt: 1, Expires: 2},
		InReplyTo: envelope.NewID(), From: 1, To: 1 << 50, Asked: many, Unknown: many, More: 1 << 50, Schema: envelope.Schema,
	})
	must(t, err)
	jws, err := envelope.Sign(payload, ds, envelope.TypeReconciled, f.Member("gov-ua").Keys.Sign)
	must(t, err)
	sealed, err := envelope.Seal(jws, envelope.TypeReconciled, f.Member("gov-pl").Keys.Seal.Public("gov-pl", envelope.UseSeal))
	must(t, err)
	if len(sealed) > 64<<10 {
		t.Errorf("%d bytes", len(sealed))
	}
}
