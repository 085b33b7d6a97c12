package gateway_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/observe"
)

// safeBuffer may be written by a gateway while the test reads it.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// What is wrong in the holder's file is logged at the start by its place, and the
// good rows are served.
func TestBadRowsAreLoggedAtTheStart(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	found, err := filepath.Glob(filepath.Join(filepath.Dir(f.Member(demo.Origin).Config), "..", "records", "gov-ua.jsonl"))
	ok(t, err)
	if len(found) != 1 {
		t.Fatalf("the holder's file: %v", found)
	}
	text, err := os.ReadFile(found[0])
	ok(t, err)
	const canary = "Канарейко-Синтетичний"
	ok(t, os.WriteFile(found[0], append(text, `{"name":{"family":"`+canary+"\"\n"...), 0o600))
	var log safeBuffer
	f.serve(demo.Origin, gateway.Deps{Log: observe.NewLogger(&log, "info", "json")})
	for _, want := range []string{
		`"msg":"source loaded with bad rows"`, `"bad":1`, fmt.Sprintf(`"msg":"bad row","file":"gov-ua.jsonl","line":%d`, bytes.Count(text, []byte("\n"))+1),
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %s", want)
		}
	}
	if strings.Contains(log.String(), canary) {
		t.Error("the log has what stands in the row")
	}
}

// A notice that cannot be delivered shows in the metrics.
func TestOutboxDepthIsFed(t *testing.T) {
	t.Parallel()
	f := newFederation(t, nil)
	unicef := f.serve("unicef", gateway.Deps{})
	payload, ds, err := envelope.QueryPayload(f.question(time.Now(), func(q *envelope.Query) { q.Audience = "unicef" }))
	ok(t, err)
	jws, err := envelope.Sign(payload, ds, envelope.TypeQuery, f.key(demo.Requester, keyring.SignFile))
	ok(t, err)
	sealed, err := envelope.Seal(jws, envelope.TypeQuery, f.key("unicef", keyring.SealFile).Public("unicef", envelope.UseSeal))
	ok(t, err)
	if r := f.peer(unicef, demo.Requester).rest("query", sealed); !r.accepted() {
		t.Fatal(r.said)
	}
	eventually(t, "the notice to gov-ua, which is down, shows as waiting", patience, func() bool {
		return strings.Contains(metrics(t, unicef.Ops), "homeward_outbox_depth 1")
	})
}
