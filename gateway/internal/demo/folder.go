package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// marker says that a folder was made by a demo and may be replaced by one.
const marker = "SYNTHETIC-DEMO.txt"

// clear makes an empty folder and locks it until the file is closed.
func clear(dir string) (lock *os.File, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case os.IsNotExist(err) || (err == nil && len(entries) == 0):
	case err != nil:
		return nil, err
	default:
		made, err := os.Open(filepath.Join(dir, marker))
		if err != nil {
			return nil, fmt.Errorf("%s is not empty and no demo made it: choose another folder with --dir", dir)
		}
		defer made.Close()
		if syscall.Flock(int(made.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			return nil, fmt.Errorf("%s: %w", dir, ErrBusy)
		}
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err = os.OpenFile(filepath.Join(dir, marker), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := lock.WriteString("A demo of Homeward wrote this folder. No child in it is real.\n"); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// ErrBusy says that another demo is running in the folder.
var ErrBusy = errors.New("a demo is running there: end it, or choose another folder with --dir")

// Unlock lets another demo have the folder.
func (f *Federation) Unlock() { _ = f.lock.Close() }
