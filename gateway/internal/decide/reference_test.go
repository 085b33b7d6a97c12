package decide_test

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
)

// contexts drawn: a hundred thousand in `make soak`.
const contexts, contextsSoak = 3000, 100_000

// The policy and the printed matrix agree on every leaf and identity of random
// contexts. HOMEWARD_SEED draws others.
func TestPropertyPolicyIsTheReference(t *testing.T) {
	t.Parallel()
	seed, n := uint64(1), contexts
	if s, err := strconv.ParseUint(os.Getenv("HOMEWARD_SEED"), 10, 64); err == nil {
		seed = s
	}
	if os.Getenv("HOMEWARD_SOAK") != "" {
		n = contextsSoak
	}
	t.Logf("seed %d, %d contexts", seed, n)
	e := decidetest.Engine(t)
	const workers = 2
	var opened [workers]int
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			dice := proof.NewDice(seed<<8 + uint64(w))
			for range n / workers {
				c := dice.Draw()
				input := c.Input()
				word := e.Replay(t.Context(), input)
				if d := proof.Reference(c).Differs(word); d != "" {
					t.Errorf("%s\n%s", d, input)
					continue
				}
				if !word.Set.Withheld {
					opened[w]++
				}
			}
		})
	}
	wait.Wait()
	if sum := opened[0] + opened[1]; sum < n/4 && !t.Failed() {
		t.Errorf("%d of %d contexts release something: too few to compare", sum, n)
	} else {
		t.Logf("%d of them release something", sum)
	}
}
