// Package adaptertest is the suite that each adapter must pass. A backend says
// how its case system is filled, and Run tries the promises of adapters.Adapter
// on it: the mask, versions, candidates, limits, tombstones, cancellation, and
// many callers at once. Run it under the race detector too.
package adaptertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Backend is one case system with its adapter.
type Backend interface {
	// Fill makes the system hold exactly these children, and returns when the adapter knows.
	Fill(children ...*homewardv1.ChildRecord) error
	Adapter() adapters.Adapter
	// Paths are the leaves that this system can hold; nil for all.
	Paths() []string
}

// Factory makes a backend that is closed at the test's end.
type Factory func(t *testing.T) Backend

// Run runs the suite.
func Run(t *testing.T, f Factory) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*bench, *testing.T)
	}{
		{"mask is respected exactly", (*bench).mask},
		{"facade finds nothing to refuse", (*bench).facade},
		{"version follows the record", (*bench).version},
		{"unknown record is not found", (*bench).notFound},
		{"search finds the child", (*bench).search},
		{"search by document", (*bench).document},
		{"search keeps the limit", (*bench).limit},
		{"hostile criteria find nobody", (*bench).hostile},
		{"changes and tombstones", (*bench).changes},
		{"unknown cursor is refused", (*bench).cursor},
		{"a cancelled context is honoured", (*bench).cancel},
		{"records are not shared", (*bench).aliasing},
		{"many callers at once", (*bench).concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(&bench{Backend: f(t)}, t)
		})
	}
}

// bench is one backend under test.
type bench struct{ Backend }

// holds is the leaves that the backend can hold.
func (b *bench) holds() []string {
	if p := b.Paths(); p != nil {
		return p
	}
	var out []string
	for _, f := range catalog.Fields() {
		if len(f.Steps) > 0 {
			out = append(out, f.Path)
		}
	}
	return out
}

func (b *bench) fill(t *testing.T, children ...*homewardv1.ChildRecord) {
	t.Helper()
	if err := b.Fill(children...); err != nil {
		t.Fatalf("fill: %v", err)
	}
}

func (b *bench) get(t *testing.T, id string, mask adapters.Mask) adapters.Record {
	t.Helper()
	r, err := b.Adapter().Get(t.Context(), id, mask)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	return r
}

// mask asks for each leaf alone, for all, and for none.
func (b *bench) mask(t *testing.T) {
	b.fill(t, Full(1), Full(2))
	id := ID(1)
	all := b.holds()
	for _, path := range all {
		got := Paths(b.get(t, id, adapters.Mask{path}).Child)
		if !slices.Equal(got, []string{path}) {
			t.Errorf("mask %s: the record has %v", path, got)
		}
	}
	if got := Paths(b.get(t, id, all).Child); !slices.Equal(got, all) {
		t.Errorf("mask of all: the record has %v, want %v", got, all)
	}
	for _, mask := range []adapters.Mask{nil, {"name"}, {"no.such.path"}, {"*"}, {""}} {
		if got := Paths(b.get(t, id, mask).Child); len(got) > 0 {
			t.Errorf("mask %q: the record has %v, want nothing", mask, got)
		}
	}
}

func (b *bench) facade(t *testing.T) {
	b.fill(t, Full(1), Full(2))
	checked := adapters.Checked(b.Adapter())
	ids, err := checked.Search(t.Context(), Criteria(1), 10)
	if err != nil || !slices.Contains(ids, ID(1)) {
		t.Fatalf("Search: %v, %v", ids, err)
	}
	if _, err := checked.Get(t.Context(), ID(1), b.holds()); err != nil {
		t.Errorf("Get: %v", err)
	}
	if _, err := checked.Get(t.Context(), ID(1), nil); err != nil {
		t.Errorf("Get with an empty mask: %v", err)
	}
	if _, _, err := checked.Changes(t.Context(), ""); err != nil {
		t.Errorf("Changes: %v", err)
	}
}

// version must change with any leaf, whatever the mask that is read with, and
// must not change otherwise.
func (b *bench) version(t *testing.T) {
	b.fill(t, Full(1), Full(2))
	mask := adapters.Mask{"birth.sex"}
	first := b.get(t, ID(1), mask)
	if first.Version == "" || first.Version != b.get(t, ID(1), nil).Version {
		t.Error("the version depends on the mask, or is empty")
	}
	if first.Version == b.get(t, ID(2), mask).Version {
		t.Error("two records have one version")
	}
	b.fill(t, Full(2), Full(1))
	if b.get(t, ID(1), mask).Version != first.Version {
		t.Error("the version changed and the record did not")
	}
	changed := Full(1)
	changed.Name.Family[0].Value = "Змінена"
	b.fill(t, changed, Full(2))
	if b.get(t, ID(1), mask).Version == first.Version {
		t.Error("the record changed and the version did not")
	}
}

func (b *bench) notFound(t *testing.T) {
	b.fill(t, Full(1))
	for _, id := range []string{"", "*", "%", ID(2), ID(1) + " ", strings.ToUpper(ID(1)), "../" + ID(1), ID(1) + "\x00", "' OR 1=1 --"} {
		if r, err := b.Adapter().Get(t.Context(), id, b.holds()); !errors.Is(err, adapters.ErrNotFound) || r.Child != nil {
			t.Errorf("Get(%q): %v, want ErrNotFound", id, err)
		}
	}
}

// search wants the child among the candidates for each way to ask.
func (b *bench) search(t *testing.T) {
	b.fill(t, Children(50)...)
	a := Child(7)
	family, given := a.Name.Family[0].Value, a.Name.Given[0].Value
	born := a.Birth.BirthDate[0].Value
	for name, c := range map[string]adapters.Criteria{
		"as written":        {Family: family, Given: given, Born: born},
		"family and year":   {Family: family, Born: born[:4]},
		"family and month":  {Family: family, Born: born[:7]},
		"given and day":     {Given: given, Born: born},
		"capitals":          {Family: strings.ToUpper(family), Given: strings.ToUpper(given)},
		"spaces":            {Family: "  " + family + " ", Given: given},
		"in Latin":          {Family: adapters.Latin(family), Given: adapters.Latin(given), Born: born},
		"full name":         {Full: family + " " + given, Born: born},
		"full name, turned": {Full: given + " " + family, Born: born},
		"family and sex":    {Family: family, Sex: a.Birth.Sex},
		"day and sex":       {Born: born, Sex: a.Birth.Sex},
		"year and sex":      {Born: born[:4], Sex: a.Birth.Sex},
	} {
		ids, err := b.Adapter().Search(t.Context(), c, 50)
		if err != nil || !slices.Contains(ids, ID(7)) {
			t.Errorf("%s: the child is not among %d candidates (%v)", name, len(ids), err)
		}
	}
}

func (b *bench) document(t *testing.T) {
	b.fill(t, Full(1), Full(2))
	for path, number := range map[string]string{
		"documents.national_id": Full(2).Documents.NationalId,
		"documents.icrc_ref":    Full(2).Documents.IcrcRef,
	} {
		if !slices.Contains(b.holds(), path) {
			continue
		}
		ids, err := b.Adapter().Search(t.Context(), adapters.Criteria{Document: number}, 10)
		if err != nil || !slices.Contains(ids, ID(2)) || slices.Contains(ids, ID(1)) {
			t.Errorf("by %s: %v, %v", path, ids, err)
		}
	}
}

func (b *bench) limit(t *testing.T) {
	b.fill(t, Children(50)...)
	c := adapters.Criteria{Family: Child(0).Name.Family[0].Value, Sex: "male"}
	for _, limit := range []int{0, 1, 3} {
		if ids, err := b.Adapter().Search(t.Context(), c, limit); err != nil || len(ids) != limit {
			t.Errorf("limit %d: %d ids, %v", limit, len(ids), err)
		}
	}
	if ids, err := b.Adapter().Search(t.Context(), c, -1); err != nil || len(ids) != 0 {
		t.Errorf("limit -1: %d ids, %v", len(ids), err)
	}
}

func (b *bench) hostile(t *testing.T) {
	b.fill(t, Children(50)...)
	for _, text := range []string{"*", "%", "_", ".*", "' OR '1'='1", "\x00", "\xff\xfe", "[а-я]", "?", strings.Repeat("\u0301", 4096)} {
		ids, err := b.Adapter().Search(t.Context(), adapters.Criteria{Family: text, Given: text}, 50)
		if err != nil || len(ids) > 0 {
			t.Errorf("%.20q: %d ids, %v", text, len(ids), err)
		}
	}
	long := strings.Repeat("шевченко ", 10_000)
	if _, err := b.Adapter().Search(t.Context(), adapters.Criteria{Family: long, Born: long, Document: long}, 50); err != nil {
		t.Errorf("a long text: %v", err)
	}
}

// since reads all changes after a cursor, by id.
func (b *bench) since(t *testing.T, cursor string) (map[string]adapters.Change, string) {
	t.Helper()
	all := make(map[string]adapters.Change)
	for range 100 {
		changes, next, err := b.Adapter().Changes(t.Context(), cursor)
		if err != nil || next == "" {
			t.Fatalf("Changes: next %q, %v", next, err)
		}
		cursor = next
		if len(changes) == 0 {
			return all, cursor
		}
		for _, c := range changes {
			all[c.ID] = c
		}
	}
	t.Fatal("Changes never ends")
	return nil, ""
}

func (b *bench) changes(t *testing.T) {
	b.fill(t, Full(1), Full(2))
	got, cursor := b.since(t, "")
	delete(got, ID(0)) // a backend may have begun with another child
	if len(got) != 2 || got[ID(1)].Deleted || got[ID(1)].At.IsZero() {
		t.Errorf("at the start: %d changes, want two records", len(got))
	}
	changed := Full(2)
	changed.Name.Family[0].Value = "Змінена"
	b.fill(t, changed, Full(3))
	got, cursor = b.since(t, cursor)
	if len(got) != 3 || !got[ID(1)].Deleted || got[ID(2)].Deleted || got[ID(3)].Deleted {
		t.Errorf("one gone, one changed, one new: %v", got)
	}
	if got, _ := b.since(t, cursor); len(got) != 0 {
		t.Errorf("nothing happened: %d changes", len(got))
	}
	if _, err := b.Adapter().Get(t.Context(), ID(1), nil); !errors.Is(err, adapters.ErrNotFound) {
		t.Errorf("the record that is gone: %v, want ErrNotFound", err)
	}
	if got, _ := b.since(t, ""); !got[ID(1)].Deleted {
		t.Error("from the start, the tombstone is missing")
	}
}

func (b *bench) cursor(t *testing.T) {
	b.fill(t, Full(1))
	_, cursor := b.since(t, "")
	for _, c := range []string{"x", "0", "-1", cursor + "9999", cursor + "x", strings.Repeat("9", 100), "\x00"} {
		if _, _, err := b.Adapter().Changes(t.Context(), c); !errors.Is(err, adapters.ErrCursor) {
			t.Errorf("cursor %.20q: %v, want ErrCursor", c, err)
		}
	}
}

func (b *bench) cancel(t *testing.T) {
	b.fill(t, Full(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	_, search := b.Adapter().Search(ctx, Criteria(1), 1)
	_, get := b.Adapter().Get(ctx, ID(1), nil)
	_, _, changes := b.Adapter().Changes(ctx, "")
	for name, err := range map[string]error{"Search": search, "Get": get, "Changes": changes} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v to notice", d)
	}
}

// aliasing scribbles over what it got.
func (b *bench) aliasing(t *testing.T) {
	b.fill(t, Full(1))
	first := b.get(t, ID(1), b.holds())
	want := proto.Clone(first.Child)
	for _, a := range first.Child.GetName().GetFamily() {
		a.Value = "scribble"
	}
	photo := first.Child.GetPhysical().GetPhoto()
	for i := range photo {
		photo[i] ^= 0xff
	}
	for i := range first.Defaulted {
		first.Defaulted[i] = "scribble"
	}
	again := b.get(t, ID(1), b.holds())
	if !proto.Equal(again.Child, want) || slices.Contains(again.Defaulted, "scribble") {
		t.Error("what one caller wrote, another reads")
	}
}

// concurrent reads while the system is filled again and again.
func (b *bench) concurrent(t *testing.T) {
	b.fill(t, Children(20)...)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				ids, err := b.Adapter().Search(t.Context(), Criteria(i), 10)
				if err != nil || !slices.Contains(ids, ID(i)) {
					t.Errorf("Search: %v", err)
					return
				}
				if r, err := b.Adapter().Get(t.Context(), ID(i), b.holds()); err != nil || r.ID != ID(i) {
					t.Errorf("Get: %v", err)
					return
				}
				if _, _, err := b.Adapter().Changes(t.Context(), ""); err != nil {
					t.Errorf("Changes: %v", err)
					return
				}
			}
		})
	}
	for n := range 5 {
		if err := b.Fill(Children(20 + n)...); err != nil {
			t.Errorf("fill: %v", err)
		}
	}
	stop()
	wg.Wait()
}
