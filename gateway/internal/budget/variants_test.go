package budget

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A sketch never counts more than there was, and of twenty it misses a few.
func TestSketch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seen := make(map[uint64]bool)
		var s sketch
		for _, v := range rapid.SliceOf(rapid.Uint64()).Draw(t, "seen") {
			var n name
			binary.BigEndian.PutUint64(n[:], v)
			seen[v] = true
			if s = s.with(n); s.with(n) != s {
				t.Fatal("the same again is something new")
			}
		}
		if s.count() > len(seen) || len(seen) > 0 && s.count() == 0 {
			t.Fatalf("counts %d of %d", s.count(), len(seen))
		}
	})
}

// However many other questions come between, a name that is tried out is seen: what
// was asked in several forms is not forgotten for what was asked in one.
func TestVariantsAreRememberedInAFlood(t *testing.T) {
	t.Parallel()
	m := Memory{Limits: Limits{Participant: 1 << 30, Officer: 1 << 30, Purpose: 1 << 30, Variants: 5}, limit: 1 << 30}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ask := func(question, rest string) error {
		return m.Spend(t.Context(), Request{Participant: "gov-xx", Officer: "o", Purpose: "MATCH", Query: question, Rests: []string{rest}, Now: now})
	}
	noise, refused := 0, 0
	for i := range 12 {
		if ask(fmt.Sprintf("name %d", i), "born 2014") != nil {
			refused++
		}
		if i == 0 {
			continue // one form alone may be forgotten
		}
		for range variantsLimit / 8 {
			noise++
			if err := ask(fmt.Sprintf("noise %d", noise), fmt.Sprintf("rest %d", noise)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if refused < 4 || len(m.variants["gov-xx"].under) > variantsLimit {
		t.Errorf("%d of 12 names refused, %d remembered", refused, len(m.variants["gov-xx"].under))
	}
}

// Whoever tries out more than can be remembered is refused, not forgotten.
func TestVariantsFull(t *testing.T) {
	t.Parallel()
	m := Memory{Limits: Limits{Participant: 1 << 30, Officer: 1 << 30, Purpose: 1 << 30, Query: 1 << 30}, limit: 1 << 30}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ask := func(participant string, i, form int) error {
		return m.Spend(t.Context(), Request{
			Participant: participant, Officer: "o", Purpose: "MATCH", Query: fmt.Sprint(i, form), Rests: []string{fmt.Sprint("rest", i)}, Now: now,
		})
	}
	full := false
	for i := range variantsLimit + 200 {
		for form := range 8 { // so that nothing stands in one form alone
			if ask("gov-xx", i, form) != nil {
				full = true
			}
		}
		if full {
			break
		}
	}
	if !full {
		t.Error("there is no end to what is remembered")
	}
	if err := ask("gov-yy", 1, 1); err != nil {
		t.Errorf("another participant pays for it: %v", err)
	}
}
