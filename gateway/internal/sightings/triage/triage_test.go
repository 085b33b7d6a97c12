package triage_test

import (
	"testing"
	"time"

	"homeward.example/gateway/internal/sightings/triage"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A sighting as a record: an age holds on the day when the child was seen.
func TestRecordOfASighting(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ observed, captured, want string }{
		"seen":     {"2024-03", "2025-01-01T00:00:00Z", "2024-03"},
		"captured": {"", "2025-01-01T00:00:00Z", "2025-01-01"},
		"neither":  {"", "", "2026-11-22"},
	} {
		r := triage.Record(&homewardv1.Sighting{
			ObservedAt: c.observed, CapturedAt: c.captured, ChildDescription: &homewardv1.ChildDescription{Age: 9},
			Siblings: []*homewardv1.SightedSibling{{Given: "Мария"}},
		}, now)
		if a := r.GetBirth().GetAge(); len(a) != 1 || a[0].GetValue() != "9" || a[0].GetAssertedAt() != c.want {
			t.Errorf("%s: age %v", name, a)
		}
		if r.GetListing().GetSiblingsListed() != 1 || r.GetFamily().GetMembers()[0].GetName() != "Мария" || r.GetCurrent() != nil {
			t.Errorf("%s: record %v", name, r)
		}
	}
}
