package casework

import (
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// States of a push. It ends by its time, or when its case link is taken back.
const (
	PushSent      = "sent"      // at the holder: the mediator was told
	PushCollected = "collected" // at the holder: and has collected it
	PushCame      = "came"      // at the mediator
	PushEnded     = "ended"     // at either: what it said is erased
)

// Push is a case that a holder made ready for a transit mediator, who cannot ask.
// The mediator's gateway collects it by its id; what it is sent is decided then.
type Push struct {
	ID, State string
	Peer      string // the mediator; at the mediator the holder
	At, Until time.Time
	PushBody
}

// PushBody is what the box holds. At the mediator it has the purpose and the case alone.
type PushBody struct {
	Purpose    string               `json:"purpose"`
	Case       string               `json:"case,omitempty"` // jti of the case link: cases of one link are of one child
	Link       string               `json:"link,omitempty"` // the case link, as issued
	GoAheads   []string             `json:"goaheads,omitempty"`
	BreakGlass *envelope.BreakGlass `json:"break_glass,omitempty"`
	Approvals  []string             `json:"approvals,omitempty"`
	Need       string               `json:"need,omitempty"`
	Officer    envelope.Officer     `json:"officer"` // who pushed it
}

// InForce says whether it may be collected at a time.
func (p Push) InForce(now time.Time) bool { return now.Before(p.Until) }

// CameID is the row at the mediator: a holder names the case, and must not be able to
// name another row.
func CameID(id string) string { return "came." + id }

// Matter is the row that keeps a push.
func (p Push) Matter(b Box) (ledger.Matter, error) {
	id := p.ID
	if p.State == PushCame {
		id = CameID(id)
	}
	body, err := b.Seal(id, p.PushBody)
	return ledger.Matter{
		ID: id, Kind: ledger.MatterPush, State: p.State, Participant: p.Peer, At: p.At, Due: p.Until, Body: body,
	}, err
}

// PushOf reads a push back.
func PushOf(b Box, m ledger.Matter) (Push, error) {
	p := Push{ID: strings.TrimPrefix(m.ID, CameID("")), State: m.State, Peer: m.Participant, At: m.At, Until: m.Due}
	return p, b.Open(m, &p.PushBody)
}

// Tokens are the statements that it rests on.
func (p Push) Tokens() []string {
	return slices.Concat([]string{p.Link}, p.GoAheads, p.Approvals)
}

// Query is the question that the holder asks itself in the mediator's place.
func (p Push) Query(claims envelope.Claims, by envelope.Officer) envelope.Query {
	return envelope.Query{
		Claims: claims, Officer: by, Purpose: p.Purpose, Links: p.Tokens(), Need: p.Need, BreakGlass: p.BreakGlass, Schema: envelope.Schema,
	}
}
