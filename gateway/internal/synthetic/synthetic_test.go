package synthetic

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"homeward.example/adapters"
	"homeward.example/adapters/adaptertest"
	"homeward.example/adapters/file"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func write(t *testing.T, o Options) Files {
	t.Helper()
	f, err := Write(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// open loads a holder's file with the adapter that the gateway uses.
func open(t *testing.T, f Files, id string) (adapters.Adapter, adapters.Report) {
	t.Helper()
	h, ok := f.Holder(id)
	if !ok {
		t.Fatalf("no file for %s", id)
	}
	a, err := file.New(t.Context(), adapters.Settings{Values: h.Settings, Dir: f.Dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return adapters.Checked(a), a.Report()
}

func allPaths() (mask adapters.Mask) {
	for _, f := range catalog.Fields() {
		if len(f.Steps) > 0 {
			mask = append(mask, f.Path)
		}
	}
	return mask
}

func TestEveryHolderLoads(t *testing.T) {
	t.Parallel()
	f := write(t, Options{})
	if len(f.Holders) != 6 {
		t.Fatalf("%d holders", len(f.Holders))
	}
	for _, h := range f.Holders {
		a, report := open(t, f, h.ID)
		if report.Bad != 0 || report.Loaded != h.Records {
			t.Errorf("%s: %d loaded and %d bad of %d: %v", h.ID, report.Loaded, report.Bad, h.Records, report.Issues)
		}
		for _, c := range []adapters.Criteria{f.Demo.Original, f.Demo.Imposed} {
			if h.ID == unicefID && c == f.Demo.Imposed {
				continue // its format has no imposed names
			}
			ids, err := a.Search(t.Context(), c, 10)
			if err != nil || !slices.Contains(ids, f.Demo.IDs[h.ID]) {
				t.Errorf("%s: the demo's child is not among %v (%v)", h.ID, ids, err)
			}
		}
		everySaysSynthetic(t, h.ID, a)
	}
}

// everySaysSynthetic looks for the mark in each record that was loaded.
func everySaysSynthetic(t *testing.T, holder string, a adapters.Adapter) {
	t.Helper()
	changes, _, err := a.Changes(t.Context(), "")
	if err != nil || len(changes) == 0 {
		t.Fatalf("%s: %d changes, %v", holder, len(changes), err)
	}
	for _, c := range changes {
		r, err := a.Get(t.Context(), c.ID, adapters.Mask{"evidence.custody", "record.origin_system"})
		if err != nil || !slices.Contains(r.Child.GetEvidence().GetCustody(), Mark) {
			t.Errorf("%s: a record is not marked (%v)", holder, err)
		}
		if got := r.Child.GetRecord().GetOriginSystem(); got != holder {
			t.Errorf("%s: a record comes from %q", holder, got)
		}
	}
}

// TestDemoChild holds what the demo shows: each verdict depends on these facts.
func TestDemoChild(t *testing.T) {
	t.Parallel()
	f := write(t, Options{})
	a, _ := open(t, f, "gov-ua")
	r, err := a.Get(t.Context(), f.Demo.IDs["gov-ua"], allPaths())
	if err != nil {
		t.Fatal(err)
	}
	c := r.Child
	want := slices.DeleteFunc(allPaths(), func(p string) bool { return p == "tracing.reunified_at" })
	if got := adaptertest.Paths(c); !slices.Equal(got, want) {
		t.Errorf("leaves of the demo's child: %v, want all: %v", got, want)
	}
	if len(r.Defaulted) > 0 {
		t.Errorf("defaulted: %v", r.Defaulted)
	}
	flags := &homewardv1.Flags{LocationProtected: no, PublicityForbidden: no, LitigationHold: no, CaptorRisk: no, HoldByOrigin: no, SafeAndReachable: no}
	if !proto.Equal(c.Flags, flags) {
		t.Errorf("flags: %v", c.Flags)
	}
	if c.Consent.DenyDetails.Given != no {
		t.Error("deny_details is not false")
	}
	if !slices.Equal(c.Family.SiblingRecordIds, []string{govUA.recordID(1), govUA.recordID(2)}) {
		t.Errorf("siblings: %v", c.Family.SiblingRecordIds)
	}
	wantNames := adapters.Criteria{Given: "Олександр", Patronymic: "Іванович", Family: "Шевченко", Born: "2014-03-09", Sex: "male", BirthOblast: "Донецька"}
	if f.Demo.Original != wantNames {
		t.Errorf("original: %+v", f.Demo.Original)
	}
	if f.Demo.Imposed != (adapters.Criteria{Given: "Александр", Family: "Морозов", Born: "2015", Sex: "male"}) {
		t.Errorf("imposed: %+v", f.Demo.Imposed)
	}
}

func TestPFIFDefaultsAreRecorded(t *testing.T) {
	t.Parallel()
	f := write(t, Options{})
	a, _ := open(t, f, unicefID)
	r, err := a.Get(t.Context(), f.Demo.IDs[unicefID], adapters.Mask{"flags.location_protected", "flags.captor_risk"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Child.Flags.LocationProtected != no || !slices.Contains(r.Defaulted, "flags.location_protected") {
		t.Errorf("location_protected: %v, defaulted %v", r.Child.Flags, r.Defaulted)
	}
	if r.Child.Flags.CaptorRisk != homewardv1.Tristate_TRISTATE_UNSPECIFIED || slices.Contains(r.Defaulted, "flags.captor_risk") {
		t.Error("nothing states the captor's risk, and it is known")
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	a, b, other := write(t, Options{}), write(t, Options{Children: 450}), write(t, Options{Seed: 7})
	for _, h := range a.Holders {
		name := h.Settings["path"].(string)
		first, second := contents(t, a, name), contents(t, b, name)
		if !bytes.HasPrefix(second, first) {
			t.Errorf("%s: the same seed gives other children", name)
		}
		if bytes.Equal(first, contents(t, other, name)) {
			t.Errorf("%s: another seed gives the same children", name)
		}
	}
}

func contents(t *testing.T, f Files, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(f.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPopulation holds what the tests of others count on.
func TestPopulation(t *testing.T) {
	t.Parallel()
	var renamed, full, unknownFlags, siblings int
	byID := make(map[string]*homewardv1.ChildRecord)
	for c := range Children(0, 400) {
		byID[c.Record.RecordId] = c
		if c.Listing != nil {
			renamed++
		}
		if c.Documents != nil {
			full++
		}
		if c.Flags == nil {
			unknownFlags++
		}
		patronymic, girl := c.Name.Patronymic[0].Value, c.Birth.Sex == "female"
		if girl != strings.HasSuffix(patronymic, "на") {
			t.Errorf("%s of a %s", patronymic, c.Birth.Sex)
		}
	}
	for _, c := range byID {
		for _, s := range c.GetFamily().GetSiblingRecordIds() {
			siblings++
			if sibling := byID[s]; sibling == nil || sibling.Separation.Place.Settlement != c.Separation.Place.Settlement {
				t.Errorf("sibling %s is no sibling", s)
			}
		}
	}
	for name, n := range map[string]int{"renamed": renamed, "full": full, "unknown flags": unknownFlags, "siblings": siblings} {
		if n < 20 || n > 300 {
			t.Errorf("%s: %d of 400", name, n)
		}
	}
}

func TestNameLists(t *testing.T) {
	t.Parallel()
	m := newMaker(0)
	if len(m.boys)+len(m.girls) < 60 || len(m.families) < 80 || len(m.fathers) < 20 {
		t.Errorf("%d boys, %d girls, %d families, %d fathers", len(m.boys), len(m.girls), len(m.families), len(m.fathers))
	}
	for _, g := range append(slices.Clone(m.boys), m.girls...) {
		if g.uk == "" || g.ru == "" {
			t.Errorf("name without a pair: %+v", g)
		}
	}
	for _, rows := range []struct {
		name  string
		rows  [][]string
		width int
	}{{"imposed", m.imposed, 2}, {"places", m.places, 3}, {"facilities", m.facilities, 4}} {
		for _, r := range rows.rows {
			if len(r) != rows.width {
				t.Errorf("%s: %v", rows.name, r)
			}
		}
	}
}

func TestTooFewChildren(t *testing.T) {
	t.Parallel()
	if _, err := Write(t.TempDir(), Options{Children: 10}); err == nil {
		t.Error("10 children were enough")
	}
	if _, err := Write(filepath.Join(t.TempDir(), "none"), Options{}); err == nil {
		t.Error("a folder that is not there was enough")
	}
}

func BenchmarkChildren(b *testing.B) {
	for b.Loop() {
		for c := range Children(0, 1000) {
			_ = c
		}
	}
}

// loaded opens a file of n children.
func loaded(b *testing.B, n int) *file.Source {
	b.Helper()
	dir := b.TempDir()
	var buf bytes.Buffer
	if err := WriteJSONL(&buf, Children(0, n)); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "c.jsonl"), buf.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := file.New(b.Context(), adapters.Settings{Values: map[string]any{"path": "c.jsonl", "poll": "1h"}, Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func BenchmarkLoad100k(b *testing.B) {
	s := loaded(b, 100_000)
	b.SetBytes(s.Report().Bytes)
	for b.Loop() {
		if err := s.Reload(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch100k(b *testing.B) {
	s := loaded(b, 100_000)
	c := adapters.Criteria{Given: "Олександр", Family: "Коваленко", Born: "2014"}
	for b.Loop() {
		if ids, err := s.Search(b.Context(), c, 50); err != nil || len(ids) == 0 {
			b.Fatal(len(ids), err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	s := loaded(b, 400)
	id := govUA.recordID(0)
	half := adapters.Mask{"name.family", "name.given", "birth.birth_date", "birth.sex", "flags.captor_risk"}
	for _, mask := range []adapters.Mask{half, allPaths()} {
		b.Run(fmt.Sprint(len(mask), "-fields"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Get(b.Context(), id, mask); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint(len(mask), "-fields-checked"), func(b *testing.B) {
			a := adapters.Checked(s)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Get(b.Context(), id, mask); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
