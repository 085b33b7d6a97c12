package gateway

import (
	"context"
	"log/slog"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/proof"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/trust"
)

// openPolicy brings into force the bundle that the registry names, and this
// holder's overlay. Without one the gateway runs and is not ready: it looks again
// until there is one.
func (g *Gateway) openPolicy(ctx context.Context, deps Deps, parts *exchange.Deps) error {
	a, err := g.config.activation(g.registry, g.config.StateDir, deps.Now, g.log)
	if err != nil {
		return err
	}
	a.Engine.Cached, a.Keep = g.metrics.Cache, g.keepPolicy
	if g.policy, err = decide.NewActivator(a); err != nil {
		return err
	}
	parts.Engine = g.policy.Live()
	g.checks = append(g.checks, observe.Check{Name: "policy", Run: func(context.Context) error { return parts.Engine.Ready() }})
	_ = g.policy.Refresh(ctx) // logged there, and told by the check
	return nil
}

// activation is what a configuration says of the policy. seen is the folder that
// remembers versions; "" for a look that changes nothing.
func (c Config) activation(registry *trust.Live, seen string, now func() time.Time, log *slog.Logger) (decide.Activation, error) {
	a := decide.Activation{
		Bundles: c.Policy.Bundle, Overlay: c.Policy.Overlay, Holder: c.Participant, Keys: registry,
		Seen: seen, MaxAge: c.Policy.MaxAge, Prove: proof.Bundle, Engine: decide.Options{Now: now}, Log: log,
		Named: func() (decide.Named, error) {
			digest, version, err := registry.Bundle()
			return decide.Named{Digest: digest, Version: version}, err
		},
	}
	if c.Policy.OverlayKey == "" {
		return a, nil
	}
	key, err := keyring.ReadPublic(c.Policy.OverlayKey)
	key.Participant, key.Use = c.Participant, envelope.UseSign
	a.Keys = overlayKey(key)
	return a, err
}

// overlayKey is the only key that signs overlays.
type overlayKey envelope.PublicKey

func (k overlayKey) PublicKey(kid string) (envelope.PublicKey, bool) {
	return envelope.PublicKey(k), kid == k.ID
}

// CheckPolicy says whether the policy that the registry names could come into
// force here, and this holder's overlay with it. It changes nothing.
func (c Config) CheckPolicy(ctx context.Context, now func() time.Time) error {
	a, err := c.activator(now)
	if err != nil {
		return err
	}
	return a.Refresh(ctx)
}

// Bundle is the policy that the registry names, as this configuration finds it.
func (c Config) Bundle(now func() time.Time) (decide.Bundle, error) {
	a, err := c.activator(now)
	if err != nil {
		return decide.Bundle{}, err
	}
	return a.Bundle()
}

// activator is one that remembers nothing, beside a gateway that may be running.
func (c Config) activator(now func() time.Time) (*decide.Activator, error) {
	key, err := keyring.ReadPublic(c.Registry.Key)
	if err != nil {
		return nil, err
	}
	registry, err := trust.Open(trust.Options{File: c.Registry.File, Key: key, Clock: now})
	if err != nil {
		return nil, err
	}
	a, err := c.activation(registry, "", now, nil)
	if err != nil {
		return nil, err
	}
	return decide.NewActivator(a)
}
