package gateway_test

import (
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway/internal/demo"
)

// What the ops listener counts is counted: after the demo's story none of these
// stands at zero.
func TestMetricsAreFed(t *testing.T) {
	t.Parallel()
	started := time.Now()
	f, err := demo.SetupAnywhere(filepath.Join(t.TempDir(), "demo"), started)
	if err != nil {
		t.Fatal(err)
	}
	running, err := demo.Start(t.Context(), f, map[string]adapters.Open{"file": file.Open}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer running.Stop()
	if _, err := running.Story(started).Tell(t.Context(), func(demo.Answer) {}); err != nil {
		t.Fatal(err)
	}
	want := []string{`_messages_total{kind="query"`, `_decisions_total{kind="answered"`, "_commits_total{", `result="miss"`, "_registry_version 1"}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		text := metrics(t, f.Member(demo.Origin).Ops)
		missing := ""
		for _, w := range want {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not counted in\n%s", missing, text)
		}
	}
}

func metrics(t *testing.T, ops string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ops+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true // no idle connection is left behind
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
