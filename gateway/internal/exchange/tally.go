package exchange

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"time"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// How often a holder tells the authority of origin who asked, and after how many
// lines it does so sooner.
const (
	tallyEvery = time.Hour
	tallyFull  = 4 * casework.MaxTallyLines
)

// tally counts the questions that came since the last notice. It is in memory; what a
// crash forgot is counted again from the ledger (recount).
type tally struct {
	mu    sync.Mutex
	lines casework.Tally
	since time.Time
}

// count adds one question, by its normal form, that its sender had a budget for.
func (x *Exchange) count(q envelope.Query, form string) {
	child := sha256.Sum256([]byte("homeward tally\x00" + form))
	x.tally.mu.Lock()
	defer x.tally.mu.Unlock()
	if x.tally.since.IsZero() {
		x.tally.since = x.Now()
	}
	x.tally.lines.Add(casework.Line{
		Requester: q.Issuer, Officer: q.Officer.ID, Purpose: q.Purpose, Child: envelope.Base64(child[:]), Count: 1,
	})
}

// SendTally tells the authority of origin who asked how often, once an hour. With
// now it does so at once: before a gateway ends.
func (x *Exchange) SendTally(ctx context.Context, now bool) error {
	lines := x.takeTallied(now)
	var extra ledger.Commit
	for part := range slices.Chunk(lines, casework.MaxTallyLines) {
		if x.party(x.Self).AuthorityOfOrigin {
			row, err := casework.TallyMatter(x.box, envelope.NewID(), x.Self, part, x.Now())
			if err != nil {
				return err
			}
			extra.Matters = append(extra.Matters, row)
			continue
		}
		texts := make([]string, len(part))
		for i, l := range part {
			texts[i] = l.Text()
		}
		item, err := x.post("", envelope.Notice{
			Event: envelope.EventTally, Requester: x.Self, Purpose: "TALLY", Query: envelope.NewID(), Lines: texts,
		}, x.Now())
		if err != nil {
			return err
		}
		extra.Outbox = append(extra.Outbox, item)
	}
	if len(lines) == 0 {
		return nil
	}
	_, err := x.Ledger.Record(ctx, nil, ledger.Decision{
		Kind: ledger.KindTallied, Holder: x.Self, Requester: x.Self, Peer: x.Self, Policy: x.Engine.Ref(), Outcome: "counted",
	}, extra)
	if err != nil {
		x.giveBack(lines)
	}
	return err
}

func (x *Exchange) takeTallied(now bool) []casework.Line {
	x.tally.mu.Lock()
	defer x.tally.mu.Unlock()
	due := now || x.tally.lines.Len() >= tallyFull || x.Now().Sub(x.tally.since) >= tallyEvery
	if !due || x.tally.lines.Len() == 0 {
		return nil
	}
	if n := x.tally.lines.Dropped; n > 0 {
		x.Log.Warn("questions that found no room in the tally", "questions", n)
	}
	x.tally.since = time.Time{}
	return x.tally.lines.Take()
}

// giveBack counts again what could not be recorded.
func (x *Exchange) giveBack(lines []casework.Line) {
	x.tally.mu.Lock()
	defer x.tally.mu.Unlock()
	x.tally.since = x.Now()
	for _, l := range lines {
		x.tally.lines.Add(l)
	}
}

// takeTally keeps the tally of a holder.
func (x *Exchange) takeTally(n envelope.Notice) (ledger.Commit, error) {
	if len(n.Lines) > casework.MaxTallyLines {
		return ledger.Commit{}, problem.New(casework.CodeTally, "claim lines")
	}
	lines := make([]casework.Line, len(n.Lines))
	for i, text := range n.Lines {
		l, err := casework.LineOf(text)
		err = firstOf(err, word("lines", l.Requester, participantWord), word("lines", l.Officer, officerWord), word("lines", l.Purpose, purposeWord))
		if err != nil {
			return ledger.Commit{}, err
		}
		lines[i] = l
	}
	row, err := casework.TallyMatter(x.box, "tally."+n.ID, n.Issuer, lines, x.Now())
	return ledger.Commit{Matters: []ledger.Matter{row}}, err
}

// Sweeps lists the officers whose questions of the last day, over all holders that
// told, exceed the limits. For the authority of origin.
func (x *Exchange) Sweeps(ctx context.Context) ([]casework.Sweep, error) {
	if err := x.mustBeOrigin(); err != nil {
		return nil, err
	}
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterTally, State: casework.TallyCounted})
	if err != nil {
		return nil, err
	}
	told := make(casework.Tolds)
	for _, m := range rows {
		if !x.Now().Before(m.Due) {
			continue
		}
		lines, err := casework.LinesOf(x.box, m)
		if err != nil {
			return nil, err
		}
		told[m.Participant] = append(told[m.Participant], lines...)
	}
	return told.Sweeps(x.Self, x.Sweep), nil
}

// watchSweeps shows sweeps in the metrics, and logs each once while it lasts: who
// asks, never for whom.
func (x *Exchange) watchSweeps(ctx context.Context) error {
	sweeps, err := x.Sweeps(ctx)
	if err != nil {
		return err
	}
	x.Metrics.Sweeps(len(sweeps))
	seen := make(map[string]bool)
	for _, s := range sweeps {
		who := s.Requester + "\x00" + s.Officer
		seen[who] = true
		if !x.swept[who] {
			x.Log.Warn("an officer sweeps", "requester", s.Requester, "officer", s.Officer,
				"children", s.Children, "repeats", s.Repeats, "questions", s.Questions, "not_without", s.RestsOn)
		}
	}
	x.swept = seen
	return nil
}

// Housekeep does once a minute what time alone brings about: tallies are sent and
// emptied, holds that ended are erased, what is overdue is shown.
func (x *Exchange) Housekeep(ctx context.Context) error {
	failures := errors.Join(x.recount(ctx), x.SendTally(ctx, false), x.empty(ctx), x.showOverdue(ctx), x.watchSources(ctx))
	if x.party(x.Self).AuthorityOfOrigin {
		failures = errors.Join(failures, x.watchSweeps(ctx), x.tellNewcomers(ctx))
	}
	return failures
}

// showOverdue counts in the metrics what people should have done by now.
func (x *Exchange) showOverdue(ctx context.Context) error {
	obligations, err := x.overdueObligations(ctx)
	if err != nil {
		return err
	}
	recalls, err := x.overdueRecalls(ctx, x.Now())
	if err != nil {
		return err
	}
	x.Metrics.Overdue("obligations", len(obligations))
	x.Metrics.Overdue("recalls", recalls)
	return nil
}

// empty erases what holds, tallies and pushed cases say once they have ended.
func (x *Exchange) empty(ctx context.Context) error {
	var extra ledger.Commit
	for _, q := range []struct{ kind, from, to string }{
		{ledger.MatterHold, casework.HoldPlaced, casework.HoldLifted},
		{ledger.MatterTally, casework.TallyCounted, casework.TallyPast},
		{ledger.MatterPush, casework.PushSent, casework.PushEnded},
		{ledger.MatterPush, casework.PushCollected, casework.PushEnded},
		{ledger.MatterPush, casework.PushCame, casework.PushEnded},
	} {
		rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: q.kind, State: q.from, DueBefore: x.Now(), Limit: 100})
		if err != nil {
			return err
		}
		for _, m := range rows {
			m.State, m.Body, m.Was = q.to, nil, q.from
			extra.Matters = append(extra.Matters, m)
		}
	}
	if len(extra.Matters) == 0 {
		return nil
	}
	_, err := x.Ledger.Record(ctx, nil, ledger.Decision{
		Kind: ledger.KindErased, Holder: x.Self, Requester: x.Self, Peer: x.Self, Policy: x.Engine.Ref(), Outcome: "ended",
	}, extra)
	return err
}
