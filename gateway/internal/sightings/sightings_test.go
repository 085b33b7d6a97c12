package sightings_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func report() *homewardv1.Sighting {
	return &homewardv1.Sighting{
		SourceType: "open_web", Url: "https://listing.example/?a=1&b=<2>", ContentSha256: strings.Repeat("ab", 32),
		ClaimedIdentity:  &homewardv1.ClaimedIdentity{Given: "Александр", Born: "2014-03"},
		ChildDescription: &homewardv1.ChildDescription{Age: 12, Text: "Synthetic. Не існує."},
	}
}

var everything = []string{"source_type", "url", "content_sha256", "claimed_identity", "child_description"}

// What is taken apart is put together again, and its hash outlives being kept as JSON.
func TestReportComesApartAndTogether(t *testing.T) {
	t.Parallel()
	values, err := sightings.Values(report())
	must(t, err)
	kept, err := json.Marshal(values)
	must(t, err)
	var again map[string]json.RawMessage
	must(t, json.Unmarshal(kept, &again))
	if a, b := sightings.Hash("r", values), sightings.Hash("r", again); a != b || a == sightings.Hash("s", values) {
		t.Errorf("hash %s, kept %s", a, b)
	}
	whole, err := sightings.Join(again, everything)
	must(t, err)
	if whole.GetUrl() != report().GetUrl() || whole.GetClaimedIdentity().GetGiven() != "Александр" {
		t.Errorf("together again it is %v", whole)
	}
	part, err := sightings.Join(again, []string{"source_type"})
	if err != nil || part.GetUrl() != "" || part.GetSourceType() != "open_web" {
		t.Errorf("of one member it is %v, %v", part, err)
	}
}

// A reference is the same things in both languages, and hard to mistake.
func TestReference(t *testing.T) {
	t.Parallel()
	seen, length := make(map[string]bool), 0
	for i := range 2000 {
		r, filler := sightings.Reference([]byte{byte(i), byte(i >> 8), 3, 7, 1, 9, byte(i * 7), byte(i * 31)})
		if n := len(r["en"] + r["uk"] + filler); length == 0 {
			length = n
		} else if n != length {
			t.Fatalf("%v and its filler have %d bytes, another %d", r, n, length)
		}
		if len(r) != 2 || strings.Count(r["en"], "-") != 3 || strings.Count(r["uk"], "-") != 3 || r["en"][len(r["en"])-4:] != r["uk"][len(r["uk"])-4:] {
			t.Fatalf("reference %v", r)
		}
		seen[r["en"]] = true
	}
	if len(seen) < 1990 {
		t.Errorf("only %d of 2000 differ", len(seen))
	}
	if r, _ := sightings.Reference([]byte("short")); r != nil {
		t.Error("a reference of too little")
	}
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	s := report()
	s.ContentSha256, s.Media = "", &homewardv1.Media{Width: 100, Height: 900}
	want := []string{sightings.LowResolution, sightings.NoDate, sightings.NoPlace, sightings.NoHash}
	if got := sightings.Feedback(s); !slices.Equal(got, want) {
		t.Errorf("feedback %v", got)
	}
	s.Media.Width, s.ObservedAt, s.Place, s.ContentSha256 = 800, "2026", &homewardv1.SightedPlace{Country: "RU"}, strings.Repeat("ab", 32)
	if got := sightings.Feedback(s); got != nil {
		t.Errorf("feedback on a full one: %v", got)
	}
}

// Every status leads on but the last, none skips a person, and withdrawn is the end.
func TestStatuses(t *testing.T) {
	t.Parallel()
	for _, from := range sightings.Statuses() {
		for _, to := range sightings.Statuses() {
			err := sightings.MayFollow(from, to)
			if to == sightings.StatusConfirmed && (err == nil) != (from == sightings.StatusProbable) {
				t.Errorf("%s to confirmed: %v", from, err)
			}
			if (from == sightings.StatusWithdrawn || to == sightings.StatusReceived || to == sightings.StatusWithdrawn) && err == nil {
				t.Errorf("%s to %s is allowed", from, to)
			}
		}
	}
	if problem.Of(sightings.MayFollow("gossip", "triaged")).Code != sightings.CodeTransition {
		t.Error("an unknown status leads on")
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	one := func(from, capture string) sightings.Received {
		return sightings.Received{Submitter: from, Subject: capture, State: "triaged"}
	}
	of := func(from, capture, address string) sightings.Received {
		r := one(from, capture)
		r.Values = map[string]json.RawMessage{"url": json.RawMessage(`"` + address + `"`)}
		return r
	}
	quarantined, rejected := one("c", "3"), one("d", "4")
	quarantined.Quarantined, rejected.State = true, sightings.StatusRejected
	for _, c := range []struct {
		want  int
		group []sightings.Received
	}{
		{1, []sightings.Received{one("a", "1"), one("a", "2")}},
		{1, []sightings.Received{one("a", "1"), one("b", "1")}},
		{2, []sightings.Received{one("a", "1"), one("b", "2")}},
		{1, []sightings.Received{one("a", "1"), quarantined, rejected}},
		{1, []sightings.Received{of("a", "1", "https://WWW.a.example/x/#top"), of("b", "2", "http://a.example/x")}},
		{1, []sightings.Received{of("a", "1", "https://a.example/x"), of("b", "1", "https://b.example"), of("c", "2", "https://b.example/")}},
		{2, []sightings.Received{of("a", "1", "https://a.example/x"), of("b", "2", "https://a.example/y")}},
	} {
		if got := sightings.Sources(c.group); got != c.want {
			t.Errorf("%d sources, want %d", got, c.want)
		}
	}
}

// Whoever confirmed and looks at it anew has not confirmed any more.
func TestOrganisations(t *testing.T) {
	t.Parallel()
	r := sightings.Received{ReceivedBody: sightings.ReceivedBody{Child: "c", Steps: []sightings.Step{
		{Organisation: "e", Act: "confirmed"}, {Organisation: "d", Act: "confirmed", Child: "another"},
		{Organisation: "a", Act: "confirmed", Child: "c"}, {Organisation: "a", Act: "confirmed", Child: "c"},
		{Organisation: "b", Act: "confirmed"}, {Organisation: "b", Act: "rejected"},
	}}}
	if got := r.Organisations(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("confirmed by %v", got)
	}
}

func TestClosedIsAlwaysAfter90Days(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, state := range []string{sightings.StateReceived, sightings.StateNeedsInfo, sightings.StateWithdrawn} {
		r := sightings.Report{State: state, At: at}
		if r.Shown(at.Add(sightings.OpenFor-1)) != state || r.Shown(at.Add(sightings.OpenFor)) != sightings.StateClosed {
			t.Errorf("%s does not close on its day", state)
		}
	}
}

// FuzzIntake: whatever comes as the values of a report is refused or read, with an
// error that is a problem and quotes nothing; what is read is taken apart to the same.
func FuzzIntake(f *testing.F) {
	values, err := sightings.Values(report())
	must(f, err)
	seed, err := json.Marshal(values)
	must(f, err)
	for _, s := range []string{string(seed), `{}`, `{"url":1}`, `{"claimed_identity":{"given":"Aлександр"}}`, `{"siblings":[{"age":99}]}`, `{"media":{"bytes":"9e99"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var values map[string]json.RawMessage
		if json.Unmarshal(b, &values) != nil {
			return
		}
		s, err := sightings.Join(values, append([]string{"siblings", "media", "custody", "place"}, everything...))
		if err == nil {
			err = sightings.CheckSighting(s)
		}
		if err != nil {
			if problem.Of(err).Code != sightings.CodeSighting && problem.Of(err).Code != sightings.CodeLookalike {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		once, err := sightings.Values(s)
		must(t, err)
		whole, err := sightings.Join(once, append([]string{"siblings", "media", "custody", "place"}, everything...))
		must(t, err)
		twice, err := sightings.Values(whole)
		must(t, err)
		if sightings.Hash("r", once) != sightings.Hash("r", twice) {
			t.Errorf("%s and then %s", once, twice)
		}
		sightings.Feedback(s)
	})
}

// A word of letters that only look like others' is refused, in whatever dress; what
// people write every day is not.
func TestLookalikes(t *testing.T) {
	t.Parallel()
	for text, refused := range map[string]bool{
		"Олександр": false, "Oleksandr": false, "школа№5 «Мрія», м. Дніпро": false, "Мар'яна Зоря-Kovalenko": false, "Львів-2 (UA)": false, "Ёлка й ґава": false,
		"Oлександр": true, "Аlex": true, "𝐀лександр": true, "Ａліна": true, "Μария": true, "О\u200bлег": true, "\u202eголО": true,
	} {
		err := sightings.CheckSighting(&homewardv1.Sighting{SourceType: "open_web", ClaimedIdentity: &homewardv1.ClaimedIdentity{Full: text}})
		if errors.Is(err, problem.New(sightings.CodeLookalike, "")) != refused || !refused && err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
