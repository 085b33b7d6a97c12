package exchange_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A recall reaches who received something, names the answers, is acknowledged, and
// makes due at the recipient what its answers obliged to.
func TestRecall(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		unicef, pl := f.Member("unicef"), f.Member("gov-pl")
		token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}, Until: f.Clock.Now().Add(300 * 24 * time.Hour)})
		returnOf(t, f, token)
		ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)}) // a hit without a value is no receipt

		open, err := pl.Obligations(t.Context(), false)
		if err != nil || !slices.ContainsFunc(open, func(o casework.Obligation) bool {
			return o.Holder == "unicef" && strings.HasPrefix(o.Text, casework.DeleteBy) && o.Due.After(f.Clock.Now())
		}) {
			t.Fatalf("obligations %+v, %v; want to delete what unicef gave, by a day", open, err)
		}
		issued, err := unicef.IssueRecall(t.Context(), exchange.RecallRequest{Child: f.Child.IDs["unicef"], Kind: "erased", Why: "synthetic", Officer: officerOf("o-2")})
		if err != nil || len(issued) != 1 || issued[0].Recipient != "gov-pl" || len(issued[0].Decisions) != 1 {
			t.Fatalf("recalled %+v, %v; want one answer from gov-pl", issued, err)
		}
		f.Clock.Add(73 * time.Hour)
		wantRecall(t, f, false, true)
		deliver(t, f, "unicef")
		deliver(t, f, "unicef")
		wantRecall(t, f, true, false)

		f.Clock.Add(73 * time.Hour) // three days for what must be erased
		due, err := pl.Obligations(t.Context(), false)
		must(t, err)
		overdue := slices.DeleteFunc(due, func(o casework.Obligation) bool { return o.Due.After(f.Clock.Now()) })
		if len(overdue) != 2 || overdue[0].Decision != issued[0].Decisions[0] {
			t.Fatalf("due %+v, want the deletion and the recall itself", overdue)
		}
		wantNoFurtherQuestion(t, f, token, overdue)
		disclosed := decisions(t, f, "unicef", ledger.KindRecalled, func(d ledger.Decision) bool { return d.Outcome == "erased" && d.Officer.ID == "o-2" })
		if len(disclosed) != 1 {
			t.Errorf("%d decisions say who recalled", len(disclosed))
		}
	})
}

func officerOf(id string) envelope.Officer { return envelope.Officer{ID: id, Role: "case_officer"} }

func wantRecall(t *testing.T, f *gatewaytest.Federation, acknowledged, overdue bool) {
	t.Helper()
	list, err := f.Member("unicef").Recalls(t.Context())
	if err != nil || len(list) != 1 || list[0].Acknowledged != acknowledged || list[0].Overdue(f.Clock.Now()) != overdue {
		t.Errorf("recalls %+v, %v; want one, acknowledged %v, overdue %v", list, err, acknowledged, overdue)
	}
}

// wantNoFurtherQuestion: until every obligation is confirmed the recipient's own
// gateway asks nothing more of this child.
func wantNoFurtherQuestion(t *testing.T, f *gatewaytest.Federation, token string, overdue []casework.Obligation) {
	t.Helper()
	pl := f.Member("gov-pl")
	req := &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}, Officer: officer(), Basis: "GDPR 6(1)(e)"}
	for _, o := range overdue {
		f.Clock.Add(time.Second)
		_, err := pl.Ask(t.Context(), agency(), req, nil)
		wantProblem(t, err, exchange.CodeObligationOverdue)
		byCriteria := &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f), Officer: officer(), Basis: "GDPR 6(1)(e)"}
		_, err = pl.Ask(t.Context(), agency(), byCriteria, nil)
		wantProblem(t, err, exchange.CodeObligationOverdue)
		report := found(byName(f))
		report.Officer, report.Basis = officer(), "GDPR 6(1)(d)"
		_, err = pl.Ask(t.Context(), agency(), report, nil)
		must(t, err) // a child who is with somebody is reported whatever is overdue
		done, err := pl.FulfilObligation(t.Context(), o.ID, "deleted from the case file", officerOf("o-3"))
		if err != nil || !done.Done || done.By != "o-3" || done.Child != "" {
			t.Errorf("done %+v, %v", done, err)
		}
		_, err = pl.FulfilObligation(t.Context(), o.ID, "again", officerOf("o-3"))
		wantProblem(t, err, exchange.CodeObligationDone)
	}
	if _, err := pl.Ask(t.Context(), agency(), req, nil); err != nil {
		t.Errorf("after all was confirmed: %v", err)
	}
}

func TestRecallsThatAreNone(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	unicef := f.Member("unicef")
	_, err := unicef.IssueRecall(t.Context(), exchange.RecallRequest{Child: f.Child.IDs["unicef"], Kind: "erased"})
	wantProblem(t, err, exchange.CodeNothingReleased)
	_, err = unicef.IssueRecall(t.Context(), exchange.RecallRequest{Child: "nobody", Kind: "erased"})
	wantProblem(t, err, exchange.CodeNoSuchChild)
	_, err = unicef.IssueRecall(t.Context(), exchange.RecallRequest{Child: f.Child.IDs["unicef"], Kind: "forgotten"})
	wantProblem(t, err, casework.CodeRecallKind)
}

// Nobody recalls what another holder answered.
func TestForeignRecallChangesNothing(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
	answers := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})
	before, err := f.Member("gov-pl").Obligations(t.Context(), true)
	must(t, err)
	code := notify(t, f, "gov-ca", "gov-pl", envelope.Notice{
		Event: envelope.EventRecall, Requester: "gov-ca", Purpose: "RECALL", Query: "r1", Kind: "erased", Decisions: []string{answers["unicef"].GetDecisionId()},
	})
	after, err := f.Member("gov-pl").Obligations(t.Context(), true)
	must(t, err)
	if code != "" || len(after) != len(before) || slices.ContainsFunc(after, func(o casework.Obligation) bool { return o.Overdue(f.Clock.Now().Add(time.Second)) }) {
		t.Errorf("%q; %d obligations became %d", code, len(before), len(after))
	}
}

// A holder that recalls the same answer over and over, in one notice or in many, asks
// for one thing: it cannot bury the officer who must confirm it.
func TestRepeatedRecallIsOneObligation(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})
	id := ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})["unicef"].GetDecisionId()
	before, err := f.Member("gov-pl").Obligations(t.Context(), true)
	must(t, err)
	for range 3 {
		if code := notify(t, f, "unicef", "gov-pl", envelope.Notice{
			Event: envelope.EventRecall, Requester: "unicef", Purpose: "RECALL", Query: envelope.NewID(), Kind: "erased", Decisions: slices.Repeat([]string{id}, 50),
		}); code != "" {
			t.Fatal(code)
		}
	}
	after, err := f.Member("gov-pl").Obligations(t.Context(), true)
	if err != nil || len(after) != len(before)+1 {
		t.Errorf("%d obligations became %d, %v; want one more", len(before), len(after), err)
	}
}

// A holder that repeats a recall asks for nothing more: repetitions must not keep
// a requester from asking for the child.
func TestRecallRepeated(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	unicef, pl := f.Member("unicef"), f.Member("gov-pl")
	returnOf(t, f, link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}}))
	var first int
	for i := range 3 {
		_, err := unicef.IssueRecall(t.Context(), exchange.RecallRequest{Child: f.Child.IDs["unicef"], Kind: "erased", Why: "synthetic", Officer: officerOf("o-2")})
		must(t, err)
		deliver(t, f, "unicef")
		f.Clock.Add(time.Minute)
		deliver(t, f, "unicef")
		open, err := pl.Obligations(t.Context(), false)
		must(t, err)
		asked := slices.DeleteFunc(open, func(o casework.Obligation) bool { return o.Word() != casework.Recalled })
		if i == 0 {
			first = len(asked)
		}
		if len(asked) != first || first == 0 {
			t.Fatalf("recall %d: %d to confirm, want %d", i+1, len(asked), first)
		}
	}
	if got := casework.Each([]string{"b", "a", "b"}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("each once: %v", got)
	}
}
