package gateway_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"homeward.example/adapters"
	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/servertest"
)

// TestMain ends the servers that tests started, and then wants every goroutine of
// every gateway gone.
func TestMain(m *testing.M) {
	if config := os.Getenv(serveConfig); config != "" {
		os.Exit(serveAsMain(config))
	}
	gateway.LogLibraries(slog.New(slog.DiscardHandler))
	code := servertest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}

// gate is a source that holds every search until it is opened.
type gate struct {
	adapters.Adapter
	entered, open chan struct{}
	once          sync.Once
}

func (g *gate) Search(ctx context.Context, c adapters.Criteria, limit int) ([]string, error) {
	g.once.Do(func() { close(g.entered) })
	select {
	case <-g.open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return g.Adapter.Search(ctx, c, limit)
}

// Told to end, a gateway finishes what it has in work, records it, takes nothing
// new, and leaves a state on which the next one goes on: also with refusing what
// came before.
func TestDrainAndRestart(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	ua := f.serve(demo.Origin, gateway.Deps{Source: func(a adapters.Adapter) adapters.Adapter { g.Adapter = a; return g }})
	pl := f.peer(ua, demo.Requester)
	query := f.sealed(f.question(time.Now(), nil))
	inWork := make(chan response, 1)
	go func() { inWork <- pl.rest("query", query) }()
	<-g.entered
	stopped := make(chan error, 1)
	go func() { stopped <- ua.stop() }()
	eventually(t, "no new connection is taken", patience, func() bool { return dial(ua.Member.Federation) != nil })
	if r := f.peer(ua, demo.Requester).rest("query", f.sealed(f.question(time.Now(), nil))); r.err == nil {
		t.Errorf("a new request while draining: %s", r.said)
	}
	select {
	case err := <-stopped:
		t.Fatalf("it ended with a request in work: %v", err)
	default:
	}
	close(g.open)
	r := <-inWork
	if !r.accepted() {
		t.Fatalf("the request in work was not finished: %v %s", r.err, r.said)
	}
	answer := f.opened(r.body)
	ok(t, <-stopped)
	if err := ua.Store().Ping(t.Context()); err == nil {
		t.Error("the store is open after the end")
	}

	again := f.serve(demo.Origin, gateway.Deps{})
	if _, err := again.Store().Decision(t.Context(), answer.Decision); err != nil {
		t.Errorf("what was answered while draining is not recorded: %v", err)
	}
	pl = f.peer(again, demo.Requester)
	if a := f.opened(pl.rest("query", query).body); a.Status != envelope.StatusRefused || a.Problem.Code != "replayed" {
		t.Errorf("the same message after a restart: %s %+v", a.Status, a.Problem)
	}
	if a := f.opened(pl.grpc("query", f.sealed(f.question(time.Now(), nil))).body); a.Status != envelope.StatusAnswered {
		t.Errorf("after a restart: %s %+v", a.Status, a.Problem)
	}
}

// An address that is taken keeps a gateway from starting, and leaves nothing behind.
func TestTakenAddress(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	f.Release()
	m := f.Member("gov-ca")
	taken, err := net.Listen("tcp", m.Ops)
	ok(t, err)
	defer taken.Close()
	config, err := gateway.Load(m.Config, nil, nil)
	ok(t, err)
	config.Source = gateway.Source{}
	g, err := gateway.New(t.Context(), config, gateway.Deps{})
	ok(t, err)
	if err := g.Run(t.Context()); err == nil {
		t.Error("it runs without its ops listener")
	}
	if dial(m.Federation) == nil || g.Store().Ping(t.Context()) == nil {
		t.Error("something of it still runs")
	}
}
