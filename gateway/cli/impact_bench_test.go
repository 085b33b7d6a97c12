package cli

import (
	"bytes"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
)

// ledgerSize is how many decisions the benchmark replays in one operation.
const ledgerSize = 10_000

// BenchmarkImpactOnLedger10k replays a ledger of ten thousand answers, no two of one
// input: what is read of SQLite, and decided by two workers. cpu-s/op is the time
// of all cores, whatever else the machine does.
func BenchmarkImpactOnLedger10k(b *testing.B) {
	s, err := store.Open(b.Context(), store.Options{Driver: store.SQLite, DSN: filepath.Join(b.TempDir(), "homeward.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	e := decidetest.Engine(b)
	fillLedger(b, s, e)
	before := cpuSeconds(b)
	for b.Loop() {
		i, err := decide.ImpactOf(b.Context(), e, e, pastDecisions(b.Context(), s, ledgerSize), 2)
		if err != nil || i.Replayed != ledgerSize || i.Distinct != ledgerSize || i.Loosens() {
			b.Fatal(i, err)
		}
	}
	b.ReportMetric((cpuSeconds(b)-before)/float64(b.N), "cpu-s/op")
}

func cpuSeconds(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// fillLedger records one decision over and over, with an input that differs in a
// member that no rule reads.
func fillLedger(b *testing.B, s ledger.Store, e *decide.Engine) {
	b.Helper()
	a := decidetest.Admit(b, e, decidetest.Linked("RETURN", decidetest.Partner(), decidetest.Origin(), "child-1", "original"))
	set := decidetest.Verdicts(b, e, a, "original", decidetest.Record("child-1", nil)).Records()[0].Set
	l := ledger.New(s, time.Now)
	numbers := make(chan int)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for n := range numbers {
				input := fmt.Appendf(bytes.TrimSuffix(bytes.Clone(set.Input), []byte("}")), `,"number":%d}`, n)
				_, err := l.Record(b.Context(), nil, ledger.Decision{
					Kind: ledger.KindAnswered, Holder: "gov-ua", Requester: "gov-pl", Peer: "gov-pl", Purpose: "RETURN",
					Policy: e.Ref(), Outcome: "answered", Input: a.Input(),
					Records: []ledger.DecidedRecord{{Subject: "subject", Version: "1", Matched: "original", Verdicts: set.Ledger, Input: input}},
				}, ledger.Commit{})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := range ledgerSize {
		numbers <- n
	}
	close(numbers)
	wg.Wait()
}
