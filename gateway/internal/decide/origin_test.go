package decide

import (
	"testing"

	"pgregory.net/rapid"
)

// The names of the organisation, in any case, and what looks like them.
func TestSourcesOfTheICRC(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"icrc": true, "ICRC-Kyiv": true, "rfl:Icrc": true, "cicr": true, "delegation CICR": true, "мкчх": true, "МККК": true, "rfl/мккк": true,
		"ıcrc": true, // a dotless i is an I in capitals
		"":     false, "icr": false, "ic rc": false, "synthetic": false, "i#rc": false, "IãCRC": false, "реєстр": false,
	} {
		if got := isICRC(source); got != want {
			t.Errorf("%q: %v", source, got)
		}
	}
}

// Both ways of reading a source agree wherever both can.
func TestSourcesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.StringOf(rapid.RuneFrom([]rune("icrICR-0 @S\x03\x12éıМК"))).Draw(t, "source")
		if isICRC(source) != namesICRC(source) {
			t.Fatalf("%q: %v", source, isICRC(source))
		}
	})
}
