package servertest

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// RedisServer is a redis-server without persistence, of one test.
type RedisServer struct {
	Addr string // "127.0.0.1:port"

	t       testing.TB
	path    string
	args    []string
	process *process
}

// Redis starts a redis-server that ends with the test. Further arguments are its
// own, e.g. "--maxmemory", "1mb".
func Redis(t testing.TB, args ...string) *RedisServer {
	t.Helper()
	port := freePort(t)
	r := &RedisServer{
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), t: t,
		path: program(t, "redis-server", "redis-server"),
		args: append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}, args...),
	}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// Start starts it, or starts it anew on the same port, empty, after Kill.
func (r *RedisServer) Start() {
	r.t.Helper()
	p, err := start(exec.Command(r.path, r.args...))
	if err != nil {
		r.t.Fatal(err)
	}
	r.process = p
	if err := p.eventually(r.ping); err != nil {
		r.t.Fatalf("redis-server does not answer: %v", err)
	}
}

// Kill ends it as a crash would. It may be called twice.
func (r *RedisServer) Kill() { r.process.signal(syscall.SIGKILL) }

// Freeze stops it without closing its connections: a server that is there and
// does not answer. Thaw lets it go on.
func (r *RedisServer) Freeze() { _ = r.process.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (r *RedisServer) Thaw() { _ = r.process.cmd.Process.Signal(syscall.SIGCONT) }

func (r *RedisServer) ping() error {
	c, err := net.DialTimeout("tcp", r.Addr, time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return err
	}
	if line != "+PONG\r\n" {
		return fmt.Errorf("redis-server said %q", line)
	}
	return nil
}
