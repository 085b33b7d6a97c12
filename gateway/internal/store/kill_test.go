package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/store/storetest"
)

// The test binary runs itself as the process to be killed.
const (
	childDriver = "HOMEWARD_STORE_TEST_DRIVER"
	childDSN    = "HOMEWARD_STORE_TEST_DSN"
	childStep   = "HOMEWARD_STORE_TEST_STEP"
)

// TestKilled ends a process with SIGKILL between any two parts of a transaction:
// what it was told is stored is there, whole, and nothing is there by halves.
func TestKilled(t *testing.T) {
	t.Parallel()
	for driver, dsn := range map[string]func(t *testing.T) string{
		store.SQLite:   func(t *testing.T) string { return filepath.Join(t.TempDir(), "homeward.db") },
		store.Postgres: func(t *testing.T) string { return servertest.Postgres(t) },
	} {
		for _, step := range []string{"begun", "checked", "claimed", "decided", "written", "committed"} {
			t.Run(driver+"/"+step, func(t *testing.T) {
				t.Parallel()
				o := store.Options{Driver: driver, DSN: dsn(t)}
				acknowledged := runUntilKilled(t, o, step)
				s := open(t, o)
				defer s.Close()
				wantWhole(t, s, acknowledged)
			})
		}
	}
}

func runUntilKilled(t *testing.T, o store.Options, step string) []string {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDriver+"="+o.Driver, childDSN+"="+o.DSN, childStep+"="+step)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "stored "); ok && len(id) == 36 {
			acknowledged = append(acknowledged, id)
		}
	}
	err = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed: %v", err)
	}
	if len(acknowledged) == 0 {
		t.Fatal("the child stored nothing before it was killed")
	}
	return acknowledged
}

// commitUntilKilled is the child.
func commitUntilKilled(o store.Options, step string) {
	s, err := store.Open(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var seen atomic.Int64
	store.OnStep(s, func(at string) {
		if at == step && seen.Add(1) > 20 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				c := full(fmt.Sprintf("%d-%d", n, i))
				if err := s.Commit(context.Background(), c); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				fmt.Printf("stored %s\n", c.Row.ID)
			}
		})
	}
	all.Wait()
}

// full is a synthetic commit with one row of everything.
func full(name string) ledger.Commit {
	c := storetest.Claimed("gov-pl", name, time.Now().Add(time.Minute))
	c.Disclosures = []ledger.DisclosureUpdate{{Requester: "gov-pl", Subject: name, Groups: []string{"id_min/original"}}}
	c.Outbox = []ledger.OutboxItem{{ID: name, Kind: "notice", Payload: []byte("{}"), Due: time.Now()}}
	c.Hits = []ledger.Hit{{ID: name, At: time.Now()}}
	c.Asked = []ledger.Asked{{QueryID: name, Holder: "gov-ua", At: time.Now()}}
	c.Pending = &ledger.Pending{Issuer: "gov-pl", JTI: name, Asked: time.Now(), Until: time.Now()}
	return c
}

// wantWhole: every acknowledged decision verifies, and each has all its parts.
func wantWhole(t *testing.T, s ledger.Store, acknowledged []string) {
	t.Helper()
	for _, id := range acknowledged {
		row, err := s.Decision(context.Background(), id)
		if err != nil {
			t.Fatalf("an acknowledged decision is lost: %v", err)
		}
		if err := ledger.Verify(row); err != nil {
			t.Error(err)
		}
	}
	decisions := count(t, s, "decisions")
	for _, table := range []string{"claims", "disclosed", "outbox", "hits", "asked", "pending"} {
		if n := count(t, s, table); n != decisions {
			t.Errorf("%d rows in %s for %d decisions", n, table, decisions)
		}
	}
}

// TestPostgresCrash ends the server under load and starts it again: what was
// acknowledged is there, what was not was denied, and the store recovers by itself.
func TestPostgresCrash(t *testing.T) {
	t.Parallel()
	server := servertest.NewPostgres(t)
	s := open(t, store.Options{Driver: store.Postgres, DSN: server.Database()})
	defer s.Close()
	ctx := context.Background()
	var mu sync.Mutex
	var acknowledged []string
	var denied atomic.Int64
	stop := make(chan struct{})
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				c := full(fmt.Sprintf("%d-%d", n, i))
				if err := s.Commit(ctx, c); err != nil {
					denied.Add(1)
					time.Sleep(10 * time.Millisecond)
					continue
				}
				mu.Lock()
				acknowledged = append(acknowledged, c.Row.ID)
				mu.Unlock()
			}
		})
	}
	stored := func() int { mu.Lock(); defer mu.Unlock(); return len(acknowledged) }
	waitFor(t, "commits", func() bool { return stored() > 50 })
	server.Kill()
	waitFor(t, "denials", func() bool { return denied.Load() > 0 })
	server.Start()
	before := stored()
	waitFor(t, "commits after the crash", func() bool { return stored() > before+50 })
	close(stop)
	all.Wait()
	wantWhole(t, s, acknowledged)
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s within a minute", what)
		}
	}
}
