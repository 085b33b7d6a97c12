package casework

import (
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of deciding a break-glass question.
const (
	// CodeApprover refuses an approver who may not be one: of another role, or the
	// officer who asks.
	CodeApprover problem.Code = "approver"
	// CodeApprovalMissing: with the holder's own approval there would still not be two.
	CodeApprovalMissing problem.Code = "approval_missing"
	// CodeDecided: somebody decided it before, or its time has passed.
	CodeDecided problem.Code = "already_decided"
)

// ApprovalLife is how long break-glass stands, counted from the first approval.
const ApprovalLife = 12 * time.Hour

// States of a break-glass question. One that nobody decided in time expires by itself.
const (
	ApprovalWaiting  = "waiting"
	ApprovalApproved = "approved"
	ApprovalRefused  = "refused"
	ApprovalUsed     = "used" // columns were opened by it; a review is due
)

// ApproverRoles are the roles of those who may approve.
func ApproverRoles() []string { return []string{"supervisor", "duty_officer"} }

// Given is one person's approval.
type Given struct {
	Organisation string           `json:"organisation"`
	Officer      envelope.Officer `json:"officer"`
	At           time.Time        `json:"at"`
	Statement    string           `json:"statement,omitempty"` // jti, if it came signed with the question
	Until        time.Time        `json:"until,omitzero"`      // the end that its giver set; zero: none
}

// Approval is one break-glass question and who approved it.
type Approval struct {
	ID        string
	State     string
	Requester string
	Subject   string // keyed, of the question
	At, Until time.Time
	ApprovalBody
}

// ApprovalBody is what the box holds. Why may tell of the child.
type ApprovalBody struct {
	Query   string           `json:"query"` // jti of the question
	Officer envelope.Officer `json:"officer"`
	Purpose string           `json:"purpose"`
	Case    string           `json:"case,omitempty"`
	Columns []string         `json:"columns"`
	Why     string           `json:"why"`
	Given   []Given          `json:"given"`
	// Refused is who refused, and why.
	Refused *Given `json:"refused,omitempty"`
	Note    string `json:"note,omitempty"`
}

// ApprovalID is the id of the row of one question, so that it is found by it.
func ApprovalID(requester, jti string) string {
	return "bg-" + envelope.SHA256(requester + "\x00" + jti)[:22]
}

// Matter is the row that keeps it. was is the state that must stand.
func (a Approval) Matter(b Box, was string) (ledger.Matter, error) {
	body, err := b.Seal(a.ID, a.ApprovalBody)
	return ledger.Matter{
		ID: a.ID, Kind: ledger.MatterApproval, State: a.State, Participant: a.Requester, Subject: a.Subject,
		At: a.At, Due: a.Until, Body: body, Was: was,
	}, err
}

// ApprovalOf reads it back.
func ApprovalOf(b Box, m ledger.Matter) (Approval, error) {
	a := Approval{ID: m.ID, State: m.State, Requester: m.Participant, Subject: m.Subject, At: m.At, Until: m.Due}
	return a, b.Open(m, &a.ApprovalBody)
}

// StateAt is the state at a time: what nobody decided in time has expired.
func (a Approval) StateAt(now time.Time) string {
	if a.State != ApprovalUsed && a.State != ApprovalRefused && !now.Before(a.Until) {
		return "expired"
	}
	return a.State
}

// May says whether a person may approve for an organisation: an approver by role,
// and not the officer who asks.
func (a Approval) May(organisation string, o envelope.Officer) error {
	if !slices.Contains(ApproverRoles(), o.Role) {
		return problem.Mismatch(CodeApprover, "role of the approver", "supervisor or duty_officer", o.Role)
	}
	if o.Same(a.Officer) {
		return problem.Mismatch(CodeApprover, "approver of "+organisation, "another person than the officer who asks", "the same pseudonym")
	}
	return nil
}

// Complete says whether the approvals are enough at a time: two organisations,
// one of them the holder or the authority of origin, and none of them has ended.
// runBy is the organisation that runs a participant.
func Complete(given []Given, holder, origin string, runBy func(participant string) string, now time.Time) bool {
	var organisations []string
	trusted := false
	for _, g := range given {
		if o := runBy(g.Organisation); !slices.Contains(organisations, o) {
			organisations = append(organisations, o)
		}
		trusted = trusted || g.Organisation == holder || g.Organisation == origin
	}
	return trusted && len(organisations) >= 2 && now.Before(EndOf(given, now))
}

// EndOf is when break-glass ends: ApprovalLife after the first approval, or after
// now if there is none yet, and no later than any approval's own end.
func EndOf(given []Given, now time.Time) time.Time {
	end := now.Add(ApprovalLife)
	for _, g := range given {
		if e := g.At.Add(ApprovalLife); e.Before(end) {
			end = e
		}
		if !g.Until.IsZero() && g.Until.Before(end) {
			end = g.Until
		}
	}
	return end
}
