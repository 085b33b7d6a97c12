package store_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
)

// made is a synthetic decision on one record of 105 fields: as large as a real one,
// with as many different askers, purposes and verdicts as a federation has.
func made(n int64) ledger.Decision {
	mixed := uint64(n) * 0x9e3779b97f4a7c15 >> 16
	requester := fmt.Sprintf("gov-%02d", mixed%41)
	purpose := []string{"RETURN", "MATCH", "TRACE", "FOUND", "CARE"}[mixed/41%5]
	digest := func(i uint64) string {
		return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%032x", mixed*131+i))[:43]
	}
	d := ledger.Decision{
		Kind: ledger.KindAnswered, Holder: "gov-ua", Requester: requester, Peer: requester, Purpose: purpose,
		Officer: envelope.Officer{ID: fmt.Sprintf("%s-officer-%02d", requester, mixed/205%60), Role: "case_officer"},
		Basis:   "GDPR 6(1)(e)", QueryID: digest(0), QueryHash: digest(1), Outcome: "answered",
		Input: json.RawMessage(`{"purpose":"` + purpose + strings.Repeat(`","fact":"yes`, 40) + `"}`),
	}
	digests := make(ledger.Digests, 30)
	for i := range digests {
		digests[i] = ledger.Digest{Name: fmt.Sprintf("original.field.%d", i), Value: digest(uint64(i + 2))}
	}
	d.Records = []ledger.DecidedRecord{{
		Subject: digest(mixed % 20_000)[:43], Version: digest(9), Matched: "original", Digests: digests,
		Verdicts: benchVerdicts[mixed/7%24], Input: json.RawMessage(`{"age":"child` + strings.Repeat(`","fact":"no`, 60) + `"}`),
	}}
	return d
}

var benchVerdicts = func() (all [24]json.RawMessage) {
	for v := range all {
		var lines []string
		for group := range 15 {
			var paths []string
			for field := range 7 {
				paths = append(paths, fmt.Sprintf(`"group%d.field%d"`, group, field))
			}
			lines = append(lines, fmt.Sprintf(`{"verdict":"withheld","reasons":["SUP_%d_%d","SUP_PURPOSE"],"basis":"GDPR 6(1)(e)","identity":"original","paths":[%s]}`,
				v, group, strings.Join(paths, ",")))
		}
		all[v] = json.RawMessage("[" + strings.Join(lines, ",") + "]")
	}
	return all
}()

// benchLedger opens an empty store on one of the databases.
func benchLedger(b *testing.B, driver string) (ledger.Store, *ledger.Ledger) {
	b.Helper()
	o := store.Options{Driver: driver, DSN: filepath.Join(b.TempDir(), "homeward.db")}
	if driver == store.Postgres {
		o.DSN = servertest.Postgres(b)
	}
	s := open(b, o)
	b.Cleanup(func() { s.Close() })
	return s, ledger.New(s, time.Now)
}

// BenchmarkRecorded is decisions made durable, with their claims and everything they
// are searched by, of 256 clients; and beside it the bare insert of the same rows,
// a hundred and twenty-eight in a transaction, into a table without an index.
func BenchmarkRecorded(b *testing.B) {
	ctx := context.Background()
	for _, driver := range []string{store.SQLite, store.Postgres} {
		b.Run(driver+"/clients=256", func(b *testing.B) {
			_, l := benchLedger(b, driver)
			measureCPU(b, 256, func(n int64) {
				claim := &ledger.Claim{Issuer: "gov-pl", JTI: fmt.Sprintf("%016x%06x", uint64(n)*0x9e3779b97f4a7c15, n), Expires: time.Now().Add(2 * time.Minute)}
				if _, err := l.Record(ctx, []byte("{}"), made(n), ledger.Commit{Claim: claim}); err != nil {
					b.Error(err)
				}
			})
		})
	}
	b.Run("bare", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(8192)")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		bareInsert(b, db)
	})
}

func bareInsert(b *testing.B, db *sql.DB) {
	if _, err := db.Exec(`CREATE TABLE bare (seq INTEGER PRIMARY KEY, id TEXT, at BIGINT, kind TEXT, peer TEXT, purpose TEXT, leaf BLOB, salt BLOB, content BLOB)`); err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	insert, err := db.Prepare(`INSERT INTO bare (id, at, kind, peer, purpose, leaf, salt, content) VALUES ` + strings.Repeat(`(?,?,?,?,?,?,?,?),`, 127) + `(?,?,?,?,?,?,?,?)`)
	if err != nil {
		b.Fatal(err)
	}
	content := make([]byte, 4<<10) // what is left of a decision without the words that it shares
	before := cpu()
	b.ResetTimer()
	for n := 0; n < b.N; n += 128 {
		var args []any
		for i := range 128 {
			args = append(args, fmt.Sprintf("0199f000-0000-7000-8000-%012x", n+i), time.Now().UnixMicro(), "answered", "gov-pl", "RETURN", content[:32], content[:32], content)
		}
		if _, err := insert.Exec(args...); err != nil { // a transaction of its own
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

// million fills a store with decisions of a year, one every half minute, of which
// the content is left out: no search reads it.
func million(b *testing.B, s ledger.Store, rows int) {
	b.Helper()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	commits := make([]ledger.Commit, 0, 2048)
	for n := range rows {
		d := made(int64(n))
		d.ID, d.At = fmt.Sprintf("0199f000-0000-7000-8000-%012x", n), at.Add(time.Duration(n)*30*time.Second)
		if n == 1000 {
			d.Officer.ID, d.Reason, d.BreakGlass = "rare", "DENY_RATE", true
		}
		commits = append(commits, ledger.Commit{Row: ledger.Row{
			ID: d.ID, At: d.At, Kind: d.Kind, Peer: d.Peer, Purpose: d.Purpose, Leaf: make([]byte, 32), Salt: []byte{}, Content: []byte{}, Facets: ledger.FacetsOf(d),
		}})
		if len(commits) == cap(commits) || n == rows-1 {
			if err := store.Load(s, commits); err != nil {
				b.Fatal(err)
			}
			commits = commits[:0]
		}
	}
}

// BenchmarkSearchMillion is one page of 50 over a million decisions. The slowest are those
// that ask for what is neither frequent nor rare.
func BenchmarkSearchMillion(b *testing.B) {
	for _, driver := range []string{store.Postgres, store.SQLite} {
		s, _ := benchLedger(b, driver)
		million(b, s, 1_000_000)
		if err := store.Analyze(context.Background(), s); err != nil {
			b.Fatal(err)
		}
		first, err := s.Search(context.Background(), ledger.Query{Requester: "gov-07", Limit: 50})
		if err != nil {
			b.Fatal(err)
		}
		summer := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			name string
			q    ledger.Query
		}{
			{"newest", ledger.Query{}},
			{"times", ledger.Query{From: summer, To: summer.AddDate(0, 1, 0)}},
			{"requester", ledger.Query{Requester: "gov-07"}},
			{"next page", ledger.Query{Requester: "gov-07", Page: first.Next}},
			{"officer", ledger.Query{Officer: "gov-07-officer-11"}},
			{"officer, purpose and month", ledger.Query{Officer: "gov-07-officer-11", Purpose: "CARE", From: summer, To: summer.AddDate(0, 1, 0)}},
			{"rare officer", ledger.Query{Officer: "rare"}},
			{"rare reason", ledger.Query{Reason: "DENY_RATE"}},
			{"break-glass", ledger.Query{BreakGlass: true}},
			{"nobody", ledger.Query{Officer: "nobody"}},
			{"field and reason", ledger.Query{Field: "group3.field2", Reason: "SUP_7_3"}},
			{"field, reason, requester, officer", ledger.Query{Field: "group3.field2", Reason: "SUP_7_3", Requester: "gov-07", Officer: "gov-07-officer-11"}},
			{"no such reason", ledger.Query{Reason: "SUP_NONE"}},
			{"purpose that nobody has", ledger.Query{Purpose: "AUDIT"}},
			{"child", ledger.Query{Child: made(77).Records[0].Subject}},
			{"child of an officer", ledger.Query{Child: made(77).Records[0].Subject, Officer: made(77).Officer.ID}},
		} {
			b.Run(driver+"/"+c.name, func(b *testing.B) {
				c.q.Limit = 50
				var p ledger.Page
				for b.Loop() {
					if p, err = s.Search(context.Background(), c.q); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/page")
				b.ReportMetric(float64(len(p.Found)), "found")
			})
		}
	}
}
