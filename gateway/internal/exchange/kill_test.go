package exchange_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/servertest"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/trust"
)

// A process that does one thing and is killed on the way. The variables say what
// (a trial), where its stores are, and after which step, or after how long, kill -9
// comes.
const (
	killDir   = "HOMEWARD_TEST_KILL_DIR"
	killWhat  = "HOMEWARD_TEST_KILL_WHAT"
	killStore = "HOMEWARD_TEST_KILL_STORE" // PostgreSQL of who is on trial; SQLite if empty
	killStep  = "HOMEWARD_TEST_KILL_STEP"
	killTime  = "HOMEWARD_TEST_KILL_AFTER"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		os.Exit(actAndDie(dir))
	}
	flag.Parse()
	if !soaking() {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	code := servertest.Main(m)
	_ = os.Remove(victimPath())
	os.Exit(code)
}

// kills is how many processes die at random moments: `make soak` runs a thousand,
// a normal run one per cent of them.
func kills() int {
	if os.Getenv("HOMEWARD_SOAK") != "" {
		return 1000
	}
	return 10
}

// trial is one chain whose process is killed. What leaves the process is left in
// files of its folder.
type trial struct {
	who   string        // whose store is on trial
	steps []string      // where it is killed, beside its commits
	takes time.Duration // about, from its start to its end
	// prepare makes what the process is given, and may change the other process's stores.
	prepare func(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string)
	act     func(f *gatewaytest.Federation, given string) error
	// check looks at what is left, in a new process, and goes on where it ended.
	check func(t *testing.T, f *gatewaytest.Federation, dir, given string)
}

// Each trial is killed after its commit on both databases, and at each of its steps
// on one.
func TestKillBetweenSteps(t *testing.T) {
	t.Parallel()
	for what, on := range trials() {
		for driver, steps := range map[string][]string{
			store.SQLite: append([]string{"committing", "committed"}, on.steps...), store.Postgres: {"committed"},
		} {
			for _, step := range steps {
				t.Run(what+"/"+driver+"/"+step, func(t *testing.T) {
					t.Parallel()
					survive(t, what, driver, killStep+"="+step)
				})
			}
		}
	}
}

// At random moments; every third process comes to its end before it is killed.
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	whats := slices.Sorted(maps.Keys(trials()))
	for n, driver := range []string{store.SQLite, store.Postgres} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			for i := range kills() / 2 {
				what := whats[(i+n)%len(whats)]
				t.Run(fmt.Sprintf("%d-%s", i, what), func(t *testing.T) { // each closes its stores before the next
					survive(t, what, driver, fmt.Sprintf("%s=%dus", killTime, rand.Int64N(trials()[what].takes.Microseconds()*3/2)))
				})
			}
		})
	}
}

// survive lets a process act until it is killed, and then looks at what is left.
func survive(t *testing.T, what, driver, when string) {
	t.Helper()
	on, dir, dsn := trials()[what], t.TempDir(), ""
	if driver == store.Postgres {
		dsn = servertest.Postgres(t)
	}
	o := gatewaytest.Options{Dir: dir, Store: storesOn(dir, on.who, dsn)}
	f, given := on.prepare(t, o)
	must(t, os.WriteFile(filepath.Join(dir, "given"), []byte(given), 0o600))
	for _, m := range f.Members {
		must(t, m.Store.Close())
	}
	program, err := victim()
	must(t, err)
	child := exec.CommandContext(t.Context(), program, "-test.run=^$")
	child.Env = append(os.Environ(), killDir+"="+dir, killWhat+"="+what, killStore+"="+dsn, when)
	switch out, err := child.CombinedOutput(); {
	case err != nil && !killed(err):
		t.Fatalf("%s of %s: %v\n%s", when, what, err, out)
	case err == nil && strings.HasPrefix(when, killStep):
		t.Fatalf("%s of %s: it came to its end, so that nothing was tried", when, what)
	}
	on.check(t, gatewaytest.New(t, o), dir, given)
	if t.Failed() {
		t.Fatalf("killed at %s in %s on %s", when, what, driver)
	}
}

// victim is the program that is killed. It is this one without the race detector, which
// would make some seventy of them five times as long: of what the process did, only what
// it left in its stores and files is looked at, and its chains run under the detector in
// every other test.
var victim = sync.OnceValues(func() (string, error) {
	info, _ := debug.ReadBuildInfo()
	if !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return os.Args[0], nil
	}
	build := exec.Command("go", "test", "-c", "-trimpath", "-ldflags=-s -w", "-o", victimPath(), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as `make build`, so that both compile the libraries once
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return victimPath(), nil
})

func victimPath() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("homeward-killed-%d", os.Getpid()))
}

func storesOn(dir, who, dsn string) func(id string) store.Options {
	return func(id string) store.Options {
		if id == who && dsn != "" {
			return store.Options{Driver: store.Postgres, DSN: dsn}
		}
		return store.Options{Driver: store.SQLite, DSN: filepath.Join(dir, id+".db")}
	}
}

// actAndDie is the other process.
func actAndDie(dir string) int {
	t := &fatal{}
	on := trials()[os.Getenv(killWhat)]
	f := gatewaytest.New(t, gatewaytest.Options{
		Dir: dir, Store: storesOn(dir, on.who, os.Getenv(killStore)),
		Tune: func(id string, d *exchange.Deps) {
			if id != on.who {
				return
			}
			d.Step, d.Store = at, dyingStore{d.Store}
			d.Ledger, d.Sender = ledger.New(d.Store, d.Now), dyingSender{d.Sender, dir}
		},
	})
	given, err := os.ReadFile(filepath.Join(dir, "given"))
	must(t, err)
	if after, err := time.ParseDuration(os.Getenv(killTime)); err == nil {
		time.AfterFunc(after, die)
	}
	must(t, on.act(f, string(given)))
	return 0
}

func at(step string) {
	if step == os.Getenv(killStep) {
		die()
	}
}

// dyingStore stops before and after what must be durable.
type dyingStore struct{ ledger.Store }

func (s dyingStore) Commit(ctx context.Context, c ledger.Commit) error {
	at("committing")
	err := s.Store.Commit(ctx, c)
	at("committed")
	return err
}

func (s dyingStore) Delivered(ctx context.Context, id string) error {
	at("delivering")
	err := s.Store.Delivered(ctx, id)
	at("delivered")
	return err
}

// dyingSender stops before and after a message is sent, and leaves it in a file.
type dyingSender struct {
	exchange.Sender
	dir string
}

func (s dyingSender) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	at("sending")
	if err := leave(s.dir, "sent-"+to.ID, sealed); err != nil {
		return "", err
	}
	reply, err := s.Sender.Send(ctx, to, method, sealed)
	at("replied")
	return reply, err
}

// leave puts what leaves the gateway into a file that is there whole or not at all.
func leave(dir, name, content string) error {
	part := filepath.Join(dir, "part-"+name)
	return errors.Join(os.WriteFile(part, []byte(content), 0o600), os.Rename(part, filepath.Join(dir, name)))
}

// left reads such a file; "" if it is not there.
func left(dir, name string) string {
	b, _ := os.ReadFile(filepath.Join(dir, name))
	return string(b)
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
