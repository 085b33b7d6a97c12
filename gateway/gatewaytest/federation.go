// Package gatewaytest is a federation in one process for tests: the real
// chains, policy, ledger and SQLite stores of several participants, a clock that
// the test turns, and no network. Its children are synthetic.
package gatewaytest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/follow"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/sightings/triage"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/synthetic"
	"homeward.example/gateway/internal/trust"
)

// Clock is what the federation takes for now.
type Clock struct{ ns atomic.Int64 }

// Now implements the clocks of all parts.
func (c *Clock) Now() time.Time { return time.Unix(0, c.ns.Load()) }

// Add turns the clock.
func (c *Clock) Add(d time.Duration) { c.ns.Add(int64(d)) }

// Options of a federation. The zero value is usable.
type Options struct {
	// Dir keeps stores and records; a temporary folder if empty. A second
	// federation in the same folder has the same keys and stores.
	Dir string
	// Tune changes the parts of one participant before it starts. May be nil.
	Tune func(id string, d *exchange.Deps)
	// VerdictCache is the size of the cache of verdicts; the default if zero.
	VerdictCache int
	// Alg of the signing keys; EdDSA if empty.
	Alg string
	// Prepare changes the registry before it is signed. May be nil.
	Prepare func(r *trust.Registry)
	// Holders adds so many governments that hold no records: gov-00, gov-01, …
	Holders int
	// Store says where a participant keeps its decisions; SQLite in Dir if nil.
	Store func(id string) store.Options
}

// Federation of gov-ua, unicef, icrc (holders), gov-pl (requester) and gov-ca
// (a holder that nobody has a reason to ask).
type Federation struct {
	Clock   *Clock
	Child   synthetic.Demo
	Members map[string]*Member
	live    *trust.Live
	source  *registrySource
	policy  *decide.Live // compiled once for all: they have the same bundle
}

// Member is one participant.
type Member struct {
	*exchange.Exchange
	Keys   Keys
	Agency envelope.PrivateKey // gov-pl's own system, use=agency
}

// Keys of one participant.
type Keys struct{ Sign, Seal envelope.PrivateKey }

// New starts a federation that ends with the test.
func New(t testing.TB, o Options) *Federation {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Alg == "" {
		o.Alg = "EdDSA"
	}
	if o.Store == nil {
		o.Store = func(id string) store.Options {
			return store.Options{Driver: store.SQLite, DSN: filepath.Join(o.Dir, id+".db")}
		}
	}
	f := &Federation{Clock: &Clock{}, Members: make(map[string]*Member), source: &registrySource{}}
	f.Clock.ns.Store(time.Now().UnixNano())
	files := f.records(t, o.Dir)
	keys := keysOf(t, o)
	f.source.registry = registry(t, f.Clock.Now(), o.Holders, keys)
	if o.Prepare != nil {
		o.Prepare(&f.source.registry)
	}
	live, err := trust.Open(trust.Options{Source: f.source, Clock: f.Clock.Now})
	must(t, err)
	f.live = live
	bundle, err := decide.Embedded()
	must(t, err)
	// A busy machine is no reason to deny: tests of time-outs set their own.
	engine, err := decide.New(context.Background(), bundle, decide.Options{Now: f.Clock.Now, CacheSize: o.VerdictCache, Timeout: time.Minute})
	must(t, err)
	f.policy = decide.Fixed(engine)
	for id, k := range keys {
		f.start(t, o, id, k, files)
	}
	return f
}

// Member finds a participant.
func (f *Federation) Member(id string) *Member { return f.Members[id] }

// Registry returns the registry in force, for tests that suspend or block.
func (f *Federation) Registry() *trust.Live { return f.live }

// Change replaces the registry by a newer version.
func (f *Federation) Change(t testing.TB, change func(r *trust.Registry)) {
	t.Helper()
	f.source.registry.Version++
	change(&f.source.registry)
	must(t, f.live.Refresh())
}

func (f *Federation) start(t testing.TB, o Options, id string, k memberKeys, files synthetic.Files) {
	t.Helper()
	ctx := context.Background()
	at := o.Store(id)
	if at.Driver == store.SQLite {
		freshStore(t, at.DSN)
	}
	db, err := store.Open(ctx, at)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	secret := sha256.Sum256([]byte("test secret of " + id))
	deps := exchange.Deps{
		Self: id, Registry: f.live, Engine: f.policy, Store: db, Ledger: ledger.New(db, f.Clock.Now),
		Replay: replay.NewMemory(f.Clock.Now), Budget: &budget.Memory{}, Sender: direct{f, id},
		SignKey: k.Sign, SealKeys: []envelope.PrivateKey{k.Seal},
		Pseudonyms: minimize.Keys{Pseudonym: secret[:]}, SubjectKey: secret[:],
		Deadline: 10 * time.Second, Now: f.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	if h, ok := files.Holder(id); ok {
		source, err := file.Open(ctx, adapters.Settings{Values: h.Settings, Dir: files.Dir, Now: f.Clock.Now})
		must(t, err)
		t.Cleanup(func() { _ = source.Close() })
		deps.Source = adapters.Checked(source)
		index := follow.New(deps.Source)
		must(t, index.Refresh(ctx))
		deps.Matcher, deps.Finder = triage.New(index, f.Clock.Now), index
	}
	if o.Tune != nil {
		o.Tune(id, &deps)
	}
	f.Members[id] = &Member{Exchange: exchange.New(deps), Keys: k.Keys, Agency: k.Agency}
}

// direct is a Sender that calls the other gateway without a network.
type direct struct {
	f    *Federation
	self string
}

func (d direct) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	m, ok := d.f.Members[to.ID]
	if !ok {
		return "", problem.New(problem.CodeUnreachable, to.ID)
	}
	call := map[string]func(context.Context, string, string) (string, error){
		exchange.MethodQuery: m.Answer, exchange.MethodCollect: m.Exchange.Collect, exchange.MethodNotify: m.Notify,
		exchange.MethodReport: m.Report,
	}[method]
	reply, err := call(ctx, d.self, sealed)
	if err != nil {
		return "", problem.Coarse(err)
	}
	return reply, nil
}

type registrySource struct{ registry trust.Registry }

func (s *registrySource) Load(time.Time) (trust.Registry, [32]byte, error) {
	return s.registry, sha256.Sum256([]byte(hex.EncodeToString([]byte{byte(s.registry.Version)}))), nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
