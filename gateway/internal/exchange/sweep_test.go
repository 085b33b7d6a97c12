package exchange_test

import (
	"bytes"
	"fmt"
	"log/slog"
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

// logged lets a test read what one participant logs.
func logged(o gatewaytest.Options, at string, to *bytes.Buffer) gatewaytest.Options {
	return tuned(o, func(id string, d *exchange.Deps) {
		if id == at {
			d.Log = slog.New(slog.NewTextHandler(to, nil))
			d.Sweep = casework.Limits{Children: 3, Repeats: 8}
		}
	})
}

// A decoy is answered as any other record, to the byte but for random fields, and
// says silently who asked.
func TestDecoy(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		var log bytes.Buffer
		f := gatewaytest.New(t, logged(o, "gov-ua", &log))
		ua, child := f.Member("gov-ua"), f.Child.IDs["gov-ua"]
		token := link(t, f, exchange.LinkRequest{})
		asked := func() *homewardv1.HolderAnswer {
			return ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_RETURN, Links: []string{token}})["gov-ua"]
		}
		before := asked()
		_, err := ua.LayDecoy(t.Context(), child, officerOf("o-1"))
		must(t, err)
		_, err = ua.LayDecoy(t.Context(), child, officerOf("o-1"))
		wantProblem(t, err, exchange.CodeDecoyLaid)
		after := asked()
		if len(before.GetEvidence()) != len(after.GetEvidence()) || len(before.GetRecords()) != 1 || len(after.GetRecords()) != 1 {
			t.Errorf("the decoy is answered in %d bytes, the record in %d", len(after.GetEvidence()), len(before.GetEvidence()))
		}
		laid, touched, err := ua.Decoys(t.Context())
		if err != nil || len(laid) != 1 || laid[0].Record != child || len(touched) != 1 || touched[0].Participant != "gov-pl" || touched[0].Officer != officer().GetId() {
			t.Errorf("laid %+v, touched %+v, %v", laid, touched, err)
		}
		if text := log.String(); !strings.Contains(text, "officer="+officer().GetId()) || strings.Contains(text, child) || strings.Contains(text, f.Child.Original.Family) {
			t.Errorf("the log says %q, want who asked and not for whom", text)
		}
		must(t, ua.TakeDecoy(t.Context(), child, officerOf("o-1")))
		wantProblem(t, ua.TakeDecoy(t.Context(), child, officerOf("o-1")), exchange.CodeNoDecoy)
		asked()
		if _, touched, err = ua.Decoys(t.Context()); err != nil || len(touched) != 1 {
			t.Errorf("%d touches after it was taken in, %v", len(touched), err)
		}
		_, err = ua.LayDecoy(t.Context(), child, officerOf("o-1")) // again
		must(t, err)
		_, err = ua.LayDecoy(t.Context(), "nobody", officerOf("o-1"))
		wantProblem(t, err, exchange.CodeNoSuchChild)
	})
}

// An officer who stays under every holder's budget is seen by the authority of
// origin, which adds up what all holders tell it.
func TestSweepIsSeenAcrossHolders(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o gatewaytest.Options) {
		var log bytes.Buffer
		f := gatewaytest.New(t, logged(o, "gov-ua", &log))
		ua := f.Member("gov-ua")
		for i := range 4 {
			ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: &homewardv1.Criteria{
				Given: "Синтетичний", Family: fmt.Sprintf("Вигаданий%c", 'а'+i), Born: "2013",
			}})
		}
		tell := func() {
			for _, holder := range []string{"unicef", "icrc", "gov-ua"} {
				must(t, f.Member(holder).Housekeep(t.Context()))
				deliver(t, f, holder)
			}
			must(t, ua.Housekeep(t.Context()))
		}
		tell()
		if sweeps, err := ua.Sweeps(t.Context()); err != nil || len(sweeps) != 0 {
			t.Errorf("%+v, %v before an hour was over", sweeps, err)
		}
		f.Clock.Add(time.Hour)
		tell()
		tell()
		sweeps, err := ua.Sweeps(t.Context())
		want := casework.Sweep{Requester: "gov-pl", Officer: officer().GetId(), Children: 4, Repeats: 3, Questions: 12}
		if err != nil || len(sweeps) != 1 || sweeps[0] != want {
			t.Errorf("%+v, %v; want %+v", sweeps, err, want)
		}
		if n := strings.Count(log.String(), "an officer sweeps"); n != 1 {
			t.Errorf("said %d times, want once:\n%s", n, log.String())
		}
		f.Clock.Add(casework.SweepWindow + time.Second)
		must(t, ua.Housekeep(t.Context()))
		if sweeps, err = ua.Sweeps(t.Context()); err != nil || len(sweeps) != 0 {
			t.Errorf("a day later %+v, %v", sweeps, err)
		}
		rows, err := ua.Store.Matters(t.Context(), ledger.MatterQuery{Kind: ledger.MatterTally})
		must(t, err)
		for _, m := range rows {
			if m.State != casework.TallyPast || len(m.Body) != 0 {
				t.Errorf("a tally of yesterday is %s with %d bytes", m.State, len(m.Body))
			}
		}
		_, err = f.Member("unicef").Sweeps(t.Context())
		wantProblem(t, err, exchange.CodeNotOrigin)
	})
}

// What a gateway counted is told before it ends, and lines that cannot be read are refused.
func TestTallies(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, gatewaytest.Options{})
	ask(t, f, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(f)})
	must(t, f.Member("unicef").SendTally(t.Context(), true))
	due, err := f.Member("unicef").Store.Due(t.Context(), f.Clock.Now(), 10)
	must(t, err)
	tallies := 0
	for _, item := range due {
		n, err := f.Member("unicef").Posted(item)
		must(t, err)
		if n.Event != envelope.EventTally {
			continue
		}
		tallies++
		for _, text := range append(n.Lines, string(item.Payload)) {
			if strings.Contains(text, f.Child.Original.Family) {
				t.Error("a tally names a child")
			}
		}
	}
	if tallies != 1 {
		t.Errorf("%d tallies wait, want 1", tallies)
	}
	for _, bad := range []string{`[]`, `["gov-pl","o","MATCH","short",1]`, `{"requester":"gov-pl"}`, `["gov-pl","o","MATCH","` + strings.Repeat("a", 43) + `",0]`,
		`["gov-pl","o o","MATCH","` + strings.Repeat("a", 43) + `",1]`, `["gov-pl","o","MATCH","` + strings.Repeat("a", 43) + `","1"]`} {
		code := notify(t, f, "unicef", "gov-ua", envelope.Notice{Event: envelope.EventTally, Requester: "unicef", Purpose: "TALLY", Query: "t1", Lines: []string{bad}})
		if code != string(casework.CodeTally) && code != string(envelope.CodeContent) {
			t.Errorf("%s is answered with %q", bad, code)
		}
	}
}

// What was counted before a crash is counted again from the ledger, once, though the
// gateway was down for hours.
func TestTallyAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := gatewaytest.New(t, gatewaytest.Options{Dir: dir})
	before.Clock.Add(-3 * time.Hour)
	_, id := askID(t, before, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(before)})
	collect(t, before, id)
	after := gatewaytest.New(t, gatewaytest.Options{Dir: dir})
	unicef := after.Member("unicef")
	for range 2 {
		must(t, unicef.Housekeep(t.Context()))
	}
	ask(t, after, &homewardv1.AskRequest{Purpose: homewardv1.Purpose_PURPOSE_MATCH, Criteria: byName(after)})
	must(t, unicef.SendTally(t.Context(), true))
	due, err := unicef.Store.Due(t.Context(), after.Clock.Now(), 50)
	must(t, err)
	var lines []string
	for _, item := range due {
		n, err := unicef.Posted(item)
		must(t, err)
		lines = append(lines, n.Lines...)
	}
	if len(lines) != 1 || !strings.HasSuffix(lines[0], ",2]") {
		t.Errorf("told %q, want one line of two questions", lines)
	}
}
