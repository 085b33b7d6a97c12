package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
)

// Replies of limiter.lua.
const (
	limiterDone = iota
	limiterClaimed
	limiterSpent
)

// Claim implements replay.Filter.
func (r *Redis) Claim(ctx context.Context, issuer, jti string, issuedAt, expires time.Time) error {
	life := max(expires.Sub(r.now()), 0) + replay.Skew
	reply, err := r.run(ctx, []string{r.key("claim", issuer, jti)}, ownValue(), life.Milliseconds(), 0, "", 0, 0, 0)
	if err != nil {
		return err
	}
	if err := r.mayHaveForgotten(issuedAt); err != nil {
		return err
	}
	if reply.result != limiterDone {
		return problem.New(replay.CodeReplayed, "claim jti")
	}
	return nil
}

// mayHaveForgotten refuses what could have been claimed on a server before this one.
func (r *Redis) mayHaveForgotten(issuedAt time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed.IsZero() || issuedAt.After(r.changed.Add(replay.Skew)) {
		return nil
	}
	p := problem.New(problem.CodeUnavailable, "redis is another server than before")
	p.Remedy = "Ask again with a new message in " + strconv.Itoa(int(replay.Skew/time.Second)+1) + " s."
	return p
}

// Spend implements budget.Budget. Windows start at full multiples of their length.
// A call whose reply was lost may spend twice, which only refuses sooner.
func (r *Redis) Spend(ctx context.Context, q budget.Request) error {
	window := r.limits.Window
	start := q.Now.Truncate(window)
	counters := r.limits.Counters(q)
	keys := make([]string, len(counters), len(counters)+len(q.Rests))
	variant := r.key("variant", q.Query)
	args := []any{"", 0, (2 * window).Milliseconds(), variant[len(variant)-variantSize:], r.limits.Variants, (2 * budget.Day).Milliseconds(), counters[0].Cost}
	for i, c := range counters {
		keys[i] = r.key(append([]string{"budget", strconv.FormatInt(start.UnixMilli(), 10)}, c.Key...)...)
		args = append(args, c.Limit)
	}
	day := strconv.FormatInt(q.Now.Truncate(budget.Day).UnixMilli(), 10)
	for _, key := range q.VariantsOf() {
		keys = append(keys, r.key(append([]string{"variants", day}, key...)...))
	}
	reply, err := r.run(ctx, keys, args...)
	if err != nil {
		return err
	}
	if reply.result != limiterDone && reply.counter >= len(counters) {
		return r.limits.TooMany(q.Now)
	}
	if reply.result != limiterDone {
		c := counters[reply.counter]
		return budget.Spent(c.Name, c.Limit, start.Add(window).Sub(q.Now))
	}
	return nil
}

// variantSize is what is kept of a question's hash, in characters of base64: enough
// to tell a hundred apart.
const variantSize = 12

type limiterReply struct{ result, counter int }

// run runs the script, within a second.
func (r *Redis) run(ctx context.Context, keys []string, args ...any) (limiterReply, error) {
	ctx, cancel := context.WithTimeout(ctx, redisDeadline)
	defer cancel()
	reply, err := r.script.Run(ctx, r.client, keys, args...).Slice()
	if err != nil {
		return limiterReply{}, unavailable("redis", err)
	}
	runID, out, err := readReply(reply, len(keys))
	if err != nil {
		return out, unavailable("redis", err)
	}
	return out, r.compare(runID)
}

func readReply(reply []any, keys int) (runID string, out limiterReply, err error) {
	if len(reply) != 3 {
		return "", out, errors.New("a reply of another length")
	}
	runID, _ = reply[0].(string)
	result, ok := reply[1].(int64)
	counter, ok2 := reply[2].(int64)
	if !ok || !ok2 || result < limiterDone || result > limiterSpent || counter < 0 || counter >= int64(keys) {
		return "", out, errors.New("a reply of another kind")
	}
	return runID, limiterReply{int(result), int(counter)}, nil
}

// key names something in Redis without saying what it is.
func (r *Redis) key(parts ...string) string {
	mac := hmac.New(sha256.New, r.secret)
	mac.Write(budget.AppendParts(nil, parts))
	return "homeward:" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ownValue tells a request from every other.
func ownValue() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
