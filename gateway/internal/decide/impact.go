package decide

import (
	"cmp"
	"context"
	"crypto/sha256"
	"iter"
	"slices"
	"sync"

	"homeward.example/schemas/catalog"
)

// Recorded is a decision of the past as a ledger keeps it.
type Recorded struct {
	ID, Requester, Purpose string
	Refused, Pending       bool
	// Input of admission: canonical JSON that the policy saw.
	Input   []byte
	Records []RecordedSet
}

// RecordedSet is what was decided on one record. Verdicts is Set.Ledger; nil
// where only an input is known: then the policy of today says what it would have been.
type RecordedSet struct{ Input, Verdicts []byte }

// Kinds of flips, in the order in which a reader wants them: what releases more comes first.
const (
	FlipReleased   = "newly_released" // withheld before
	FlipPossible   = "newly_possible" // no record was found then; one that protects nothing would now say this
	FlipMore       = "less_generalised"
	FlipLess       = "more_generalised"
	FlipWithheld   = "newly_withheld"
	FlipImpossible = "no_longer_possible"
	FlipAdmitted   = "now_admitted" // a question that was refused
	FlipRefused    = "now_refused"
	FlipPending    = "now_pending" // a person would have to decide first
	FlipDecided    = "no_longer_pending"
)

func flipKinds() []string {
	return []string{
		FlipReleased, FlipPossible, FlipMore, FlipLess, FlipWithheld, FlipImpossible, FlipAdmitted, FlipRefused, FlipPending, FlipDecided,
	}
}

// Flip is one difference, and in how many decisions it is found.
type Flip struct {
	Kind      string `json:"kind"`
	Requester string `json:"requester"`
	Purpose   string `json:"purpose"`
	Field     string `json:"field,omitempty"` // path; of the question there is none
	Identity  string `json:"identity,omitempty"`
	Was       string `json:"was,omitempty"` // "released", "generalised year", "withheld", or a reason code
	Becomes   string `json:"becomes,omitempty"`
	Decisions int    `json:"decisions"`
	Example   string `json:"example"` // id of one of them
}

// Impact is what a policy would have decided differently.
type Impact struct {
	Replayed  int    `json:"replayed"`  // decisions
	Distinct  int    `json:"distinct"`  // different inputs among them, each decided once
	Undecided int    `json:"undecided"` // decisions on which the new policy has no word, so that all is withheld
	Flips     []Flip `json:"flips"`
}

// Loosens says whether anything more would leave than did.
func (i Impact) Loosens() bool {
	return slices.ContainsFunc(i.Flips, func(f Flip) bool {
		return f.Kind == FlipReleased || f.Kind == FlipPossible || f.Kind == FlipMore
	})
}

// ImpactOf replays decisions under another policy. today says what was decided
// where that is not recorded. Equal inputs are decided once; workers decide at
// the same time. The error is that of decisions, or that the context ended.
func ImpactOf(ctx context.Context, today, next *Engine, decisions iter.Seq2[Recorded, error], workers int) (Impact, error) {
	p := plays{units: make(map[unit]*weight), by: make(map[sum][]unit), inputs: make(map[sum][]byte)}
	for d, err := range decisions {
		if err != nil {
			return Impact{}, err
		}
		p.add(d)
	}
	r := replayer{today: today, next: next, plays: &p, flips: make(map[Flip]*weight), questions: make(map[sum]*question)}
	r.run(ctx, max(workers, 1))
	return Impact{p.replayed, len(p.by), r.undecided, r.sorted()}, ctx.Err()
}

type sum = [sha256.Size]byte

// unit is a decision on one record, or on a question for which none was decided,
// as far as a replay can tell it from another.
type unit struct {
	question, record, verdicts sum // of bytes in inputs; zero: there is none
	requester, purpose         string
	refused, pending           bool
}

// weight counts what is equal and remembers one.
type weight struct {
	n       int
	example string
}

func (w *weight) add(n int, example string) {
	w.n += n
	if w.example == "" || example < w.example {
		w.example = example
	}
}

// plays are the different decisions to replay.
type plays struct {
	units    map[unit]*weight
	by       map[sum][]unit // by what is evaluated: the record's input, or the question's
	inputs   map[sum][]byte
	replayed int
}

func (p *plays) add(d Recorded) {
	p.replayed++
	u := unit{question: p.keep(d.Input), requester: d.Requester, purpose: d.Purpose, refused: d.Refused, pending: d.Pending}
	if len(d.Records) == 0 {
		p.count(u, u.question, d.ID)
	}
	for _, r := range d.Records {
		u.record, u.verdicts = p.keep(r.Input), p.keep(r.Verdicts)
		p.count(u, u.record, d.ID)
	}
}

func (p *plays) keep(b []byte) sum {
	if len(b) == 0 {
		return sum{}
	}
	s := sha256.Sum256(b)
	if _, ok := p.inputs[s]; !ok {
		p.inputs[s] = b
	}
	return s
}

func (p *plays) count(u unit, input sum, id string) {
	w, ok := p.units[u]
	if !ok {
		w = new(weight)
		p.units[u] = w
		p.by[input] = append(p.by[input], u)
	}
	w.add(1, id)
}

// replayer decides each input once and adds up what differs.
type replayer struct {
	today, next *Engine
	plays       *plays

	mu        sync.Mutex
	flips     map[Flip]*weight
	questions map[sum]*question
	undecided int
}

// question is the new policy's word on a question, made once.
type question struct {
	once sync.Once
	word Word
}

func (r *replayer) run(ctx context.Context, workers int) {
	jobs := make(chan []unit)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for units := range jobs {
				r.replay(ctx, units)
			}
		})
	}
	for _, units := range r.plays.by {
		if ctx.Err() != nil {
			break
		}
		jobs <- units
	}
	close(jobs)
	wg.Wait()
}

// replay decides one input, and compares it with every decision on it.
func (r *replayer) replay(ctx context.Context, units []unit) {
	u := units[0] // all are of the same input
	question, _ := r.admission(ctx, u.question)
	input, imagined := r.plays.inputs[u.record], u.record == sum{}
	if imagined {
		input = imagine(r.plays.inputs[u.question])
	}
	becomes := r.next.newSet(ctx, input, "")
	if question.Refusal != "" || question.Failure != "" || question.Pending {
		becomes = failedSet(becomes.Failure, input, "") // nothing is read, so nothing leaves
	}
	var today *Set
	for _, u := range units {
		var was []Verdict
		switch {
		case u.refused || u.pending:
		case u.verdicts != sum{}:
			was, _ = ReadLedger(r.plays.inputs[u.verdicts]) // what cannot be read was withheld: it flips to more, which is looked at
		default:
			if today == nil {
				today = r.decidedToday(ctx, u.question, input)
			}
			was = today.Verdicts
		}
		r.compare(u, question, verdictFlips(was, becomes.Verdicts, imagined), question.Failure+becomes.Failure != "")
	}
}

// decidedToday is the word of today's policy where none was recorded.
func (r *replayer) decidedToday(ctx context.Context, question sum, input []byte) *Set {
	if w := r.today.replayQuestion(ctx, r.plays.inputs[question]); w.Refusal != "" || w.Failure != "" || w.Pending {
		return failedSet(w.Failure, input, "")
	}
	return r.today.newSet(ctx, input, "")
}

// admission is the new policy's word on a question; many records share one.
func (r *replayer) admission(ctx context.Context, key sum) (Word, bool) {
	r.mu.Lock()
	q, ok := r.questions[key]
	if !ok {
		q = new(question)
		r.questions[key] = q
	}
	r.mu.Unlock()
	q.once.Do(func() { q.word = r.next.replayQuestion(ctx, r.plays.inputs[key]) })
	return q.word, ok
}

// compare adds up the flips of one unit: those of its question, and those of its fields.
func (r *replayer) compare(u unit, now Word, fields []Flip, undecided bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.plays.units[u]
	add := func(f Flip) {
		f.Requester, f.Purpose = u.requester, u.purpose
		at, ok := r.flips[f]
		if !ok {
			at = new(weight)
			r.flips[f] = at
		}
		at.add(w.n, w.example)
	}
	for _, f := range fields {
		add(f)
	}
	if undecided {
		r.undecided += w.n
		return
	}
	switch refused := now.Refusal != ""; {
	case refused && !u.refused:
		add(Flip{Kind: FlipRefused, Becomes: now.Refusal})
	case !refused && u.refused:
		add(Flip{Kind: FlipAdmitted})
	case now.Pending && !u.pending:
		add(Flip{Kind: FlipPending})
	case !now.Pending && u.pending:
		add(Flip{Kind: FlipDecided, Becomes: now.Refusal})
	}
}

func (r *replayer) sorted() []Flip {
	out := make([]Flip, 0, len(r.flips))
	for f, w := range r.flips {
		f.Decisions, f.Example = w.n, w.example
		out = append(out, f)
	}
	kinds := flipKinds()
	slices.SortFunc(out, func(a, b Flip) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.Requester, b.Requester), cmp.Compare(a.Purpose, b.Purpose),
			cmp.Compare(inOrder(a.Field, a.Identity), inOrder(b.Field, b.Identity)),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.Was, b.Was), cmp.Compare(a.Becomes, b.Becomes),
		)
	})
	return out
}

// inOrder is the place of a path and identity in the catalogue; what it does not know comes last.
func inOrder(path, identity string) int {
	if i, ok := slots()[slot{path, identity}]; ok {
		return i
	}
	return len(slots())
}

// verdictFlips compares two decisions field by field. A field on which one has no verdict was withheld.
func verdictFlips(was, becomes []Verdict, imagined bool) []Flip {
	old := make(map[slot]Verdict, len(was))
	for _, v := range was {
		old[slot{v.Path, v.Identity}] = v
	}
	var out []Flip
	for _, now := range becomes {
		at := slot{now.Path, now.Identity}
		before, ok := old[at]
		if !ok {
			before = Verdict{Path: now.Path, Identity: now.Identity, Verdict: withheld}
		}
		delete(old, at)
		if kind := flipKind(before, now, imagined); kind != "" {
			out = append(out, Flip{Kind: kind, Field: now.Path, Identity: now.Identity, Was: before.says(), Becomes: now.says()})
		}
	}
	for at, before := range old { // of leaves that the schema had
		if before.Verdict != withheld {
			out = append(out, Flip{Kind: FlipWithheld, Field: at.path, Identity: at.identity, Was: before.says(), Becomes: withheld})
		}
	}
	return out
}

// says is the verdict in one text: "released", "generalised year", "withheld".
func (v Verdict) says() string {
	if v.To == "" {
		return v.Verdict
	}
	return v.Verdict + " " + v.To
}

func flipKind(was, becomes Verdict, imagined bool) string {
	old, now := was.tells(), becomes.tells()
	switch {
	case old == now && was.says() == becomes.says():
		return ""
	case imagined && now < old:
		return FlipImpossible
	case imagined:
		return FlipPossible
	case old == 0:
		return FlipReleased
	case now == 0:
		return FlipWithheld
	case now >= old: // another generalisation that cannot be compared may say more
		return FlipMore
	}
	return FlipLess
}

// tells grows with what a verdict lets out: 0 withheld, then from the last
// generalisation that the leaf lists to the first, then the value.
func (v Verdict) tells() int {
	f, _ := catalog.ByPath(v.Path)
	switch v.Verdict {
	case released:
		return len(f.Generalise) + 2
	case generalised:
		return len(f.Generalise) - slices.Index(f.Generalise, v.To) // one that is not listed counts as the most
	}
	return 0
}
