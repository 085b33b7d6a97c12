package cli

import (
	"bytes"
	"strings"
	"testing"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// What is no duplicate is sent after a yes, in English or Ukrainian, and after nothing else.
func TestDuplicatesAreAgreedTo(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"y\n": true, " YES \n": true, "т\n": true, "Так": true, "": false, "\n": false, "n\n": false, "yesterday\n": false, "ні\n": false,
	} {
		var b strings.Builder
		if got := agreed((&app{}).printerTo(&b), strings.NewReader(answer), 3); got != want || !strings.Contains(b.String(), "the other 3") || !strings.Contains(b.String(), "решту") {
			t.Errorf("%q: %v, %s", answer, got, b.String())
		}
	}
	if terminal(strings.NewReader("")) {
		t.Error("a program was asked")
	}
}

// Whatever others wrote into a report, or said of one, is shown without a link that a
// terminal would make, and without signs that would steer it.
func TestSightingsAreShownWithoutLinks(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	p := (&app{}).printerTo(&b)
	p.triagedSighting(&homewardv1.TriagedSighting{
		Id: "sg-1", State: "triaged",
		Sighting: &homewardv1.Sighting{
			Url: "https://one.example/x", ArchiveUrl: "HTTP://two.example", ChildDescription: &homewardv1.ChildDescription{Text: "see https://three.example and www.four.example"},
			Place: &homewardv1.SightedPlace{Facility: "ftp://five.example"}, Siblings: []*homewardv1.SightedSibling{{Given: "mailto:six@example.org"}},
		},
		Steps: []*homewardv1.SightingStep{{Act: "\x1b]0;seven\a", Note: "https://eight.example\x1b[31m", Officer: &homewardv1.Officer{Id: "\x1b[2J"}}},
	})
	p.submittedSighting(&homewardv1.SubmittedSighting{Id: "a", Question: "look at https://nine.example"})
	out := b.String()
	for _, shown := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"} {
		if !strings.Contains(out, shown) {
			t.Errorf("%s is not shown", shown)
		}
	}
	for _, link := range []string{"://", "www.", "mailto:", "\x1b", "\a"} {
		if strings.Contains(out, link) {
			t.Errorf("%q is shown in\n%s", link, out)
		}
	}
}

// Whoever reports from the field reads in both languages why a report was refused; of a
// code that this gateway does not know, what the recipient said.
func TestRefusedReportsAreSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	refused := func(code string) *homewardv1.SubmittedSighting {
		return &homewardv1.SubmittedSighting{Id: "a", State: "received", Deliveries: []*homewardv1.SightingDelivery{{
			Recipient: "icrc", State: "refused", Problem: &homewardv1.Problem{Code: code, Title: "The title", Remedy: "The remedy."},
		}}}
	}
	uk, _ := problem.Text(sightings.CodeSighting, "uk")
	for code, want := range map[string][]string{
		"bad_sighting": {"The title: The remedy.", uk.Title + ": " + uk.Remedy, "не прийнято"}, "of_another_version": {"The title: The remedy."},
	} {
		var b strings.Builder
		(&app{}).printerTo(&b).submittedSighting(refused(code))
		for _, text := range want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%q is not in\n%s", text, b.String())
			}
		}
	}
	for lang, want := range map[string]string{"en_GB.UTF-8": "The remedy.", "uk_UA.UTF-8": uk.Remedy} {
		var b bytes.Buffer
		a := &app{out: &b, output: "json", env: []string{"LANG=" + lang}}
		s := refused("bad_sighting")
		if err := a.reported(s, []*homewardv1.SubmittedSighting{s}, nil); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v, %s", lang, err, b.String())
		}
	}
}
