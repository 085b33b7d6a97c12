// Package deploy holds the files that run a gateway as a service, and tests that
// check them with what their own systems offer.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systemd's own check accepts the unit without a word.
func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Fatalf("%v: install it with: apt-get install systemd", err)
	}
	unit, err := os.ReadFile("systemd/homeward.service")
	if err != nil {
		t.Fatal(err)
	}
	// The check wants programs that exist; the binary is not installed here.
	runnable := strings.ReplaceAll(string(unit), "/usr/local/bin/homeward", "/bin/true")
	file := filepath.Join(t.TempDir(), "homeward.service")
	if err := os.WriteFile(file, []byte(runnable), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), analyze, "verify", "--recursive-errors=no", file).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
