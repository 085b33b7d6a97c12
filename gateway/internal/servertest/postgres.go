package servertest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresServer is a cluster; every database in it is of one test.
type PostgresServer struct {
	postgres
	t testing.TB
}

type postgres struct {
	dir, bin string
	port     int
	options  []string
	as       *syscall.Credential
	process  *process
	log      bytes.Buffer
}

var databases atomic.Int64

// Postgres returns the connection string of a new, empty database on a server
// that the tests of one binary share; it goes with its test. TestMain must call Main.
func Postgres(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.postgres == nil {
		p := newPostgres(t)
		shared.cleanups = append(shared.cleanups, p.end)
		p.start(t)
		shared.postgres = p
	}
	return shared.postgres.database(t)
}

// NewPostgres starts a server of the test's own, to be killed or set up
// differently: options are lines of its configuration, e.g. "fsync=off".
func NewPostgres(t testing.TB, options ...string) *PostgresServer {
	t.Helper()
	s := &PostgresServer{postgres: *newPostgres(t, options...), t: t}
	t.Cleanup(s.end)
	s.Start()
	return s
}

// Database returns the connection string of a new, empty database.
func (s *PostgresServer) Database() string { s.t.Helper(); return s.database(s.t) }

// Start starts the server, or starts it again on the same files and port.
func (s *PostgresServer) Start() { s.t.Helper(); s.start(s.t) }

// Kill ends the server and all its processes at once, as a crash would.
func (s *PostgresServer) Kill() { s.process.signal(syscall.SIGQUIT) }

func newPostgres(t testing.TB, options ...string) *postgres {
	t.Helper()
	initdb := program(t, "initdb", "postgresql", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
	dir, err := os.MkdirTemp("", "homeward-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	p := &postgres{dir: dir, bin: filepath.Dir(initdb), port: freePort(t), options: options}
	if err := p.unprivileged(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(initdb, "-D", p.data(), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Credential: p.as}
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	return p
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

// unprivileged makes root lend the folder to somebody else: PostgreSQL refuses to run as root.
func (p *postgres) unprivileged() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return fmt.Errorf("PostgreSQL needs a user other than root: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(p.dir, int(uid), int(gid))
}

func (p *postgres) start(t testing.TB) {
	t.Helper()
	args := []string{"-D", p.data(), "-p", strconv.Itoa(p.port), "-h", "127.0.0.1", "-k", ""}
	for _, o := range p.options {
		args = append(args, "-c", o)
	}
	cmd := exec.Command(filepath.Join(p.bin, "postgres"), args...)
	p.log.Reset()
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = p.dir, &p.log, &syscall.SysProcAttr{Credential: p.as}
	var err error
	if p.process, err = start(cmd); err != nil {
		t.Fatal(err)
	}
	if err := p.process.eventually(func() error { return p.run("SELECT 1") }); err != nil {
		p.end() // the log is complete only after the process
		t.Fatalf("postgres does not answer: %v\n%s", err, p.log.String())
	}
}

func (p *postgres) end() {
	if p.process != nil {
		p.process.signal(syscall.SIGQUIT)
	}
	os.RemoveAll(p.dir)
}

func (p *postgres) dsn(database string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=postgres dbname=%s sslmode=disable", p.port, database)
}

func (p *postgres) run(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, p.dsn("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

func (p *postgres) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := p.run("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // eight megabytes each, of which a long run makes hundreds
		_ = p.run("DROP DATABASE " + name + " WITH (FORCE)") // a server that is gone has none
	})
	return p.dsn(name)
}

// Run runs one of PostgreSQL's programs for clients, e.g. pg_dump.
func (s *PostgresServer) Run(name string, args ...string) {
	s.t.Helper()
	path := program(s.t, name, "postgresql-client", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
