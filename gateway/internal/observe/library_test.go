package observe_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc/grpclog"

	"homeward.example/gateway/internal/observe"
)

// A library's line becomes one of ours: its format and what failed, nothing quoted.
func TestLibraryLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := observe.Library{Log: observe.NewLogger(&out, "debug", "json"), Name: "grpc"}
	var asGRPC grpclog.LoggerV2 = l
	const canary = "Канарейко"
	asGRPC.Infof("everyday %s", canary)
	asGRPC.Warningf("peer said %q: %v", canary, io.ErrUnexpectedEOF)
	asGRPC.Error(canary, errors.New(canary))
	l.Printf(context.Background(), "discarding a connection to %s: %v", canary, io.EOF)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || strings.Contains(out.String(), canary) {
		t.Fatalf("%d lines, want 3 without what was quoted:\n%s", len(lines), out.String())
	}
	for i, want := range []string{`"level":"DEBUG"`, `"level":"WARN"`, `"format":"discarding a connection to %s: %v","err":"EOF"`} {
		if !strings.Contains(lines[i], want) || !strings.Contains(lines[i], `"source":"grpc"`) {
			t.Errorf("%s has no %s", lines[i], want)
		}
	}
}
