package exchange_test

import (
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
)

// soakQueries is how many questions the soak asks: `make soak` all of the hundred
// thousand of the promise, a normal run one per cent.
func soakQueries() int {
	if os.Getenv("HOMEWARD_SOAK") != "" {
		return 100_000
	}
	return 1_000
}

// Memory is flat: after a fifth of the queries everything is there that grows to
// a size (statements, verdicts, the replay filter's two minutes), and after the
// others the heap has not grown by more than a tenth and four megabytes: in the
// soak that is some fifty bytes a query, less than anything that one could leave
// behind; in a normal run five kilobytes, which finds what keeps a whole message.
func TestSoakHeapStaysFlat(t *testing.T) {
	f := gatewaytest.New(t, gatewaytest.Options{Tune: generous})
	token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(24 * time.Hour)})
	ua, n := f.Member("gov-ua"), soakQueries()
	const clients = 16
	run := func(count int) {
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() {
				for range count / clients {
					if _, err := ua.Answer(t.Context(), "gov-pl", sealedQuery(t, f, token)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		f.Clock.Add(5 * time.Minute) // what is remembered for minutes may be forgotten
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // twice: what pools keep lives through one
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	run(n / 5)
	run(clients) // makes the filter forget the fifth
	early := heap()
	for range 4 {
		run(n / 5)
	}
	run(clients)
	if late := heap(); late > early+early/10+4<<20 {
		t.Errorf("%d bytes after %d queries, %d after %d", early, n/5, late, n)
	}
}
