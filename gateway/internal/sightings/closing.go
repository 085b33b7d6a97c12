package sightings

import (
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// CodeClosing refuses what would close a sighting without the authority of origin.
const CodeClosing problem.Code = "sighting_closing"

// What ends the search for a child. Neither closes anything until the authority of
// origin confirms it (domain.md).
const (
	OutcomeReunified = "reunified"
	OutcomeDead      = "dead"
)

// Acts around a closing, as steps name them.
const (
	ActClosing  = "closing"
	ActClosed   = "closed"
	ActKeptOpen = "kept_open"
)

// ClosingRoles are the roles of those who may confirm for the authority of origin.
func ClosingRoles() []string { return []string{"supervisor"} }

// Closing is what somebody says ended it, until the authority of origin has its word.
type Closing struct {
	Outcome      string           `json:"outcome"`
	Organisation string           `json:"organisation,omitempty"` // who signed it, whatever it says itself
	Officer      envelope.Officer `json:"officer"`
	At           time.Time        `json:"at"`
	Sources      int              `json:"sources"`
	Note         string           `json:"note,omitempty"`
}

// Verdict is the authority of origin's word on a Closing, which it names by its outcome
// and time.
type Verdict struct {
	Closing
	Confirmed bool      `json:"confirmed"`
	Said      time.Time `json:"said"`
}

// Ended reads a Closing that another organisation sent.
func Ended(raw json.RawMessage, from string) (Closing, error) {
	var c Closing
	if json.Unmarshal(raw, &c) != nil {
		return c, problem.New(CodeSighting, "closing")
	}
	c.Organisation = from
	return c, c.check()
}

// VerdictOf reads the word of the authority of origin.
func VerdictOf(raw json.RawMessage, from string) (Verdict, error) {
	var v Verdict
	if json.Unmarshal(raw, &v) != nil || v.Said.IsZero() {
		return v, problem.New(CodeSighting, "closing")
	}
	v.Organisation = from
	return v, v.check()
}

func (c Closing) check() error {
	if !slices.Contains([]string{OutcomeReunified, OutcomeDead}, c.Outcome) || c.At.IsZero() ||
		max(len(c.Note), len(c.Officer.ID), len(c.Officer.Role)) > maxText {
		return problem.New(CodeSighting, "closing")
	}
	if err := legible(c.Note, "closing.note"); err != nil {
		return err
	}
	return legible(c.Officer.ID+" "+c.Officer.Role, "closing.officer")
}

// Ask keeps that somebody says what ended a sighting. It takes back nothing that was
// said later.
func (r *Received) Ask(c Closing) (taken bool) {
	if r.Closing != nil && !r.Closing.At.Before(c.At) {
		return false
	}
	r.Closing = &c
	return true
}

// Close applies the authority of origin's word to the Closing that waits: another word,
// or one on what no longer waits, changes nothing. A sighting that is not confirmed any
// more stays as it is.
func (r *Received) Close(v Verdict, now time.Time) (taken bool) {
	c := r.Closing
	if c == nil || c.Outcome != v.Outcome || !c.At.Equal(v.At) {
		return false
	}
	r.Closing = nil
	act := ActKeptOpen
	if v.Confirmed && r.State == StatusConfirmed {
		act, r.State, r.Outcome = ActClosed, StatusActioned, v.Outcome
	}
	r.Steps = append(r.Steps, Step{
		At: now, Sent: v.Said, Organisation: v.Organisation, Officer: v.Officer, Act: act, Note: said(v.Outcome, v.Note),
	})
	return true
}

// Reopen forgets what ended a sighting, since it is looked at anew.
func (r *Received) Reopen() { r.Closing, r.Outcome = nil, "" }

func said(outcome, note string) string {
	if note == "" {
		return outcome
	}
	return outcome + ": " + note
}

// Line is what a step says of it.
func (c Closing) Line() string { return said(c.Outcome, c.Note) }
