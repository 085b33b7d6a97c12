package exchange_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

var supervisor = &homewardv1.Officer{Id: "s-1", Role: "supervisor"}

// confirmedAt has a holder hold a sighting that it and a second organisation confirmed
// on two sources.
func confirmedAt(t *testing.T, f *gatewaytest.Federation, holder, second string) (id string) {
	t.Helper()
	at := f.Member(holder)
	for i, from := range []string{"gov-00", "gov-01"} {
		s := listing(f)
		s.ContentSha256, s.Url = strings.Repeat(string(rune('a'+i)), 64), "https://"+from+".example/synthetic"
		_, err := f.Member(from).SubmitSightings(t.Context(), &homewardv1.SubmitSightingsRequest{Officer: reporter, Sightings: []*homewardv1.Sighting{s}, Recipients: []string{holder}})
		must(t, err)
		deliver(t, f, from)
	}
	list := came(t, f, holder)
	id = list[0].GetId()
	_, err := at.MergeSighting(t.Context(), &homewardv1.MergeSightingRequest{Id: list[1].GetId(), Into: id, Officer: triager})
	must(t, err)
	review(t, f, holder, id, "child-1", "triaged", "under_review", "possible", "probable", "confirmed")
	_, err = at.ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: second, Officer: triager})
	must(t, err)
	deliver(t, f, holder)
	review(t, f, second, came(t, f, second)[0].GetId(), "", "triaged", "under_review", "possible", "probable", "confirmed")
	deliver(t, f, second)
	if got := triaged(t, f, holder, id); got.GetState() != "confirmed" {
		t.Fatalf("it is %s", got.GetState())
	}
	return id
}

func triaged(t *testing.T, f *gatewaytest.Federation, at, id string) *homewardv1.TriagedSighting {
	t.Helper()
	got, err := f.Member(at).TriagedSighting(t.Context(), id)
	must(t, err)
	return got
}

func closing(t *testing.T, f *gatewaytest.Federation, at, id, outcome string) *homewardv1.TriagedSighting {
	t.Helper()
	got, err := f.Member(at).CloseSighting(t.Context(), &homewardv1.CloseSightingRequest{Id: id, Officer: triager, Outcome: outcome, Note: "synthetic"})
	must(t, err)
	return got
}

func confirming(f *gatewaytest.Federation, t *testing.T, id string, by *homewardv1.Officer, confirmed bool) error {
	t.Helper()
	_, err := f.Member("gov-ua").ConfirmClosing(t.Context(), &homewardv1.ConfirmClosingRequest{Id: id, Officer: by, Confirmed: confirmed, Note: "synthetic"})
	return err
}

func isClosed(s *homewardv1.TriagedSighting) bool {
	return s.GetState() == "actioned" || s.GetOutcome() != ""
}

// What another holder says to have ended a sighting closes nothing until the authority
// of origin confirms it, or refuses; who reported sees nothing of either.
func TestClosedByTheAuthorityOfOriginAlone(t *testing.T) {
	t.Parallel()
	for name, confirmed := range map[string]bool{"confirmed": true, "refused": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := gatewaytest.New(t, with(gatewaytest.Options{}))
			id := confirmedAt(t, f, "icrc", "gov-ua")
			status, err := f.Member("gov-00").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{})
			must(t, err)
			if got := closing(t, f, "icrc", id, "reunified"); isClosed(got) || got.GetClosing().GetOutcome() != "reunified" || got.GetClosing().GetSources() != 2 {
				t.Fatalf("before its word: %v", got)
			}
			_, err = f.Member("icrc").ReviewSighting(t.Context(), &homewardv1.ReviewSightingRequest{Id: id, Officer: triager, State: "actioned"})
			wantProblem(t, err, sightings.CodeClosing)
			_, err = f.Member("icrc").ConfirmClosing(t.Context(), &homewardv1.ConfirmClosingRequest{Id: id, Officer: supervisor, Confirmed: true})
			wantProblem(t, err, sightings.CodeClosing)
			deliver(t, f, "icrc")
			asked := came(t, f, "gov-ua")[0]
			if asked.GetClosing().GetOrganisation() != "icrc" || asked.GetSubmitter() != "" {
				t.Fatalf("the authority of origin is shown %v", asked)
			}
			wantProblem(t, confirming(f, t, asked.GetId(), triager, true), sightings.CodeClosing) // no supervisor
			must(t, confirming(f, t, asked.GetId(), supervisor, confirmed))
			if isClosed(triaged(t, f, "icrc", id)) {
				t.Error("closed before the word came")
			}
			deliver(t, f, "gov-ua")
			got := triaged(t, f, "icrc", id)
			if isClosed(got) != confirmed || got.GetClosing() != nil || confirmed && got.GetOutcome() != "reunified" {
				t.Errorf("after its word: %s, %q, %v", got.GetState(), got.GetOutcome(), got.GetClosing())
			}
			last := got.GetSteps()[len(got.GetSteps())-1]
			if last.GetOrganisation() != "gov-ua" || last.GetOfficer().GetId() != "s-1" || last.GetAct() != map[bool]string{true: "closed", false: "kept_open"}[confirmed] {
				t.Errorf("the last step is %v", last)
			}
			after, err := f.Member("gov-00").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{})
			if err != nil || !proto.Equal(status, after) {
				t.Errorf("who reported sees it: %v, %v", after, err)
			}
		})
	}
}

// The authority of origin closes its own by two persons.
func TestOwnIsClosedByTwoPersons(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id := confirmedAt(t, f, "gov-ua", "icrc")
	wantProblem(t, confirming(f, t, id, supervisor, true), sightings.CodeClosing) // nothing waits
	if isClosed(closing(t, f, "gov-ua", id, "dead")) {
		t.Fatal("one person closed it")
	}
	wantProblem(t, confirming(f, t, id, &homewardv1.Officer{Id: triager.GetId(), Role: "supervisor"}, true), sightings.CodeClosing)
	must(t, confirming(f, t, id, supervisor, true))
	if got := triaged(t, f, "gov-ua", id); got.GetState() != "actioned" || got.GetOutcome() != "dead" {
		t.Errorf("%s, %q", got.GetState(), got.GetOutcome())
	}
	if got := review(t, f, "gov-ua", id, "", "under_review"); isClosed(got) {
		t.Errorf("looked at anew it is still %s", got.GetOutcome())
	}
}

// A word that nobody may say, or that answers nothing, changes nothing.
func TestForgedWordsCloseNothing(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id := confirmedAt(t, f, "icrc", "gov-ua")
	now := f.Clock.Now()
	word := func(v sightings.Verdict) map[string]json.RawMessage {
		b, err := json.Marshal(v)
		must(t, err)
		return map[string]json.RawMessage{"closing": b}
	}
	v := sightings.Verdict{Closing: sightings.Closing{Outcome: "dead", At: now, Officer: envelope.Officer{ID: "s-1", Role: "supervisor"}}, Confirmed: true, Said: now}
	say := func(from string) string {
		return string(postedTo(t, f, from, "icrc", envelope.Sighting{Event: envelope.EventClosed, Report: id, Values: word(v)}))
	}
	if got := say("gov-ua"); got != "" || isClosed(triaged(t, f, "icrc", id)) {
		t.Errorf("a word on nothing: %q", got)
	}
	v.At, _ = time.Parse(time.RFC3339, closing(t, f, "icrc", id, "reunified").GetClosing().GetAt())
	for _, from := range []string{"unicef", "gov-00"} {
		if got := say(from); got != string(exchange.CodePurposeRole) {
			t.Errorf("%s confirms: %q", from, got)
		}
	}
	if got := say("gov-ua"); got != "" || isClosed(triaged(t, f, "icrc", id)) { // dead, while reunified was asked
		t.Errorf("a word on something else: %q", got)
	}
	v.Outcome = "lost"
	if got := say("gov-ua"); got != string(sightings.CodeSighting) {
		t.Errorf("a word that is none: %q", got)
	}
	if code := postedTo(t, f, "icrc", "unicef", envelope.Sighting{Event: envelope.EventClosing, Values: values(t, func(*homewardv1.Sighting) {}, f)}); code != exchange.CodePurposeRole {
		t.Errorf("another than the authority of origin is asked: %q", code)
	}
	review(t, f, "icrc", id, "", "under_review") // looked at anew: what waited is gone
	if got := triaged(t, f, "icrc", id); got.GetClosing() != nil {
		t.Errorf("still waits: %v", got.GetClosing())
	}
}

// Only what is confirmed can be said to have ended, and once at a time.
func TestOnlyTheConfirmedIsClosed(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, _, shared := onTwoSources(t, f)
	for at, seen := range map[string]string{"gov-ua": id, "icrc": shared} {
		_, err := f.Member(at).CloseSighting(t.Context(), &homewardv1.CloseSightingRequest{Id: seen, Officer: triager, Outcome: "dead"})
		wantProblem(t, err, sightings.CodeClosing)
	}
	_, err := f.Member("gov-ua").CloseSighting(t.Context(), &homewardv1.CloseSightingRequest{Id: id, Officer: triager, Outcome: "lost"})
	wantProblem(t, err, sightings.CodeSighting)
}

// The authority of origin may be asked before it was shown the sighting otherwise, and
// shown it later; asked twice it answers the last.
func TestAskedBeforeItWasShown(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	v := values(t, func(s *homewardv1.Sighting) { s.SubmitterRisk, s.Consent, s.Custody = "", nil, nil }, f)
	report := envelope.NewID()
	ask := func(outcome string, at time.Time, event string) {
		b, err := json.Marshal(sightings.Closing{Outcome: outcome, At: at, Sources: 2, Officer: envelope.Officer{ID: "i-1", Role: "tracing_officer"}})
		must(t, err)
		v["closing"] = b
		if event == envelope.EventShared {
			delete(v, "closing")
			v["why"] = json.RawMessage(`"synthetic"`)
		}
		if code := posted(t, f, "icrc", envelope.Sighting{Event: event, Report: report, Values: v}); code != "" {
			t.Fatalf("%s: %s", event, code)
		}
	}
	now := f.Clock.Now()
	ask("dead", now.Add(time.Second), envelope.EventClosing)
	ask("reunified", now, envelope.EventClosing) // it was overtaken
	ask("", now, envelope.EventShared)
	list := came(t, f, "gov-ua")
	if len(list) != 1 || list[0].GetClosing().GetOutcome() != "dead" || list[0].GetSharedBy() != "icrc" {
		t.Errorf("came %v", list)
	}
	if n := len(slices.DeleteFunc(list[0].GetSteps(), func(s *homewardv1.SightingStep) bool { return s.GetAct() != "closing" })); n != 1 {
		t.Errorf("%d steps of one", n)
	}
}
