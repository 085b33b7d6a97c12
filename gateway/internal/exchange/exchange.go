// Package exchange is the map of the system: Answer is the chain of a holder,
// Ask that of a requester, and each names its steps in order. Every step takes
// the type that the step before made (design.md, "The life of a query").
package exchange

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/minimize"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/trust"
)

// Registry is what the chains need to know of the participants.
type Registry interface {
	envelope.Keys
	Participant(id string) (trust.Participant, bool)
	Participants() []trust.Participant
	Agreement(holder, recipient, purpose string, now time.Time) (inForce, known bool)
	// Asked: an agreement names holder as one whom recipient may ask about any child.
	Asked(holder, recipient, purpose string, now time.Time) bool
	// AnyChild lists the holders that an agreement lets somebody ask about any child.
	AnyChild(now time.Time) []string
	// Mandate: an agreement names reviewer, and covers holder (AUDIT).
	Mandate(holder, reviewer string, now time.Time) bool
	SealKey(id string) (envelope.PublicKey, bool)
}

// Sender carries a sealed message to a participant's registry address.
// Its errors are problems: unreachable, timed_out, invalid_reply, or what the peer answered.
type Sender interface {
	Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error)
}

// Deps are the parts of one gateway. All are mandatory unless said otherwise.
type Deps struct {
	Self     string // participant id
	Registry Registry
	Engine   *decide.Live
	Ledger   *ledger.Ledger
	Store    ledger.Store
	Replay   replay.Filter
	Budget   budget.Budget
	// Source holds the records; nil for a participant that holds none.
	Source adapters.Adapter
	// Matcher compares sightings with the records; nil for a participant that holds none.
	Matcher Matcher
	// Finder finds records under other forms of a name; nil for none.
	Finder   Finder
	Sender   Sender
	SignKey  envelope.PrivateKey
	SealKeys []envelope.PrivateKey // current first
	// Secret keys, 32 bytes each, derived from the gateway's one secret.
	Pseudonyms minimize.Keys
	SubjectKey []byte
	// Sweep says from where on an officer's questions of a day are a sweep; the zero value has defaults.
	Sweep casework.Limits
	// Deadline bounds each holder's time to answer.
	Deadline time.Duration
	// Tick is the beat on which answers leave, so that the time of an answer does
	// not tell a hit from a miss (design.md: 250 ms). Zero sends at once: benchmarks only.
	Tick    time.Duration
	Now     func() time.Time
	Log     *slog.Logger
	Metrics *observe.Metrics
	Tracer  *observe.Tracer
	// Step is called between two steps of a chain; tests stop the process there. May be nil.
	Step func(step string)
}

// Exchange runs the chains of one gateway.
type Exchange struct {
	Deps
	seen       *envelope.Signatures     // of case links that were seen before
	revoked    revoked                  // case links of one's own
	unpaid     *budget.Memory           // refusals that were recorded and that no budget bounds
	box        casework.Box             // of what matters say of a child
	kept       ledger.Box               // of what was disclosed
	stood      atomic.Pointer[standing] // as it was last read
	tally      tally
	toldEnough toldEnough
	swept      map[string]bool // sweeps that were logged; touched by Housekeep alone
	macs       *sync.Pool      // keyed by SubjectKey: making one costs as much as its use
	started    time.Time
	// recounted: the tally has what a crash forgot; touched by Housekeep alone.
	recounted bool
	forgotten map[string]ledger.MatterMark // how far ForgetSightings came, which alone touches it
}

// New returns the chains over the given parts.
func New(d Deps) *Exchange {
	box, _ := casework.NewBox(d.SubjectKey) // one that cannot be made seals and opens nothing
	kept, _ := ledger.NewBox(d.SubjectKey)
	macs := &sync.Pool{New: func() any {
		mac := hmac.New(sha256.New, d.SubjectKey)
		mac.Reset() // so that it leaves nothing behind when it is reset after its use
		return mac
	}}
	d.Pseudonyms = d.Pseudonyms.Ready()
	return &Exchange{Deps: d, macs: macs, box: box, kept: kept, started: d.Now().Truncate(time.Microsecond), seen: envelope.NewSignatures(), forgotten: make(map[string]ledger.MatterMark), unpaid: &budget.Memory{
		Limits: budget.Limits{Participant: refusals, Officer: refusals, Purpose: refusals, Query: refusals},
	}}
}

// step runs one step of a chain: a span of it, its time and failure in the
// metrics, and a place where a test can stop the process. It changes nothing.
func step[T any](ctx context.Context, x *Exchange, name string, do func(context.Context) (T, error)) (T, error) {
	ctx, end := x.Tracer.Start(ctx, name)
	began := time.Now()
	result, err := do(ctx)
	x.Metrics.Step(name, time.Since(began), err)
	end(err)
	if x.Step != nil && err == nil {
		x.Step(name)
	}
	return result, err
}

// verify opens a sealed message from a TLS peer. Its error is coarse on the
// wire: bytes that do not verify are counted, not recorded.
func (x *Exchange) verify(peer, sealed string, t envelope.Type) (envelope.Verified, error) {
	sdjwt, err := envelope.Open(sealed, t, x.SealKeys)
	if err != nil {
		return envelope.Verified{}, err
	}
	return envelope.Verify(sdjwt, envelope.Expect{
		Type: t, Audience: x.Self, Issuer: peer, Keys: x.Registry, Now: x.Now(),
		Uses: signers(t),
	})
}

// signers says which keys may sign a message: an agency's own system only asks.
func signers(t envelope.Type) []envelope.Use {
	if t == envelope.TypeQuery {
		return []envelope.Use{envelope.UseSign, envelope.UseAgency}
	}
	return []envelope.Use{envelope.UseSign}
}

// party shows a participant to the policy; an unknown one is suspended.
func (x *Exchange) party(id string) decide.Party {
	p, ok := x.Registry.Participant(id)
	if !ok {
		return decide.Party{ID: id, Suspended: true}
	}
	return decide.Party{
		ID: p.ID, Kind: p.Kind, AuthorityOfOrigin: p.AuthorityOfOrigin,
		Prohibited: p.Prohibited, Suspended: p.Suspended,
	}
}

func (x *Exchange) agreement(holder, recipient, purpose string) decide.Tri {
	switch inForce, known := x.Registry.Agreement(holder, recipient, purpose, x.Now()); {
	case !known:
		return decide.Unknown
	case inForce:
		return decide.Yes
	default:
		return decide.No
	}
}

// mandate says whether a reviewer may look at a holder; only AUDIT asks for it.
func (x *Exchange) mandate(holder, reviewer, purpose string) decide.Tri {
	switch {
	case purpose != purposeAudit:
		return decide.Unknown
	case x.Registry.Mandate(holder, reviewer, x.Now()):
		return decide.Yes
	default:
		return decide.No
	}
}

const purposeAudit = "AUDIT"
