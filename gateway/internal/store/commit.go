package store

import (
	"context"
	"errors"
	"time"

	"homeward.example/gateway/internal/ledger"
)

// maxBatch bounds how many commits share one transaction, and so one fsync.
const maxBatch = 256

// waiting is one Commit on its way through the committer.
type waiting struct {
	*ledger.Commit
	err   error
	moved bool // it changed what its requester received
	done  chan error
}

// Commit implements ledger.Store. Commits that wait at the same time are written
// in one transaction.
func (s *Store) Commit(ctx context.Context, c ledger.Commit) error {
	w := &waiting{Commit: &c, done: make(chan error, 1)}
	select {
	case s.queue <- w:
	case <-ctx.Done():
		return unavailable("commit", ctx.Err())
	case <-s.closing:
		return unavailable("commit", errors.New("closing"))
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return unavailable("commit", ctx.Err())
	}
}

// run is the committer. The queue has no room of its own: what was taken is
// answered, what was not was never written.
func (s *Store) run() {
	defer s.closed.Done()
	batch := make([]*waiting, 0, maxBatch)
	for {
		alone := len(batch) < 2
		select {
		case w := <-s.queue:
			batch = s.collect(append(batch[:0], w), alone)
		case <-s.closing:
			return
		}
		began := time.Now()
		s.writer.commitBatch(batch)
		s.tell(batch, time.Since(began))
		for i, w := range batch {
			s.known.forget(w.changed())
			w.done <- w.err
			batch[i] = nil
		}
	}
}

// tell reports a batch, before those who wait for it go on.
func (s *Store) tell(batch []*waiting, took time.Duration) {
	if s.committed == nil {
		return
	}
	var first error
	for _, w := range batch {
		if first == nil {
			first = w.err
		}
	}
	s.committed(len(batch), took, first)
}

// changed lists the disclosures that are no longer as they were read.
func (w *waiting) changed() []ledger.DisclosureUpdate {
	if w.err == nil && !w.moved {
		return nil
	}
	return w.Disclosures
}

// How long a batch waits for more, in all and for the next one. An answer leaves on
// a tick of 250 ms, so this costs nobody anything. In all is what two processors
// take for the answers of a hundred callers.
const (
	lingerAll  = 25 * time.Millisecond
	lingerNext = time.Millisecond
)

// collect fills the batch with who waits already. After a batch of several it also
// waits a little for who comes: the fixed cost of a transaction is ten times that
// of one more row. A caller that is alone is not kept waiting.
func (s *Store) collect(batch []*waiting, alone bool) []*waiting {
	if alone {
		return s.collectWaiting(batch)
	}
	end := time.Now().Add(lingerAll)
	next := time.NewTimer(lingerNext)
	defer next.Stop()
	for len(batch) < maxBatch && time.Now().Before(end) {
		select {
		case w := <-s.queue:
			batch = append(batch, w)
			next.Reset(lingerNext)
		case <-next.C:
			return batch
		case <-s.closing:
			return batch
		}
	}
	return batch
}

func (s *Store) collectWaiting(batch []*waiting) []*waiting {
	for len(batch) < maxBatch {
		select {
		case w := <-s.queue:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commitBatch gives every item its result.
func (w *writer) commitBatch(batch []*waiting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.store(batch)
	w.checkpoint()
}

// store writes items in one transaction. It does so again to learn which claims
// were taken, and without those that turned out to be refused after something of
// them was written; each such round has fewer items.
func (w *writer) store(items []*waiting) {
	for careful, retried := false, false; len(items) > 0; {
		b := newBatch(items, careful)
		err := w.transaction(context.Background(), func(ctx context.Context, c *conn) error { return b.write(ctx, c, w.step) })
		if b.standing != 0 {
			w.standing.Store(b.standing)
		}
		switch {
		case err == nil:
			b.settle()
			w.unsaved += b.pages()
			return
		case errors.Is(err, errTaken):
			careful = true
		case errors.Is(err, errLate):
			items = b.withoutLate()
		case w.retry(err) && !retried:
			retried = true
		case len(items) > 1 && !errors.Is(err, errIndeterminate) && w.dialect.classify(err) == faultItem:
			w.storeEach(items)
			return
		default:
			for _, item := range items {
				item.err = unavailable("commit", err)
			}
			return
		}
	}
}

// storeEach keeps a row that the database does not take from denying the others.
func (w *writer) storeEach(items []*waiting) {
	for i := range items {
		w.store(items[i : i+1])
	}
}
