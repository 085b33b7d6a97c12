package exchange_test

import (
	"slices"
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/trust"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Two participants of one organisation are one source, and no second organisation.
func TestParticipantsOfOneOrganisationAreOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		one       []string // participants that the registry says one organisation runs
		sources   int32
		confirmed bool
	}{
		"both who reported": {[]string{"gov-00", "gov-01"}, 1, false},
		"both who reviewed": {[]string{"gov-ua", "icrc"}, 2, false},
		"neither of both":   {[]string{"gov-00", "unicef"}, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := with(gatewaytest.Options{})
			f := gatewaytest.New(t, o)
			id, _, shared := onTwoSources(t, f)
			f.Change(t, func(r *trust.Registry) {
				for i, p := range r.Participants {
					if slices.Contains(c.one, p.ID) {
						r.Participants[i].Organisation = "one-of-two"
					}
				}
			})
			child := f.Child.IDs["gov-ua"]
			_, err := f.Member("gov-ua").ReviewSighting(t.Context(), &homewardv1.ReviewSightingRequest{Id: id, Officer: triager, State: "confirmed", Child: child})
			if (err == nil) != (c.sources == 2) {
				t.Fatalf("confirmed here: %v", err)
			}
			review(t, f, "icrc", shared, "", "triaged", "under_review", "possible", "probable", "confirmed")
			deliver(t, f, "icrc")
			if got := triaged(t, f, "gov-ua", id); got.GetSources() != c.sources || (got.GetState() == "confirmed") != c.confirmed {
				t.Errorf("%s on %d sources", got.GetState(), got.GetSources())
			}
			if slices.Contains(c.one, "icrc") {
				_, err := f.Member("gov-ua").ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: "icrc", Officer: triager})
				wantProblem(t, err, exchange.CodeUnknownHolder)
			}
		})
	}
}
