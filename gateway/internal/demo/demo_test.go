package demo_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway/internal/demo"
)

// The whole story on a real federation over loopback: everything that the demo
// claims must hold.
func TestStory(t *testing.T) {
	t.Parallel()
	started := time.Now()
	f, err := demo.Setup(filepath.Join(t.TempDir(), "demo"), started)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	running, err := demo.Start(t.Context(), f, map[string]adapters.Open{"file": file.Open}, log)
	if err != nil {
		t.Fatal(err)
	}
	report, err := running.Story(started).Tell(t.Context(), func(demo.Answer) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range report.Failed {
		t.Error(what)
	}
	if t.Failed() {
		text, _ := json.MarshalIndent(report, "", "  ")
		t.Log(string(text))
	}
	if err := running.Stop(); err != nil {
		t.Error(err)
	}
}

func TestSetupRefusesAFolderThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Setup(dir, time.Now()); err == nil {
		t.Error("set up a demo in somebody's folder")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error("and removed a file from it")
	}
}
