package follow_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/follow"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// source is a case system of invented children that changes as a test says.
type source struct {
	adapters.Adapter
	names   map[string]string
	changes []adapters.Change
	lost    bool // it knows no cursor of before
}

func (s *source) put(id, given string) {
	s.names[id] = given
	s.changes = append(s.changes, adapters.Change{ID: id, Deleted: given == "", At: time.Unix(1, 0)})
}

func (s *source) Changes(_ context.Context, cursor string) ([]adapters.Change, string, error) {
	if s.lost && cursor != "" {
		s.lost = false
		return nil, "", adapters.ErrCursor
	}
	from, _ := strconv.Atoi(cursor)
	return s.changes[min(from, len(s.changes)):], strconv.Itoa(len(s.changes)), nil
}

func (s *source) Get(_ context.Context, id string, _ adapters.Mask) (adapters.Record, error) {
	if s.names[id] == "" {
		return adapters.Record{}, adapters.ErrNotFound
	}
	said := func(v string) []*homewardv1.Assertion {
		return []*homewardv1.Assertion{{Value: v, Kind: homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL}}
	}
	return adapters.Record{ID: id, Version: "1", Child: &homewardv1.ChildRecord{
		Name: &homewardv1.Name{Given: said(s.names[id]), Family: said("Зазуляк")},
	}}, nil
}

// TestFollows: what the source adds, changes and deletes is found or not found any
// more; before the first refresh nothing is, and after the source lost track all is.
func TestFollows(t *testing.T) {
	t.Parallel()
	s := &source{names: make(map[string]string)}
	x := follow.New(s)
	find := func(given string) []string { return x.Find(adapters.Criteria{Given: given, Family: "Zazuliak"}, 5) }
	s.put("1", "Микола")
	s.put("2", "Олена")
	if got := find("Николай"); got != nil || x.Ready() != nil {
		t.Fatalf("found %v before there is an index", got)
	}
	refresh := func() {
		if err := x.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	if got := find("Николай"); len(got) == 0 || got[0] != "1" {
		t.Errorf("found %v", got)
	}
	s.put("1", "")
	s.put("3", "Дмитро")
	refresh()
	if got := find("Митя"); len(got) == 0 || got[0] != "3" || slices.Contains(got, "1") {
		t.Errorf("found %v", got)
	}
	s.lost, s.changes = true, nil
	s.put("4", "Тетяна")
	refresh()
	if got := find("Таня"); !slices.Equal(got, []string{"4"}) || x.Ready().Len() != 1 {
		t.Errorf("found %v of %d", got, x.Ready().Len())
	}
}

// away is a source that does not answer.
type away struct{ adapters.Adapter }

func (away) Changes(context.Context, string) ([]adapters.Change, string, error) {
	return nil, "", adapters.ErrUnavailable
}

func TestSourceAway(t *testing.T) {
	t.Parallel()
	if x := follow.New(away{}); !errors.Is(x.Refresh(t.Context()), adapters.ErrUnavailable) || x.Ready() != nil {
		t.Error("an index of a source that does not answer")
	}
}
