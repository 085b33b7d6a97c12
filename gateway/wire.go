package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/api"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/follow"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/sightings/triage"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// tick is the beat on which answers leave (design.md, "Wire").
const tick = 250 * time.Millisecond

// New wires one gateway from its configuration. It opens the store, the
// registry and the source, and listens nowhere yet.
func New(ctx context.Context, config Config, deps Deps) (_ *Gateway, err error) {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	if deps.Listen == nil {
		deps.Listen = func(addr string) (net.Listener, error) { return net.Listen("tcp", addr) }
	}
	g := &Gateway{config: config, log: deps.Log, metrics: observe.NewMetrics(), listen: deps.Listen, program: strings.TrimSpace("homeward " + deps.Version)}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close())
		}
	}()
	parts := exchange.Deps{
		Self: config.Participant, Deadline: config.Exchange.Deadline, Tick: tick,
		Now: deps.Now, Log: deps.Log, Metrics: g.metrics, Step: deps.Step,
	}
	for _, open := range []func(context.Context, Deps, *exchange.Deps) error{
		g.openKeys, g.openStore, g.openRegistry, g.openPolicy, g.openSource, g.openPeers, g.openLog, g.openTraces,
	} {
		if err := open(ctx, deps, &parts); err != nil {
			return nil, err
		}
	}
	g.exchange = exchange.New(parts)
	return g, nil
}

func (g *Gateway) openKeys(_ context.Context, _ Deps, parts *exchange.Deps) (err error) {
	k := g.config.Keys
	if parts.SignKey, err = keyring.ReadPrivate(k.Sign); err != nil {
		return err
	}
	for _, file := range k.Seal {
		key, err := keyring.ReadPrivate(file)
		if err != nil {
			return err
		}
		parts.SealKeys = append(parts.SealKeys, key)
	}
	if g.tls, err = tls.LoadX509KeyPair(k.TLSCert, k.TLSKey); err != nil {
		return err
	}
	secret, err := keyring.ReadSecret(k.Secret)
	if err != nil {
		return err
	}
	for use, key := range map[string]*[]byte{
		"pseudonyms": &parts.Pseudonyms.Pseudonym, "subjects": &parts.SubjectKey, "filter": &g.filterKey, "index": &g.indexKey,
	} {
		if *key, err = secret.Derive(use); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gateway) openRegistry(ctx context.Context, deps Deps, parts *exchange.Deps) (err error) {
	if g.lastBlocked, err = g.store.Blocked(ctx); err != nil { // later, what was read last stands
		return err
	}
	key, err := keyring.ReadPublic(g.config.Registry.Key)
	if err != nil {
		return err
	}
	g.registry, err = trust.Open(trust.Options{
		File: g.config.Registry.File, Key: key, Seen: filepath.Join(g.config.StateDir, "registry.seen"), Clock: deps.Now, Log: deps.Log, Blocked: g.blocked,
		Activate: func(version int64, digest [32]byte) error { return g.activated(version, digest, parts.Now()) },
	})
	if err != nil {
		return err
	}
	parts.Registry = g.registry
	if _, ok := g.registry.Participant(g.config.Participant); !ok {
		p := problem.Mismatch(CodeConfig, g.config.place("participant"), "a participant in good standing", g.config.Participant+" is not in the registry "+g.config.Registry.File+", or suspended")
		p.Remedy = notListed
		return p
	}
	return nil
}

func (g *Gateway) openStore(ctx context.Context, _ Deps, parts *exchange.Deps) (err error) {
	if err := os.MkdirAll(g.config.StateDir, 0o700); err != nil {
		return err
	}
	g.store, err = store.Open(ctx, store.Options{
		Driver: g.config.Store.Driver, DSN: g.config.Store.DSN.Reveal(), Owner: g.config.Participant,
		Replica: g.config.Store.Replica, Committed: g.metrics.Commit,
	})
	if err != nil {
		return err
	}
	g.close = append(g.close, g.store.Close)
	g.recorder = ledger.New(g.store, parts.Now)
	parts.Store, parts.Ledger = g.store, g.recorder
	b := g.config.Budgets
	limits := budget.Limits{Participant: b.Participant, Officer: b.Officer, Purpose: b.Purpose, Query: b.Query, Variants: b.Variants}
	parts.Sweep = casework.Limits{Children: b.Children, Repeats: b.Repeats}
	if g.config.State != "redis" {
		parts.Replay, parts.Budget = replay.NewMemory(parts.Now), &budget.Memory{Limits: limits}
		return nil
	}
	redis, err := store.OpenRedis(ctx, store.RedisOptions{
		URL: g.config.Redis.URL.Reveal(), Secret: g.filterKey, Limits: limits, Now: parts.Now,
	})
	if err != nil {
		return err
	}
	g.close = append(g.close, redis.Close)
	g.checks = append(g.checks, observe.Check{Name: "redis", Run: redis.Ping})
	parts.Replay, parts.Budget = redis, redis
	return nil
}

func (g *Gateway) openSource(ctx context.Context, deps Deps, parts *exchange.Deps) error {
	name := g.config.Source.Adapter
	if name == "" {
		return nil
	}
	open, ok := deps.Adapters[name]
	if !ok {
		return fmt.Errorf("source.adapter: there is no adapter %q", name)
	}
	source, err := open(ctx, adapters.Settings{
		Values: g.config.Source.Settings.Reveal(), Dir: g.config.Dir(), Now: deps.Now,
		Reloaded: g.loaded,
	})
	if err != nil {
		return err
	}
	g.close = append(g.close, source.Close)
	if parts.Source = adapters.Checked(source); deps.Source != nil {
		parts.Source = deps.Source(parts.Source)
	}
	g.index = follow.New(parts.Source)
	g.index.Keep(follow.Keep{
		File: filepath.Join(g.config.StateDir, "names.index"), Key: g.indexKey, Now: deps.Now, Log: deps.Log,
		Stamp: fmt.Sprint(g.program, name, g.config.Source.Settings.Reveal()),
	})
	g.close = append(g.close, g.index.Close)
	parts.Matcher, parts.Finder = triage.New(g.index, deps.Now), g.index
	return nil
}

// shownIssues is how many bad rows of one load are logged: whoever has more looks at
// all of them with homeward adapter check.
const shownIssues = 10

// loaded tells how a load of the source went: counts, and where the bad rows are. What
// stands in them is not told.
func (g *Gateway) loaded(r adapters.Report) {
	g.metrics.Source(r.Loaded, r.Bad)
	if r.Kept != nil {
		g.log.Warn("the source was not loaded; what was loaded before is served", "source", r.Source, "records", r.Loaded, "err", r.Kept)
	}
	if r.Bad == 0 {
		g.log.Info("source loaded", "source", r.Source, "records", r.Loaded)
		return
	}
	g.log.Warn("source loaded with bad rows", "source", r.Source, "records", r.Loaded, "bad", r.Bad)
	for _, i := range r.Issues[:min(len(r.Issues), shownIssues)] {
		g.log.Warn("bad row", "file", i.File, "line", i.Line, "column", i.Column)
	}
}

// notListed is what whoever is not in the registry can do.
const notListed = "Correct the name, or send the secretariat what `homeward keys new` printed and take the registry that lists it"

func (g *Gateway) openPeers(_ context.Context, deps Deps, parts *exchange.Deps) error {
	peer := api.NewPeer(g.tls)
	g.close = append(g.close, func() error { peer.Close(); return nil })
	g.fetch = func(ctx context.Context, participant, path string, body []byte) (int, []byte, error) {
		to, ok := g.registry.Participant(participant)
		if !ok {
			return 0, nil, problem.New(problem.CodeUnreachable, participant+": it is not in the registry")
		}
		return peer.Fetch(ctx, to, path, body)
	}
	if parts.Sender = peer; deps.Wire != nil {
		parts.Sender = deps.Wire(peer)
	}
	return nil
}

func (g *Gateway) openTraces(ctx context.Context, deps Deps, parts *exchange.Deps) (err error) {
	parts.Tracer, err = observe.NewTracer(ctx, g.config.Observe.OTLPEndpoint, g.config.Participant, deps.Version)
	g.close = append(g.close, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return parts.Tracer.Close(ctx)
	})
	return err
}

// blocked asks the store whom this gateway refuses by its own decision. If the
// store is away nothing is answered either way.
func (g *Gateway) blocked() []string {
	if g.store == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	ids, err := g.store.Blocked(ctx)
	if err != nil {
		g.log.Warn("blocked participants cannot be read", "error", err)
		return g.lastBlocked
	}
	g.lastBlocked = ids
	return ids
}

// ops is the handler of the ops listener.
func (g *Gateway) ops() http.Handler {
	return observe.Ops(g.metrics, append([]observe.Check{
		{Name: "store", Run: g.store.Ping},
		{Name: "registry", Run: func(context.Context) error { return g.registry.Ready() }},
	}, g.checks...)...)
}

func (g *Gateway) limits() api.Limits {
	return api.Limits{Concurrent: g.config.Exchange.Concurrency, Body: int64(g.config.Exchange.MaxBody)}
}

func (g *Gateway) clients() []api.AgencyClient {
	var out []api.AgencyClient
	for _, c := range g.config.Agency.Clients {
		out = append(out, api.AgencyClient{Caller: api.Caller{Name: c.Name, Roles: c.Roles}, SPKI: []string{c.SPKI}})
	}
	return out
}

// agencySide is the requester's chain as the agency listener calls it.
type agencySide struct{ x *exchange.Exchange }

func (s agencySide) Ask(ctx context.Context, c api.Caller, req *homewardv1.AskRequest, emit func(*homewardv1.HolderAnswer) error) (*homewardv1.AskResponse, error) {
	return s.x.Ask(ctx, exchange.Client(c), req, emit)
}

func (s agencySide) Plan(ctx context.Context, _ api.Caller, req *homewardv1.AskRequest) (*homewardv1.PlanResponse, error) {
	return s.x.Plan(ctx, req)
}

func (s agencySide) Forward(ctx context.Context, c api.Caller, req *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error) {
	return s.x.Forward(ctx, exchange.Client(c), req)
}

func (s agencySide) Collect(ctx context.Context, c api.Caller, req *homewardv1.CollectRequest) (*homewardv1.AskResponse, error) {
	return s.x.CollectAnswers(ctx, exchange.Client(c), req)
}
