package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// decided commits matters and returns the id of the decision that recorded them.
func decided(s ledger.Store, m ...ledger.Matter) (string, error) {
	c := Decision(ledger.KindAnswered)
	c.Matters = m
	return c.Row.ID, s.Commit(context.Background(), c)
}

func matters(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	all := []ledger.Matter{
		{ID: "m1", Kind: ledger.MatterGoAhead, State: "issued", Participant: "gov-pl", Subject: "s1", At: start},
		{ID: "m2", Kind: ledger.MatterReview, State: "open", Participant: "gov-pl", Subject: "s1", At: start, Due: start.Add(time.Hour), Body: []byte(`{"n":2}`)},
		{ID: "m3", Kind: ledger.MatterReview, State: "open", Participant: "gov-ca", Subject: "s2", At: start, Due: start.Add(2 * time.Hour)},
		{ID: "m4", Kind: ledger.MatterReview, State: "closed", Participant: "gov-pl", Subject: "s3", At: start, Due: start.Add(3 * time.Hour)},
	}
	for i, m := range []*ledger.Matter{&all[3], &all[1], &all[2], &all[0]} {
		id, err := decided(s, *m)
		must(t, err)
		if m.Decision = id; i == 0 && id == "" {
			t.Fatal("a decision without an id")
		}
	}
	for name, c := range map[string]struct {
		query ledger.MatterQuery
		want  []ledger.Matter
	}{
		"all":          {ledger.MatterQuery{}, all},
		"kind":         {ledger.MatterQuery{Kind: ledger.MatterReview}, all[1:]},
		"state":        {ledger.MatterQuery{Kind: ledger.MatterReview, State: "open"}, all[1:3]},
		"participant":  {ledger.MatterQuery{Kind: ledger.MatterReview, State: "open", Participant: "gov-ca"}, all[2:3]},
		"subject":      {ledger.MatterQuery{Subject: "s1"}, all[:2]},
		"due":          {ledger.MatterQuery{DueBefore: start.Add(2 * time.Hour)}, all[1:2]},
		"newest":       {ledger.MatterQuery{Kind: ledger.MatterReview, Newest: true, Limit: 1}, all[1:2]},
		"until":        {ledger.MatterQuery{Until: start}, nil},
		"until later":  {ledger.MatterQuery{Until: start.Add(time.Microsecond)}, all},
		"page 2":       {ledger.MatterQuery{Newest: true, Past: ledger.MatterMark{At: start, ID: "m2"}, Limit: 1}, all[2:3]},
		"past the end": {ledger.MatterQuery{Newest: true, Past: ledger.MatterMark{At: start, ID: "m4"}}, nil},
		"past another": {ledger.MatterQuery{Newest: true, Past: ledger.MatterMark{At: start.Add(time.Hour), ID: "z"}}, all},
		"oldest":       {ledger.MatterQuery{Oldest: true, Past: ledger.MatterMark{At: start, ID: "m3"}}, all[3:]},
		"oldest later": {ledger.MatterQuery{Oldest: true, Past: ledger.MatterMark{At: start.Add(time.Hour)}}, nil},
		"limit":        {ledger.MatterQuery{Limit: 1}, all[:1]},
		"none is none": {ledger.MatterQuery{Kind: "no such kind"}, nil},
	} {
		got, err := s.Matters(ctx, c.query)
		must(t, err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	_, err := s.Matter(ctx, "no such id")
	wantCode(t, err, problem.CodeNotFound)
}

func matterStates(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	m := ledger.Matter{ID: "m", Kind: ledger.MatterApproval, State: "waiting", Participant: "gov-pl", At: start, Due: start.Add(time.Hour)}
	m.Was = "waiting"
	_, err := decided(s, m)
	wantCode(t, err, ledger.CodeMoved) // there is none to replace
	m.Was = ledger.MatterNone
	_, err = decided(s, m)
	must(t, err)
	late := m
	late.State = "another"
	_, err = decided(s, late)
	wantCode(t, err, ledger.CodeMoved) // there is one
	m.Was, m.State, m.Body = "waiting", "approved", []byte(`{}`)
	id, err := decided(s, m)
	must(t, err)
	moved := m
	moved.Was, moved.Read = "approved", "another decision"
	_, err = decided(s, moved)
	wantCode(t, err, ledger.CodeMoved)
	m.Was, m.Read = "approved", id
	id, err = decided(s, m)
	must(t, err)
	m.Was, m.Read = "waiting", ""
	refusal := m
	refusal.State = "refused"
	lost, err := decided(s, refusal)
	wantCode(t, err, ledger.CodeMoved)
	_, err = s.Decision(ctx, lost)
	wantCode(t, err, problem.CodeNotFound)
	second := again()
	defer second.Close()
	got, err := second.Matter(ctx, "m")
	must(t, err)
	m.Was, m.Decision = "", id
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
}

// matterRace: the command line and the server decide the same matter, beside
// others who are not disturbed.
func matterRace(t *testing.T, s ledger.Store, again func() ledger.Store) {
	second := again()
	defer second.Close()
	stores := [...]ledger.Store{s, second}
	_, err := decided(s, ledger.Matter{ID: "m", Kind: ledger.MatterApproval, State: "waiting", At: start})
	must(t, err)
	const n = 40
	results := make(chan error, 2*n)
	for i := range n {
		go func() {
			_, err := decided(stores[i%2], ledger.Matter{ID: "m", Kind: ledger.MatterApproval, State: "approved", Was: "waiting", At: start})
			results <- err
		}()
		go func() {
			_, err := decided(stores[i%2], ledger.Matter{ID: fmt.Sprint("other", i), Kind: ledger.MatterReview, State: "open", At: start})
			results <- err
		}()
	}
	won := 0
	for range 2 * n {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, problem.New(ledger.CodeMoved, "")):
			t.Errorf("a loser got %v", err)
		}
	}
	if won != n+1 {
		t.Errorf("%d commits won, want %d and one", won, n)
	}
}
