package cli_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"homeward": homeward})
}

// plainProgram names the program that homeward runs as in a script; none if it is empty.
const plainProgram = "PLAIN_HOMEWARD"

// homeward is the program of the scripts. Under the race detector that is only what
// does several things at a time: the other commands do one after the other, three
// hundred times, and would take six times as long for it. What the demo shows --once is
// under it in gateway/internal/demo.
func homeward() {
	plain := os.Getenv(plainProgram)
	several := len(os.Args) > 1 && slices.Contains([]string{"demo", "serve", "query"}, os.Args[1])
	if plain == "" || several && !slices.Contains(os.Args, "--once") {
		sources := map[string]adapters.Open{"file": file.Open}
		os.Exit(cli.Main(os.Args[1:], sources, os.Stdin, os.Stdout, os.Stderr))
	}
	err := syscall.Exec(plain, os.Args, os.Environ())
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// plain builds the program as `make build` does, if this test is under the race detector.
func plain(t *testing.T) string {
	t.Helper()
	info, _ := debug.ReadBuildInfo()
	if !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return ""
	}
	program := filepath.Join(t.TempDir(), "homeward")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", program,
		"homeward.example/cmd/homeward")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// TestScripts runs the command line as a person would.
func TestScripts(t *testing.T) {
	t.Parallel()
	program := plain(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			if err := os.CopyFS(filepath.Join(e.WorkDir, "policies"), os.DirFS("../../policies")); err != nil {
				return err
			}
			e.Setenv("LANG", "C")
			e.Setenv("NO_COLOR", "1")
			e.Setenv(plainProgram, program)
			// Under the race detector a program sleeps a second when it ends; the scripts start five hundred.
			e.Setenv("GORACE", "atexit_sleep_ms=10")
			e.Setenv("UNTIL", time.Now().Add(30*24*time.Hour).Format(time.DateOnly))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "capture": capture, "eventually": eventually, "mode": mode, "replace": replace,
		},
	})
}

// exits CODE COMMAND…: the command ends with exactly this code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// capture NAME REGEXP: the first group of the pattern, in the last output, as a variable.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if m == nil {
		ts.Fatalf("%s matches nothing", args[1])
	}
	ts.Setenv(args[0], m[1])
}

// eventually COMMAND…: within two minutes the command succeeds. A demo starts in a second
// or two; with the race detector, on a machine that does other things, in many more.
func eventually(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		err := ts.Exec(args[0], args[1:]...)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%v", err)
		}
	}
}

// mode FILE PERM: the file has these permissions.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// replace FILE REGEXP TEXT: edits a file as a person with an editor would.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	pattern := regexp.MustCompile(args[1])
	text := ts.ReadFile(args[0])
	if !pattern.MatchString(text) {
		ts.Fatalf("%s is not in %s", args[1], args[0])
	}
	ts.Check(os.WriteFile(path, []byte(pattern.ReplaceAllString(text, args[2])), 0o600))
}
