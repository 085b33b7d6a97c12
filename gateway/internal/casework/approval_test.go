package casework

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func given(organisation string, ago time.Duration) Given {
	return Given{Organisation: organisation, Officer: envelope.Officer{ID: "s-" + organisation, Role: "supervisor"}, At: noon.Add(-ago)}
}

// runBy says that two participants are one organisation.
func runBy(participant string) string {
	if participant == "unicef-east" {
		return "unicef"
	}
	return participant
}

func TestComplete(t *testing.T) {
	t.Parallel()
	ended := given("gov-pl", time.Hour)
	ended.Until = noon
	for name, c := range map[string]struct {
		given []Given
		want  bool
	}{
		"nobody":                     {nil, false},
		"one":                        {[]Given{given("gov-pl", 0)}, false},
		"the holder twice":           {[]Given{given("unicef", 0), given("unicef", 0)}, false},
		"the holder by two names":    {[]Given{given("unicef", 0), given("unicef-east", 0)}, false},
		"holder and requester":       {[]Given{given("gov-pl", 0), given("unicef", 0)}, true},
		"origin and requester":       {[]Given{given("gov-pl", 0), given("gov-ua", 0)}, true},
		"origin and holder":          {[]Given{given("unicef", 0), given("gov-ua", 0)}, true},
		"two others":                 {[]Given{given("gov-pl", 0), given("gov-ca", 0)}, false},
		"the first too long ago":     {[]Given{given("gov-pl", ApprovalLife), given("unicef", 0)}, false},
		"the first just not too old": {[]Given{given("gov-pl", ApprovalLife-time.Second), given("unicef", 0)}, true},
		"one has ended":              {[]Given{ended, given("unicef", 0)}, false},
	} {
		if got := Complete(c.given, "unicef", "gov-ua", runBy, noon); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// However many approve: never with one organisation, never without the holder or
// the authority of origin, never twelve hours after the first; and time alone
// completes nothing.
func TestCompleteNeverTooSoonNorTooLate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []Given
		organisations := make(map[string]bool)
		first := noon
		for range rapid.IntRange(0, 5).Draw(t, "approvals") {
			g := given(rapid.SampledFrom([]string{"unicef", "gov-ua", "gov-pl", "gov-ca"}).Draw(t, "organisation"), time.Duration(rapid.IntRange(0, 24*60).Draw(t, "minutes"))*time.Minute)
			list, organisations[g.Organisation] = append(list, g), true
			if g.At.Before(first) {
				first = g.At
			}
		}
		complete := Complete(list, "unicef", "gov-ua", runBy, noon)
		if complete && (len(organisations) < 2 || !organisations["unicef"] && !organisations["gov-ua"] || noon.Sub(first) >= ApprovalLife) {
			t.Fatalf("%v is complete", list)
		}
		later := Complete(list, "unicef", "gov-ua", runBy, noon.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "hours"))*time.Hour))
		if later && !complete {
			t.Fatalf("%v becomes complete by waiting", list)
		}
	})
}

func TestMayApprove(t *testing.T) {
	t.Parallel()
	a := Approval{ApprovalBody: ApprovalBody{Officer: envelope.Officer{ID: "o-1", Role: "case_officer"}}}
	for _, c := range []struct {
		officer envelope.Officer
		may     bool
	}{
		{envelope.Officer{ID: "s-1", Role: "supervisor"}, true}, {envelope.Officer{ID: "d-1", Role: "duty_officer"}, true},
		{envelope.Officer{ID: "o-1", Role: "supervisor"}, false}, {envelope.Officer{ID: "o-2", Role: "case_officer"}, false}, {envelope.Officer{}, false},
	} {
		if err := a.May("gov-pl", c.officer); (err == nil) != c.may || !c.may && !errors.Is(err, problem.New(CodeApprover, "")) {
			t.Errorf("%v: %v", c.officer, err)
		}
	}
}

// The rows keep what they were given, sealed; and a question that waited too long
// is not waiting any more.
func TestApprovalRowAndReview(t *testing.T) {
	t.Parallel()
	box, err := NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	a := Approval{
		ID: ApprovalID("gov-pl", "jti"), State: ApprovalWaiting, Requester: "gov-pl", Subject: "keyed", At: noon, Until: noon.Add(time.Hour),
		ApprovalBody: ApprovalBody{Query: "jti", Purpose: "RETURN", Columns: []string{"documents"}, Why: "Синтетична причина", Given: []Given{given("gov-pl", 0)}},
	}
	row, err := a.Matter(box, "")
	if err != nil {
		t.Fatal(err)
	}
	back, err := ApprovalOf(box, row)
	if err != nil || back.Why != a.Why || len(back.Given) != 1 || back.StateAt(noon) != ApprovalWaiting || back.StateAt(a.Until) != "expired" {
		t.Errorf("%+v, %v", back, err)
	}
	r := a.Use(noon)
	for name, c := range map[string]struct {
		by      envelope.Officer
		finding string
		code    problem.Code
	}{
		"an approver":     {envelope.Officer{ID: "s-gov-pl", Role: "supervisor"}, "justified", CodeReviewer},
		"another office":  {envelope.Officer{ID: "r", Role: "case_officer"}, "justified", CodeReviewer},
		"another finding": {envelope.Officer{ID: "r", Role: "reviewer"}, "fine", CodeFinding},
	} {
		if _, err := r.Close("gov-pl", c.by, c.finding, "", noon); !errors.Is(err, problem.New(c.code, "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	closed, err := r.Close("unicef", envelope.Officer{ID: "s-gov-pl", Role: "reviewer"}, "not_justified", "n", noon)
	if err != nil || closed.State != ReviewClosed || closed.Overdue(noon.Add(2*ReviewTime)) || !r.Overdue(noon.Add(ReviewTime+time.Second)) {
		t.Errorf("%+v, %v", closed, err)
	}
}
