package envelope

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// shared reads a file of the test data that is kept beside the repository, in
// $HOMEWARD_SHARED or ../shared: vectors of others that are not ours to commit.
// Where the folder is missing the test ends and says so, but fails in CI.
func shared(t *testing.T, path string, into any) bool {
	t.Helper()
	dir := os.Getenv("HOMEWARD_SHARED")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "jose", path))
	if os.IsNotExist(err) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing: set HOMEWARD_SHARED to the folder of shared test data", path)
		}
		t.Logf("%s is not here: set HOMEWARD_SHARED to run these vectors; our own vectors run always", path)
		return false
	}
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	t.Fatal("no go.mod above the test")
	return ""
}
