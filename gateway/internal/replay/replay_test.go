package replay_test

import (
	"testing"
	"time"

	"homeward.example/gateway/internal/replay"
	"homeward.example/gateway/internal/replay/replaytest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	replaytest.Run(t, func(*testing.T) replay.Filter { return replay.NewMemory(time.Now) })
}
