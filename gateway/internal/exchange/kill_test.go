package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/servertest"
)

// A process that answers one query and is killed on the way: the variables say
// where its stores are, and after which step, or after how long, kill -9 comes.
const (
	killDir  = "HOMEWARD_TEST_KILL_DIR"
	killStep = "HOMEWARD_TEST_KILL_STEP"
	killTime = "HOMEWARD_TEST_KILL_AFTER"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		os.Exit(answerAndDie(dir))
	}
	os.Exit(servertest.Main(m))
}

// kills is how many processes die at random moments: `make soak` runs a
// thousand, a normal run one per cent of them.
func kills() int {
	if os.Getenv("HOMEWARD_SOAK") != "" {
		return 1000
	}
	return 10
}

// Killed between any two steps of Answer: no answer without its decision, and
// no second answer to one jti.
func TestKillBetweenSteps(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"verified", "fresh", "admitted", "fetched", "released", "recorded", "sealed", "never"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			survive(t, killStep+"="+step)
		})
	}
}

func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	for range kills() {
		survive(t, fmt.Sprintf("%s=%dus", killTime, rand.IntN(20_000)))
	}
}

// survive lets a process answer until it is killed, and then looks at what is left.
func survive(t *testing.T, when string) {
	t.Helper()
	dir := t.TempDir()
	f := gatewaytest.New(t, gatewaytest.Options{Dir: dir})
	query := sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))
	if err := os.WriteFile(filepath.Join(dir, "query"), []byte(query), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, f.Member("gov-ua").Store.Close())
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), killDir+"="+dir, when)
	if out, err := child.CombinedOutput(); err != nil && !killed(err) {
		t.Fatalf("%s: %v\n%s", when, err, out)
	}
	again := gatewaytest.New(t, gatewaytest.Options{Dir: dir})
	first, _ := os.ReadFile(filepath.Join(dir, "answer"))
	if len(first) > 0 {
		recorded(t, again, string(first), when)
	}
	reply, err := again.Member("gov-ua").Answer(t.Context(), "gov-pl", query)
	must(t, err)
	second, err := again.Member("gov-pl").Inspect("gov-ua", reply)
	must(t, err)
	switch rows := answeredRows(t, again); {
	case len(first) > 0 && second.Status == "answered":
		t.Errorf("%s: two answers to one jti", when)
	case rows != 1:
		t.Errorf("%s: %d decisions answered this jti, want 1", when, rows)
	}
}

// recorded says whether the decision behind an answer is on durable storage.
func recorded(t *testing.T, f *gatewaytest.Federation, sealed, when string) {
	t.Helper()
	answer, err := f.Member("gov-pl").Inspect("gov-ua", sealed)
	must(t, err)
	row, err := f.Member("gov-ua").Store.Decision(t.Context(), answer.Decision)
	if err != nil {
		t.Errorf("%s: an answer without its decision: %v", when, err)
		return
	}
	if leaf := ledger.Leaf(row.Salt, row.Content); envelope.Base64(leaf[:]) != answer.Leaf {
		t.Errorf("%s: the stored decision is not the one that was promised", when)
	}
}

func answeredRows(t *testing.T, f *gatewaytest.Federation) (n int) {
	t.Helper()
	rows, err := f.Member("gov-ua").Store.Decisions(t.Context(), 0, 50)
	must(t, err)
	for _, r := range rows {
		if r.Kind == ledger.KindAnswered && strings.Contains(string(r.Content), `"outcome":"answered"`) {
			n++
		}
	}
	return n
}

// answerAndDie is the other process.
func answerAndDie(dir string) int {
	t := &fatal{}
	f := gatewaytest.New(t, gatewaytest.Options{Dir: dir, Tune: func(id string, d *exchange.Deps) {
		if id == "gov-ua" {
			d.Step = func(step string) {
				if step == os.Getenv(killStep) {
					die()
				}
			}
		}
	}})
	query, err := os.ReadFile(filepath.Join(dir, "query"))
	if err != nil {
		t.Fatal(err)
	}
	if after, err := time.ParseDuration(os.Getenv(killTime)); err == nil {
		time.AfterFunc(after, die)
	}
	reply, err := f.Member("gov-ua").Answer(context.Background(), "gov-pl", string(query))
	if err != nil {
		t.Fatal(err)
	}
	// What is written here has left the gateway.
	part := filepath.Join(dir, "part")
	if err := errors.Join(os.WriteFile(part, []byte(reply), 0o600), os.Rename(part, filepath.Join(dir, "answer"))); err != nil {
		t.Fatal(err)
	}
	return 0
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func killed(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signal() == syscall.SIGKILL
}

// fatal is a testing.TB outside of a test: it ends the process.
type fatal struct{ testing.TB }

func (*fatal) Helper()        {}
func (*fatal) Cleanup(func()) {}

func (*fatal) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
