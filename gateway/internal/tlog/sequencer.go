package tlog

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"homeward.example/gateway/internal/checkpoint"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Queue is where the sequencer finds what is recorded and not yet logged: a part
// of ledger.Store.
type Queue interface {
	Unlogged(ctx context.Context, limit int) ([]ledger.LogEntry, error)
	Logged(ctx context.Context, entries []ledger.LogEntry) error
	NextIndex(ctx context.Context) (uint64, error)
	Head(ctx context.Context, kind, origin string) (ledger.Head, error)
	SetHead(ctx context.Context, was uint64, h ledger.Head) error
}

// Sequencer carries what is recorded into the log, each entry exactly once, and
// publishes a checkpoint every interval. There is one for a log.
type Sequencer struct {
	Log      *Log
	Queue    Queue
	Interval time.Duration // between checkpoints, 10 s if zero
	Logger   *slog.Logger
	// Lead says whether this process is still the one that writes the log. Nil where
	// there is no other.
	Lead func(ctx context.Context) (bool, error)
	// Report is told of each round: how many entries, and what went wrong. May be nil.
	Report func(entries int, err error)

	mu    sync.Mutex
	dirty bool // indexes may be missing of what is in the log already
	err   error
	at    time.Time // of the newest checkpoint
}

// Run sequences until the context ends, or another process leads. A round that fails is tried again at the
// next interval; what failed stays in Err.
func (s *Sequencer) Run(ctx context.Context) {
	s.dirty = true
	s.mu.Lock()
	s.at = time.Now() // the grace of a log that has not published yet begins here
	s.mu.Unlock()
	interval := s.Interval
	if interval == 0 {
		interval = 10 * time.Second
	}
	beat := time.NewTicker(interval)
	defer beat.Stop()
	for before := ""; ; {
		n, led, err := s.led(ctx)
		if !led && err == nil {
			return
		}
		if s.Report != nil && ctx.Err() == nil {
			s.Report(n, err)
		}
		before = s.tell(ctx, before, err)
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

// tell logs why the log does not go on, once, and that it does again.
func (s *Sequencer) tell(ctx context.Context, before string, err error) string {
	switch {
	case ctx.Err() != nil:
	case err != nil && err.Error() != before:
		s.Logger.Error("the transparency log does not go on", "error", err)
		return err.Error()
	case err == nil && before != "":
		s.Logger.Info("the transparency log goes on")
		return ""
	}
	return before
}

// led is a round, if this process leads.
func (s *Sequencer) led(ctx context.Context) (entries int, led bool, err error) {
	if s.Lead != nil {
		if led, err := s.Lead(ctx); err != nil || !led {
			return 0, led, err
		}
	}
	entries, err = s.Round(ctx)
	return entries, true, err
}

// Err is why there is no new checkpoint, and since when; nil while there is.
func (s *Sequencer) Err() (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.err
}

// Round logs all that waits and publishes one checkpoint.
func (s *Sequencer) Round(ctx context.Context) (entries int, err error) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.err = err; err == nil {
			s.at = time.Now()
		}
	}()
	if s.dirty {
		if err := s.recover(ctx); err != nil {
			return 0, err
		}
		s.dirty = false
	}
	waiting, err := s.Queue.Unlogged(ctx, addMax)
	if err != nil {
		return 0, err
	}
	size, err := s.grow(ctx, waiting)
	if err != nil {
		return 0, err
	}
	checkpoint, err := s.Log.Publish(ctx, size)
	if err != nil {
		return len(waiting), err
	}
	return len(waiting), s.remember(ctx, checkpoint)
}

// remember stores the head where a log that is put back does not take it along.
// That it does not stand on what this log published means that one of the two is
// another's.
func (s *Sequencer) remember(ctx context.Context, c Checkpoint) error {
	h := ledger.Head{Kind: ledger.HeadOwn, Origin: c.Origin, Size: c.Size, Root: c.Root, Raw: c.Raw}
	before, err := s.Queue.Head(ctx, h.Kind, h.Origin)
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return err
	}
	return s.Queue.SetHead(ctx, before.Size, h)
}

// grow adds the entries and the leaves that hide their number, and stores where
// the entries are. It returns the size to publish.
func (s *Sequencer) grow(ctx context.Context, entries []ledger.LogEntry) (uint64, error) {
	size, err := s.Log.Size(ctx)
	if err != nil {
		return 0, err
	}
	published, err := s.Log.Latest()
	if err != nil && !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return 0, err
	}
	end := published.Size + class(size-published.Size+uint64(len(entries)))
	leaves := make([]Leaf, 0, end-size)
	for i := range entries {
		entries[i].Index = size + uint64(i)
		leaves = append(leaves, entries[i].Leaf)
	}
	for index := size + uint64(len(entries)); index < end; index++ {
		leaves = append(leaves, s.Log.Pad(index))
	}
	s.dirty = true // until the indexes are stored
	if _, err := s.Log.Append(ctx, leaves); err != nil {
		return 0, err
	}
	if err := s.Queue.Logged(ctx, entries); err != nil {
		return 0, err
	}
	s.dirty = false
	return end, nil
}

// recover finds entries that are in the log and whose index was not stored: the
// process ended in between. They must not be added again.
func (s *Sequencer) recover(ctx context.Context) error {
	from, err := s.Queue.NextIndex(ctx)
	if err != nil {
		return err
	}
	size, err := s.Log.Size(ctx)
	if err != nil {
		return err
	}
	if from > size {
		return problem.Mismatch(checkpoint.CodeRolledBack, "store", "at least "+count(from)+" entries in the log", count(size))
	}
	tail := make(map[Leaf]uint64)
	if err := s.Log.Scan(ctx, from, size, func(index uint64, leaf Leaf) error {
		tail[leaf] = index
		return nil
	}); err != nil || len(tail) == 0 {
		return err
	}
	// Only a round that ended before its indexes were stored is in the tail, so
	// what it held is among the oldest that wait.
	waiting, err := s.Queue.Unlogged(ctx, 2*addMax)
	if err != nil {
		return err
	}
	var found []ledger.LogEntry
	for _, e := range waiting {
		if index, ok := tail[e.Leaf]; ok {
			e.Index = index
			found = append(found, e)
			delete(tail, e.Leaf)
		}
	}
	// What is left are pads, or entries of decisions that the store has lost.
	for leaf, index := range tail {
		if !s.Log.Padded(index, leaf) {
			return problem.Mismatch(checkpoint.CodeRolledBack, "store", "the decision of entry "+count(index)+" of the log", "none")
		}
	}
	return s.Queue.Logged(ctx, found)
}

// classes are the steps in which a published log grows: what is hidden is how
// many entries there are within a step.
const (
	smallest = 32
	ratio    = 8
)

func class(n uint64) uint64 {
	c := uint64(smallest)
	for c < n {
		c *= ratio
	}
	return c
}
