package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

func disclosures(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	known, err := s.Disclosed(ctx, "gov-pl", []string{"a"})
	must(t, err)
	if len(known) != 0 {
		t.Errorf("an empty store knows %v", known)
	}
	must(t, s.Commit(ctx, disclosed("a", 0, "photo/original", "id_min/original")))
	must(t, s.Commit(ctx, disclosed("a", 1, "photo/original", "id_min/original", "family/original")))
	wantCode(t, s.Commit(ctx, disclosed("a", 1, "documents/original")), ledger.CodeMoved)
	wantCode(t, s.Commit(ctx, disclosed("a", 0, "documents/original")), ledger.CodeMoved)
	wantCode(t, s.Commit(ctx, disclosed("b", 1, "documents/original")), ledger.CodeMoved) // there was none to read
	subjects := []string{"0", "1", "2", "3", "4", "5", "a", "b"}                          // more than are read at once
	known, err = s.Disclosed(ctx, "gov-pl", subjects)
	must(t, err)
	want := []string{"family/original", "id_min/original", "photo/original"}
	if got := known["a"]; got.Version != 2 || !slices.Equal(got.Groups, want) || got.Unreadable || len(known) != 1 {
		t.Errorf("got %+v", known)
	}
	if other, err := s.Disclosed(ctx, "gov-ca", subjects); err != nil || len(other) != 0 {
		t.Errorf("another requester has %v, %v", other, err)
	}
}

func unchangedDisclosure(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	must(t, s.Commit(ctx, disclosed("a", 0, "photo/original", "family/original")))
	for range 3 {
		must(t, s.Commit(ctx, disclosed("a", 1, "family/original", "photo/original")))
	}
	wantCode(t, s.Commit(ctx, disclosed("a", 2, "family/original", "photo/original")), ledger.CodeMoved)
}

// disclosureRace: many add one group each, by reading and deciding again, from
// two processes. In the end every group is there and every change has a version.
func disclosureRace(t *testing.T, s ledger.Store, again func() ledger.Store) {
	ctx := context.Background()
	second := again()
	defer second.Close()
	stores := [...]ledger.Store{s, second}
	const n = 24
	done := make(chan error, n)
	for i := range n {
		go func() { done <- addGroup(ctx, stores[i%2], fmt.Sprintf("group%02d/original", i)) }()
	}
	for range n {
		must(t, <-done)
	}
	third := again() // the others may still remember what was
	defer third.Close()
	known, err := third.Disclosed(ctx, "gov-pl", []string{"a"})
	must(t, err)
	if got := known["a"]; got.Version != n || len(got.Groups) != n {
		t.Errorf("version %d with %d groups, want %d of both", got.Version, len(got.Groups), n)
	}
}

func addGroup(ctx context.Context, s ledger.Store, group string) error {
	for {
		known, err := s.Disclosed(ctx, "gov-pl", []string{"a"})
		if err != nil {
			return err
		}
		err = s.Commit(ctx, disclosed("a", known["a"].Version, append(known["a"].Groups, group)...))
		if !errors.Is(err, problem.New(ledger.CodeMoved, "")) {
			return err
		}
	}
}

func twoSubjects(t *testing.T, s ledger.Store, _ func() ledger.Store) {
	ctx := context.Background()
	must(t, s.Commit(ctx, disclosed("a", 0, "photo/original")))
	both := Decision(ledger.KindAnswered)
	both.Disclosures = []ledger.DisclosureUpdate{
		{Requester: "gov-pl", Subject: "b", ReadVersion: 0, Groups: []string{"photo/original"}},
		{Requester: "gov-pl", Subject: "a", ReadVersion: 0, Groups: []string{"family/original"}},
	}
	wantCode(t, s.Commit(ctx, both), ledger.CodeMoved)
	known, err := s.Disclosed(ctx, "gov-pl", []string{"a", "b"})
	must(t, err)
	if _, ok := known["b"]; ok || known["a"].Version != 1 {
		t.Errorf("got %+v", known)
	}
	both.Disclosures[1].ReadVersion = 1
	must(t, s.Commit(ctx, both))
	twice := Decision(ledger.KindAnswered) // the same subject twice in one answer: both count
	twice.Disclosures = []ledger.DisclosureUpdate{
		{Requester: "gov-pl", Subject: "c", Groups: []string{"photo/original"}},
		{Requester: "gov-pl", Subject: "c", Groups: []string{"family/original"}},
	}
	must(t, s.Commit(ctx, twice))
	known, err = s.Disclosed(ctx, "gov-pl", []string{"c"})
	must(t, err)
	if !slices.Equal(known["c"].Groups, []string{"family/original", "photo/original"}) {
		t.Errorf("got %+v", known)
	}
}
