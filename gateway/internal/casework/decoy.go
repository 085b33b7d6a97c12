package casework

import (
	"time"

	"homeward.example/gateway/internal/ledger"
)

// States of a decoy: a record of nobody, which no honest question asks for. It is
// laid out until it is taken in; each question that matched it is a row of its own.
const (
	DecoyLaid    = "laid"
	DecoyTaken   = "taken"
	DecoyTouched = "touched"
)

// Decoy is a record that alerts when somebody asks for it.
type Decoy struct {
	ID      string
	State   string
	Subject string
	At      time.Time
	Record  string // in the box
}

type decoyBody struct {
	Record string `json:"record"`
}

// Matter is the row that keeps a decoy. was is the state that must stand.
func (d Decoy) Matter(b Box, was string) (ledger.Matter, error) {
	body, err := b.Seal(d.ID, decoyBody{d.Record})
	return ledger.Matter{ID: d.ID, Kind: ledger.MatterDecoy, State: d.State, Subject: d.Subject, At: d.At, Body: body, Was: was, Stands: true}, err
}

// DecoyOf reads a decoy back.
func DecoyOf(b Box, m ledger.Matter) (Decoy, error) {
	var body decoyBody
	err := b.Open(m, &body)
	return Decoy{ID: m.ID, State: m.State, Subject: m.Subject, At: m.At, Record: body.Record}, err
}

// Touch is one question that matched a decoy.
type Touch struct {
	ID          string
	Participant string // who asked
	Subject     string // the decoy's
	At          time.Time
	TouchBody
}

// TouchBody says who it was. The officer is a pseudonym; nothing is of a child.
type TouchBody struct {
	Officer string `json:"officer"`
	Role    string `json:"role"`
	Purpose string `json:"purpose"`
	Query   string `json:"query"`
}

// Matter is the row that keeps a touch.
func (t Touch) Matter(b Box) (ledger.Matter, error) {
	body, err := b.Seal(t.ID, t.TouchBody)
	return ledger.Matter{
		ID: t.ID, Kind: ledger.MatterDecoy, State: DecoyTouched, Participant: t.Participant, Subject: t.Subject, At: t.At, Body: body,
	}, err
}

// TouchOf reads a touch back.
func TouchOf(b Box, m ledger.Matter) (Touch, error) {
	t := Touch{ID: m.ID, Participant: m.Participant, Subject: m.Subject, At: m.At}
	return t, b.Open(m, &t.TouchBody)
}
