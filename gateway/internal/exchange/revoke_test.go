package exchange_test

import (
	"errors"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A link that its issuer took back opens nothing there, is not handed out, and says
// no more of the child than no link does. Another one for the same child stands.
func TestRevokedLink(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		ua := f.Member("gov-ua")
		_, id := askID(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
		issue := func(jti string) ledger.Link {
			l, err := ua.IssueLink(t.Context(), exchange.LinkRequest{
				Child: f.Child.IDs["gov-ua"], Recipient: "gov-pl", Purpose: "RETURN", Until: f.Clock.Now().Add(time.Hour), Leads: []string{"unicef"}, QueryJTI: jti,
			})
			must(t, err)
			return l
		}
		taken, other := issue(onlyHit(t, f).QueryJTI), issue("")
		with := func(l ledger.Link) map[string]*homewardv1.HolderAnswer {
			return ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{l.Token}})
		}
		wantStatus(t, with(taken)["gov-ua"], answered, 1)
		beside := goAhead(t, f, "gov-ua", taken.Token, nil)
		approved := approval(t, f, "gov-pl", taken.Token, nil)
		for range 2 {
			if _, err := ua.RevokeLink(t.Context(), taken.ID, envelope.Officer{ID: "officer-3", Role: "case_officer"}); err != nil {
				t.Fatal(err)
			}
		}
		got := with(taken)
		wantStatus(t, got["gov-ua"], answered, 0)
		wantStatus(t, got["unicef"], answered, 1) // it cannot know
		// What people stated beside it does not tell that it was taken back.
		wantStatus(t, ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{taken.Token, beside}})["gov-ua"], answered, 0)
		wantStatus(t, ask(t, f, glass(taken.Token, approved))["gov-ua"], answered, 0)
		row, err := ua.Store.Decision(t.Context(), got["gov-ua"].GetDecisionId())
		must(t, err)
		if d, err := ledger.ParseDecision(row.Content); err != nil || d.Reason != "DENY_NO_CASE_REF" {
			t.Errorf("the ledger says %q, %v", d.Reason, err)
		}
		if links := collect(t, f, id)["gov-ua"].GetLinks(); len(links) != 0 {
			t.Errorf("%d links are handed out", len(links))
		}
		if n := len(decisions(t, f, "gov-ua", ledger.KindRevoked, func(d ledger.Decision) bool { return d.Links[0] == taken.ID && d.Officer.ID == "officer-3" })); n != 2 {
			t.Errorf("%d revocations are recorded, want 2", n)
		}
		wantStatus(t, with(other)["gov-ua"], answered, 1)
		if _, err := ua.RevokeLink(t.Context(), "AAAAAAAAAAAAAAAAAAAAAA", envelope.Officer{}); !errors.Is(err, problem.New(problem.CodeNotFound, "")) {
			t.Errorf("a link that was never issued: %v", err)
		}
	})
}
