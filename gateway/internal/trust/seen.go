package trust

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"homeward.example/gateway/internal/problem"
)

// seen is the newest registry that this gateway had in force, on disk: after a
// restart an older file that is still signed and unexpired must not bring back
// keys and participants that were removed since.
type seen struct{ path string }

// check refuses a registry that is older than the newest one seen, or another of
// the same version.
func (s seen) check(r Registry, digest [32]byte) error {
	if s.path == "" {
		return nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return problem.Wrap(CodeInvalid, s.path, err)
	}
	var newest int64
	var known string
	if _, err := fmt.Sscanf(string(text), "%d %64s\n", &newest, &known); err != nil {
		return problem.Mismatch(CodeInvalid, s.path, "the version and digest of the newest registry seen", "something else")
	}
	if r.Version < newest || (r.Version == newest && known != hex.EncodeToString(digest[:])) {
		return problem.Mismatch(CodeOlder, "registry version", "more than "+version(newest)+", which was in force here before", version(r.Version))
	}
	return nil
}

// note remembers a registry before it comes into force.
func (s seen) note(r Registry, digest [32]byte) error {
	if s.path == "" {
		return nil
	}
	part := s.path + ".part"
	text := fmt.Sprintf("%d %s\n", r.Version, hex.EncodeToString(digest[:]))
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		return problem.Wrap(problem.CodeUnavailable, s.path, err)
	}
	if err := os.Rename(part, s.path); err != nil {
		return problem.Wrap(problem.CodeUnavailable, s.path, err)
	}
	return nil
}
