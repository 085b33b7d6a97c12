package observe

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"homeward.example/gateway/internal/problem"
)

// Check is one thing without which the gateway cannot answer.
type Check struct {
	Name string // "store", "registry", "policy", "redis", "source"
	Run  func(ctx context.Context) error
}

// checkTime bounds a check: one that hangs is one that failed.
const checkTime = time.Second

// Ops is the handler of the ops listener: /livez says that the process runs,
// /readyz that every check passes (503 and their names if not), /metrics counts.
func Ops(m *Metrics, checks ...Check) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		results, ok := run(r.Context(), checks)
		status, text := http.StatusOK, "ready"
		if !ok {
			status, text = http.StatusServiceUnavailable, "not ready"
		}
		answer(w, status, map[string]any{"status": text, "checks": results})
	})
	mux.Handle("GET /metrics", m.Handler())
	return mux
}

// run runs all checks at once and returns "ok" or a code for each name.
func run(ctx context.Context, checks []Check) (map[string]string, bool) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	results := make(map[string]string)
	ok := true
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, c := range checks {
		all.Go(func() {
			err := bounded(ctx, c.Run)
			mu.Lock()
			defer mu.Unlock()
			results[c.Name] = "ok"
			if err != nil {
				results[c.Name], ok = string(problem.Of(err).Code), false
			}
		})
	}
	all.Wait()
	return results, ok
}

// bounded returns when the time is up, also from a check that does not look at its context.
func bounded(ctx context.Context, check func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- check(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a probe that is gone needs no answer
}
