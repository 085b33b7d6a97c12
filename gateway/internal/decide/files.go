package decide

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// find is the bundle that the registry names: the embedded one, the one in force,
// or one of the files. A file that is broken is of no account unless it is needed.
func (a *Activator) find(named Named) (b Bundle, err error) {
	switch {
	case named.Digest == "" || named.Digest == a.embedded.Digest:
		b = a.embedded
	case named.Digest == a.bundle.Digest:
		b = a.bundle
	default:
		b, err = a.search(named.Digest)
	}
	if err == nil && named.Version != "" && b.Version != named.Version {
		err = problem.Mismatch(CodeBundle, "version of bundle "+b.Digest, named.Version, b.Version)
	}
	if err == nil {
		err = a.seen("policy.seen").check(b)
	}
	return b, err
}

// search looks through the files for a digest.
func (a *Activator) search(digest string) (Bundle, error) {
	paths, err := archives(a.o.Bundles)
	if err != nil {
		return Bundle{}, err
	}
	var found []string
	for _, path := range paths {
		b, err := LoadFile(path, RootCoalition)
		switch {
		case err != nil:
			found = append(found, path+": "+err.Error())
		case b.Digest == digest:
			return b, nil
		default:
			found = append(found, path+": "+b.Digest)
		}
	}
	if found == nil {
		found = []string{"none"}
	}
	return Bundle{}, problem.Mismatch(CodeBundle, "bundle that the registry names", digest, strings.Join(found, "; "))
}

// readOverlay reads this holder's overlay, whose signature must hold now: it ends,
// and a key may be revoked. No root if there is none.
func (a *Activator) readOverlay() (Bundle, error) {
	if a.o.Overlay == "" {
		return Bundle{}, nil
	}
	b, err := LoadFile(a.o.Overlay, RootOverlay)
	if err != nil {
		return Bundle{}, err
	}
	if err := b.verifySignature(a.o.Holder, a.o.Keys, a.o.Engine.Now()); err != nil {
		return Bundle{}, problem.Wrap(CodeBundle, "signature of overlay "+b.Version, err)
	}
	return b, a.seen("overlay.seen").check(b)
}

func (a *Activator) seen(name string) seen {
	if a.o.Seen == "" {
		return seen{}
	}
	return seen{filepath.Join(a.o.Seen, name)}
}

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
