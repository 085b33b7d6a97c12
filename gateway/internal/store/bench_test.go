package store_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

// BenchmarkCommit is what the store costs an answer: reading what the requester
// received, and one durable decision with its claim, on SQLite. "small" is an
// answer without a record; "record" has a record of all fields: five kilobytes of
// its own and seventeen that the policy says of every such record.
func BenchmarkCommit(b *testing.B) {
	small := make([]byte, 1<<10)
	record := bytes.Repeat([]byte{'x'}, 22<<10)
	for _, c := range []struct {
		name    string
		clients int
		content []byte
		shared  []ledger.Stretch
	}{
		{"small/clients=1", 1, small, nil},
		{"small/clients=64", 64, small, nil},
		{"record/clients=1", 1, record, []ledger.Stretch{{From: 500, To: 1500}, {From: 1600, To: 17600}}},
		{"record/clients=64", 64, record, []ledger.Stretch{{From: 500, To: 1500}, {From: 1600, To: 17600}}},
		{"unshared/clients=64", 64, record, nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b, store.Options{Driver: store.SQLite, DSN: filepath.Join(b.TempDir(), "homeward.db")})
			defer s.Close()
			first := benchCommit(0)
			first.Disclosures[0].ReadVersion = 0
			if err := s.Commit(context.Background(), first); err != nil {
				b.Fatal(err)
			}
			measureCPU(b, c.clients, func(n int64) {
				m := benchCommit(n)
				m.Row.Content, m.Row.Shared = c.content, c.shared
				if _, err := s.Disclosed(context.Background(), "gov-pl", []string{"subject"}); err != nil {
					b.Error(err)
				}
				if err := s.Commit(context.Background(), m); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

var template = storetest.Decision(ledger.KindAnswered).Row

// benchCommit has what an answer has: a claim with a random-looking jti, a
// disclosure that says nothing new, ids in the order of time.
func benchCommit(n int64) ledger.Commit {
	row := template
	row.ID = fmt.Sprintf("0199f000-0000-7000-8000-%012x", n)
	return ledger.Commit{
		Row: row,
		Claim: &ledger.Claim{
			Issuer: "gov-pl", JTI: fmt.Sprintf("%016x%06x", uint64(n)*0x9e3779b97f4a7c15, n),
			Expires: time.Now().Add(2 * time.Minute),
		},
		Disclosures: []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: "subject", ReadVersion: 1, Groups: []string{"id_min/original"}}},
	}
}

// measureCPU runs once for every n of b.N on as many goroutines, and reports the
// CPU time of the whole process for each.
func measureCPU(b *testing.B, clients int, once func(n int64)) {
	var n atomic.Int64
	var all sync.WaitGroup
	before := cpu()
	b.ResetTimer()
	for range clients {
		all.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				once(i)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails only for an unknown who
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
