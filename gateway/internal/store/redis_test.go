package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/budget/budgettest"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/replay/replaytest"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
)

var secret = bytes.Repeat([]byte{1}, 32)

func openRedis(t *testing.T, addr string, l budget.Limits) *store.Redis {
	t.Helper()
	r, err := store.OpenRedis(t.Context(), store.RedisOptions{URL: "redis://" + addr, Secret: secret, Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// flushed empties a server between tests without making it another server.
func flushed(t *testing.T, addr string) string {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	if err := c.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return addr
}

func TestRedisFilter(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	replaytest.Run(t, func(t *testing.T) replay.Filter {
		return openRedis(t, flushed(t, server.Addr), budget.Limits{})
	})
}

func TestRedisBudget(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	budgettest.Run(t, func(t *testing.T, l budget.Limits) budget.Budget {
		return openRedis(t, flushed(t, server.Addr), l)
	})
}

// Two gateways share one filter and one budget.
func TestRedisShared(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	a, b := openRedis(t, server.Addr, budget.Limits{Query: 1}), openRedis(t, server.Addr, budget.Limits{Query: 1})
	ctx := context.Background()
	if err := a.Claim(ctx, "gov-pl", "jti", time.Now(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, b.Claim(ctx, "gov-pl", "jti", time.Now(), time.Now().Add(time.Minute)), replay.CodeReplayed)
	if err := a.Spend(ctx, budgettest.Question()); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, b.Spend(ctx, budgettest.Question()), budget.CodeRateLimited)
}

// Nothing in Redis names an issuer, an officer or a child, and everything ends.
func TestRedisHoldsNoNames(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	r := openRedis(t, server.Addr, budget.Limits{})
	ctx := context.Background()
	if err := r.Claim(ctx, "gov-pl", "jti-of-a-child", time.Now(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := r.Spend(ctx, budgettest.Question()); err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer c.Close()
	keys, err := c.Keys(ctx, "*").Result()
	if err != nil || len(keys) != 6 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, k := range keys {
		value := c.Get(ctx, k).Val()
		for _, name := range []string{"gov-pl", "jti", "o-1", "MATCH", "synthetic"} {
			if strings.Contains(k+value, name) {
				t.Errorf("%q is in Redis: %s = %s", name, k, value)
			}
		}
		if ttl := c.PTTL(ctx, k).Val(); ttl <= 0 || ttl > 2*time.Hour {
			t.Errorf("%s ends in %v", k, ttl)
		}
	}
}

// Redis away, or there and silent: unavailable within a second, and no memory in
// its place; when it is back, work goes on by itself.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	r := openRedis(t, server.Addr, budget.Limits{})
	ctx := context.Background()
	away := func() {
		t.Helper()
		for name, call := range map[string]func() error{
			"claim": func() error { return r.Claim(ctx, "gov-pl", "jti", time.Now(), time.Now().Add(time.Minute)) },
			"spend": func() error { return r.Spend(ctx, budgettest.Question()) },
			"ping":  func() error { return r.Ping(ctx) },
		} {
			start := time.Now()
			wantProblem(t, call(), problem.CodeUnavailable)
			if took := time.Since(start); took > time.Second {
				t.Errorf("%s took %v", name, took)
			}
		}
	}
	server.Freeze()
	away()
	server.Thaw()
	if err := r.Ping(ctx); err != nil {
		t.Errorf("after a pause: %v", err)
	}
	server.Kill()
	away()
	server.Start()
	if err := r.Claim(ctx, "gov-pl", "new", time.Now().Add(time.Minute), time.Now().Add(2*time.Minute)); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

// After a restart Redis knows nothing: what may have been claimed before is refused.
func TestRedisForgot(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	r, err := store.OpenRedis(t.Context(), store.RedisOptions{URL: "redis://" + server.Addr, Secret: secret, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	claim := func(jti string, issuedAt time.Time) error {
		return r.Claim(context.Background(), "gov-pl", jti, issuedAt, issuedAt.Add(2*time.Minute))
	}
	if err := claim("a", now); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	server.Start()
	wantProblem(t, claim("a", now), problem.CodeUnavailable)
	wantProblem(t, claim("b", now), problem.CodeUnavailable)
	restart := now
	mu.Lock()
	now = now.Add(time.Minute)
	mu.Unlock()
	wantProblem(t, claim("c", restart.Add(replay.Skew)), problem.CodeUnavailable)
	if err := claim("d", restart.Add(replay.Skew+time.Second)); err != nil {
		t.Errorf("a message from after the restart: %v", err)
	}
}

// A reply that is lost on the way makes the client ask again, and the second
// answer says what the first would have said.
func TestRedisLostReply(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t)
	proxy := newLossyProxy(t, server.Addr)
	r := openRedis(t, proxy.addr, budget.Limits{})
	ctx := context.Background()
	for i := range 5 {
		jti := fmt.Sprint("jti-", i)
		proxy.loseNext()
		if err := r.Claim(ctx, "gov-pl", jti, time.Now(), time.Now().Add(time.Minute)); err != nil {
			t.Fatalf("a message claimed once, its reply lost: %v", err)
		}
		if !proxy.lost() {
			t.Fatal("no reply was lost: the test proves nothing")
		}
		wantProblem(t, r.Claim(ctx, "gov-pl", jti, time.Now(), time.Now().Add(time.Minute)), replay.CodeReplayed)
	}
}

func TestRedisRefusesToStart(t *testing.T) {
	t.Parallel()
	evicting := servertest.Redis(t, "--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lru")
	good := servertest.Redis(t, "--maxmemory", "10mb", "--maxmemory-policy", "noeviction")
	for name, c := range map[string]struct {
		o    store.RedisOptions
		code problem.Code
	}{
		"evicting":     {store.RedisOptions{URL: "redis://" + evicting.Addr, Secret: secret}, store.CodeStoreNotDurable},
		"no url":       {store.RedisOptions{Secret: secret}, store.CodeStoreConfig},
		"short secret": {store.RedisOptions{URL: "redis://" + good.Addr, Secret: secret[:31]}, store.CodeStoreConfig},
		"nobody there": {store.RedisOptions{URL: "redis://127.0.0.1:1", Secret: secret}, problem.CodeUnavailable},
	} {
		_, err := store.OpenRedis(t.Context(), c.o)
		if err == nil {
			t.Errorf("%s: it started", name)
			continue
		}
		wantProblem(t, err, c.code)
	}
	_, err := store.OpenRedis(t.Context(), store.RedisOptions{URL: "redis://:hunter2@[", Secret: secret})
	wantProblem(t, err, store.CodeStoreConfig)
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("the problem quotes the password")
	}
	openRedis(t, good.Addr, budget.Limits{})
}

// A full Redis refuses; it does not forget.
func TestRedisFull(t *testing.T) {
	t.Parallel()
	server := servertest.Redis(t, "--maxmemory", "3mb", "--maxmemory-policy", "noeviction")
	r := openRedis(t, server.Addr, budget.Limits{})
	ctx := context.Background()
	claim := func(i int) error {
		return r.Claim(ctx, "gov-pl", fmt.Sprint("jti-", i), time.Now(), time.Now().Add(time.Minute))
	}
	n := 0
	for ; n < 100000; n++ {
		if err := claim(n); err != nil {
			wantProblem(t, err, problem.CodeUnavailable)
			break
		}
	}
	if n == 0 || n == 100000 {
		t.Fatalf("%d claims fit", n)
	}
	for _, i := range []int{0, n / 2, n - 1} {
		if err := claim(i); err == nil {
			t.Errorf("claim %d of %d was forgotten", i, n)
		}
	}
}

func wantProblem(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !errors.Is(err, problem.New(code, "")) {
		t.Errorf("got %v, want %q", err, code)
	}
}
