package sightings

import (
	"encoding/json"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Received is a sighting that came here, as its holder's people work on it.
type Received struct {
	ID        string
	State     string
	Submitter string // who sent it: of a shared one, the holder
	Subject   string // keyed, of the capture: the same for all that have it
	Decision  string
	At        time.Time
	Due       time.Time // when to look at erasing it; zero: by its age alone
	// Source is the organisation that runs the submitter, as the registry says today; not
	// stored. Empty: the submitter is its own.
	Source string
	ReceivedBody
}

// From is the organisation whose report it is.
func (r Received) From() string {
	if r.Source != "" {
		return r.Source
	}
	return r.Submitter
}

// ReceivedBody is what only the box holds.
type ReceivedBody struct {
	Report      string                     `json:"report"` // the id that its sender knows it by
	Values      map[string]json.RawMessage `json:"values,omitempty"`
	Receipt     envelope.SightingReceipt   `json:"receipt"`
	Reliability string                     `json:"reliability,omitempty"`
	Credibility int32                      `json:"credibility,omitempty"`
	Child       string                     `json:"child,omitempty"` // the record that a person chose
	Candidates  []Candidate                `json:"candidates,omitempty"`
	MergedInto  string                     `json:"merged_into,omitempty"`
	Merged      []string                   `json:"merged,omitempty"` // into this one
	DuplicateOf string                     `json:"duplicate_of,omitempty"`
	SharedWith  []string                   `json:"shared_with,omitempty"`
	Shared      bool                       `json:"shared,omitempty"` // its submitter showed it to us for a second review
	Quarantined bool                       `json:"quarantined,omitempty"`
	Triaged     bool                       `json:"triaged,omitempty"` // it was compared with records
	Asked       bool                       `json:"asked,omitempty"`   // needs_info: the submitter was asked
	Closing     *Closing                   `json:"closing,omitempty"` // waits for the authority of origin
	Outcome     string                     `json:"outcome,omitempty"` // as that confirmed
	Erased      time.Time                  `json:"erased,omitzero"`
	Steps       []Step                     `json:"steps,omitempty"`
}

// Candidate is a record that a sighting may be about, with the reasons.
type Candidate struct {
	Record      string    `json:"record"`
	Band        string    `json:"band"`
	Probability float64   `json:"probability"`
	Weight      float64   `json:"weight"`
	Features    []Feature `json:"features,omitempty"`
}

// Feature is one reason of a candidate.
type Feature struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"`
	Reason string  `json:"reason"`
}

// Step is what one person did.
type Step struct {
	At           time.Time        `json:"at"`
	Sent         time.Time        `json:"sent,omitzero"` // of what came from another organisation: when it says it was done
	Organisation string           `json:"organisation"`
	Officer      envelope.Officer `json:"officer"`
	Act          string           `json:"act"`
	Child        string           `json:"child,omitempty"`
	Note         string           `json:"note,omitempty"`
}

// Matter is the row that keeps a sighting. was is the state that must stand.
func (r Received) Matter(b casework.Box, was string) (ledger.Matter, error) {
	body, err := b.Seal(r.ID, r.ReceivedBody)
	return ledger.Matter{
		ID: r.ID, Kind: ledger.MatterSighting, State: r.State, Participant: r.Submitter, Subject: r.Subject, At: r.At, Due: r.Due,
		Body: body, Was: was, Read: r.Decision,
	}, err
}

// ReceivedOf reads a sighting back.
func ReceivedOf(b casework.Box, m ledger.Matter) (Received, error) {
	r := Received{ID: m.ID, State: m.State, Submitter: m.Participant, Subject: m.Subject, Decision: m.Decision, At: m.At, Due: m.Due}
	return r, b.Open(m, &r.ReceivedBody)
}

// Sighting is the report itself; empty for one that was withdrawn or erased, but for
// what proves which it was.
func (r Received) Sighting() (*homewardv1.Sighting, error) {
	names := make([]string, 0, len(r.Values))
	for name := range r.Values {
		names = append(names, name)
	}
	return Join(r.Values, names)
}

// Standing is where one submitter stands with a holder.
type Standing struct {
	Submitter   string
	Quarantined bool
	Row         string // the state of the row as it was read; empty if there is none
	At          time.Time
	StandingBody
}

// StandingBody is what only the box holds.
type StandingBody struct {
	Why string `json:"why,omitempty"`
	// Reliability is the grade that people last gave a sighting of it.
	Reliability string `json:"reliability,omitempty"`
}

// States of a submitter's standing.
const (
	SourceTrusted     = "heard"
	SourceQuarantined = "quarantined"
)

// StandingID is the row of one submitter.
func StandingID(submitter string) string { return "source." + submitter }

// Matter is the row that keeps a standing.
func (s Standing) Matter(b casework.Box) (ledger.Matter, error) {
	id := StandingID(s.Submitter)
	body, err := b.Seal(id, s.StandingBody)
	m := ledger.Matter{ID: id, Kind: ledger.MatterSource, State: SourceTrusted, Participant: s.Submitter, At: s.At, Body: body}
	if s.Quarantined {
		m.State = SourceQuarantined
	}
	return m, err
}

// StandingOf reads a standing back; of no row, that of a new submitter.
func StandingOf(b casework.Box, m ledger.Matter) (Standing, error) {
	s := Standing{Submitter: m.Participant, Quarantined: m.State == SourceQuarantined, Row: m.State, At: m.At}
	return s, b.Open(m, &s.StandingBody)
}
