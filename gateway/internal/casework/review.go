package casework

import (
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Problems of closing a review.
const (
	// CodeReviewer refuses a reviewer who approved what is reviewed.
	CodeReviewer problem.Code = "reviewer"
	CodeFinding  problem.Code = "review_finding"
)

// ReviewTime is how long a use of break-glass may wait for its review. Once one is
// overdue the participant's break-glass is suspended until it is closed.
const ReviewTime = 7 * 24 * time.Hour

// States of a review.
const (
	ReviewOpen   = "open"
	ReviewClosed = "closed"
)

// Review is one use of break-glass that somebody must look at who did not approve it.
type Review struct {
	ID          string
	State       string
	Participant string // who asked
	Subject     string // keyed, of the question
	At, Due     time.Time
	ReviewBody
}

// ReviewBody is what the box holds.
type ReviewBody struct {
	Approval ApprovalBody     `json:"approval"`
	Finding  string           `json:"finding,omitempty"`
	Note     string           `json:"note,omitempty"`
	By       envelope.Officer `json:"by,omitzero"`
	Closed   time.Time        `json:"closed,omitzero"`
}

// Use makes the review of a break-glass question whose columns are opened.
func (a Approval) Use(now time.Time) Review {
	return Review{
		ID: "rv-" + a.ID, State: ReviewOpen, Participant: a.Requester, Subject: a.Subject,
		At: now, Due: now.Add(ReviewTime), ReviewBody: ReviewBody{Approval: a.ApprovalBody},
	}
}

// Overdue says whether the review should be closed by now.
func (r Review) Overdue(now time.Time) bool { return r.State == ReviewOpen && now.After(r.Due) }

// ReviewerRoles are the roles of those who may close a review.
func ReviewerRoles() []string { return []string{"reviewer", "legal_reviewer", "supervisor"} }

// Close is the review with its finding, by an officer of this organisation.
func (r Review) Close(self string, by envelope.Officer, finding, note string, now time.Time) (Review, error) {
	if finding != "justified" && finding != "not_justified" {
		return r, problem.Mismatch(CodeFinding, "finding", "justified or not_justified", finding)
	}
	if !slices.Contains(ReviewerRoles(), by.Role) {
		return r, problem.Mismatch(CodeReviewer, "role", strings.Join(ReviewerRoles(), ", "), by.Role)
	}
	for _, g := range r.Approval.Given {
		if g.Organisation == self && g.Officer.Same(by) {
			return r, problem.Mismatch(CodeReviewer, "officer", "somebody who did not approve it", by.ID)
		}
	}
	r.State, r.Finding, r.Note, r.By, r.Closed = ReviewClosed, finding, note, by, now
	return r, nil
}

// Matter is the row that keeps a review. was is the state that must stand.
func (r Review) Matter(b Box, was string) (ledger.Matter, error) {
	body, err := b.Seal(r.ID, r.ReviewBody)
	return ledger.Matter{
		ID: r.ID, Kind: ledger.MatterReview, State: r.State, Participant: r.Participant, Subject: r.Subject,
		At: r.At, Due: r.Due, Body: body, Was: was,
	}, err
}

// ReviewOf reads a review back.
func ReviewOf(b Box, m ledger.Matter) (Review, error) {
	r := Review{ID: m.ID, State: m.State, Participant: m.Participant, Subject: m.Subject, At: m.At, Due: m.Due}
	return r, b.Open(m, &r.ReviewBody)
}
