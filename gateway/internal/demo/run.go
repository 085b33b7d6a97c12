package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"homeward.example/adapters"
	"homeward.example/gateway"
	"homeward.example/gateway/internal/exchange"
)

// Running is a federation whose gateways serve.
type Running struct {
	*Federation
	gateways map[string]*gateway.Gateway
	wire     *wire
	group    *errgroup.Group
	stop     context.CancelFunc
}

// Start wires and serves every member but the one that is down, and returns
// when all listen. It ends with the context, or with Stop.
func Start(ctx context.Context, f *Federation, sources map[string]adapters.Open, log *slog.Logger) (*Running, error) {
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	r := &Running{Federation: f, gateways: make(map[string]*gateway.Gateway), wire: &wire{}, group: group, stop: stop}
	if err := r.start(ctx, sources, log); err != nil {
		f.Release()
		return nil, errors.Join(err, r.Stop())
	}
	return r, nil
}

func (r *Running) start(ctx context.Context, sources map[string]adapters.Open, log *slog.Logger) error {
	for i := range r.Members {
		m := &r.Members[i]
		if m.id == Down {
			continue
		}
		g, err := r.gateway(ctx, m, sources, log)
		if err != nil {
			return fmt.Errorf("%s: %w", m.id, err)
		}
		r.gateways[m.id] = g
		r.group.Go(func() error { return g.Run(ctx) })
	}
	for id := range r.gateways {
		if err := listening(ctx, r.Member(id).Federation); err != nil {
			return fmt.Errorf("%s does not listen: %w", id, err)
		}
	}
	r.Release()
	return nil
}

func (r *Running) gateway(ctx context.Context, m *Member, sources map[string]adapters.Open, log *slog.Logger) (*gateway.Gateway, error) {
	config, err := gateway.Load(m.Config, nil, nil)
	if err != nil {
		return nil, err
	}
	deps := gateway.Deps{Adapters: sources, Log: log.With("participant", m.id), Listen: r.Listen}
	switch m.id {
	case Requester:
		deps.Wire = func(s exchange.Sender) exchange.Sender { r.wire.Sender = s; return r.wire }
	case Slow:
		deps.Source = func(a adapters.Adapter) adapters.Adapter { return slow{a} }
	}
	return gateway.New(ctx, config, deps)
}

// Story returns the story on this federation.
func (r *Running) Story(started time.Time) *Story {
	return &Story{Running: r, started: started}
}

// Stop ends all gateways and waits until they have drained.
func (r *Running) Stop() error {
	r.stop()
	return r.Wait()
}

// Wait returns when all gateways have ended.
func (r *Running) Wait() error {
	defer r.Unlock()
	return r.group.Wait()
}

// slow is a case system that takes longer than anyone waits.
type slow struct{ adapters.Adapter }

const slowness = 10 * time.Second

func (s slow) Search(ctx context.Context, c adapters.Criteria, limit int) ([]string, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(slowness):
		return s.Adapter.Search(ctx, c, limit)
	}
}

func listening(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
