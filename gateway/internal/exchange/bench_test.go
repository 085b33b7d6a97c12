package exchange_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/schemas/catalog"
)

// generous lets a benchmark ask as much as it likes.
func generous(_ string, d *exchange.Deps) {
	d.Budget = &budget.Memory{Limits: budget.Limits{Participant: 1 << 30, Officer: 1 << 30, Purpose: 1 << 30, Query: 1 << 30, Variants: 1 << 30}}
}

// messages are valid sealed queries, made before the clock of the benchmark
// runs. Different ones ask for all groups but one, each time another.
func messages(b *testing.B, f *gatewaytest.Federation, n int, different bool) []string {
	b.Helper()
	token := link(b, f, exchange.LinkRequest{})
	groups := catalog.Groups()
	out := make([]string, n)
	for i := range out {
		var fields []string
		if different {
			left := i % len(groups)
			fields = slices.Concat(groups[:left], groups[left+1:])
		}
		out[i] = sealedQuery(b, f, token, fields...)
	}
	return out
}

// BenchmarkAnswer is a sealed query in, a sealed answer out, for a record of all
// fields, before the tick, the ledger on SQLite with fsync. A hit is a question
// whose verdicts are in the cache; to miss, questions differ and the cache holds one.
//
// The collector is left alone: of a hit's CPU time it takes some 3 %, GOGC=200
// gives back what the noise hides, and 400 costs as much in fresh memory.
func BenchmarkAnswer(b *testing.B) {
	for _, c := range []struct {
		name    string
		clients int
		miss    bool
	}{{"hit/clients=1", 1, false}, {"hit/clients=64", 64, false}, {"miss/clients=1", 1, true}, {"miss/clients=64", 64, true}} {
		b.Run(c.name, func(b *testing.B) {
			o := gatewaytest.Options{Tune: generous}
			if c.miss {
				o.VerdictCache = 1
			}
			f := gatewaytest.New(b, o)
			queries := messages(b, f, b.N, c.miss)
			ua := f.Member("gov-ua")
			parallel(b, c.clients, func(i int) {
				if _, err := ua.Answer(context.Background(), "gov-pl", queries[i]); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

// BenchmarkCryptoFloor is the same JWS verified, JWE opened, JWS signed and JWE
// sealed, of the same sizes, and nothing else.
func BenchmarkCryptoFloor(b *testing.B) {
	for _, c := range []struct {
		name    string
		clients int
	}{{"clients=1", 1}, {"clients=64", 64}} {
		b.Run(c.name, func(b *testing.B) {
			f := gatewaytest.New(b, gatewaytest.Options{Tune: generous})
			queries := messages(b, f, b.N+1, false)
			floor := floorOf(b, f, queries[b.N])
			parallel(b, c.clients, func(i int) {
				if err := floor.once(queries[i]); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

// BenchmarkAnswerOverFloor is the promise: what an answer costs, over what its
// cryptography costs. Both are measured in turns in one process, some hundred
// calls at a time, since neither a processor nor its neighbours are the same from
// one second to the next. All CPU time counts, the collector's and the ledger's too.
// Measure on a machine that does nothing else: where others use the caches and the
// processors, an answer becomes a fifth dearer and its cryptography a twentieth.
//
// Beside it: over what go-jose alone takes for the same four operations, and what an
// answer costs whose decision is made and signed but stored nowhere.
func BenchmarkAnswerOverFloor(b *testing.B) {
	const clients, turn = 64, 512
	f := gatewaytest.New(b, gatewaytest.Options{Tune: generous})
	g := gatewaytest.New(b, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		generous(id, d)
		d.Ledger = ledger.New(forgetful{d.Store}, d.Now)
	}})
	answer := func(f *gatewaytest.Federation, query string) {
		if _, err := f.Member("gov-ua").Answer(context.Background(), "gov-pl", query); err != nil {
			b.Error(err)
		}
	}
	queries, unstored := messages(b, f, b.N+1, false), messages(b, g, b.N, false)
	floor := floorOf(b, f, queries[b.N])
	library := libraryOf(b, floor, queries[b.N])
	runtime.GC()
	b.ResetTimer()
	var answered, forgotten, bare, joses int64
	for i := 0; i < b.N; i += turn {
		some := queries[i:min(i+turn, b.N)]
		bare += calls(clients, len(some), func(n int) {
			if err := floor.once(some[n]); err != nil {
				b.Error(err)
			}
		})
		joses += calls(clients, len(some), func(int) {
			if err := library.once(); err != nil {
				b.Error(err)
			}
		})
		answered += calls(clients, len(some), func(n int) { answer(f, some[n]) })
		forgotten += calls(clients, len(some), func(n int) { answer(g, unstored[i+n]) })
	}
	b.ReportMetric(float64(answered)/float64(bare), "x")
	b.ReportMetric(float64(answered)/float64(b.N)/1e3, "answer-us/op")
	b.ReportMetric(float64(bare)/float64(b.N)/1e3, "floor-us/op")
	b.ReportMetric(float64(joses)/float64(b.N)/1e3, "go-jose-us/op")
	b.ReportMetric(float64(answered)/float64(joses), "go-jose-x")
	b.ReportMetric(float64(forgotten)/float64(bare), "unstored-x")
}

// forgetful is a store that keeps nothing of what it is given.
type forgetful struct{ ledger.Store }

func (forgetful) Commit(context.Context, ledger.Commit) error { return nil }

// parallel reports the CPU time of each of b.N calls, user and system, over all
// threads: what an answer costs, whatever it waits for.
func parallel(b *testing.B, clients int, call func(i int)) {
	b.Helper()
	runtime.GC()
	b.ReportAllocs()
	b.ResetTimer()
	spent := calls(clients, b.N, call)
	b.StopTimer()
	b.ReportMetric(float64(spent)/float64(b.N)/1e3, "cpu-us/op")
}

// calls makes n calls by a number of clients and returns the CPU time that they took.
func calls(clients, n int, call func(i int)) (nanoseconds int64) {
	next := make(chan int, clients)
	var wg sync.WaitGroup
	before := cpu()
	for range clients {
		wg.Go(func() {
			for i := range next {
				call(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return cpu() - before
}

// cpu is the CPU time of this process in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
