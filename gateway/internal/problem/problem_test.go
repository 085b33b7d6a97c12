package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"homeward.example/gateway/internal/problem"
)

func TestOf(t *testing.T) {
	t.Parallel()
	inner := problem.New("wrong_audience", "claim aud")
	for _, c := range []struct {
		name string
		err  error
		want problem.Code
		http int
		grpc codes.Code
	}{
		{"a problem", inner, "wrong_audience", 400, codes.InvalidArgument},
		{"a wrapped problem", fmt.Errorf("query: %w", inner), "wrong_audience", 400, codes.InvalidArgument},
		{"a deadline", fmt.Errorf("read: %w", context.DeadlineExceeded), problem.CodeTimedOut, 504, codes.DeadlineExceeded},
		{"a cancellation", context.Canceled, problem.CodeCanceled, 499, codes.Canceled},
		{"any other", errors.New("boom"), problem.CodeInternal, 500, codes.Internal},
		{"an unknown code", problem.New("no_code_of_ours", ""), "no_code_of_ours", 500, codes.Internal},
	} {
		p := problem.Of(c.err)
		if p.Code != c.want || p.HTTP() != c.http || p.GRPC() != c.grpc {
			t.Errorf("%s: %s %d %s, want %s %d %s", c.name, p.Code, p.HTTP(), p.GRPC(), c.want, c.http, c.grpc)
		}
	}
	if problem.Of(nil) != nil {
		t.Error("Of(nil) is a problem")
	}
}

// TestUnverifiedLearnNothing: whatever went wrong, the unverified see one of two documents.
func TestUnverifiedLearnNothing(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, e := range problem.All() {
		p := problem.Mismatch(e.Code, "claim aud", "gov-ua", "gov-pl")
		p.Decision, p.Remedy, p.Cause = "d-1", "secret remedy", errors.New("secret cause")
		raw, err := json.Marshal(problem.Coarse(p).Document("en"))
		if err != nil {
			t.Fatal(err)
		}
		seen[string(raw)] = true
		if got, want := problem.Coarse(p).Code == problem.CodeUnavailable, e.HTTP >= 500; got != want {
			t.Errorf("%s (%d) is told as unavailable: %t", e.Code, e.HTTP, got)
		}
	}
	if len(seen) != 2 {
		t.Errorf("the unverified see %d documents, want 2", len(seen))
	}
}

func TestDocumentShowsThePlaceAndHidesTheCause(t *testing.T) {
	t.Parallel()
	p := problem.Mismatch("wrong_audience", "claim aud", "gov-ua", "gov-pl")
	p.Cause, p.Decision = errors.New("pq: private"), "d-1"
	d := p.Document("en")
	if d.Detail != "at claim aud, expected gov-ua, found gov-pl" || d.Decision != "d-1" || d.Status != 400 {
		t.Errorf("document %+v", d)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "private") {
		t.Errorf("the cause is shown: %s", raw)
	}
	p.Remedy = "ask gov-ua"
	if got := p.Document("en").Remedy; got != "ask gov-ua" {
		t.Errorf("remedy %q, want the one of the place", got)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "en", "uk": "uk", "uk-UA,en;q=0.5": "uk", "de": "en", "en;q=0.4, uk;q=0.9": "uk", "\x00;;": "en",
	} {
		if got := problem.Language(accept); got != want {
			t.Errorf("Language(%q) = %s, want %s", accept, got, want)
		}
	}
	if got := problem.New("expired", "").Document("xx").Title; got != problem.New("expired", "").Document("en").Title {
		t.Errorf("an unknown language is answered with %q", got)
	}
}
