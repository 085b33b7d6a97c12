package decide_test

import (
	"testing"

	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
)

// The policy says of every handing out of evidence what the reference, which was
// written without it, says.
func TestExportsAreAsTheReferenceSays(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	for _, x := range proof.Exports() {
		if d := x.Differs(t.Context(), e); d != "" {
			t.Error(d)
		}
	}
}
