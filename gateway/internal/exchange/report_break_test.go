package exchange_test

import (
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/gatewaytest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

var triager = &homewardv1.Officer{Id: "o-7", Role: "tracing_officer"}

// onTwoSources has gov-ua hold a probable sighting on two sources, shared with the
// ICRC, whose id of it is shared; merged is the second source.
func onTwoSources(t *testing.T, f *gatewaytest.Federation) (id, merged, shared string) {
	t.Helper()
	ua, child := f.Member("gov-ua"), f.Child.IDs["gov-ua"]
	submit(t, f, "gov-00", listing(f))
	deliver(t, f, "gov-00")
	id = came(t, f, "gov-ua")[0].GetId()
	other := listing(f)
	other.ContentSha256, other.Url = strings.Repeat("cd", 32), "https://other.example/synthetic"
	submit(t, f, "gov-01", other)
	deliver(t, f, "gov-01")
	for _, s := range came(t, f, "gov-ua") {
		if s.GetSubmitter() == "gov-01" {
			merged = s.GetId()
		}
	}
	_, err := ua.MergeSighting(t.Context(), &homewardv1.MergeSightingRequest{Id: merged, Into: id, Officer: triager})
	must(t, err)
	review(t, f, "gov-ua", id, child, "triaged", "under_review", "possible", "probable")
	_, err = ua.ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: "icrc", Officer: triager})
	must(t, err)
	deliver(t, f, "gov-ua")
	return id, merged, came(t, f, "icrc")[0].GetId()
}

func reviewOf(t *testing.T, at time.Time, act, note string) map[string]json.RawMessage {
	t.Helper()
	b, err := json.Marshal(sightings.Step{At: at, Officer: envelope.Officer{ID: "i-1", Role: "tracing_officer"}, Act: act, Note: note})
	must(t, err)
	return map[string]json.RawMessage{"review": b}
}

// A confirmation that its organisation took back does not rise again when the message
// that carried it is sent once more.
func TestReviewSentAgainConfirmsNothing(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, _, _ := onTwoSources(t, f)
	now := f.Clock.Now()
	for _, m := range []struct {
		at  time.Time
		act string
	}{{now, "confirmed"}, {now.Add(time.Second), "under_review"}, {now, "confirmed"}} {
		if code := posted(t, f, "icrc", envelope.Sighting{Event: envelope.EventReviewed, Report: id, Values: reviewOf(t, m.at, m.act, "")}); code != "" {
			t.Fatalf("%s: %s", m.act, code)
		}
	}
	got := review(t, f, "gov-ua", id, f.Child.IDs["gov-ua"], "confirmed")
	if got.GetState() != "probable" {
		t.Errorf("confirmed on a confirmation that was taken back: %v", got.GetSteps())
	}
	n := 0
	for _, s := range got.GetSteps() {
		if s.GetOrganisation() == "icrc" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d steps of two", n)
	}
}

// What was confirmed of one child is not confirmed of another.
func TestConfirmationIsOfOneChild(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, _, shared := onTwoSources(t, f)
	review(t, f, "icrc", shared, "", "triaged", "under_review", "possible", "probable", "confirmed")
	deliver(t, f, "icrc")
	review(t, f, "gov-ua", id, "another-child", "possible", "probable")
	if got := review(t, f, "gov-ua", id, "another-child", "confirmed"); got.GetState() != "probable" {
		t.Errorf("the ICRC's confirmation of one child counts for %s", got.GetChild())
	}
}

// Whoever reported one of the sources is no second organisation, nor is one to whom
// nothing was shown.
func TestSubmitterIsNoReviewer(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, merged, _ := onTwoSources(t, f)
	third := listing(f)
	third.ContentSha256, third.Url = strings.Repeat("ef", 32), "https://third.example/synthetic"
	submit(t, f, "unicef", third)
	deliver(t, f, "unicef")
	for _, s := range came(t, f, "gov-ua") {
		if s.GetSubmitter() == "unicef" {
			_, err := f.Member("gov-ua").MergeSighting(t.Context(), &homewardv1.MergeSightingRequest{Id: s.GetId(), Into: id, Officer: triager})
			must(t, err)
		}
	}
	_, err := f.Member("gov-ua").ShareSighting(t.Context(), &homewardv1.ShareSightingRequest{Id: id, Participant: "unicef", Officer: triager})
	wantProblem(t, err, exchange.CodeUnknownHolder)
	for _, about := range []string{id, merged} {
		if code := posted(t, f, "unicef", envelope.Sighting{Event: envelope.EventReviewed, Report: about, Values: reviewOf(t, f.Clock.Now(), "confirmed", "")}); code != exchange.CodeReportUnknown {
			t.Errorf("a review by one to whom nothing was shown: %q", code)
		}
	}
}

// A review that is none of this service's words is refused.
func TestReviewIsRead(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, _, _ := onTwoSources(t, f)
	for name, values := range map[string]map[string]json.RawMessage{
		"no status": reviewOf(t, f.Clock.Now(), "\x1b]0;x\a", ""), "hidden signs": reviewOf(t, f.Clock.Now(), "probable", "a\u202eb"),
		"too long": reviewOf(t, f.Clock.Now(), "probable", strings.Repeat("a", 9000)), "no time": reviewOf(t, time.Time{}, "probable", ""),
		"nothing": nil, "no object": {"review": json.RawMessage(`7`)},
	} {
		code := posted(t, f, "icrc", envelope.Sighting{Event: envelope.EventReviewed, Report: id, Values: values})
		if code != sightings.CodeSighting && code != sightings.CodeLookalike {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// Split takes away what the merge made: a sighting that was confirmed on two sources is not on one.
func TestSplitTakesTheConfirmationAway(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, merged, shared := onTwoSources(t, f)
	review(t, f, "gov-ua", id, f.Child.IDs["gov-ua"], "confirmed")
	review(t, f, "icrc", shared, "", "triaged", "under_review", "possible", "probable", "confirmed")
	deliver(t, f, "icrc")
	ua := f.Member("gov-ua")
	if got, err := ua.TriagedSighting(t.Context(), id); err != nil || got.GetState() != "confirmed" {
		t.Fatalf("%v, %v", got, err)
	}
	_, err := ua.SplitSighting(t.Context(), &homewardv1.SplitSightingRequest{Id: merged, Officer: triager})
	must(t, err)
	if got, err := ua.TriagedSighting(t.Context(), id); err != nil || got.GetState() != "probable" {
		t.Errorf("confirmed on one source: %v, %v", got.GetState(), err)
	}
}

// A source that is withdrawn takes the confirmation with it that stood on it.
func TestWithdrawnSourceConfirmsNothing(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, merged, shared := onTwoSources(t, f)
	review(t, f, "gov-ua", id, f.Child.IDs["gov-ua"], "confirmed")
	review(t, f, "icrc", shared, "", "triaged", "under_review", "possible", "probable", "confirmed")
	deliver(t, f, "icrc")
	resp, err := f.Member("gov-01").SightingStatus(t.Context(), &homewardv1.SightingStatusRequest{})
	must(t, err)
	_, err = f.Member("gov-01").WithdrawSighting(t.Context(), &homewardv1.WithdrawSightingRequest{Id: resp.GetSightings()[0].GetId(), Officer: reporter})
	must(t, err)
	deliver(t, f, "gov-01")
	if got, err := f.Member("gov-ua").TriagedSighting(t.Context(), merged); err != nil || got.GetState() != "withdrawn" {
		t.Fatalf("%v, %v", got, err)
	}
	if got, err := f.Member("gov-ua").TriagedSighting(t.Context(), id); err != nil || got.GetState() != "probable" {
		t.Errorf("confirmed on what was withdrawn: %v, %v", got.GetState(), err)
	}
}

// A report that came while its submitter was put into quarantine counts as no source.
func TestQuarantineCountsAtOnce(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	id, _, _ := onTwoSources(t, f)
	ua := f.Member("gov-ua")
	must(t, ua.Stand(t.Context(), sightings.Standing{Submitter: "gov-01", Quarantined: true, At: f.Clock.Now()}))
	if got, err := ua.TriagedSighting(t.Context(), id); err != nil || got.GetSources() != 1 {
		t.Errorf("%d sources, %v", got.GetSources(), err)
	}
}

// A person who named a child without the matcher has compared too: no question leaves after that.
func TestNoQuestionAfterAPersonMatched(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	sent := submit(t, f, "gov-00", listing(f))[0]
	deliver(t, f, "gov-00")
	id := came(t, f, "gov-ua")[0].GetId()
	review(t, f, "gov-ua", id, f.Child.IDs["gov-ua"], "rejected", "under_review", "possible", "under_review", "needs_info")
	deliver(t, f, "gov-ua")
	if s := sightingStatus(t, f, "gov-00", sent.GetId()); s.GetState() != "received" || s.GetQuestion() != "" {
		t.Errorf("the submitter learns that somebody compared: %v", s)
	}
}

// A report without a capture that is submitted again after a broken line is there once.
func TestReportWithoutCaptureIsSubmittedOnce(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	s := listing(f)
	s.ContentSha256 = ""
	first := submit(t, f, "gov-00", s)
	if again := submit(t, f, "gov-00", s); len(first) != 1 || len(again) != 0 {
		t.Errorf("submitted %d, then %d", len(first), len(again))
	}
	s.ChildDescription.Age++
	if other := submit(t, f, "gov-00", s); len(other) != 1 {
		t.Errorf("another report: %d", len(other))
	}
}

// A grade that was begun before a quarantine does not end it, and whoever lifts one
// without a word is not overruled at once.
func TestQuarantineIsNotUndone(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	for i := range 11 {
		s := listing(f)
		s.ContentSha256 = strings.Repeat("0", 62) + string(rune('0'+i/10)) + string(rune('0'+i%10))
		submit(t, f, "gov-00", s)
	}
	deliver(t, f, "gov-00")
	for _, s := range came(t, f, "gov-ua") {
		review(t, f, "gov-ua", s.GetId(), "", "rejected")
	}
	ua := f.Member("gov-ua")
	must(t, ua.Housekeep(t.Context()))
	if !came(t, f, "gov-ua")[0].GetQuarantined() {
		t.Fatal("one who lies is heard")
	}
	_, err := ua.Quarantine(t.Context(), "gov-00", false, "", envelope.Officer{ID: "o-7", Role: "supervisor"})
	must(t, err)
	must(t, ua.Housekeep(t.Context()))
	if came(t, f, "gov-ua")[0].GetQuarantined() {
		t.Error("a person was overruled at once")
	}
}

// What a holder asks or says of a report is as legible as the report must be.
func TestWhatComesBesideAReportIsRead(t *testing.T) {
	t.Parallel()
	f := gatewaytest.New(t, with(gatewaytest.Options{}))
	v := values(t, func(*homewardv1.Sighting) {}, f)
	for name, why := range map[string]string{"hidden signs": `"a\u202eb"`, "too long": `"` + strings.Repeat("a", 9000) + `"`, "no text": `7`} {
		v["why"] = json.RawMessage(why)
		code := posted(t, f, "icrc", envelope.Sighting{Event: envelope.EventShared, Values: v})
		if code != sightings.CodeSighting && code != sightings.CodeLookalike {
			t.Errorf("%s: %q", name, code)
		}
	}
	v["why"] = json.RawMessage(`"a second look"`)
	if code := posted(t, f, "icrc", envelope.Sighting{Event: envelope.EventShared, Values: v}); code != "" {
		t.Errorf("a plain one: %q", code)
	}
}

// Whoever asks again and again before there was an answer has submitted once, though
// another replica was asked.
func TestSubmittedAtTheSameTimeOnce(t *testing.T) {
	t.Parallel()
	o := replicated(t, gatewaytest.Options{})
	f, other := gatewaytest.New(t, o), gatewaytest.New(t, o)
	var all sync.WaitGroup
	var sent atomic.Int32
	for i := range 8 {
		all.Go(func() {
			asked := []*gatewaytest.Federation{f, other}[i%2]
			resp, err := asked.Member("gov-00").SubmitSightings(t.Context(), &homewardv1.SubmitSightingsRequest{Officer: reporter, Sightings: []*homewardv1.Sighting{listing(f)}})
			if err != nil || len(resp.GetSightings())+len(resp.GetDuplicates()) != 1 {
				t.Errorf("%v, %v", resp, err)
			}
			sent.Add(int32(len(resp.GetSightings())))
		})
	}
	all.Wait()
	if sent.Load() != 1 {
		t.Errorf("submitted %d times", sent.Load())
	}
}
