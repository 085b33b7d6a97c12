package casework

import (
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// States of a go-ahead. It ends by its time.
const (
	GoAheadIssued = "issued"
	GoAheadUsed   = "used" // at its recipient, who put it into a question
)

// IssuerRoles are the roles of those who may open columns for their authority.
func IssuerRoles() []string { return []string{"case_officer", "supervisor", "duty_officer"} }

// GoAhead is what the authority of origin opened for one recipient in a window,
// or what the ICRC released. It belongs to a case link, or answers one question.
type GoAhead struct {
	ID        string // the statement's jti
	Recipient string
	Subject   string // keyed: of the link or the question
	From      time.Time
	Until     time.Time
	GoAheadBody
}

// GoAheadBody is what the box holds.
type GoAheadBody struct {
	Link    string            `json:"link,omitempty"`   // jti of the case link
	Query   string            `json:"query,omitempty"`  // jti of the question that it answers
	Record  string            `json:"record,omitempty"` // the one child that it answers with; set with Query
	Purpose string            `json:"purpose"`
	Columns []string          `json:"columns"`
	Site    map[string]string `json:"site,omitempty"` // the recipient's own place, for CARE
	Officer envelope.Officer  `json:"officer"`
}

// Opens says whether the window is open at a time.
func (g GoAhead) Opens(now time.Time) bool { return !now.Before(g.From) && now.Before(g.Until) }

// Matter is the row that keeps a go-ahead.
func (g GoAhead) Matter(b Box) (ledger.Matter, error) {
	body, err := b.Seal(g.ID, g.GoAheadBody)
	return ledger.Matter{
		ID: g.ID, Kind: ledger.MatterGoAhead, State: GoAheadIssued, Participant: g.Recipient, Subject: g.Subject,
		At: g.From, Due: g.Until, Body: body,
	}, err
}

// Used is the row that its recipient keeps of a go-ahead for a child, so that what
// comes later of the child may be shown together.
func (g GoAhead) Used(b Box, child string) (ledger.Matter, error) {
	g.ID, g.Subject = "used."+g.ID, child
	m, err := g.Matter(b)
	m.State = GoAheadUsed
	return m, err
}

// GoAheadOf reads a go-ahead back.
func GoAheadOf(b Box, m ledger.Matter) (GoAhead, error) {
	g := GoAhead{ID: m.ID, Recipient: m.Participant, Subject: m.Subject, From: m.At, Until: m.Due}
	return g, b.Open(m, &g.GoAheadBody)
}
