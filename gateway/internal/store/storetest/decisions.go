package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func decisions(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	written := Decision(ledger.KindAnswered).Row
	must(t, s.Commit(ctx, ledger.Commit{Row: written}))
	second := again()
	defer second.Close()
	for name, store := range map[string]ledger.Store{"same": s, "another process": second} {
		got, err := store.Decision(ctx, written.ID)
		must(t, err)
		must(t, ledger.Verify(got))
		if got.Seq == 0 {
			t.Errorf("%s: no seq", name)
		}
		got.Seq, got.Facets = written.Seq, written.Facets
		if diff := cmp.Diff(written, got); diff != "" {
			t.Errorf("%s: the row changed:\n%s", name, diff)
		}
	}
	_, err := s.Decision(ctx, "no such id")
	wantCode(t, err, problem.CodeNotFound)
}

// shared: the policy's words come again and again; each row reads back whole,
// also in a process that never saw them, and Verify holds for each.
func shared(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	words := func(n int) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`["%d%s"]`, n, strings.Repeat("x", 2000)))
	}
	written := make(map[string][]byte)
	for i := range 12 {
		c := decision(ledger.KindAnswered, []ledger.DecidedRecord{
			{Subject: fmt.Sprint("a", i), Verdicts: words(i % 3), Input: words(7)},
			{Subject: fmt.Sprint("b", i), Verdicts: words(7), Input: words(100 + i)}, // the last comes once
		})
		if len(c.Row.Shared) != 4 {
			t.Fatalf("%d stretches", len(c.Row.Shared))
		}
		must(t, s.Commit(ctx, c))
		written[c.Row.ID] = c.Row.Content
	}
	second := again()
	defer second.Close()
	for _, store := range []ledger.Store{s, second} {
		rows, err := store.Decisions(ctx, 0, 100)
		must(t, err)
		if len(rows) != len(written) {
			t.Errorf("%d rows", len(rows))
		}
		for _, r := range rows {
			must(t, ledger.Verify(r))
			one, err := store.Decision(ctx, r.ID)
			must(t, err)
			if !bytes.Equal(r.Content, written[r.ID]) || !bytes.Equal(one.Content, written[r.ID]) {
				t.Errorf("row %d is not what was written", r.Seq)
			}
		}
	}
}

func pages(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	var ids []string
	for range 5 {
		c := Decision(ledger.KindAsked)
		must(t, s.Commit(ctx, c))
		ids = append([]string{c.Row.ID}, ids...)
	}
	var got []string
	for before := int64(0); ; {
		page, err := s.Decisions(ctx, before, 2)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			got, before = append(got, r.ID), r.Seq
		}
	}
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Errorf("pages of two, newest first:\n%s", diff)
	}
}

// badRow: a NUL is text to SQLite and none to PostgreSQL; the same id twice is refused by both.
func badRow(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	taken := Decision(ledger.KindAnswered)
	must(t, s.Commit(ctx, taken))
	nul := Decision(ledger.KindAnswered)
	nul.Row.Purpose = "RETURN\x00"
	const good = 40
	errs := make(chan error, good)
	bad := make(chan error, 2)
	for i := range good + 2 {
		go func() {
			switch i {
			case good:
				bad <- s.Commit(ctx, taken)
			case good + 1:
				_ = s.Commit(ctx, nul) // may be stored or not, but must not stand in the way
				bad <- problem.New(problem.CodeUnavailable, "")
			default:
				errs <- s.Commit(ctx, Claimed("gov-pl", fmt.Sprint("jti-", i), start.Add(time.Minute)))
			}
		}()
	}
	for range good {
		must(t, <-errs)
	}
	for range 2 {
		wantCode(t, <-bad, problem.CodeUnavailable)
	}
}

func contexts(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := Decision(ledger.KindAnswered)
	err := s.Commit(ctx, c)
	if err == nil {
		// The committer may take it before the context is looked at; then it is durable.
		_, err = s.Decision(context.Background(), c.Row.ID)
		must(t, err)
	} else {
		wantCode(t, err, problem.CodeUnavailable)
	}
	_, err = s.Decisions(ctx, 0, 1)
	wantCode(t, err, problem.CodeUnavailable)
	_, err = s.Disclosed(ctx, "gov-pl", []string{"subject"})
	wantCode(t, err, problem.CodeUnavailable)
}

func closed(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	must(t, s.Ping(ctx))
	must(t, s.Close())
	must(t, s.Close()) // twice is once
	wantCode(t, s.Commit(ctx, Decision(ledger.KindAnswered)), problem.CodeUnavailable)
	wantCode(t, s.Ping(ctx), problem.CodeUnavailable)
	wantCode(t, s.Block(ctx, "gov-xx", "", start), problem.CodeUnavailable)
	_, err := s.Decisions(ctx, 0, 1)
	wantCode(t, err, problem.CodeUnavailable)
	if strings.Contains(err.Error(), "synthetic") {
		t.Error("an error names a record")
	}
}

// twoProcesses: the command line beside the server, under load.
func twoProcesses(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	second := again()
	defer second.Close()
	stop, ended := make(chan struct{}), make(chan error)
	const load = 8
	for range load {
		go func() {
			for {
				select {
				case <-stop:
					ended <- nil
					return
				default:
				}
				if err := s.Commit(ctx, Decision(ledger.KindAnswered)); err != nil {
					ended <- err
					return
				}
			}
		}()
	}
	for i := range 10 {
		must(t, second.Block(ctx, fmt.Sprint("gov-", i), "test", start))
		must(t, second.Commit(ctx, Decision(ledger.KindLinked)))
	}
	close(stop)
	for range load {
		must(t, <-ended)
	}
	blocked, err := s.Blocked(ctx)
	must(t, err)
	if len(blocked) != 10 {
		t.Errorf("the server sees %d of 10 blocks", len(blocked))
	}
}
