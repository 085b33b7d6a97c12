package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/api"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/follow"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// Deps are what a gateway takes from outside: the adapters that main names, and
// hooks for tests and the demo. Only Adapters is needed to serve.
type Deps struct {
	Adapters map[string]adapters.Open
	Log      *slog.Logger
	Now      func() time.Time
	// Version of this build, for traces.
	Version string
	// Wire wraps the sender of messages to other gateways. Nil for none.
	Wire func(exchange.Sender) exchange.Sender
	// Source wraps the adapter. Nil for none.
	Source func(adapters.Adapter) adapters.Adapter
	// Step is called between the steps of a chain. Nil for none.
	Step func(step string)
	// Listen opens an address of the configuration; net.Listen on TCP if nil. The
	// demo gives ports that it found free and has kept since.
	Listen func(addr string) (net.Listener, error)
}

// Gateway is one participant's gateway, wired and not yet serving.
type Gateway struct {
	config   Config
	log      *slog.Logger
	tls      tls.Certificate
	registry *trust.Live
	policy   *decide.Activator
	store    ledger.Store
	exchange *exchange.Exchange
	metrics  *observe.Metrics
	listen   func(addr string) (net.Listener, error)
	// filterKey keys the names under which replays and budgets are remembered.
	filterKey []byte
	indexKey  []byte // seals the file of the index
	ledgerLog *logKeeper
	recorder  *ledger.Ledger
	retained  map[ledger.Class]ledger.Mark // touched by retain alone
	index     *follow.Index                // of the source's records; nil without a source
	program   string                       // names and versions this build in evidence
	// fetch asks a participant's log or witness.
	fetch       func(ctx context.Context, participant, path string, body []byte) (int, []byte, error)
	lastBlocked []string // touched by the registry's poll alone
	checks      []observe.Check
	close       []func() error
}

// Exchange returns the chains, for commands that act in the gateway's name.
func (g *Gateway) Exchange() *exchange.Exchange { return g.exchange }

// Store returns the ledger's store.
func (g *Gateway) Store() ledger.Store { return g.store }

// Close releases what New opened. Run calls it too.
func (g *Gateway) Close() error {
	var errs []error
	for i := len(g.close) - 1; i >= 0; i-- {
		errs = append(errs, g.close[i]())
	}
	g.close = nil
	return errors.Join(errs...)
}

// Run serves until the context ends, then drains: no new requests, those in
// work are finished, the store is closed last.
func (g *Gateway) Run(ctx context.Context) error {
	defer g.Close()
	federation, err := api.NewFederation(api.FederationOptions{
		Certificate: g.tls, Registry: g.registry, Service: g.exchange, Logs: g.ledgerLog.handler(), Limits: g.limits(),
		Refused: g.metrics.Refused, Log: g.log,
	})
	if err != nil {
		return err
	}
	agency, err := api.NewAgency(api.AgencyOptions{
		Certificate: g.tls, Clients: g.clients(), Asker: agencySide{g.exchange},
		Decisions: ledger.Reader{Ledger: g.recorder, Store: g.store, Self: g.config.Participant},
		Casework:  exchange.Casework{Exchange: g.exchange}, Sightings: g.exchange,
		Limits: g.limits(), Refused: g.metrics.Refused, Log: g.log,
	})
	if err != nil {
		return err
	}
	listeners, err := g.listenAll()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for i, serve := range []func(context.Context, net.Listener) error{federation.Serve, agency.Serve, g.serveOps} {
		group.Go(func() error { return serve(ctx, listeners[i]) })
	}
	group.Go(func() error { g.registry.Watch(ctx); return nil })
	group.Go(func() error { return g.ledgerLog.run(ctx) })
	group.Go(func() error { g.policy.Watch(ctx); return nil })
	group.Go(func() error { g.every(ctx, time.Second, "outbox", g.exchange.DeliverDue); return nil })
	group.Go(func() error { g.every(ctx, 2*time.Second, "receipts", g.ledgerLog.collect); return nil })
	group.Go(func() error { g.every(ctx, time.Second, "gauges", g.gauges); return nil })
	group.Go(func() error { g.every(ctx, time.Minute, "prune", g.prune); return nil })
	group.Go(func() error { g.every(ctx, time.Minute, "retention", g.retain); return nil })
	if g.index != nil {
		group.Go(func() error { g.follow(ctx); return nil })
	}
	group.Go(func() error { g.every(ctx, time.Minute, "housekeeping", g.exchange.Housekeep); return nil })
	err = group.Wait()
	g.leave(ctx)
	return err
}

// leave keeps for the authority of origin what was counted since the last tally.
func (g *Gateway) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := g.exchange.SendTally(ctx, true); err != nil {
		g.log.Warn("the last tally is lost", "error", err)
	}
}

// CodeListen: an address of the configuration cannot be listened on.
const CodeListen problem.Code = "listen_failed"

// listenAll opens the listeners, all before any of them serves: an address that
// is taken leaves nothing running.
func (g *Gateway) listenAll() ([]net.Listener, error) {
	l := g.config.Listen
	var open []net.Listener
	for _, of := range [][2]string{{"listen.federation", l.Federation}, {"listen.agency", l.Agency}, {"listen.ops", l.Ops}} {
		listener, err := g.listen(of[1])
		if err != nil {
			for _, o := range open {
				_ = o.Close()
			}
			return nil, problem.Wrap(CodeListen, g.config.place(of[0]), err)
		}
		open = append(open, listener)
	}
	return open, nil
}

// every runs a piece of housekeeping until the context ends. A failure is
// logged and tried again: it endangers no release.
func (g *Gateway) every(ctx context.Context, interval time.Duration, what string, do func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := do(ctx); err != nil && ctx.Err() == nil {
				g.log.Warn("housekeeping failed", "step", what, "error", err)
			}
		}
	}
}

// indexing is how often the index of records takes in what changed at the source.
const indexing = 5 * time.Second

// follow fills the index at once, and from then on takes in what changes.
func (g *Gateway) follow(ctx context.Context) {
	if err := g.index.Refresh(ctx); err != nil && ctx.Err() == nil {
		g.log.Warn("housekeeping failed", "step", "index", "error", err)
	}
	g.every(ctx, indexing, "index", g.index.Refresh)
}

// gauges shows what changes without a message.
func (g *Gateway) gauges(ctx context.Context) error {
	g.metrics.Registry(g.registry.Version())
	g.metrics.Policy(g.policy.Refused())
	counts, err := g.store.ReceiptCounts(ctx)
	g.metrics.Receipts(counts)
	return err
}

func (g *Gateway) prune(ctx context.Context) error { return g.store.Prune(ctx, g.exchange.Now()) }

func (g *Gateway) serveOps(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: g.ops(), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
