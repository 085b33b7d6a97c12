package exchange_test

import (
	"errors"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/problem"
)

// A link that could open nothing, or for too long, is not issued and not recorded.
func TestLinksThatAreNotIssued(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	good := exchange.LinkRequest{
		Child: f.Child.IDs["gov-ua"], Recipient: "gov-pl", Purpose: "RETURN", Until: f.Clock.Now().Add(time.Hour), Leads: []string{"unicef"},
	}
	for name, c := range map[string]struct {
		change func(r *exchange.LinkRequest)
		code   problem.Code
	}{
		"for MATCH":                   {func(r *exchange.LinkRequest) { r.Purpose = "MATCH" }, exchange.CodeLinkTerms},
		"for no purpose":              {func(r *exchange.LinkRequest) { r.Purpose = "" }, exchange.CodeLinkTerms},
		"for a purpose of one's own":  {func(r *exchange.LinkRequest) { r.Purpose = "PROSECUTE" }, exchange.CodeLinkTerms},
		"for oneself":                 {func(r *exchange.LinkRequest) { r.Recipient = "gov-ua" }, exchange.CodeLinkTerms},
		"a lead without records":      {func(r *exchange.LinkRequest) { r.Leads = []string{"unicef", "gov-pl"} }, exchange.CodeLinkTerms},
		"a lead that does not exist":  {func(r *exchange.LinkRequest) { r.Leads = []string{"gov-xx"} }, exchange.CodeUnknownParticipant},
		"a recipient that is nobody":  {func(r *exchange.LinkRequest) { r.Recipient = "gov-xx" }, exchange.CodeUnknownParticipant},
		"a child that is not there":   {func(r *exchange.LinkRequest) { r.Child = "ua-none" }, exchange.CodeNoSuchChild},
		"an identity that is no word": {func(r *exchange.LinkRequest) { r.Identity = "true" }, exchange.CodeLinkIdentity},
		"over already":                {func(r *exchange.LinkRequest) { r.Until = f.Clock.Now() }, exchange.CodeLinkEnd},
		"for ever":                    {func(r *exchange.LinkRequest) { r.Until = f.Clock.Now().Add(400 * 24 * time.Hour) }, exchange.CodeLinkEnd},
	} {
		r := good
		c.change(&r)
		if _, err := f.Member("gov-ua").IssueLink(t.Context(), r); !errors.Is(err, problem.New(c.code, "")) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	rows, err := f.Member("gov-ua").Store.Decisions(t.Context(), 0, 10)
	if err != nil || len(rows) != 0 {
		t.Errorf("%d decisions, %v", len(rows), err)
	}
	if _, err := f.Member("gov-ua").IssueLink(t.Context(), good); err != nil {
		t.Error(err)
	}
}
