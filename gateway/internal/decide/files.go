package decide

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"homeward.example/gateway/internal/problem"
)

// archives are those of a folder, or the path itself: an archive, or a folder of rules.
func archives(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	inside, err := filepath.Glob(filepath.Join(path, "*.tar.gz"))
	if err != nil || len(inside) > 0 {
		return inside, err
	}
	return []string{path}, nil
}

// CodeOlder refuses a bundle or an overlay that is older than one that was in force here.
const CodeOlder problem.Code = "policy_older"

// seen is a file that remembers the newest version that was in force: after a
// restart, and whoever signs for it, an older policy does not come back.
type seen struct{ path string }

func (s seen) check(b Bundle) error {
	newest, err := s.read()
	if err == nil && newest != "" && versionLess(b.Version, newest) {
		err = problem.Mismatch(CodeOlder, "version of "+b.Root, newest+" or newer, which was in force here before", b.Version)
	}
	return err
}

func (s seen) read() (version string, err error) {
	if s.path == "" {
		return "", nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	var digest string
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%s %s\n", &version, &digest)
	}
	if err == nil && !versionPattern.MatchString(version) {
		err = errors.New("no version")
	}
	if err != nil {
		return "", problem.Wrap(CodeBundle, s.path, err)
	}
	return version, nil
}

// note remembers a bundle before it comes into force.
func (s seen) note(b Bundle) error {
	newest, err := s.read()
	if err != nil || s.path == "" || newest == b.Version {
		return err
	}
	part := s.path + ".part"
	if err := os.WriteFile(part, []byte(b.Version+" "+b.Digest+"\n"), 0o600); err != nil {
		return problem.Wrap(problem.CodeUnavailable, s.path, err)
	}
	if err := os.Rename(part, s.path); err != nil {
		return problem.Wrap(problem.CodeUnavailable, s.path, err)
	}
	return nil
}
