package casework

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// States of an obligation: open until a person confirms that it was done.
const (
	ObligationOpen = "open"
	ObligationDone = "done"
)

// What an answer may oblige its recipient to (domain.md). What comes after "=" is
// an end for delete_by, and the kind of a recall.
const (
	DeleteBy      = "delete_by"
	NotifyOrigin  = "notify_origin"
	ReturnReceipt = "return_receipt"
	Recalled      = "recall" // not in an answer: what a recall notice made of it
)

// Obligation is one thing that the recipient of an answer must do.
type Obligation struct {
	ID       string
	Holder   string // who answered
	Decision string // the holder's, as it stands in the answer
	At       time.Time
	Due      time.Time // zero: no day, it holds for good
	Done     bool
	ObligationBody
}

// ObligationBody names no child.
type ObligationBody struct {
	Text    string `json:"text"` // as it was signed: "delete_by=P90D"
	QueryID string `json:"query_id"`
	Case    string `json:"case,omitempty"`  // the agency's label
	Child   string `json:"child,omitempty"` // keyed: whom the question was about
	// Links that the question rested on, by the hash of their signed part: one that an
	// agency signed may show too little of its link to tell the child by.
	Links []string `json:"links,omitempty"`
	How   string   `json:"how,omitempty"` // once it is done
	By    string   `json:"by,omitempty"`  // the officer who confirmed it
}

// Word is the obligation without its value: "delete_by".
func (o Obligation) Word() string {
	word, _, _ := strings.Cut(o.Text, "=")
	return word
}

// Overdue says whether it should be done by now.
func (o Obligation) Overdue(now time.Time) bool {
	return !o.Done && !o.Due.IsZero() && now.After(o.Due)
}

// Matter is the row that keeps an obligation. was is the state that must stand.
func (o Obligation) Matter(b Box, was string) (ledger.Matter, error) {
	m := ledger.Matter{
		ID: o.ID, Kind: ledger.MatterObligation, State: ObligationOpen, Participant: o.Holder, Subject: o.Decision,
		At: o.At, Due: o.Due, Was: was,
	}
	if o.Done {
		m.State = ObligationDone
	}
	var err error
	m.Body, err = b.Seal(o.ID, o.ObligationBody)
	return m, err
}

// ObligationOf reads an obligation back.
func ObligationOf(b Box, m ledger.Matter) (Obligation, error) {
	o := Obligation{
		ID: m.ID, Holder: m.Participant, Decision: m.Subject, At: m.At, Due: m.Due, Done: m.State == ObligationDone,
	}
	return o, b.Open(m, &o.ObligationBody)
}

// DueOf is by when an obligation of an answer must be done: the end of the day
// that it names, or so long after the answer; zero if it has no day. An end that
// cannot be read has come: what is not understood is not kept.
func DueOf(text string, answered time.Time) time.Time {
	word, value, _ := strings.Cut(text, "=")
	if word != DeleteBy {
		return time.Time{}
	}
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return day.Add(24*time.Hour - time.Second)
	}
	if end, ok := after(value, answered); ok {
		return end
	}
	return answered
}

// period is ISO 8601: P90D, P6M, P2W, PT12H. Fractions are not taken.
var period = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(\d{1,4})H)?$`)

func after(text string, from time.Time) (time.Time, bool) {
	m := period.FindStringSubmatch(text)
	if m == nil || text == "P" {
		return time.Time{}, false
	}
	var n [6]int
	for i := 1; i < len(m); i++ {
		n[i], _ = strconv.Atoi(m[i]) // digits, or nothing
	}
	return from.AddDate(n[1], n[2], 7*n[3]+n[4]).Add(time.Duration(n[5]) * time.Hour), true
}
