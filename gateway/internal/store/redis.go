package store

import (
	"context"
	_ "embed"
	"regexp"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/problem"
)

// RedisOptions say where Redis is and how it is used.
type RedisOptions struct {
	URL string // redis://user:password@host:port/db or rediss://
	// Secret is a key of 32 bytes; the names of all keys in Redis are HMACs under it.
	Secret []byte
	Limits budget.Limits
	// Now tells the time; time.Now if nil.
	Now func() time.Time
}

// Redis is the early replay filter and the budgets of several gateways together:
// a replay.Filter and a budget.Budget. Without Redis nothing is let in: every
// error is "unavailable", within a second.
type Redis struct {
	client *redis.Client
	script *redis.Script
	secret []byte
	limits budget.Limits
	now    func() time.Time

	mu      sync.Mutex
	runID   string
	changed time.Time // when another server, which may know less, was first seen
}

// Time-outs of one attempt; an operation has two and must end within a second.
const (
	redisTimeout  = 300 * time.Millisecond
	redisDeadline = 900 * time.Millisecond
)

// minSecret is the least length of a key for HMAC-SHA256 (RFC 2104: that of the hash).
const minSecret = 32

//go:embed limiter.lua
var limiterSource string

// LogRedis takes the lines that go-redis writes, for the whole process.
func LogRedis(l interface {
	Printf(ctx context.Context, format string, args ...any)
}) {
	redis.SetLogger(l)
}

// OpenRedis connects. It refuses a server that may drop what it was told to keep.
func OpenRedis(ctx context.Context, o RedisOptions) (*Redis, error) {
	options, err := redis.ParseURL(o.URL)
	if err != nil {
		// The cause could quote the password.
		return nil, problem.Mismatch(CodeStoreConfig, "redis url", "redis://host:port or rediss://host:port", "one that cannot be read")
	}
	if len(o.Secret) < minSecret {
		return nil, problem.Mismatch(CodeStoreConfig, "redis secret", "32 bytes or more", "fewer")
	}
	patient(options)
	r := &Redis{
		client: redis.NewClient(options), script: redis.NewScript(limiterSource),
		secret: o.Secret, limits: o.Limits.OrDefaults(), now: o.Now,
	}
	if r.now == nil {
		r.now = time.Now
	}
	if err := r.connect(ctx); err != nil {
		r.client.Close()
		return nil, err
	}
	return r, nil
}

// patient bounds every wait, and repeats a lost call once.
func patient(o *redis.Options) {
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = redisTimeout, redisTimeout, redisTimeout, redisTimeout
	o.ContextTimeoutEnabled = true
	o.MaxRetries, o.DialerRetries = 1, 1
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

var (
	runIDLine     = regexp.MustCompile(`(?m)^run_id:([0-9a-f]+)\r?$`)
	maxMemoryLine = regexp.MustCompile(`(?m)^maxmemory:([0-9]+)\r?$`)
	policyLine    = regexp.MustCompile(`(?m)^maxmemory_policy:([a-z-]+)\r?$`)
)

func (r *Redis) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, redisDeadline)
	defer cancel()
	server, err := r.client.Info(ctx, "server").Result()
	if err != nil {
		return unavailable("redis", err)
	}
	memory, err := r.client.Info(ctx, "memory").Result()
	if err != nil {
		return unavailable("redis", err)
	}
	policy, limit := found(policyLine, memory), found(maxMemoryLine, memory)
	if limit != "0" && policy != "noeviction" {
		return problem.Mismatch(CodeStoreNotDurable, "redis maxmemory-policy", "noeviction", policy)
	}
	return r.compare(found(runIDLine, server))
}

func found(line *regexp.Regexp, info string) string {
	if m := line.FindStringSubmatch(info); m != nil {
		return m[1]
	}
	return ""
}

// compare remembers which server answers, and when it became another one. A
// server that was restarted or took over may not know what the last one knew.
func (r *Redis) compare(runID string) error {
	if runID == "" {
		return problem.New(problem.CodeUnavailable, "redis run_id")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.runID != "" && r.runID != runID {
		r.changed = r.now()
	}
	r.runID = runID
	return nil
}

// Ping tells whether Redis answers.
func (r *Redis) Ping(ctx context.Context) error { return r.connect(ctx) }

// Close ends the connections.
func (r *Redis) Close() error {
	if err := r.client.Close(); err != nil {
		return unavailable("redis", err)
	}
	return nil
}
