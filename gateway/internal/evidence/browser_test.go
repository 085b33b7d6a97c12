package evidence_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/evidence/verify"
)

// browser is chromium by one of its names. That there is none is a failure, as it is
// of a redis-server: `make deps` installs it.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no chromium: run `make deps`")
	return ""
}

// opened: a browser without a network shows who asked whom, each verdict with its
// value and rule, and the hashes of the files.
func opened(t *testing.T, w *world) {
	path, dir := browser(t), t.TempDir()
	c, container, err := verify.Read(w.export(w.decision, "name.family"))
	if err != nil {
		t.Fatal(err)
	}
	html, ok := container.Get("summary.html")
	if !ok {
		t.Fatal("no summary")
	}
	page := filepath.Join(dir, "summary.html")
	if err := os.WriteFile(page, html, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--proxy-server=127.0.0.1:1", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+filepath.Join(dir, "profile"), "--dump-dom", "file://"+page)
	cmd.Env = append(cmd.Environ(), "HOME="+dir)
	dom, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	shown := string(dom)
	for _, want := range []string{
		c.About.Decision, "officer-pl", "GDPR 6(1)(e)", ">name.given</th>", "<td>released</td>", "<td>withheld</td>", "SUP_LINKAGE",
		`<span lang="uk">· Рішення</span>`, "as who exported it wanted", "decision.json</th>", "</html>",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if strings.Contains(shown, "<script") || strings.Contains(shown, "src=") || strings.Contains(shown, "href=") {
		t.Error("the page refers to something outside")
	}
}
