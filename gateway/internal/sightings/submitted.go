package sightings

import (
	"encoding/json"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// States that a submitter sees. Closed is computed: after OpenFor, always, so that
// it says nothing of what was done with a report.
const (
	StateReceived  = "received"
	StateWithdrawn = "withdrawn"
	StateNeedsInfo = "needs_info"
	StateClosed    = "closed"
)

// OpenFor is how long a report stays open for its submitter.
const OpenFor = 90 * 24 * time.Hour

// States of a delivery.
const (
	DeliveryWaiting   = "waiting"
	DeliveryDelivered = "delivered"
	DeliveryRefused   = "refused"
	DeliveryStopped   = "stopped" // taken back before it was sent
)

// Report is what was submitted here.
type Report struct {
	ID       string
	State    string // as it stands in the row: received, withdrawn, needs_info
	Subject  string // keyed, of the capture; the id's where there is none
	Decision string
	At       time.Time
	Due      time.Time // when to look at erasing it; zero: by its age alone
	ReportBody
}

// ReportBody is what only the box holds.
type ReportBody struct {
	Values   map[string]json.RawMessage `json:"values"`
	Hash     string                     `json:"hash"`
	Officer  envelope.Officer           `json:"officer"`
	Question string                     `json:"question,omitempty"` // of needs_info
	Content  string                     `json:"content_sha256,omitempty"`
	Erased   time.Time                  `json:"erased,omitzero"`
}

// Shown is the state that the submitter sees.
func (r Report) Shown(now time.Time) string {
	if !now.Before(r.At.Add(OpenFor)) {
		return StateClosed
	}
	return r.State
}

// Matter is the row that keeps a report. was is the state that must stand.
func (r Report) Matter(b casework.Box, was string) (ledger.Matter, error) {
	body, err := b.Seal(r.ID, r.ReportBody)
	return ledger.Matter{ID: r.ID, Kind: ledger.MatterReport, State: r.State, Subject: r.Subject, At: r.At, Due: r.Due, Body: body, Was: was}, err
}

// ReportOf reads a report back.
func ReportOf(b casework.Box, m ledger.Matter) (Report, error) {
	r := Report{ID: m.ID, State: m.State, Subject: m.Subject, Decision: m.Decision, At: m.At, Due: m.Due}
	return r, b.Open(m, &r.ReportBody)
}

// Delivery is one message about a sighting to one recipient. Its id is that of its
// row in the outbox.
type Delivery struct {
	ID        string
	Recipient string
	About     string // of the report, or of the sighting that is shared
	State     string
	At        time.Time
	DeliveryBody
}

// DeliveryBody is what only the box holds: what is to be sent, and then the receipt.
type DeliveryBody struct {
	Event    string                     `json:"event"`
	Report   string                     `json:"report"` // as the recipient knows it
	Values   map[string]json.RawMessage `json:"values,omitempty"`
	Receipt  *envelope.SightingReceipt  `json:"receipt,omitempty"`
	Decision string                     `json:"decision,omitempty"`
	Leaf     string                     `json:"leaf,omitempty"`
	Evidence string                     `json:"evidence,omitempty"`
	Problem  *envelope.AnswerProblem    `json:"problem,omitempty"`
}

// Matter is the row that keeps a delivery.
func (d Delivery) Matter(b casework.Box, was string) (ledger.Matter, error) {
	body, err := b.Seal(d.ID, d.DeliveryBody)
	return ledger.Matter{
		ID: d.ID, Kind: ledger.MatterDelivery, State: d.State, Participant: d.Recipient, Subject: d.About, At: d.At, Body: body, Was: was,
	}, err
}

// DeliveryOf reads a delivery back.
func DeliveryOf(b casework.Box, m ledger.Matter) (Delivery, error) {
	d := Delivery{ID: m.ID, Recipient: m.Participant, About: m.Subject, State: m.State, At: m.At}
	return d, b.Open(m, &d.DeliveryBody)
}
