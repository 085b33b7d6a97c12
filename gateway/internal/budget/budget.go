// Package budget bounds how much may be asked: by one participant, by one of its
// officers, for one purpose, and for one child; and in how many ways one officer may
// try out one criterion while the others stay. A child is named by a keyed hash
// of the normalised question and never by a record, so that a budget tells
// nothing of who is known here (security.md, promise 4). Every budget belongs to
// one participant: nobody sees or spends what is another's.
package budget

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"homeward.example/gateway/internal/problem"
)

// CodeRateLimited: a budget is spent. The remedy says when it is there again.
const CodeRateLimited problem.Code = "rate_limited"

// Request is one question to be paid for.
type Request struct {
	Participant string
	Officer     string // pseudonym, unique within the participant
	Purpose     string
	Query       string // normalised; hashed with a key before it is kept
	// Child is what every question for one child has, however much else it says; hashed
	// like Query. "" if there is nothing of the kind.
	Child string
	// Rests are the normalised question without each of its criteria in turn: what
	// stays the same when a name is tried out.
	Rests []string
	// Size is that of the message in bytes. It is kept with its decision, so a large one
	// draws on its participant's budget as several do.
	Size int
	Now  time.Time
}

// SizeOfOne is how many bytes count as one question. A question with its case link has
// some four thousand.
const SizeOfOne = 16 << 10

// cost is how many questions of its participant a request counts as.
func (r Request) cost() int { return max(1, (r.Size+SizeOfOne-1)/SizeOfOne) }

// Budget is spent once a question. Its errors are problems: "rate_limited",
// which spends nothing, and "unavailable" when it cannot tell.
type Budget interface {
	Spend(ctx context.Context, r Request) error
}

// Limits are questions in one window. A field that is zero or less takes its
// default: no setting switches a budget off.
type Limits struct {
	Participant int // 5000
	Officer     int // 300
	Purpose     int // 5000: of one participant for one purpose
	Query       int // 20: the same question again by the same participant
	Child       int // three times Query: children who share a name and a year share it
	Window      time.Duration
	// Variants of one officer in a day: 20 questions that differ in one criterion
	// alone. At most MaxVariants; a few more may pass, never fewer.
	Variants int
}

// Day is the window of variants.
const Day = 24 * time.Hour

// MaxVariants is what can still be told apart (sketch): more than so many are not counted.
const MaxVariants = 100

// DefaultWindow is an hour.
const DefaultWindow = time.Hour

// OrDefaults fills in what is not set.
func (l Limits) OrDefaults() Limits {
	or := func(n *int, standard int) {
		if *n <= 0 {
			*n = standard
		}
	}
	or(&l.Participant, 5000)
	or(&l.Officer, 300)
	or(&l.Purpose, 5000)
	or(&l.Query, 20)
	or(&l.Child, 3*l.Query)
	or(&l.Variants, 20)
	if l.Window <= 0 {
		l.Window = DefaultWindow
	}
	return l
}

// Counter is one budget that a request draws on.
type Counter struct {
	Name  string   // "participant", "officer", "purpose", "query", "child": for the reader
	Key   []string // to be hashed with a key, with lengths, never joined
	Limit int
	Cost  int // what the request draws: 1, but for a large message's participant
}

// maxCounters is how many there are at most.
const maxCounters = 5

// Counters lists what a request draws on; r.Query and r.Child are in keys only.
func (l Limits) Counters(r Request) []Counter {
	l = l.OrDefaults()
	all := [maxCounters]Counter{
		{"participant", []string{"participant", r.Participant}, l.Participant, r.cost()},
		{"officer", []string{"officer", r.Participant, r.Officer}, l.Officer, 1},
		{"purpose", []string{"purpose", r.Participant, r.Purpose}, l.Purpose, 1},
		{"query", []string{"query", r.Participant, r.Query}, l.Query, 1},
		{"child", []string{"child", r.Participant, r.Child}, l.Child, 1},
	}
	if r.Child == "" {
		return all[:maxCounters-1]
	}
	return all[:]
}

// VariantsOf names what a question's variants are counted under: by officer, the
// rest without one criterion. To be hashed with a key, with lengths, never joined.
func (r Request) VariantsOf() [][]string {
	keys := make([][]string, len(r.Rests))
	for i, rest := range r.Rests {
		keys[i] = []string{"variants", r.Participant, r.Officer, rest}
	}
	return keys
}

// TooMany is the problem of a criterion that was tried out too often today.
func (l Limits) TooMany(now time.Time) error {
	return Spent("variants", l.OrDefaults().Variants, now.Truncate(Day).Add(Day).Sub(now))
}

// Spent is the problem of a budget that is used up until its window ends.
func Spent(name string, limit int, wait time.Duration) error {
	seconds := max(int((wait+time.Second-1)/time.Second), 1)
	p := problem.Mismatch(CodeRateLimited, "budget "+name, "at most "+strconv.Itoa(limit)+" in its window", "more")
	p.Remedy = fmt.Sprintf("Ask again in %d s. The holder's duty contact can agree a larger budget.", seconds)
	return p
}
