package exchange_test

import (
	"testing"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
)

// A hold that is placed after the policy decided and before its decision is
// durable: nothing of the child leaves. A decoy that is laid then is touched.
func TestHeldBetweenDecisionAndLedger(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func(*testing.T, *gatewaytest.Federation) (records int){
		"hold": func(t *testing.T, f *gatewaytest.Federation) int {
			_, err := f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Why: "a test", Officer: envelope.Officer{ID: "o"}})
			must(t, err)
			return 0
		},
		"decoy": func(t *testing.T, f *gatewaytest.Federation) int {
			_, err := f.Member("gov-ua").LayDecoy(t.Context(), f.Child.IDs["gov-ua"], envelope.Officer{ID: "o"})
			must(t, err)
			return 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, o gatewaytest.Options) {
				between := func() {}
				decided := 0
				o.Tune = func(id string, d *exchange.Deps) {
					d.Step = func(step string) {
						if id == "gov-ua" && step == "released" {
							decided++
							between()
						}
					}
				}
				f := gatewaytest.New(t, o)
				query := sealedQuery(t, f, link(t, f, exchange.LinkRequest{}))
				want := 0
				between = func() {
					between = func() {}
					want = place(t, f)
				}
				reply, err := f.Member("gov-ua").Answer(t.Context(), "gov-pl", query)
				must(t, err)
				a, err := f.Member("gov-pl").Inspect("gov-ua", reply)
				must(t, err)
				if decided != 2 || len(a.Records) != want {
					t.Errorf("decided %d times, %d records left, %d should", decided, len(a.Records), want)
				}
				laid, touched, err := f.Member("gov-ua").Decoys(t.Context())
				must(t, err)
				if len(touched) != len(laid) || want == 1 && (len(laid) != 1 || laid[0].State != casework.DecoyLaid) {
					t.Errorf("of %d decoys %d were touched", len(laid), len(touched))
				}
			})
		})
	}
}
