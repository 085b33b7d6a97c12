package store_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

// BenchmarkCommit is what the store costs an answer: reading what the requester
// received, and one durable decision with its claim, on SQLite. A decision on a
// record of all fields has about twelve kilobytes.
func BenchmarkCommit(b *testing.B) {
	for _, clients := range []int{1, 64} {
		for _, size := range []int{1 << 10, 12 << 10} {
			b.Run(fmt.Sprintf("clients=%d/bytes=%d", clients, size), func(b *testing.B) {
				s := open(b, store.Options{Driver: store.SQLite, DSN: filepath.Join(b.TempDir(), "homeward.db")})
				defer s.Close()
				first := benchCommit(0, size)
				first.Disclosures[0].ReadVersion = 0
				if err := s.Commit(context.Background(), first); err != nil {
					b.Fatal(err)
				}
				var n atomic.Int64
				b.SetParallelism(max(1, clients/runtime.GOMAXPROCS(0)))
				measureCPU(b, func() {
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							commitOnce(b, s, n.Add(1), size)
						}
					})
				})
			})
		}
	}
}

func commitOnce(b *testing.B, s ledger.Store, n int64, size int) {
	ctx := context.Background()
	if _, err := s.Disclosed(ctx, "gov-pl", []string{"subject"}); err != nil {
		b.Error(err)
	}
	if err := s.Commit(ctx, benchCommit(n, size)); err != nil {
		b.Error(err)
	}
}

var template = storetest.Decision(ledger.KindAnswered).Row

// benchCommit has what an answer has: a claim with a random-looking jti, a
// disclosure that says nothing new, ids in the order of time.
func benchCommit(n int64, size int) ledger.Commit {
	row := template
	row.ID = fmt.Sprintf("0199f000-0000-7000-8000-%012x", n)
	row.Content = bytes.Repeat([]byte{'x'}, size)
	return ledger.Commit{
		Row: row,
		Claim: &ledger.Claim{
			Issuer: "gov-pl", JTI: fmt.Sprintf("%016x%06x", uint64(n)*0x9e3779b97f4a7c15, n),
			Expires: time.Now().Add(2 * time.Minute),
		},
		Disclosures: []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: "subject", ReadVersion: 1, Groups: []string{"id_min/original"}}},
	}
}

// measureCPU reports the CPU time of the whole process for each operation.
func measureCPU(b *testing.B, run func()) {
	before := cpu()
	b.ResetTimer()
	run()
	b.StopTimer()
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails only for an unknown who
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
