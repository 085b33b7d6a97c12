package casework

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// CodeTally refuses a tally that cannot be read.
const CodeTally problem.Code = "bad_tally"

// States of a tally: counted while it is within the window, then emptied.
const (
	TallyCounted = "counted"
	TallyPast    = "past"
)

// SweepWindow is the time over which the authority of origin adds up tallies.
const SweepWindow = 24 * time.Hour

// MaxTallyLines bounds one notice of a tally.
const MaxTallyLines = 500

// maxTallyCount bounds what one line may claim: more than an hour's budget.
const maxTallyCount = 1 << 20

// Line says how often one officer asked one holder for one child within an hour.
// On the wire it is a JSON array, [requester, officer, purpose, child, count].
type Line struct {
	Requester, Officer, Purpose string
	// Child is SHA-256 of the normalised question, base64url: the same at every
	// holder. It can be guessed from a name, so it travels sealed and is kept in the box.
	Child string
	Count int
}

// Text is the line as it travels.
func (l Line) Text() string {
	b, _ := json.Marshal([]any{l.Requester, l.Officer, l.Purpose, l.Child, l.Count}) // strings and a number always marshal
	return string(b)
}

// LineOf reads a line.
func LineOf(text string) (Line, error) {
	var l Line
	var list []json.RawMessage
	into := [...]any{&l.Requester, &l.Officer, &l.Purpose, &l.Child, &l.Count}
	if json.Unmarshal([]byte(text), &list) != nil || len(list) != len(into) {
		return Line{}, problem.New(CodeTally, "claim lines")
	}
	for i, raw := range list {
		if json.Unmarshal(raw, into[i]) != nil {
			return Line{}, problem.New(CodeTally, "claim lines")
		}
	}
	if len(l.Child) != 43 || l.Count < 1 || l.Count > maxTallyCount {
		return Line{}, problem.New(CodeTally, "claim lines")
	}
	return l, nil
}

// TallyMatter is the row that keeps the tally of one holder.
func TallyMatter(b Box, id, holder string, lines []Line, now time.Time) (ledger.Matter, error) {
	body, err := b.Seal(id, lines)
	return ledger.Matter{
		ID: id, Kind: ledger.MatterTally, State: TallyCounted, Participant: holder, At: now, Due: now.Add(SweepWindow), Body: body,
	}, err
}

// LinesOf reads a tally back.
func LinesOf(b Box, m ledger.Matter) (lines []Line, err error) {
	return lines, b.Open(m, &lines)
}

// Limits above which an officer's day of questions is a sweep. A limit that is
// zero or less takes its default.
type Limits struct {
	Children int // distinct children that one officer asked for: 100
	Repeats  int // questions of one officer for one child, over all holders: 60
}

// orDefaults fills in what is not set.
func (l Limits) orDefaults() Limits {
	if l.Children <= 0 {
		l.Children = 100
	}
	if l.Repeats <= 0 {
		l.Repeats = 60
	}
	return l
}

// Sweep is an officer whose questions of a day, over all holders, exceed a limit.
type Sweep struct {
	Requester, Officer string
	Children           int // distinct
	Repeats            int // the most for one child
	Questions          int // in all
	// RestsOn lists, with commas, the holders without whose word, each alone, it would
	// be none: a holder can claim what nobody asked it. "" where the others bear it out.
	RestsOn string
}

// Tolds is what holders told, by holder.
type Tolds map[string][]Line

func (t Tolds) but(holder string) (lines []Line) {
	for h, l := range t {
		if h != holder {
			lines = append(lines, l...)
		}
	}
	return lines
}

// Sweeps is Sweeps of all lines, and on whose word each rests. What self counted, its
// own ledger proves.
func (t Tolds) Sweeps(self string, limits Limits) []Sweep {
	all := Sweeps(t.but(""), limits)
	for _, holder := range slices.Sorted(maps.Keys(t)) {
		if holder == self || len(all) == 0 {
			continue
		}
		without := make(map[officer]bool)
		for _, s := range Sweeps(t.but(holder), limits) {
			without[officer{s.Requester, s.Officer}] = true
		}
		for i, s := range all {
			if !without[officer{s.Requester, s.Officer}] {
				all[i].RestsOn = strings.TrimPrefix(s.RestsOn+","+holder, ",")
			}
		}
	}
	return all
}

type officer struct{ requester, id string }

// Sweeps adds lines up by officer and lists who exceeds a limit, the most children first.
func Sweeps(lines []Line, limits Limits) []Sweep {
	limits = limits.orDefaults()
	asked := make(map[officer]map[string]int)
	for _, l := range lines {
		o := officer{l.Requester, l.Officer}
		if asked[o] == nil {
			asked[o] = make(map[string]int)
		}
		asked[o][l.Child] += l.Count
	}
	var out []Sweep
	for o, children := range asked {
		s := Sweep{Requester: o.requester, Officer: o.id, Children: len(children)}
		for _, n := range children {
			s.Questions += n
			s.Repeats = max(s.Repeats, n)
		}
		if s.Children > limits.Children || s.Repeats > limits.Repeats {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Sweep) int {
		return cmp.Or(cmp.Compare(b.Children, a.Children), cmp.Compare(b.Repeats, a.Repeats),
			cmp.Compare(a.Requester, b.Requester), cmp.Compare(a.Officer, b.Officer))
	})
	return out
}

// Tally counts questions at one holder between two notices. It is not safe for
// use by several goroutines at once.
type Tally struct {
	counts  map[Line]int // Count of the key is 0
	Dropped int          // questions that found no room
}

// maxTally bounds a tally at a few megabytes.
const maxTally = 1 << 16

// Add counts l.Count questions.
func (t *Tally) Add(l Line) {
	n := l.Count
	l.Count = 0
	if t.counts == nil {
		t.counts = make(map[Line]int)
	}
	if _, known := t.counts[l]; !known && len(t.counts) >= maxTally {
		t.Dropped += n
		return
	}
	t.counts[l] += n
}

// Len is how many lines there are.
func (t *Tally) Len() int { return len(t.counts) }

// Take returns the lines and starts anew.
func (t *Tally) Take() []Line {
	lines := make([]Line, 0, len(t.counts))
	for l, n := range t.counts {
		l.Count = n
		lines = append(lines, l)
	}
	*t = Tally{}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Requester, b.Requester), cmp.Compare(a.Officer, b.Officer),
			cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Child, b.Child))
	})
	return lines
}
