// Package storetest is what every store must do: one suite, run on each database.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// Backend is a new, empty database for one test.
type Backend struct {
	Store ledger.Store
	// Again opens another store over the same database, as a second process would.
	Again func() ledger.Store
	// Claims counts the rows of the table of claims.
	Claims func() int
}

// Run tries a store; open makes one for each test, which closes it.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for name, test := range map[string]func(*testing.T, ledger.Store, func() ledger.Store){
		"a decision is read back as it was written":         decisions,
		"decisions are listed newest first, by pages":       pages,
		"what decisions share is put back":                  shared,
		"decisions are found by what they say":              search,
		"a search goes on page by page":                     searchPages,
		"two persons erase what is of a child":              erasing,
		"a search finds what decisions say":                 found,
		"one decision is erased, and forgets its children":  erasingOne,
		"a look is recorded before it is shown":             looking,
		"a litigation hold forbids to erase":                erasingHeld,
		"what is old is erased by its class":                retaining,
		"a claim stands once":                               claims,
		"of a thousand commits of one jti one wins":         oneWins,
		"a claim is won once by two processes":              oneWinsBetweenProcesses,
		"a refused commit leaves nothing":                   refusedLeavesNothing,
		"a disclosure moves its version":                    disclosures,
		"a disclosure that says nothing new moves nothing":  unchangedDisclosure,
		"parallel disclosures lose no update":               disclosureRace,
		"two subjects move together or not at all":          twoSubjects,
		"a claim that was pruned cannot be made again":      pruned,
		"prune does not trust one clock":                    pruneClock,
		"a context that ended commits nothing more":         contexts,
		"a row that cannot be stored denies only itself":    badRow,
		"the outbox keeps until delivered":                  outbox,
		"hits":                                              hits,
		"links end":                                         links,
		"links are revoked":                                 revoked,
		"what is old is dropped":                            aged,
		"asked is replaced":                                 asked,
		"pending is replaced":                               pending,
		"matters are selected, oldest due first":            matters,
		"a matter is replaced by who knows its state":       matterStates,
		"of many who decide a matter one wins":              matterRace,
		"who decided on what no longer stands decides anew": standing,
		"a decision has one place in the log":               logging,
		"one process writes the log":                        leads,
		"a head is moved by who knows it":                   heads,
		"a receipt is owed until its proof is here":         receipts,
		"halves of exchanges outlive an erasure":            halves,
		"what was said is kept, and erased alone":           exchanges,
		"what decisions refer to is kept as it was":         documents,
		"block and unblock":                                 blocked,
		"two processes write at once":                       twoProcesses,
		"a closed store is unavailable":                     closed,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			t.Cleanup(func() { b.Store.Close() })
			test(t, b.Store, b.Again)
		})
	}
	t.Run("prune takes every claim that ended", func(t *testing.T) {
		b := open(t)
		t.Cleanup(func() { b.Store.Close() })
		pruneMany(t, b.Store, b.Claims)
	})
}

var start = time.Date(2026, 11, 22, 12, 0, 0, 123456000, time.UTC)

var serial atomic.Int64

// unique names something of one test; there is nothing of a child in it.
func unique(prefix string) string { return fmt.Sprintf("%s-%d", prefix, serial.Add(1)) }

// Decision is a commit of a synthetic decision that verifies.
func Decision(kind string) ledger.Commit { return decision(kind, nil) }

func decision(kind string, records []ledger.DecidedRecord) ledger.Commit {
	var got ledger.Commit
	l := ledger.New(catch{got: &got}, func() time.Time { return start })
	_, err := l.Record(context.Background(), []byte(`{"status":"answered"}`), ledger.Decision{
		Kind: kind, Holder: "gov-ua", Requester: "gov-pl", Peer: "gov-pl", Purpose: "RETURN", Outcome: "answered",
		Records: records,
	}, ledger.Commit{Row: ledger.Row{Details: []byte(`{"records":["synthetic-1"]}`)}})
	if err != nil {
		panic(err) // a store that catches everything returns no error
	}
	return got
}

// catch is a store that shows what it is asked to commit.
type catch struct {
	ledger.Store
	got *ledger.Commit
}

func (c catch) Commit(_ context.Context, m ledger.Commit) error {
	m.Row.Content = bytes.Clone(m.Row.Content) // its memory is used again
	*c.got = m
	return nil
}

// Claimed is Decision with a claim.
func Claimed(issuer, jti string, expires time.Time) ledger.Commit {
	c := Decision(ledger.KindAnswered)
	c.Claim = &ledger.Claim{Issuer: issuer, JTI: jti, Expires: expires}
	return c
}

func disclosed(subject string, read int64, groups ...string) ledger.Commit {
	c := Decision(ledger.KindAnswered)
	c.Disclosures = []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: subject, ReadVersion: read, Groups: groups}}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !errors.Is(err, problem.New(code, "")) {
		t.Fatalf("got %v, want problem %q", err, code)
	}
}
