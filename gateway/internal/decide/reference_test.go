package decide_test

import (
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
)

// contexts drawn: a hundred thousand in `make soak`, half a per cent of them in every test run.
const contexts, contextsSoak = 500, 100_000

// The policy and the printed matrix agree on every leaf and identity of random
// contexts, on whom to ask, and on what is delivered; so do the nevers alone, where
// the matrix opens what it never opens. HOMEWARD_SEED draws other contexts.
func TestPropertyPolicyIsTheReference(t *testing.T) {
	t.Parallel()
	seed, n := uint64(1), contexts
	if s, err := strconv.ParseUint(os.Getenv("HOMEWARD_SEED"), 10, 64); err == nil {
		seed = s
	}
	if os.Getenv("HOMEWARD_SOAK") != "" {
		n = contextsSoak
	}
	e, open := decidetest.Engine(t), openedEngine(t)
	const workers = 2
	var released atomic.Int64
	var wait sync.WaitGroup
	for w := range uint64(workers) {
		wait.Go(func() {
			dice := proof.NewDice(seed<<8 + w)
			for i := 0; i < n/workers && !t.Failed(); i++ {
				if compare(t, e, open, dice, i) {
					released.Add(1)
				}
			}
		})
	}
	wait.Wait()
	t.Logf("seed %d: %d contexts, of which %d release something", seed, n, released.Load())
	if released.Load() < int64(n)/4 && !t.Failed() {
		t.Error("too few release anything to compare")
	}
}

func openedEngine(t *testing.T) *decide.Engine {
	t.Helper()
	b, err := decide.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	e, err := decide.New(t.Context(), proof.Opened(b), decide.Options{Now: decidetest.Now, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// compare draws one context, and says whether anything is released in it. Every
// third is tried with the open matrix too.
func compare(t *testing.T, e, open *decide.Engine, dice *proof.Dice, i int) bool {
	c := dice.Draw()
	input := c.Input()
	word, asked := e.Replay(t.Context(), input), e.ReplayPlan(t.Context(), input)
	if d := proof.Reference(c).Differs(word, asked); d != "" {
		t.Errorf("%s\n%s", d, input)
	}
	if i%3 == 0 {
		if d := proof.ReferenceOpened(c).Differs(open.Replay(t.Context(), input), asked); d != "" {
			t.Errorf("with an open matrix: %s\n%s", d, input)
		}
	}
	if d := dice.Delivery().Differs(t.Context(), e); d != "" {
		t.Error(d)
	}
	return !word.Set.Withheld
}
