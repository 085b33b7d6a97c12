package file

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// noon is the time of these tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return noon }

// dir writes files into a new folder.
func dir(t testing.TB, files map[string]string) string {
	t.Helper()
	d := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(d, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// open loads the file "c.<format>" of that content; mapping.yaml may stand beside it.
func tryOpen(t testing.TB, format, content, mapping string, more map[string]any) (*Source, error) {
	t.Helper()
	name := "c." + map[string]string{"pfif": "xml"}[format]
	if format != formatPFIF {
		name = "c." + format
	}
	files := map[string]string{name: content}
	values := map[string]any{"path": name, "format": format}
	if mapping != "" {
		files["mapping.yaml"] = mapping
		values["mapping"] = "mapping.yaml"
	}
	s, err := New(t.Context(), adapters.Settings{Values: merge(values, more), Dir: dir(t, files), Now: fixed})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

func mustOpen(t testing.TB, format, content, mapping string, more map[string]any) *Source {
	t.Helper()
	s, err := tryOpen(t, format, content, mapping, more)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func everything() (mask adapters.Mask) {
	for _, f := range catalog.Fields() {
		mask = append(mask, f.Path)
	}
	return mask
}

func mustGet(t testing.TB, s *Source, id string) *homewardv1.ChildRecord {
	t.Helper()
	r, err := s.Get(t.Context(), id, everything())
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return r.Child
}

// wantIssue wants an Issue whose text has all parts, and none of the canary.
func wantIssue(t testing.TB, err error, parts ...string) {
	t.Helper()
	var issue adapters.Issue
	if !errors.As(err, &issue) {
		t.Errorf("got %v, want an Issue", err)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("got %q, want it to say %q", err, p)
		}
	}
	noCanary(t, err.Error())
}

// canary marks values of records in these tests; no message may have it.
const canary = "КАНАРКА"

func noCanary(t testing.TB, text string) {
	t.Helper()
	if strings.Contains(text, canary) || strings.Contains(text, "Канарка") {
		t.Errorf("a message holds a value of a record: %q", text)
	}
}
