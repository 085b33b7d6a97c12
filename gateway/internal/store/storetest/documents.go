package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// documents: the one in force at a time is the last that came before it; what is
// kept is never replaced.
func documents(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	first := ledger.Document{Kind: ledger.DocumentRegistry, Digest: "sha256:1", At: start, Body: []byte("first")}
	second := ledger.Document{Kind: ledger.DocumentRegistry, Digest: "sha256:2", At: start.Add(time.Hour), Body: []byte("second")}
	other := ledger.Document{Kind: ledger.DocumentEvidence, Digest: "sha256:1", At: start, Name: "their decision", Body: []byte("other")}
	for _, d := range []ledger.Document{first, second, other} {
		must(t, s.PutDocument(ctx, d))
	}
	must(t, s.PutDocument(ctx, ledger.Document{Kind: first.Kind, Digest: first.Digest, At: start.Add(2 * time.Hour), Body: []byte("replaced")}))
	for at, want := range map[time.Duration]ledger.Document{0: first, time.Hour - 1000: first, time.Hour: second, 9 * time.Hour: second} {
		got, err := s.DocumentAt(ctx, ledger.DocumentRegistry, start.Add(at))
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %v:\n%s", at, diff)
		}
	}
	_, err := s.DocumentAt(ctx, ledger.DocumentRegistry, start.Add(-time.Second))
	wantCode(t, err, problem.CodeNotFound)
	_, err = s.Document(ctx, ledger.DocumentBundle, "sha256:1")
	wantCode(t, err, problem.CodeNotFound)
	got, err := s.Document(ctx, ledger.DocumentRegistry, "sha256:2")
	must(t, err)
	if diff := cmp.Diff(second, got); diff != "" {
		t.Error(diff)
	}
	named, err := s.DocumentsOf(ctx, ledger.DocumentEvidence, "their decision")
	must(t, err)
	if diff := cmp.Diff([]ledger.Document{other}, named); diff != "" {
		t.Error(diff)
	}
}
