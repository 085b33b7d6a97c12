package matchbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoPostgres says that PostgreSQL is not installed, and what to do.
var ErrNoPostgres = errors.New("PostgreSQL with pg_trgm is not installed here, and the baseline needs it: " +
	"on Debian apt-get install -y postgresql, or ask for the other baseline alone with --baseline jw")

// scratch is a PostgreSQL server of the benchmark's own, on a free port of the
// loopback, in a folder that goes with it.
type scratch struct {
	dir  string
	cmd  *exec.Cmd
	log  bytes.Buffer
	dsn  string
	done chan struct{} // closed when it has ended
}

// patience is how long the server may take to answer.
const patience = 30 * time.Second

// startScratch takes the programs of a folder; if it is "", it looks for one.
func startScratch(ctx context.Context, bin string) (*scratch, error) {
	bin, err := postgresPrograms(bin)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "homeward-matchbench-")
	if err != nil {
		return nil, err
	}
	s := &scratch{dir: dir, done: make(chan struct{})}
	if err := s.start(ctx, bin); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// postgresPrograms is the folder of initdb and postgres.
func postgresPrograms(bin string) (string, error) {
	if bin != "" {
		if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
			return "", fmt.Errorf("%w (%w)", ErrNoPostgres, err)
		}
		return bin, nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/local/pgsql/bin/initdb"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 { // the pattern is well formed
			return filepath.Dir(found[len(found)-1]), nil
		}
	}
	return "", ErrNoPostgres
}

func (s *scratch) start(ctx context.Context, bin string) error {
	as, err := s.unprivileged()
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync") //nolint:gosec // the programs that the caller names
	initdb.Dir, initdb.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: as}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s, which the server's own user must reach (TMPDIR): %w\n%s", s.dir, err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return err
	}
	s.dsn = fmt.Sprintf("host=127.0.0.1 port=%d user=postgres dbname=postgres sslmode=disable", port)
	args := []string{"-D", data, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", ""}
	for _, o := range serverOptions {
		args = append(args, "-c", o)
	}
	s.cmd = exec.CommandContext(ctx, filepath.Join(bin, "postgres"), args...) //nolint:gosec // the programs that the caller names
	s.cmd.Dir, s.cmd.Stderr = s.dir, &s.log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGQUIT) }
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.launch(); err != nil {
		return err
	}
	return s.wait(ctx)
}

// launch keeps the thread that started the server for as long as it runs: Linux
// ends the server when that thread goes, which is how it dies with a killed benchmark.
func (s *scratch) launch() error {
	cmd, started := s.cmd, make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err != nil {
			s.cmd = nil
		}
		started <- err
		if err == nil {
			_ = cmd.Wait() // why it ended stands in its log
			close(s.done)
		}
	}()
	return <-started
}

// serverOptions let it use memory and spare it the disk: nothing here is kept.
var serverOptions = []string{
	"shared_buffers=1GB", "work_mem=64MB", "maintenance_work_mem=512MB", "max_wal_size=8GB", "fsync=off",
	"synchronous_commit=off", "full_page_writes=off", "jit=off", "autovacuum=off", "max_parallel_workers_per_gather=0",
}

// unprivileged makes root lend the folder to somebody else: PostgreSQL refuses to run as root.
func (s *scratch) unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("PostgreSQL needs a user other than root: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(s.dir, int(uid), int(gid))
}

// wait until the server answers or has ended.
func (s *scratch) wait(ctx context.Context) error {
	for deadline := time.Now().Add(patience); ; {
		c, err := pgx.Connect(ctx, s.dsn)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-s.done:
			return fmt.Errorf("postgres ended: %s", s.log.String())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// Close ends the server and removes its folder.
func (s *scratch) Close() error {
	if s.cmd != nil {
		if err := s.cmd.Process.Signal(syscall.SIGQUIT); err == nil {
			<-s.done
		}
	}
	return os.RemoveAll(s.dir)
}
