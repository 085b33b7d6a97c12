package tlog

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"

	"homeward.example/gateway/internal/problem"
)

// keyed remembers by which key the log is padded. With another, what is padding would
// look like decisions that the store has lost.
func (l *Log) keyed() error {
	err := l.CheckPadKey()
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return replaceFile(l.padKeyFile(), l.padKeyMark())
	}
	return err
}

// CheckPadKey says whether the log is padded with the key of the options: CodePadKey
// if not, CodeNotFound if no writer opened it yet.
func (l *Reader) CheckPadKey() error {
	have, err := os.ReadFile(l.padKeyFile())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return problem.New(problem.CodeNotFound, "mark of the key of padding")
	case err != nil:
		return problem.Wrap(problem.CodeUnavailable, "transparency log", err)
	case !hmac.Equal(have, l.padKeyMark()):
		return problem.New(CodePadKey, "keys.secret")
	}
	return nil
}

func (l *Reader) padKeyFile() string { return filepath.Join(l.o.Dir, "padkey") }

// padKeyMark is known again by who has the key, and tells it to nobody.
func (l *Reader) padKeyMark() []byte {
	mac := hmac.New(sha256.New, l.o.PadKey)
	mac.Write([]byte("homeward pad key"))
	return []byte(encode(mac.Sum(nil)) + "\n")
}
