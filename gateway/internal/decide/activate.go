package decide

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// poll is how often the registry's word and the files are looked at.
const poll = 2 * time.Second

// Named is the bundle that the registry names: the one of this program if it has no digest.
type Named struct {
	Digest  string // "sha256:…"
	Version string // of the bundle; not compared if empty
}

// Activation says which bundles there are, and who says which of them is in force.
type Activation struct {
	// Bundles is an archive, a folder of archives (*.tar.gz), or a folder of rules.
	// Empty: there is the embedded bundle alone.
	Bundles string
	// Overlay is this holder's signed overlay; empty if it has none.
	Overlay string
	// Holder is this participant and Keys those that may sign its overlay.
	Holder string
	Keys   envelope.Keys
	// Named asks the registry; an error if none is current.
	Named func() (Named, error)
	// Seen is a folder that remembers the newest versions over a restart; none are
	// remembered if it is empty.
	Seen string
	// MaxAge is how long a policy decides after it was last confirmed by a current
	// registry. Zero: for good.
	MaxAge time.Duration
	// Prove tries a bundle beyond its Rego tests. May be nil.
	Prove func(context.Context, Bundle, *Engine) error
	// Keep is given what comes into force, before it does, and its error keeps it out:
	// a decision is proven by the policy that made it. overlay has no root if there is
	// none. May be nil.
	Keep func(ctx context.Context, bundle, overlay Bundle) error
	// Engine is how the engines are made; its Overlay is set here.
	Engine Options
	// Log gets every change and every refusal; nil is silent.
	Log *slog.Logger
}

// Activator brings into force what the registry names, and nothing else.
type Activator struct {
	o        Activation
	live     *Live
	embedded Bundle
	mu       sync.Mutex // one writer at a time
	engine   *Engine    // in force
	bundle   Bundle     // of engine
	ends     time.Time  // of its time; zero: never
	tried    envelope.PolicyRef
	failure  error  // of what was tried
	stale    string // digest of an overlay that could not be renewed
	logged   string
}

// NewActivator has nothing in force yet: Refresh or Watch bring it.
func NewActivator(o Activation) (*Activator, error) {
	if o.Engine.Now == nil {
		o.Engine.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	embedded, err := Embedded()
	return &Activator{o: o, live: NewLive(o.Engine.Now), embedded: embedded}, err
}

// Live is the policy in force.
func (a *Activator) Live() *Live { return a.live }

// Watch refreshes every other second until the context ends.
func (a *Activator) Watch(ctx context.Context) {
	t := time.NewTicker(poll)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_ = a.Refresh(ctx) // logged there
		}
	}
}

// Refresh looks once at the registry and the files. What is refused leaves the
// last good policy in force until its maximum age; the error says why.
func (a *Activator) Refresh(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.refresh(ctx)
	text := ""
	if err != nil {
		text = err.Error()
	}
	if err != nil && text != a.logged {
		a.o.Log.Error("policy refused", "err", err)
	}
	a.logged = text
	return err
}

// Bundle is the one that the registry names, as the files have it: found, not proven.
func (a *Activator) Bundle() (Bundle, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	named, err := a.o.Named()
	if err != nil {
		return Bundle{}, err
	}
	return a.find(named)
}

// Refused says whether what the registry names, or the overlay, is not what is in force.
func (a *Activator) Refused() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.logged != ""
}

func (a *Activator) refresh(ctx context.Context) error {
	named, err := a.o.Named()
	if err != nil {
		return err // no current registry confirms anything
	}
	bundle, refused := a.find(named)
	overlay, err := a.readOverlay()
	if refused == nil && err == nil {
		refused = a.try(ctx, bundle, overlay)
	}
	switch {
	case refused == nil && err == nil:
		a.ends = a.until()
		a.live.Swap(a.engine, a.ends)
	case refused != nil && err == nil:
		err = a.renew(ctx, overlay)
	}
	return errors.Join(refused, err)
}

// try brings a bundle and an overlay into force, once: what failed fails again.
func (a *Activator) try(ctx context.Context, bundle, overlay Bundle) error {
	ref := envelope.PolicyRef{Bundle: bundle.Digest, Version: bundle.Version, Overlay: overlay.Digest}
	if ref != a.tried {
		a.tried, a.failure = ref, a.activate(ctx, bundle, overlay)
	}
	if a.failure != nil && passing(ctx, a.failure) {
		a.tried = envelope.PolicyRef{}
	}
	return a.failure
}

// passing says that something failed, and not for what it is: it is tried again.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, problem.New(problem.CodeUnavailable, ""))
}

// renew brings a changed overlay into force beside the last good bundle, where what
// the registry names is missing or refused: a holder that will be stricter does not
// wait for others. It confirms nothing, so the time of that bundle runs on.
func (a *Activator) renew(ctx context.Context, overlay Bundle) error {
	if a.engine == nil || a.engine.ref.Overlay == overlay.Digest || a.stale == overlay.Digest {
		return nil
	}
	if err := a.activate(ctx, a.bundle, overlay); err != nil {
		if !passing(ctx, err) {
			a.stale = overlay.Digest
		}
		return err
	}
	a.live.Swap(a.engine, a.ends)
	return nil
}

func (a *Activator) until() time.Time {
	if a.o.MaxAge == 0 {
		return time.Time{}
	}
	return a.o.Engine.Now().Add(a.o.MaxAge)
}

// activate makes the engine of a bundle and an overlay; it is in force if there is no error.
func (a *Activator) activate(ctx context.Context, bundle, overlay Bundle) error {
	if err := a.prove(ctx, bundle); err != nil {
		return err
	}
	o := a.o.Engine
	o.Overlay = overlay
	engine, err := New(ctx, bundle, o)
	if err != nil {
		return err
	}
	if overlay.Root != "" {
		if _, err := overlay.Test(ctx); err != nil {
			return problem.Wrap(CodeBundle, "tests of overlay "+overlay.Version, err)
		}
		if err := a.seen("overlay.seen").note(overlay); err != nil {
			return err
		}
	}
	if a.o.Keep != nil {
		if err := a.o.Keep(ctx, bundle, overlay); err != nil {
			return err
		}
	}
	if err := a.seen("policy.seen").note(bundle); err != nil {
		return err
	}
	a.engine, a.bundle = engine, bundle
	a.o.Log.Info("policy in force", "version", bundle.Version, "digest", bundle.Digest, "overlay", overlay.Digest)
	return nil
}

// prove tries a bundle by its own tests and cases. The embedded one was tried
// when this program was built, the one in force when it came.
func (a *Activator) prove(ctx context.Context, b Bundle) error {
	if b.Digest == a.embedded.Digest || b.Digest == a.bundle.Digest {
		return nil
	}
	return Prove(ctx, b, a.o.Engine, a.o.Prove)
}
