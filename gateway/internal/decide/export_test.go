package decide

import (
	"context"
	"testing"
	"time"
)

// Forget empties the caches, so that a benchmark can see what they save.
func (e *Engine) Forget() {
	e.sets.Purge()
	e.admissions.Purge()
}

// Digest is what a bundle's digest must be, so that a test can change a bundle.
func Digest(b Bundle) string { return b.digest() }

// Overlaid is the engine with another overlay, without a self-test: also one that has no word.
func Overlaid(tb testing.TB, e *Engine, b Bundle) *Engine {
	tb.Helper()
	with := *e
	if err := with.prepareOverlay(context.Background(), Options{Overlay: b, Timeout: time.Minute}); err != nil {
		tb.Fatal(err)
	}
	if err := with.makeCaches(8); err != nil {
		tb.Fatal(err)
	}
	return &with
}
