package tlog

import (
	"log/slog"
	"os"
	"testing"

	"homeward.example/gateway/internal/servertest"
)

func TestMain(m *testing.M) {
	SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(servertest.Main(m))
}
