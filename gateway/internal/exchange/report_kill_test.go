package exchange_test

import (
	"context"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// sightingTrials are the chains of a sighting: submitted, sent, taken in.
func sightingTrials() map[string]trial {
	return map[string]trial{
		"submitting": {
			who: "gov-pl", takes: 10 * time.Millisecond,
			prepare: func(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
				return gatewaytest.New(t, o), ""
			},
			act: func(f *gatewaytest.Federation, _ string) error {
				_, err := f.Member("gov-pl").SubmitSightings(context.Background(), &homewardv1.SubmitSightingsRequest{
					Officer: reporter, Sightings: []*homewardv1.Sighting{listing(f)},
				})
				return err
			},
			check: func(t *testing.T, f *gatewaytest.Federation, _, _ string) { wantAllThere(t, f) },
		},
		"sending a report": {
			who: "gov-pl", takes: 20 * time.Millisecond, steps: []string{"sending", "replied", "delivered"},
			prepare: func(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
				f := gatewaytest.New(t, o)
				submit(t, f, "gov-pl", listing(f))
				return f, ""
			},
			act: func(f *gatewaytest.Federation, _ string) error {
				return f.Member("gov-pl").DeliverDue(context.Background())
			},
			check: func(t *testing.T, f *gatewaytest.Federation, dir, _ string) {
				sentRecorded(t, f, dir, envelope.TypeSighting, "gov-pl", "gov-ua", ledger.KindReported)
				if n := wantAllThere(t, f); n != 1 {
					t.Errorf("%d reports, want the one that was submitted", n)
				}
			},
		},
		"taking a report in": {
			who: "gov-ua", takes: 10 * time.Millisecond, steps: []string{"verified", "admitted", "recorded", "sealed"},
			prepare: func(t *testing.T, o gatewaytest.Options) (*gatewaytest.Federation, string) {
				f := gatewaytest.New(t, o)
				return f, reportOf(t, f, "gov-pl", listing(f))
			},
			act: acting((*gatewaytest.Member).Report, "gov-pl", "gov-ua"),
			check: func(t *testing.T, f *gatewaytest.Federation, dir, given string) {
				once((*gatewaytest.Member).Report, "gov-pl", "gov-ua", ledger.KindSighted, envelope.EventSubmitted)(t, f, dir, given)
				if n := len(came(t, f, "gov-ua")); n != 1 {
					t.Errorf("%d sightings came, want 1", n)
				}
			},
		},
	}
}

// wantAllThere: what was submitted is at its recipient in the end, once, its
// submitter knows, and nothing is left to send. It returns how many there are.
func wantAllThere(t *testing.T, f *gatewaytest.Federation) int {
	t.Helper()
	pl := f.Member("gov-pl")
	f.Clock.Add(time.Hour) // whatever was put off is due
	must(t, pl.DeliverDue(t.Context()))
	all, err := pl.SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{})
	must(t, err)
	for _, s := range all.GetSightings() {
		if d := s.GetDeliveries(); len(d) != 1 || d[0].GetState() != "delivered" || d[0].GetReceipt().GetHash() != s.GetHash() {
			t.Errorf("report %v", s)
		}
	}
	if n := len(came(t, f, "gov-ua")); n != len(all.GetSightings()) {
		t.Errorf("%d were submitted and %d came", len(all.GetSightings()), n)
	}
	due, err := pl.Store.Due(t.Context(), f.Clock.Now().Add(24*time.Hour), 10)
	if err != nil || len(due) != 0 {
		t.Errorf("left in the outbox: %v, %v", due, err)
	}
	return len(all.GetSightings())
}
