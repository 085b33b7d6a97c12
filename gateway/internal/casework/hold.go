package casework

import (
	"time"

	"homeward.example/gateway/internal/ledger"
)

// States of a hold. Its own row is placed and then lifted; a row of the same kind
// for each participant that was told is telling until it acknowledged.
const (
	HoldPlaced   = "placed"
	HoldLifted   = "lifted"
	HoldTelling  = "telling"
	HoldTold     = "told"
	liftingTells = "lifting" // a row for whom the end of the hold is told
	liftingTold  = "let_go"
)

// Criteria of one identity, by name as in a question: "given", "family", "born".
type Criteria = map[string]string

// Hold is a child whom the authority of origin holds back: whoever knows of it
// answers as if nobody knew the child (never 15).
type Hold struct {
	ID    string
	State string
	// By is the authority of origin. At its own gateway Subject names the record;
	// elsewhere the identities say who it is.
	By      string
	Subject string
	At      time.Time
	Until   time.Time // zero: until it is lifted
	HoldBody
}

// HoldBody is what only the box holds. It is erased when the hold is lifted.
type HoldBody struct {
	Record     string     `json:"record,omitempty"` // at the authority of origin
	Why        string     `json:"why,omitempty"`
	Identities []Criteria `json:"identities,omitempty"`
}

// InForce says whether the hold counts at a time.
func (h Hold) InForce(now time.Time) bool {
	return h.State == HoldPlaced && (h.Until.IsZero() || now.Before(h.Until))
}

// Matter is the row that keeps a hold. was is the state that must stand.
func (h Hold) Matter(b Box, was string) (ledger.Matter, error) {
	m := ledger.Matter{
		ID: h.ID, Kind: ledger.MatterHold, State: h.State, Participant: h.By, Subject: h.Subject,
		At: h.At, Due: h.Until, Was: was, Stands: true,
	}
	if h.State == HoldLifted {
		return m, nil
	}
	var err error
	m.Body, err = b.Seal(h.ID, h.HoldBody)
	return m, err
}

// HoldOf reads a hold back.
func HoldOf(b Box, m ledger.Matter) (Hold, error) {
	h := Hold{ID: m.ID, State: m.State, By: m.Participant, Subject: m.Subject, At: m.At, Until: m.Due}
	return h, b.Open(m, &h.HoldBody)
}

// Told is one participant that is told of a hold, or of its end, and whether its
// gateway has acknowledged that.
type Told struct {
	Participant  string
	Lifted       bool // told of the end
	Acknowledged bool
	At           time.Time
}

// AddTold adds a notice to those of one hold: several to one participant are one,
// which is acknowledged once all of them are.
func AddTold(list []Told, t Told) []Told {
	for i, have := range list {
		if have.Participant == t.Participant && have.Lifted == t.Lifted {
			list[i].Acknowledged = have.Acknowledged && t.Acknowledged
			return list
		}
	}
	return append(list, t)
}

// Tell is the row that waits for a participant's acknowledgement; it has the id
// of the notice.
func (h Hold) Tell(notice, participant string, now time.Time) ledger.Matter {
	state := HoldTelling
	if h.State == HoldLifted {
		state = liftingTells
	}
	return ledger.Matter{ID: notice, Kind: ledger.MatterHold, State: state, Participant: participant, Subject: h.ID, At: now}
}

// ToldOf reads such a row; false if it is another.
func ToldOf(m ledger.Matter) (Told, bool) {
	t := Told{Participant: m.Participant, At: m.At}
	switch m.State {
	case HoldTelling:
	case HoldTold:
		t.Acknowledged = true
	case liftingTells:
		t.Lifted = true
	case liftingTold:
		t.Lifted, t.Acknowledged = true, true
	default:
		return Told{}, false
	}
	return t, m.Kind == ledger.MatterHold
}

// Acknowledged is the row of a notice after its addressee acknowledged it; false
// if nothing waits for that.
func Acknowledged(m ledger.Matter, now time.Time) (ledger.Matter, bool) {
	next := map[string]string{HoldTelling: HoldTold, liftingTells: liftingTold, RecallWaiting: RecallAcknowledged}[m.State]
	m.Was, m.State, m.At = m.State, next, now
	return m, next != ""
}
