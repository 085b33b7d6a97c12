package decide_test

import (
	"testing"

	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
)

// The policy says of every message about a sighting what the reference, which was
// written without it, says.
func TestReportsAreAsTheReferenceSays(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	for _, s := range proof.Sightings() {
		if d := s.Differs(t.Context(), e); d != "" {
			t.Error(d)
		}
	}
}
