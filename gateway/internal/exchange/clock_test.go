package exchange_test

import (
	"context"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/replay"
)

// status is what gov-ua answers to a message, "error" if nothing that is signed.
func status(t *testing.T, f *gatewaytest.Federation, sealed string) string {
	t.Helper()
	reply, err := f.Member("gov-ua").Answer(context.WithoutCancel(t.Context()), "gov-pl", sealed)
	if err != nil {
		return "error"
	}
	a, err := f.Member("gov-pl").Inspect("gov-ua", reply)
	must(t, err)
	return a.Status
}

// A clock that is wrong by ten minutes, or steps back, revives no message: not in
// memory, not in the store after it was pruned, not after a restart.
func TestClockThatSteps(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		ua, token := f.Member("gov-ua"), link(t, f, exchange.LinkRequest{})
		const off = 10 * time.Minute
		early := sealedQuery(t, f, token)
		f.Clock.Add(-off)
		if s := status(t, f, early); s != "error" {
			t.Errorf("a message from the future: %s", s)
		}
		f.Clock.Add(2 * off)
		if s := status(t, f, early); s != "error" {
			t.Errorf("an expired message: %s", s)
		}
		f.Clock.Add(-off)
		if s := status(t, f, early); s != "answered" {
			t.Fatalf("the message at its time: %s", s)
		}
		// Ten minutes later another message is answered and what ended is dropped;
		// then the clock steps back to where the first one would be good.
		f.Clock.Add(off)
		if s := status(t, f, sealedQuery(t, f, token)); s != "answered" {
			t.Fatalf("a later message: %s", s)
		}
		must(t, ua.Store.Prune(t.Context(), f.Clock.Now()))
		f.Clock.Add(-off)
		for _, where := range []string{"with what memory knows", "after a restart"} {
			if s := status(t, f, early); s == "answered" {
				t.Errorf("an old message after the clock stepped back, %s: %s", where, s)
			}
			ua.Replay = replay.NewMemory(f.Clock.Now)
		}
		if s := status(t, f, sealedQuery(t, f, token)); s == "answered" {
			t.Error("a new message under a clock that is behind what was forgotten: it could be an old one")
		}
		f.Clock.Add(off)
		if s := status(t, f, sealedQuery(t, f, token)); s != "answered" {
			t.Errorf("the clock is right again: %s", s)
		}
	})
}
