package casework

import (
	"cmp"
	"slices"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// CodeRecallKind refuses a recall of another kind than the four.
const CodeRecallKind problem.Code = "recall_kind"

// States of a recall at the holder: one row a recipient.
const (
	RecallWaiting      = "waiting"
	RecallAcknowledged = "acknowledged"
)

// recallTimes say how soon each kind must be acknowledged (ours: domain.md gives
// none). A child on hold may be in danger now.
var recallTimes = map[string]time.Duration{
	"held":      24 * time.Hour,
	"erased":    72 * time.Hour,
	"corrected": 7 * 24 * time.Hour,
	"returned":  14 * 24 * time.Hour,
}

// RecallDue is by when a recall must be acknowledged.
func RecallDue(kind string, now time.Time) (time.Time, error) {
	d, ok := recallTimes[kind]
	if !ok {
		return time.Time{}, problem.Mismatch(CodeRecallKind, "kind", "corrected, returned, held or erased", kind)
	}
	return now.Add(d), nil
}

// Recall is what one recipient is called to undo.
type Recall struct {
	ID           string // of the notice
	Recipient    string
	Subject      string
	At, Due      time.Time
	Acknowledged bool
	RecallBody
}

// RecallBody is what only the box holds.
type RecallBody struct {
	Issue     string   `json:"issue"` // the same for all recipients of one recall
	Kind      string   `json:"kind"`
	Why       string   `json:"why"`
	Record    string   `json:"record"`
	Decisions []string `json:"decisions"` // of this ledger, which released to this recipient
}

// Overdue says whether the recipient's gateway should have acknowledged by now.
func (r Recall) Overdue(now time.Time) bool { return !r.Acknowledged && now.After(r.Due) }

// Matter is the row that keeps a recall which waits.
func (r Recall) Matter(b Box) (ledger.Matter, error) {
	body, err := b.Seal(r.ID, r.RecallBody)
	return ledger.Matter{
		ID: r.ID, Kind: ledger.MatterRecall, State: RecallWaiting, Participant: r.Recipient, Subject: r.Subject,
		At: r.At, Due: r.Due, Body: body,
	}, err
}

// RecallOf reads a recall back.
func RecallOf(b Box, m ledger.Matter) (Recall, error) {
	r := Recall{
		ID: m.ID, Recipient: m.Participant, Subject: m.Subject, At: m.At, Due: m.Due, Acknowledged: m.State == RecallAcknowledged,
	}
	return r, b.Open(m, &r.RecallBody)
}

// Recipient is somebody who received something of a child, by which decisions.
type Recipient struct {
	Participant string
	Decisions   []string // the newest first
}

// Recipients adds up who received a value of a subject. Rows are those of one's
// own ledger, in any order; other kinds and other subjects count nothing.
func Recipients(subject string, rows []ledger.Decision) []Recipient {
	by := make(map[string][]string)
	for _, d := range rows {
		released := d.Kind == ledger.KindAnswered && slices.ContainsFunc(d.Records, func(r ledger.DecidedRecord) bool {
			return r.Subject == subject && len(r.Digests) > 0
		})
		if released {
			by[d.Peer] = append(by[d.Peer], d.ID)
		}
	}
	var out []Recipient
	for participant, decisions := range by {
		out = append(out, Recipient{participant, decisions})
	}
	slices.SortFunc(out, func(a, b Recipient) int { return cmp.Compare(a.Participant, b.Participant) })
	return out
}

// Each lists ids in order, each once.
func Each(ids []string) []string {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.Compact(out)
}
