package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/problem"
)

// canary is a synthetic name: no child is called so.
const canary = "КАНАРКА-Шевченко"

type record struct{ Name string }

func TestOnlySafeAttributesAreLogged(t *testing.T) {
	t.Parallel()
	parse := func() error { _, err := strconv.Atoi(canary); return err }()
	for _, format := range []string{"json", "text"} {
		var b bytes.Buffer
		log := observe.NewLogger(&b, "debug", format)
		log = log.With("given", canary, "peer", "gov-ua").WithGroup("g").With("family", canary)
		log.Info("step", "name", canary, "purpose", "RETURN", "count", 3,
			"status", record{canary}, "state", []string{canary}, "step", &record{canary},
			slog.Group("query", "born", canary, "decision", "d-1"),
			"err", problem.Wrap("unavailable", "source", fmt.Errorf("row %s: %w", canary, parse)),
			"error", errors.Join(errors.New(canary), parse),
		)
		log.Log(context.Background(), slog.LevelWarn, "warn", canary, "odd") // a key that is data
		out := b.String()
		for _, want := range []string{"gov-ua", "RETURN", "d-1", "[redacted]", "unavailable at source: (*errors.errorString)"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not logged:\n%s", format, want, out)
			}
		}
		if strings.Contains(out, canary) {
			t.Errorf("the canary is logged:\n%s", out)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	secret := errors.New(canary)
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{problem.Mismatch("wrong_audience", "claim aud", "gov-ua", "gov-pl"), "wrong_audience at claim aud: expected gov-ua, found gov-pl"},
		{problem.Wrap("unavailable", "source", &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}), "unavailable at source: open /x: file does not exist"},
		{fmt.Errorf("read %s: %w", canary, context.DeadlineExceeded), "context deadline exceeded"},
		{fmt.Errorf("%w: %s", adapters.ErrUnavailable, canary), "adapter: source unavailable"},
		{adapters.Issue{File: "children.csv", Line: 3, Column: 2, Field: "birth.sex", What: "unknown value"}, "children.csv:3:2: birth.sex: unknown value"},
		{fmt.Errorf("%s: %w", canary, secret), "(*errors.errorString)"},
		{errors.Join(secret, context.Canceled), "(*errors.errorString); context canceled"},
		{fmt.Errorf("%s: %w", canary, errors.Join(secret, secret)), "(*errors.errorString); (*errors.errorString)"},
		{problem.Wrap("internal", "", problem.Wrap("unavailable", "ledger", secret)), "internal: unavailable at ledger: (*errors.errorString)"},
		{sqlError{}, "SQLSTATE 40001"},
	} {
		if got := observe.Describe(c.err); got != c.want {
			t.Errorf("Describe(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

type sqlError struct{}

func (sqlError) Error() string    { return "serialization failure: " + canary }
func (sqlError) SQLState() string { return "40001" }

func TestLogLinesCannotBeForged(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	observe.NewLogger(&b, "info", "text").Info("call", "peer", "x\n2026-01-01 level=ERROR msg=forged\x1b[2J\u2028")
	if got := strings.Count(b.String(), "\n"); got != 1 {
		t.Errorf("%d lines: %q", got, b.String())
	}
	if strings.ContainsAny(b.String(), "\x1b\u2028") {
		t.Errorf("control characters reach the terminal: %q", b.String())
	}
	b.Reset()
	observe.NewLogger(&b, "info", "json").Info("call", "peer", strings.Repeat("x", 1<<20))
	if b.Len() > 10<<10 {
		t.Errorf("a line of %d bytes", b.Len())
	}
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Error(err)
	}
}

func TestLevel(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := observe.NewLogger(&b, "warn", "json")
	log.Info("quiet")
	log.Warn("loud")
	if out := b.String(); strings.Contains(out, "quiet") || !strings.Contains(out, "loud") {
		t.Errorf("level warn logs %q", out)
	}
}
