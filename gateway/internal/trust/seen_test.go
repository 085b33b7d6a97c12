package trust

import (
	"crypto/sha256"
	"errors"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"homeward.example/gateway/internal/problem"
)

// fixed is a source of one registry.
type fixed struct {
	r    Registry
	salt string
}

func (f fixed) Load(time.Time) (Registry, [32]byte, error) {
	return f.r, sha256.Sum256([]byte(f.salt + strconv.FormatInt(f.r.Version, 10))), nil
}

// After a restart an older registry, or another of the same version, is refused.
func TestNoRollbackOverARestart(t *testing.T) {
	t.Parallel()
	seen := filepath.Join(t.TempDir(), "registry.seen")
	open := func(version int64, salt string) error {
		r := registry()
		r.Version = version
		_, err := Open(Options{Source: fixed{r, salt}, Seen: seen})
		return err
	}
	for _, c := range []struct {
		version int64
		salt    string
		refused bool
	}{{5, "", false}, {5, "", false}, {4, "", true}, {5, "another", true}, {6, "", false}, {5, "", true}} {
		err := open(c.version, c.salt)
		if refused := errors.Is(err, problem.New(CodeOlder, "")); refused != c.refused || (err != nil) != c.refused {
			t.Errorf("version %d %s: %v", c.version, c.salt, err)
		}
	}
}
