package decide

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"sync"
)

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
	question := r.admission(ctx, u.question)
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
		flips := verdictFlips(was, becomes.Verdicts, imagined)
		if leaves(was) && !becomes.Withheld {
			if today == nil {
				today = r.decidedToday(ctx, u.question, input) // duties are not recorded
			}
			flips = append(flips, dutyFlips(today.Obligations, becomes.Obligations)...)
		}
		r.compare(u, question, flips, question.Failure+becomes.Failure != "")
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
func (r *replayer) admission(ctx context.Context, key sum) Word {
	r.mu.Lock()
	q, ok := r.questions[key]
	if !ok {
		q = new(question)
		r.questions[key] = q
	}
	r.mu.Unlock()
	q.once.Do(func() { q.word = r.next.replayQuestion(ctx, r.plays.inputs[key]) })
	return q.word
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
