// Package servertest starts real servers for tests: PostgreSQL and redis-server,
// each on a port of its own, in a folder of its own, and ends them with the test
// binary. A program that is not installed fails the test; it never skips it.
package servertest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to answer.
const patience = 30 * time.Second

// Main runs the tests and then ends the servers that they started. It is called
// from TestMain: os.Exit(servertest.Main(m)).
func Main(m *testing.M) int {
	defer shared.stop()
	return m.Run()
}

// shared is what the tests of one binary have in common; a server starts once.
var shared servers

type servers struct {
	mu       sync.Mutex
	postgres *postgres
	cleanups []func()
}

func (s *servers) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, end := range s.cleanups {
		end()
	}
	s.cleanups, s.postgres = nil, nil
}

// program finds a program on the path or in one of the folders (patterns), and
// fails the test with the line that installs it.
func program(t testing.TB, name, debianPackage string, folders ...string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, folder := range folders {
		if found, _ := filepath.Glob(filepath.Join(folder, name)); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	t.Fatalf("%s is needed by this test and not installed; on Debian: apt-get install -y %s", name, debianPackage)
	return ""
}

// freePort is one that nobody listened on a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// process is a server that dies with the test binary, even with a killed one.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// start runs a command from a thread that lives as long as the process: Linux
// ends a child when the thread that started it goes (Pdeathsig).
func start(cmd *exec.Cmd) (*process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is for who ended it to know
			close(p.done)
		}
	}()
	return p, <-started
}

func (p *process) signal(s os.Signal) {
	_ = p.cmd.Process.Signal(s) // it may be gone already
	<-p.done
}

// eventually waits until the server answers, it ended, or patience is over.
func (p *process) eventually(ready func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended: %w", filepath.Base(p.cmd.Path), err)
		default:
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}
