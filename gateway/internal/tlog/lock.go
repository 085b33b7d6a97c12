package tlog

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"homeward.example/gateway/internal/problem"
)

// Idle is nil if no process writes the log, CodeLocked otherwise.
func (l *Reader) Idle() error {
	unlock, err := lock(l.lockFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return unlock()
}

func (l *Reader) lockFile() string { return filepath.Join(l.o.Dir, "writer.lock") }

// lock takes the file for this process until the function that it returns is
// called, or the process ends. It does not wait: a second writer is a mistake.
func lock(name string) (unlock func() error, err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, problem.Wrap(problem.CodeUnavailable, "transparency log", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, problem.Wrap(CodeLocked, name, errors.Join(err, f.Close()))
	}
	return f.Close, nil
}
