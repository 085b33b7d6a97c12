package trust

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEnding(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	agreement := func(recipient string, until time.Duration, purposes ...string) Agreement {
		return Agreement{Holder: "gov-ua", Recipient: recipient, Purposes: purposes, Until: start.Add(until)}
	}
	ended, soon := agreement("gov-ca", -day, "RETURN"), agreement("gov-de", 29*day, "RETURN")
	narrow := agreement("gov-lt", 10*day, "RETURN", "MATCH")
	r := Registry{Agreements: []Agreement{
		soon, agreement("gov-pl", 30*day, "RETURN"), ended, narrow,
		agreement("gov-lt", 300*day, "RETURN"), // does not cover MATCH
		agreement("gov-fr", 5*day, "RETURN"), agreement("gov-fr", 300*day, "MATCH", "RETURN"),
	}}
	if diff := cmp.Diff([]Agreement{ended, narrow, soon}, r.Ending(start)); diff != "" {
		t.Error(diff)
	}
}
