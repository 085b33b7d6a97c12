package demo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway/internal/demo"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tell sets a demo up in a folder, tells its story and stops it.
func tell(t *testing.T, dir string) *demo.Report {
	t.Helper()
	f, err := demo.Setup(dir, time.Now())
	must(t, err)
	running, err := demo.Start(t.Context(), f, map[string]adapters.Open{"file": file.Open}, slog.New(slog.DiscardHandler))
	must(t, err)
	report, err := running.Story(time.Now()).Tell(t.Context(), func(demo.Answer) {})
	must(t, err)
	must(t, running.Stop())
	return report
}

// The JSON document has each member that was promised, filled in.
func TestReportDocument(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(tell(t, filepath.Join(t.TempDir(), "demo")))
	must(t, err)
	var doc map[string]any
	must(t, json.Unmarshal(text, &doc))
	for _, path := range []string{
		"participants.0.id", "query.id", "query.requester", "query.purpose", "answers.0.holder", "answers.0.status",
		"unlinked.answers.0.holder", "unlinked.answers.0.status", "tampered.problem.code", "replayed.problem.code",
		"ledger.decision", "ledger.leaf", "sighting.id", "sighting.reference.en", "sighting.reference.uk", "sighting.candidates.0.record",
		"sighting.candidates.0.reasons.0.text",
	} {
		if s, _ := at(doc, path).(string); s == "" {
			t.Errorf("%s is %v", path, at(doc, path))
		}
	}
	for _, path := range []string{"tampered.refused", "replayed.refused", "ledger.recorded", "ledger.verified", "unlinked.same_as_unknown", "sighting.right_child", "sighting.told_nothing"} {
		if at(doc, path) != true {
			t.Errorf("%s is %v", path, at(doc, path))
		}
	}
	statuses, verdicts := make(map[string]bool), make(map[string]int)
	for _, a := range list(doc["answers"]) {
		statuses[fmt.Sprint(at(a, "status"))] = true
		if at(a, "status") == "answered" && at(a, "decision_id") == nil {
			t.Errorf("%v answered without a decision", at(a, "holder"))
		}
		for _, r := range list(at(a, "records")) {
			for _, f := range list(at(r, "fields")) {
				verdict := fmt.Sprint(at(f, "verdict"))
				if at(f, "value") != nil {
					verdict += " with a value"
				}
				if at(f, "path") == nil || verdict == "generalised with a value" && at(f, "generalised_to") == nil || verdict == "released with a value" && at(f, "basis") == nil {
					t.Errorf("a field lacks something: %v", f)
				}
				verdicts[verdict]++
			}
		}
	}
	for _, status := range []string{"answered", "unreachable", "timed_out", "not_asked"} {
		if !statuses[status] {
			t.Errorf("nobody is %s: %v", status, statuses)
		}
	}
	for _, verdict := range []string{"released with a value", "generalised with a value", "withheld"} {
		if verdicts[verdict] == 0 {
			t.Errorf("no field is %s: %v", verdict, verdicts)
		}
	}
	if verdicts["withheld with a value"] > 0 {
		t.Error("a withheld field has a value")
	}
}

// at walks a document by names and numbers.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func list(v any) []any { l, _ := v.([]any); return l }

// Two demos at once, and somebody else on a default port, find ports of their own.
func TestTakenPorts(t *testing.T) {
	t.Parallel()
	if taken, err := net.Listen("tcp", "127.0.0.1:18410"); err == nil { // else somebody has it already
		defer taken.Close()
	}
	seen := make(map[string]bool)
	for range 2 {
		f, err := demo.Setup(filepath.Join(t.TempDir(), "demo"), time.Now())
		must(t, err)
		defer f.Release()
		for _, m := range f.Members {
			for _, addr := range []string{m.Federation, m.Agency, m.Ops} {
				if seen[addr] || addr == "127.0.0.1:18410" {
					t.Errorf("%s has %s, which is taken", m.ID(), addr)
				}
				seen[addr] = true
			}
		}
	}
}

// A second demo in the folder of the first replaces all of it.
func TestSecondDemoReplacesTheFirst(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	first, err := demo.Setup(dir, time.Now())
	must(t, err)
	if _, err := demo.Setup(dir, time.Now()); !errors.Is(err, demo.ErrBusy) {
		t.Errorf("a demo took the folder of one that runs: %v", err)
	}
	first.Release()
	first.Unlock()
	left := filepath.Join(dir, "gov-ua", "state", "homeward.db")
	must(t, os.MkdirAll(filepath.Dir(left), 0o700))
	must(t, os.WriteFile(left, []byte("of the first"), 0o600))
	key, err := os.ReadFile(filepath.Join(dir, "gov-ua", "keys", "sign.jwk"))
	must(t, err)
	report := tell(t, dir)
	if len(report.Failed) > 0 {
		t.Errorf("the second demo: %v", report.Failed)
	}
	again, err := os.ReadFile(filepath.Join(dir, "gov-ua", "keys", "sign.jwk"))
	must(t, err)
	if string(again) == string(key) {
		t.Error("the second demo has the first one's keys")
	}
}
