package audit_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// killFolder makes the test binary the process that is killed.
const killFolder = "HOMEWARD_AUDIT_TEST_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killFolder); dir != "" {
		recordUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// recordUntilKilled is a gateway's ledger under load: eight clients record, and the
// log is written all the while.
func recordUntilKilled(dir string) {
	h := &house{t: quiet{}, dir: dir}
	h.o = options(dir)
	h.open()
	h.seq.Interval = 15 * time.Millisecond
	go h.seq.Run(context.Background())
	l := ledger.New(h.s, time.Now)
	var all sync.WaitGroup
	for client := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				jti := fmt.Sprintf("%d-%d-%d", os.Getpid(), client, i)
				r, err := l.Record(context.Background(), []byte("{}"), ledger.Decision{
					Kind: ledger.KindAnswered, Requester: "gov-pl", Peer: "gov-pl", Outcome: "answered", QueryID: jti,
					Records: []ledger.DecidedRecord{{Subject: fmt.Sprint("child-", i%5), Version: "v"}},
				}, claimed(jti))
				if err == nil {
					fmt.Printf("recorded %s %s\n", r.ID(), jti) // one write: whole, or not there
				}
			}
		})
	}
	all.Wait()
}

func claimed(jti string) ledger.Commit {
	return ledger.Commit{Claim: &ledger.Claim{Issuer: "gov-pl", JTI: jti, Expires: time.Now().Add(time.Hour)}}
}

// quiet is a testing.TB of a process that is no test.
type quiet struct{ testing.TB }

func (quiet) Helper()        {}
func (quiet) Cleanup(func()) {}
func (quiet) Fatal(a ...any) { fmt.Fprintln(os.Stderr, a...); os.Exit(1) }

// TestKill ends the process at random moments under load. Each time: nothing that was
// acknowledged is missing, nothing is twice, and the store and the log agree.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := 10
	if os.Getenv("HOMEWARD_SOAK") != "" {
		kills = 1000
	}
	const each = 10 // kills of one ledger, one after the other
	total, last := 0, 0
	for done := 0; done < kills; done += each {
		h := &house{t: t, dir: t.TempDir()}
		h.o = options(h.dir)
		acknowledged := make(map[string]string)
		for range each {
			runAndKill(t, h.dir, acknowledged)
			last = h.afterKill(acknowledged)
		}
		total += len(acknowledged)
		_ = os.RemoveAll(h.dir)
	}
	t.Logf("%d kills, %d decisions acknowledged and none lost; %d in the last ledger", kills, total, last)
}

func runAndKill(t *testing.T, dir string, acknowledged map[string]string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killFolder+"="+dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	first := true
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if first {
			first = false
			time.AfterFunc(time.Duration(rand.IntN(150_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
		if id, jti, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "recorded "), " "); ok && len(id) == 36 {
			acknowledged[id] = jti
		}
	}
	_ = cmd.Wait() // killed
	if first {
		t.Fatal("the child recorded nothing")
	}
}

// afterKill starts the ledger again, publishes, and checks everything. It returns how
// many decisions there are.
func (h *house) afterKill(acknowledged map[string]string) int {
	h.t.Helper()
	h.open()
	defer h.close()
	ctx, cancel := context.WithCancel(context.Background())
	h.seq.Report = func(_ int, err error) {
		if err != nil {
			h.t.Error(err)
		}
		cancel()
	}
	h.seq.Run(ctx) // one round, as a gateway that starts does it
	r := h.check()
	if len(r.Faults) > 0 || r.Waiting > 0 {
		h.t.Fatalf("%d decisions wait; faults %+v", r.Waiting, r.Faults)
	}
	for id, jti := range acknowledged {
		if _, err := h.s.Decision(context.Background(), id); err != nil {
			h.t.Fatalf("what was acknowledged is missing: %v", err)
		}
		if rand.IntN(20) > 0 {
			continue // a replay costs a commit
		}
		err := h.s.Commit(context.Background(), ledger.Commit{Row: ledger.Row{ID: "again-" + id, Content: []byte{}, Salt: []byte{}, Leaf: []byte{}}, Claim: claimed(jti).Claim})
		if problem.Of(err) == nil || problem.Of(err).Code != ledger.CodeReplayed {
			h.t.Fatalf("%s a second time: %v", jti, err)
		}
	}
	if r.Decisions < len(acknowledged) {
		h.t.Errorf("%d decisions, %d acknowledged", r.Decisions, len(acknowledged))
	}
	return r.Decisions
}
