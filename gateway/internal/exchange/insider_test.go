package exchange_test

import (
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What is overdue stops further questions for that child: a birth year that is written
// as uncertain, or as a span, asks for no other one.
func TestOverdueIsNotEvadedByTheDate(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}, Until: f.Clock.Now().Add(300 * 24 * time.Hour)})
	returnOf(t, f, token)
	f.Clock.Add(200 * 24 * time.Hour) // what unicef gave was to be deleted by then
	year := f.Child.Original.Born[:4]
	for _, born := range []string{f.Child.Original.Born, year, year + "-03", year + "?", year + "~", year + "%", year + "-XX", year + "/" + year, f.Child.Original.Born + "?"} {
		who := byName(f)
		who.Born = born
		_, err := f.Member("gov-pl").Ask(t.Context(), agency(), &homewardv1.AskRequest{
			Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: who, Officer: officer(), Basis: "GDPR 6(1)(e)",
		}, nil)
		if err == nil {
			t.Errorf("born %s: asked although a deletion is overdue", born)
			continue
		}
		wantProblem(t, err, exchange.CodeObligationOverdue)
	}
}
