package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func deliver(t *testing.T, f *gatewaytest.Federation, from string) {
	t.Helper()
	must(t, f.Member(from).DeliverDue(t.Context()))
}

func returnOf(t *testing.T, f *gatewaytest.Federation, token string) map[string]int {
	t.Helper()
	records := make(map[string]int)
	for holder, a := range ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}}) {
		if a.GetStatus() == answered {
			records[holder] = len(a.GetRecords())
		}
	}
	return records
}

// A child on hold is answered as absent: by the authority of origin at once, by
// UNICEF and the ICRC once they have its notice, until they have its end.
func TestHeldChildIsAbsentEverywhere(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		ua, child := f.Member("gov-ua"), f.Child.IDs["gov-ua"]
		token := link(t, f, exchange.LinkRequest{Leads: []string{"unicef", "icrc", "gov-ca"}})
		want := func(when string, ua, others int) {
			t.Helper()
			if got := returnOf(t, f, token); got["gov-ua"] != ua || got["unicef"] != others {
				t.Errorf("%s: records %v, want %d at gov-ua and %d at unicef", when, got, ua, others)
			}
		}
		want("before", 1, 1)
		placed, err := ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: child, Why: "synthetic reason", Officer: envelope.Officer{ID: "o", Role: "case_officer"}})
		must(t, err)
		var told []string
		for _, p := range placed.Told {
			told = append(told, p.Participant)
		}
		if !slices.Equal(told, []string{"gov-ca", "icrc", "unicef"}) {
			t.Errorf("told %q, want UNICEF, the ICRC and the other lead", told)
		}
		want("placed, not delivered", 0, 1)
		deliver(t, f, "gov-ua")
		deliver(t, f, "gov-ua") // nothing is left
		want("delivered", 0, 0)
		wantReason(t, f, "unicef", "SUP_HOLD")
		_, err = ua.IssueLink(t.Context(), exchange.LinkRequest{Child: child, Recipient: "gov-pl", Purpose: "RETURN", Until: f.Clock.Now().Add(time.Hour)})
		wantProblem(t, err, exchange.CodeChildHeld)
		_, err = ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: child})
		wantProblem(t, err, exchange.CodeAlreadyHeld)

		holds, err := ua.Holds(t.Context())
		if err != nil || len(holds) != 1 || len(holds[0].Told) != 3 || !holds[0].Told[0].Acknowledged || holds[0].Why != "synthetic reason" {
			t.Errorf("holds %+v, %v; want one that three acknowledged", holds, err)
		}
		_, err = ua.LiftHold(t.Context(), child, envelope.Officer{ID: "o", Role: "case_officer"})
		must(t, err)
		want("lifted, not delivered", 1, 0)
		deliver(t, f, "gov-ua")
		want("lifted", 1, 1)
		_, err = ua.LiftHold(t.Context(), child, envelope.Officer{})
		wantProblem(t, err, exchange.CodeNotHeld)
		wantErased(t, f.Member("unicef").Store)
		wantErased(t, ua.Store)
	})
}

func wantProblem(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !errors.Is(err, problem.New(code, "")) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// wantReason: the newest answer in a ledger withheld everything for this reason.
func wantReason(t *testing.T, f *gatewaytest.Federation, at, reason string) {
	t.Helper()
	all := decisions(t, f, at, ledger.KindAnswered, func(ledger.Decision) bool { return true })
	if len(all) == 0 || len(all[0].Records) != 1 || !bytes.Contains(all[0].Records[0].Verdicts, []byte(reason)) || len(all[0].Records[0].Digests) != 0 {
		t.Errorf("the newest answer of %s does not withhold for %s", at, reason)
	}
}

// wantErased: no hold that was lifted says anything any more.
func wantErased(t *testing.T, s ledger.Store) {
	t.Helper()
	rows, err := s.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterHold, State: casework.HoldLifted})
	if err != nil || len(rows) == 0 || slices.ContainsFunc(rows, func(m ledger.Matter) bool { return len(m.Body) != 0 }) {
		t.Errorf("%d lifted holds, %v; want empty ones", len(rows), err)
	}
}

// Never 7 holds for holds too: only the ICRC learns that two identities are one child.
func TestHoldJoinsNoIdentities(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	link(t, f, exchange.LinkRequest{Leads: []string{"gov-ca"}})
	_, err := f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"]})
	must(t, err)
	deliver(t, f, "gov-ua")
	for holder, want := range map[string]int{"unicef": 2, "gov-ca": 2, "icrc": 1} {
		holds, err := f.Member(holder).Holds(t.Context())
		must(t, err)
		if len(holds) != want {
			t.Errorf("%s has %d holds, want %d", holder, len(holds), want)
		}
		for _, h := range holds {
			both := len(h.Identities) == 2 && len(h.Identities[0]) > 0 && len(h.Identities[1]) > 0
			if both != (holder == "icrc") {
				t.Errorf("%s: a hold of both identities: %v", holder, both)
			}
		}
	}
}

// The imposed identity is held as the original one is, for the authority of
// origin's own questions too, and the store shows neither.
func TestHoldCoversBothIdentities(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ua := f.Member("gov-ua")
	link(t, f, exchange.LinkRequest{Leads: []string{"gov-ca"}})
	byImposed := func() int {
		t.Helper()
		c, now := f.Child.Imposed, f.Clock.Now()
		payload, ds, err := envelope.QueryPayload(envelope.Query{
			Claims:  envelope.Claims{Issuer: "gov-ua", Audience: "gov-ca", ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()},
			Officer: envelope.Officer{ID: "o-1", Role: "case_officer"}, Purpose: "RETURN", Basis: "GDPR 6(1)(c)", Schema: envelope.Schema,
			Criteria: map[string]string{"given": c.Given, "family": c.Family, "born": c.Born},
		})
		must(t, err)
		reply, err := f.Member("gov-ca").Answer(t.Context(), "gov-ua", sealTo(t, f, "gov-ca", payload, ds, envelope.TypeQuery, ua.Keys.Sign))
		must(t, err)
		answer, err := ua.Inspect("gov-ca", reply)
		must(t, err)
		return len(answer.Records)
	}
	if n := byImposed(); n != 1 {
		t.Fatalf("%d records before the hold, want 1", n)
	}
	_, err := ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"]})
	must(t, err)
	deliver(t, f, "gov-ua")
	if n := byImposed(); n != 0 {
		t.Errorf("%d records of a held child by the imposed identity", n)
	}
	rows, err := f.Member("gov-ca").Store.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterHold})
	must(t, err)
	for _, m := range rows {
		if strings.Contains(string(m.Body), f.Child.Original.Family) || strings.Contains(string(m.Body), f.Child.Imposed.Family) {
			t.Error("the store shows who is held")
		}
	}
}

// A hold ends by its day without a notice, and then says nothing any more.
func TestHoldEnds(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	token := link(t, f, exchange.LinkRequest{Until: f.Clock.Now().Add(48 * time.Hour), Leads: []string{"unicef"}})
	_, err := f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Until: f.Clock.Now().Add(24 * time.Hour)})
	must(t, err)
	deliver(t, f, "gov-ua")
	if got := returnOf(t, f, token); got["gov-ua"]+got["unicef"] != 0 {
		t.Errorf("held, and answered with %v", got)
	}
	f.Clock.Add(25 * time.Hour)
	if got := returnOf(t, f, token); got["gov-ua"] != 1 || got["unicef"] != 1 {
		t.Errorf("after its end %v, want both", got)
	}
	must(t, f.Member("unicef").Housekeep(t.Context()))
	wantErased(t, f.Member("unicef").Store)
	_, err = f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"], Until: f.Clock.Now()})
	wantProblem(t, err, exchange.CodeHoldEnd)
	_, err = f.Member("unicef").PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["unicef"]})
	wantProblem(t, err, exchange.CodeNotOrigin)
	_, err = f.Member("gov-ua").PlaceHold(t.Context(), exchange.HoldRequest{Child: "no such record"})
	wantProblem(t, err, exchange.CodeNoSuchChild)
}

// Who may say what to whom: everything else is refused, signed, and changes nothing.
func TestEventsGoOneWay(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	for _, c := range []struct{ from, to, event, code string }{
		{"unicef", "icrc", envelope.EventHold, string(exchange.CodeNotOrigin)},
		{"gov-ca", "unicef", envelope.EventLifted, string(exchange.CodeNotOrigin)},
		{"gov-ua", "unicef", envelope.EventHold, ""},
		{"unicef", "icrc", envelope.EventMatchHit, string(exchange.CodeNotOrigin)},
		{"gov-pl", "gov-ua", envelope.EventTally, string(exchange.CodeNotHolder)},
		{"unicef", "icrc", envelope.EventTally, string(exchange.CodeNotOrigin)},
		{"gov-pl", "unicef", envelope.EventOrigin, string(exchange.CodeNotOrigin)},
		{"gov-pl", "gov-ua", envelope.EventOrigin, ""},
		{"gov-pl", "unicef", envelope.EventRecall, string(exchange.CodeNotHolder)},
		{"unicef", "gov-pl", envelope.EventRecall, string(casework.CodeRecallKind)},
		{"gov-pl", "unicef", envelope.EventReceipt, string(exchange.CodeNotRecipient)},
		{"unicef", "gov-pl", envelope.EventPush, string(exchange.CodePushRecipient)},
		{"unicef", "gov-ua", "something_new", string(exchange.CodeUnknownEvent)},
	} {
		if code := notify(t, f, c.from, c.to, envelope.Notice{Event: c.event, Requester: c.from, Holder: "unicef", Purpose: "RETURN", Query: envelope.NewID()}); code != c.code {
			t.Errorf("%s tells %s of %s: %q, want %q", c.from, c.to, c.event, code, c.code)
		}
	}
	for member, want := range map[string]int{"unicef": 1, "icrc": 0, "gov-pl": 0} {
		rows, err := f.Member(member).Store.Matters(t.Context(), ledger.MatterQuery{})
		if err != nil || len(rows) != want {
			t.Errorf("%s keeps %d matters, %v; want %d", member, len(rows), err, want)
		}
	}
}

// notify sends one notice and returns the problem that answered it, "" for none.
func notify(t *testing.T, f *gatewaytest.Federation, from, to string, n envelope.Notice) string {
	t.Helper()
	now := f.Clock.Now()
	n.Claims = envelope.Claims{Issuer: from, Audience: to, ID: envelope.NewID(), IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()}
	n.Schema = envelope.Schema
	payload, ds, err := envelope.NoticePayload(n)
	must(t, err)
	reply, err := f.Member(to).Notify(t.Context(), from, sealTo(t, f, to, payload, ds, envelope.TypeNotice, f.Member(from).Keys.Sign))
	must(t, err)
	answer, err := f.Member(from).Inspect(to, reply)
	must(t, err)
	if answer.Problem == nil {
		return ""
	}
	return answer.Problem.Code
}

// The end of a hold may overtake its beginning: the child stays free.
func TestHoldLiftedBeforeItCame(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	c := f.Child.Original
	hold := envelope.Notice{Event: envelope.EventHold, Requester: "gov-ua", Purpose: "HOLD", Query: "h1", Criteria: map[string]string{"given": c.Given, "family": c.Family, "born": c.Born}}
	lifted := hold
	lifted.Event, lifted.Criteria = envelope.EventLifted, nil
	for _, n := range []envelope.Notice{lifted, hold} {
		if code := notify(t, f, "gov-ua", "unicef", n); code != "" {
			t.Fatal(code)
		}
	}
	if got := returnOf(t, f, link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})); got["unicef"] != 1 {
		t.Errorf("%v, want the child answered", got)
	}
	wantErased(t, f.Member("unicef").Store)
}

// unreadable is a store whose matters cannot be read.
type unreadable struct{ ledger.Store }

func (unreadable) Matters(context.Context, ledger.MatterQuery) ([]ledger.Matter, error) {
	return nil, problem.New(problem.CodeUnavailable, "matters")
}

// Holds that cannot be read hold everybody.
func TestUnreadableHolds(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{Tune: func(id string, d *exchange.Deps) {
		if id == "unicef" {
			d.Store = unreadable{d.Store}
		}
	}})
	if got := returnOf(t, f, link(t, f, exchange.LinkRequest{Leads: []string{"unicef"}})); got["unicef"] != 0 {
		t.Errorf("%v, want nothing of who cannot read its holds", got)
	}
}

// A holder of which nobody knew that it knows the child is told of the hold as soon
// as it reports a hit: once, and not after the hold was lifted.
func TestHoldReachesWhoTellsLater(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		f := gatewaytest.New(t, o)
		ua, c := f.Member("gov-ua"), f.Child.Original
		hit := func() {
			t.Helper()
			code := notify(t, f, "gov-ca", "gov-ua", envelope.Notice{
				Event: envelope.EventMatchHit, Requester: "gov-pl", Purpose: "MATCH", Query: envelope.NewID(),
				Criteria: map[string]string{"given": c.Given, "patronymic": c.Patronymic, "family": c.Family, "born": c.Born, "sex": c.Sex},
			})
			if code != "" {
				t.Fatal(code)
			}
			deliver(t, f, "gov-ua")
		}
		held := func(want int) {
			t.Helper()
			rows, err := f.Member("gov-ca").Store.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterHold, State: casework.HoldPlaced})
			if err != nil || len(rows) != want {
				t.Errorf("gov-ca keeps %d holds, %v; want %d", len(rows), err, want)
			}
		}
		_, err := ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"]})
		must(t, err)
		deliver(t, f, "gov-ua")
		held(0)
		hit()
		held(1)
		hit()
		holds, err := ua.Holds(t.Context())
		if err != nil || len(holds) != 1 || len(holds[0].Told) != 3 {
			t.Errorf("holds %+v, %v; want one, told to three", holds, err)
		}
		lifted, err := ua.LiftHold(t.Context(), f.Child.IDs["gov-ua"], officerOf("o"))
		if err != nil || len(lifted.Told) != 3 {
			t.Errorf("lifted %+v, %v; want three told", lifted, err)
		}
		deliver(t, f, "gov-ua")
		hit()
		held(0)
		_, err = ua.PlaceHold(t.Context(), exchange.HoldRequest{Child: f.Child.IDs["gov-ua"]})
		must(t, err) // again: its hits are known now
		deliver(t, f, "gov-ua")
		held(1)
	})
}
