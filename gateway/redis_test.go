package gateway_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/servertest"
)

// With state: redis nothing is answered without Redis, within a second, and
// nothing is recorded as released; when it comes back, so does the gateway, but
// what was issued while the new server knew nothing is refused.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	redis := servertest.Redis(t)
	var ahead atomic.Int64 // of the gateway's clock, in nanoseconds
	clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	f := newFederation(t, func(_ string, c map[string]any) {
		c["state"], c["redis"] = "redis", map[string]any{"url": "redis://" + redis.Addr}
		c["budgets"] = map[string]any{"query_per_hour": 1 << 20}
	})
	ua := f.serve(demo.Origin, gateway.Deps{Now: clock})
	pl := f.peer(ua, demo.Requester)
	if !f.answers(pl) {
		t.Fatal("not answered with Redis")
	}
	before := ua.rows()
	for _, what := range []string{"frozen", "killed"} {
		if what == "frozen" {
			redis.Freeze()
		} else {
			redis.Kill()
		}
		for _, send := range []func(string, string) response{pl.rest, pl.grpc} {
			began := time.Now()
			r := send("query", f.sealed(f.question(time.Now(), nil)))
			// A promise, not a speed: a caller is not left hanging. Half a second is the machine's.
			if took := time.Since(began); took > 1500*time.Millisecond {
				t.Errorf("%s: refused after %v", what, took)
			}
			if r.accepted() || r.status != http.StatusServiceUnavailable && r.grpc != "14" {
				t.Errorf("%s: %s", what, r.said)
			}
		}
		if n := ua.rows(); n != before {
			t.Errorf("%s: %d decisions", what, n-before)
		}
		eventually(t, what+": not ready", patience, func() bool { code, _ := ua.ready(); return code == http.StatusServiceUnavailable })
	}
	if code := codeOf(t, pl.rest("query", f.sealed(f.question(time.Now(), nil)))); code != problem.CodeUnavailable {
		t.Errorf("the problem is %s", code)
	}
	old := f.sealed(f.question(time.Now(), nil)) // never sent; the new server cannot know that
	redis.Start()
	eventually(t, "ready again", patience, func() bool { code, _ := ua.ready(); return code == http.StatusOK })
	if r := pl.rest("query", old); r.accepted() && f.opened(r.body).Status == envelope.StatusAnswered {
		t.Error("a message from before the change of server was answered")
	}
	ahead.Store(int64(15 * time.Second)) // past the skew within which clocks may differ
	r := pl.rest("query", f.sealed(f.question(clock(), nil)))
	if !r.accepted() || f.opened(r.body).Status != envelope.StatusAnswered {
		t.Errorf("what was issued after the change is not answered: %s", r.said)
	}
	if r := pl.rest("query", old); r.accepted() && f.opened(r.body).Status == envelope.StatusAnswered {
		t.Error("a message from before the change of server was answered later")
	}
}
