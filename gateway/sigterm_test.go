package gateway_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway"
	"homeward.example/gateway/cli"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
)

// serveConfig (not HOMEWARD_, which is configuration) makes this test binary be `homeward serve` with that configuration.
const serveConfig = "TEST_SERVE_HOMEWARD"

func serveAsMain(config string) int {
	return cli.Main([]string{"serve", "--config", config}, map[string]adapters.Open{"file": file.Open}, os.Stdin, os.Stdout, os.Stderr)
}

// A process that gets SIGTERM under load answers all that it was asked, and ends with 0.
func TestSIGTERMUnderLoad(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	f.Release()
	m := f.Member(demo.Origin)
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), serveConfig+"="+m.Config)
	var said safeBuffer
	process.Stdout, process.Stderr = &said, &said
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(said.String())
		}
	})
	ok(t, process.Start())
	ua := &node{Member: m, f: f}
	eventually(t, "the process is ready", patience, func() bool { code, _ := ua.ready(); return code == http.StatusOK })

	const clients = 12
	replies := make(chan response, clients)
	for range clients {
		pl, query := f.peer(ua, demo.Requester), f.sealed(f.question(time.Now(), nil))
		go func() { replies <- pl.rest("query", query) }()
	}
	// What the process has taken it owes an answer; it keeps it back until the tick.
	eventually(t, "the process has all requests", patience, func() bool {
		return strings.Contains(metrics(t, m.Ops), fmt.Sprintf(`homeward_step_seconds_count{step="verified"} %d`, clients))
	})
	ok(t, process.Process.Signal(syscall.SIGTERM))
	if err := process.Wait(); err != nil {
		t.Fatalf("it ended with %v", err)
	}
	config, err := gateway.Load(m.Config, nil, nil)
	ok(t, err)
	again, err := gateway.New(t.Context(), config, gateway.Deps{Adapters: map[string]adapters.Open{"file": file.Open}})
	ok(t, err)
	defer again.Close()
	for range clients {
		r := <-replies
		if !r.accepted() {
			t.Errorf("a request in work was not answered: %v %s", r.err, r.said)
			continue
		}
		a := f.opened(r.body)
		if _, err := again.Store().Decision(t.Context(), a.Decision); err != nil || a.Status != envelope.StatusAnswered {
			t.Errorf("%s, and its record: %v", a.Status, err)
		}
	}
}
