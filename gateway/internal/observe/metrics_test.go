package observe_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
)

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// fill calls every method, with what a careless caller might pass.
func fill(m *observe.Metrics) {
	m.Refused("wrong_audience")
	m.Refused(problem.Code(canary))
	m.Message("query", "answered")
	m.Message(canary, strings.Repeat("x", 1000))
	m.Decision("answered", "withheld")
	m.Holder("timed_out", time.Second)
	m.Cache(true)
	m.Cache(false)
	m.Commit(3, time.Millisecond, nil)
	m.Commit(1, time.Millisecond, problem.New(problem.CodeUnavailable, "disk"))
	m.Step("verified", time.Microsecond, nil)
	m.Step("recorded", time.Microsecond, errors.New(canary))
	m.Answer(time.Millisecond)
	m.Outbox(2)
	m.Source(400, 3)
	m.Registry(7)
	m.Sweeps(1)
	m.Overdue("obligations", 2)
	m.Decoy()
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	fill(nil) // counts nothing, and does not panic
	m := observe.NewMetrics()
	fill(m)
	code, body := get(t, observe.Ops(m), "/metrics")
	if code != http.StatusOK {
		t.Fatal(code)
	}
	for _, want := range []string{
		`homeward_refused_total{class="not_accepted",code="wrong_audience"} 1`,
		`homeward_refused_total{class="unavailable",code="other"} 1`,
		`homeward_messages_total{kind="query",outcome="answered"} 1`,
		`homeward_messages_total{kind="other",outcome="other"} 1`,
		`homeward_decisions_total{kind="answered",outcome="withheld"} 1`,
		`homeward_holder_replies_total{status="timed_out"} 1`,
		`homeward_verdict_cache_total{result="hit"} 1`,
		`homeward_commits_total{result="durable"} 1`,
		`homeward_commits_total{result="unavailable"} 1`,
		`homeward_step_failures_total{code="internal",step="recorded"} 1`,
		`homeward_step_seconds_count{step="verified"} 1`,
		"homeward_answer_seconds_count 1", "homeward_outbox_depth 2", "homeward_source_records 400",
		"homeward_source_bad_records 3", "homeward_registry_version 7", "go_goroutines",
		"homeward_sweeps 1", `homeward_overdue{matter="obligations"} 2`, "homeward_decoys_touched_total 1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(body, canary) {
		t.Error("the canary is a label")
	}
	if code, _ := get(t, observe.Ops(nil), "/metrics"); code != http.StatusNotFound {
		t.Errorf("metrics of nothing: %d", code)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	fine := observe.Check{Name: "store", Run: func(context.Context) error { return nil }}
	broken := observe.Check{Name: "registry", Run: func(context.Context) error { return problem.Wrap("unavailable", "file", errors.New(canary)) }}
	hangs := observe.Check{Name: "redis", Run: func(context.Context) error { select {} }}
	for _, c := range []struct {
		name   string
		checks []observe.Check
		code   int
		want   map[string]string
	}{
		{"ready", []observe.Check{fine}, 200, map[string]string{"store": "ok"}},
		{"not ready", []observe.Check{fine, broken}, 503, map[string]string{"store": "ok", "registry": "unavailable"}},
		{"hanging", []observe.Check{hangs}, 503, map[string]string{"redis": "timed_out"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := observe.Ops(nil, c.checks...)
			code, body := get(t, h, "/readyz")
			var got struct{ Checks map[string]string }
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatal(err)
			}
			if code != c.code || len(got.Checks) != len(c.want) {
				t.Errorf("%d %s", code, body)
			}
			for name, want := range c.want {
				if got.Checks[name] != want {
					t.Errorf("%s is %q, want %q", name, got.Checks[name], want)
				}
			}
			if code, _ := get(t, h, "/livez"); code != http.StatusOK {
				t.Errorf("/livez %d: a process that is not ready is still alive", code)
			}
			if code, _ := get(t, h, "/debug/pprof/"); code != http.StatusNotFound {
				t.Errorf("pprof answers %d", code)
			}
		})
	}
}
