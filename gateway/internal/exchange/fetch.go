package exchange

import (
	"context"
	"errors"
	"slices"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/problem"
)

// CodeSourceAway: the holder's own case system did not answer. It is refused and
// recorded, and never a miss.
const CodeSourceAway problem.Code = "source_away"

// maxCandidates bounds what a source may offer for one question. An answer has
// at most five records (never 8); more candidates than this are not compared.
const maxCandidates = 50

// fetch reads from the source what was admitted, and no more. A question that
// nothing could be released for reads nothing. One that was answered with a child
// reads that child alone.
func (x *Exchange) fetch(ctx context.Context, a attended) (decide.Fetched, error) {
	if x.Source == nil || len(a.Mask()) == 0 {
		return a.Fetched(nil, nil)
	}
	if id := a.Facts().LinkRecord; id != "" {
		return x.fetchLinked(ctx, a.Admitted, id)
	}
	ids, err := x.Source.Search(ctx, a.Criteria(), maxCandidates)
	if err != nil {
		return decide.Fetched{}, away(ctx, err)
	}
	ids = x.resembling(a, ids)
	var records []adapters.Record
	var unread error
	for _, id := range ids {
		if a.child != "" && id != a.child {
			continue
		}
		r, err := x.Source.Get(ctx, id, a.Mask())
		if errors.Is(err, adapters.ErrNotFound) {
			continue // gone since the search
		}
		if err != nil && (a.Opens() || ctx.Err() != nil) {
			return decide.Fetched{}, away(ctx, err)
		}
		if err != nil {
			unread = err
			continue
		}
		records = append(records, r)
	}
	if err := x.readable(ctx, a, len(records), unread); err != nil {
		return decide.Fetched{}, err
	}
	return a.Fetched(records, compared(a, records))
}

// readable keeps a source that finds a child and cannot read it from telling that it
// found one, to somebody who is released nothing. Where nothing was read it reads what
// is not there, after a miss too: a source that fails at this is away for every
// question. Otherwise the failure is of one record, and the answer is as for none.
func (x *Exchange) readable(ctx context.Context, a attended, read int, unread error) error {
	if a.Opens() {
		return nil
	}
	if read == 0 {
		_, err := x.Source.Get(ctx, envelope.NewID(), a.Mask())
		if err != nil && !errors.Is(err, adapters.ErrNotFound) {
			return away(ctx, err)
		}
	}
	if unread != nil {
		x.Log.Error("a record that a question may mean cannot be read", "err", unread)
	}
	return nil
}

// Finder finds the ids of records that a question may mean under other forms of a
// name, in other alphabets. It is asked on the way of an answer and must not wait.
type Finder interface {
	Find(c adapters.Criteria, limit int) []string
}

// isOpenToForms says whether other forms of a name count. They do where nothing can be
// released: MATCH, whose hit goes to the authority of origin alone. What a link covers
// and what is released go by the strict identity.
func isOpenToForms(a attended) bool { return a.Facts().Query.Purpose == "MATCH" && !a.Opens() }

// resembling adds what the index finds to what the source found.
func (x *Exchange) resembling(a attended, ids []string) []string {
	if x.Finder == nil || !isOpenToForms(a) {
		return ids
	}
	for _, id := range x.Finder.Find(a.Criteria(), maxCandidates) {
		if len(ids) < maxCandidates && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// compared is how records are compared with a question: by other forms of a name only
// where no record is the child by the name itself, so that namesakes hide nobody.
func compared(a attended, records []adapters.Record) decide.Match {
	exact := func(r adapters.Record) bool {
		_, ok := matching.Identity(a.Criteria(), r)
		return ok
	}
	if !isOpenToForms(a) || slices.ContainsFunc(records, exact) {
		return matching.Identity
	}
	return matching.Resembles
}

// fetchLinked reads the one record that this holder itself put in the link.
func (x *Exchange) fetchLinked(ctx context.Context, a decide.Admitted, id string) (decide.Fetched, error) {
	r, err := x.Source.Get(ctx, id, a.Mask())
	if errors.Is(err, adapters.ErrNotFound) {
		return a.Fetched(nil, nil)
	}
	if err != nil {
		return decide.Fetched{}, away(ctx, err)
	}
	asked := a.Facts().LinkIdentity
	return a.Fetched([]adapters.Record{r}, func(adapters.Criteria, adapters.Record) (string, bool) {
		return asked, asked != ""
	})
}

// departure is the beat on which an answer leaves.
func departure(arrived, done time.Time, tick time.Duration) time.Time {
	beat := arrived.Truncate(tick).Add(2 * tick)
	for beat.Before(done) {
		beat = beat.Add(tick)
	}
	return beat
}

// away is a source that could not be read, unless it is the caller who has gone.
func away(ctx context.Context, err error) error {
	if gone := ctx.Err(); gone != nil {
		return problem.Of(gone)
	}
	return problem.Wrap(CodeSourceAway, "", err)
}

// disclosed reads what the requester already received of each record, and whether
// the child is on hold. What cannot be read counts as everything.
func (x *Exchange) disclosed(ctx context.Context, f decide.Fetched, s *standing) map[string]decide.Disclosed {
	records := f.Records()
	if len(records) == 0 {
		return nil
	}
	subjects := make([]string, len(records))
	for i, r := range records {
		subjects[i] = x.subject(r.ID)
	}
	known, err := x.Store.Disclosed(ctx, f.Admitted().Facts().Requester.ID, subjects)
	out := make(map[string]decide.Disclosed, len(records))
	for i, r := range records {
		d := known[subjects[i]]
		d.Unreadable, d.Held = err != nil, x.held(s, subjects[i], r)
		out[r.ID] = d
	}
	return out
}

// tick waits for the beat on which the answer to a message leaves. It is fixed
// when the message arrives, the first one that is a whole tick away, so that
// work which takes a little longer does not leave later: a question timed to
// arrive just before a beat must not learn from it. Only work that takes longer
// than a tick moves to the next beat.
func (x *Exchange) tick(ctx context.Context, arrived time.Time) error {
	if x.Tick == 0 {
		return nil
	}
	timer := time.NewTimer(time.Until(departure(arrived, time.Now(), x.Tick)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return problem.Wrap(problem.CodeUnavailable, "", ctx.Err())
	}
}
