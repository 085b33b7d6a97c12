package exchange

import (
	"errors"
	"sync"
	"time"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// toldEnough is of whom an addressee was told as much as it takes for now, by toldFor: each
// requester has a budget there, and one who asks too much keeps no other waiting.
type toldEnough struct {
	mu sync.Mutex
	at map[string]time.Time
}

// enoughFor is how long nothing more is tried: an addressee does not say when it takes more.
const enoughFor = time.Minute

func (e *toldEnough) put(who string, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.at == nil {
		e.at = make(map[string]time.Time)
	}
	e.at[who] = now
}

// until is when it may be tried again, zero for now.
func (e *toldEnough) until(who string, now time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, ok := e.at[who]
	if passed := now.Sub(at); !ok || passed < 0 || passed >= enoughFor { // less than nothing: the clock stepped back
		delete(e.at, who)
		return time.Time{}
	}
	return at.Add(enoughFor)
}

// isEnough says whether a failure is of a budget at the addressee, or of one that was
// spent so often that it says no more than that it does not take the message.
func isEnough(err error) bool {
	return errors.Is(err, problem.New(budget.CodeRateLimited, "")) || errors.Is(err, problem.New(problem.CodeNotAccepted, ""))
}

// toldFor names the addressee of a row and for whom it is told.
func (x *Exchange) toldFor(item ledger.OutboxItem) string {
	n, err := x.posted(item)
	if item.Kind == outboxSighting || err != nil { // what cannot be read its delivery says
		return item.Peer + "\x00" + item.Kind
	}
	return item.Peer + "\x00" + item.Kind + "\x00" + n.Requester
}
