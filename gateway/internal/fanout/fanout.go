// Package fanout asks many holders at once, each under its own deadline, and
// hands on every reply as it comes. There are no retries: a dead peer costs one
// attempt, so forty dead peers do not slow the two that live.
package fanout

import (
	"context"
	"sync"
	"time"
)

// Do calls ask once for each peer, all at once, each with a context that ends
// after the deadline, and passes each result to deliver in the order of arrival.
// It returns when the last one is delivered. deliver runs on one goroutine at a
// time. ask must return when its context ends.
func Do[P, R any](ctx context.Context, peers []P, deadline time.Duration, ask func(context.Context, P) R, deliver func(R)) {
	results := make(chan R)
	var wg sync.WaitGroup
	for _, peer := range peers {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, deadline)
			defer cancel()
			results <- ask(ctx, peer)
		})
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for r := range results {
		deliver(r)
	}
}
