package decide

import (
	"context"
	"sync/atomic"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
)

// Live is the policy as it stands now. A question is decided by the engine that
// admitted it, also if another one comes into force meanwhile; so what is
// recorded of it names one bundle. Its methods may be called from many goroutines.
type Live struct {
	now   func() time.Time
	state atomic.Pointer[inForce]
}

// inForce is replaced as a whole.
type inForce struct {
	engine *Engine
	until  time.Time // when it is too old to decide; zero: never
	shut   *Engine   // decides from then on: denies everything in the name of the same policy
}

// NewLive has no policy yet: everything is refused as unavailable. Nil is time.Now.
func NewLive(now func() time.Time) *Live {
	if now == nil {
		now = time.Now
	}
	l := &Live{now: now}
	l.state.Store(&inForce{})
	return l
}

// Fixed is a policy that stays as it is.
func Fixed(e *Engine) *Live {
	l := NewLive(nil)
	l.Swap(e, time.Time{})
	return l
}

// Swap puts an engine in force until a time, or for good if that is zero.
// Questions that were admitted before keep theirs.
func (l *Live) Swap(e *Engine, until time.Time) {
	l.state.Store(&inForce{engine: e, until: until, shut: e.shut()})
}

// shut has the name of an engine and no rules: each evaluation fails.
func (e *Engine) shut() *Engine {
	s := &Engine{ref: e.ref, now: e.now, cached: e.cached}
	_ = s.makeCaches(1) // fails for no size alone
	return s
}

// Engine in force now. If the policy was not confirmed for too long it is one
// that denies everything; if there never was one, an error of CodeUnavailable.
func (l *Live) Engine() (*Engine, error) {
	s := l.state.Load()
	switch {
	case s.engine == nil:
		return nil, problem.New(problem.CodeUnavailable, "no policy is in force")
	case !s.until.IsZero() && !l.now().Before(s.until):
		return s.shut, nil
	}
	return s.engine, nil
}

// Ready is nil if questions are decided.
func (l *Live) Ready() error {
	e, err := l.Engine()
	switch {
	case err != nil:
		return problem.Wrap(CodeBundle, "no bundle is in force", err)
	case e.release == nil:
		return problem.New(CodeBundle, "the bundle in force was not confirmed for too long")
	}
	return nil
}

// Ref names the policy in force; zero if there is none.
func (l *Live) Ref() envelope.PolicyRef {
	if s := l.state.Load(); s.engine != nil {
		return s.engine.ref
	}
	return envelope.PolicyRef{}
}

// Admit is Engine.Admit of the engine in force.
func (l *Live) Admit(ctx context.Context, fresh replay.Fresh, f Facts) (Admitted, error) {
	e, err := l.Engine()
	if err != nil {
		return Admitted{}, err
	}
	return e.Admit(ctx, fresh, f)
}

// Decide is Engine.Decide of the engine that admitted the question.
func (l *Live) Decide(ctx context.Context, f Fetched, disclosed map[string]Disclosed) (Verdicts, error) {
	if f.admitted.engine == nil {
		return Verdicts{}, problem.New(CodeUnadmitted, "")
	}
	return f.admitted.engine.Decide(ctx, f, disclosed)
}

// Plan is Engine.Plan of the engine in force.
func (l *Live) Plan(ctx context.Context, in PlanInput) ([]Planned, error) {
	e, err := l.Engine()
	if err != nil {
		return nil, err
	}
	return e.Plan(ctx, in)
}

// Deliver is Engine.Deliver of the engine in force.
func (l *Live) Deliver(ctx context.Context, d Delivery) ([]string, error) {
	e, err := l.Engine()
	if err != nil {
		return nil, err
	}
	return e.Deliver(ctx, d)
}

// Report is Engine.Report of the engine in force.
func (l *Live) Report(ctx context.Context, r Report) (Reported, error) {
	e, err := l.Engine()
	if err != nil {
		return Reported{}, err
	}
	return e.Report(ctx, r)
}

// Export is Engine.Export of the engine in force, and the name of that policy.
func (l *Live) Export(ctx context.Context, x Export) (Exported, envelope.PolicyRef, error) {
	e, err := l.Engine()
	if err != nil {
		return Exported{}, envelope.PolicyRef{}, err
	}
	out, err := e.Export(ctx, x)
	return out, e.ref, err
}
