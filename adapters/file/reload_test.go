package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"homeward.example/adapters"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func record(id, more string) string { return `{"record":{"recordId":"` + id + `"}` + more + "}\n" }

// watched opens a file that is looked at often, and counts its loads.
func watched(t *testing.T, content string, now func() time.Time) (s *Source, path string, loads chan adapters.Report) {
	t.Helper()
	d := dir(t, map[string]string{"c.jsonl": content})
	loads = make(chan adapters.Report, 1000)
	s, err := New(t.Context(), adapters.Settings{
		Values: map[string]any{"path": "c.jsonl", "poll": "10ms"}, Dir: d, Now: now,
		Reloaded: func(r adapters.Report) { loads <- r },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	<-loads
	return s, filepath.Join(d, "c.jsonl"), loads
}

func next(t *testing.T, loads chan adapters.Report) adapters.Report {
	t.Helper()
	select {
	case r := <-loads:
		return r
	case <-time.After(time.Minute):
		t.Fatal("no load within a minute")
		return adapters.Report{}
	}
}

func has(t *testing.T, s *Source, id string, want bool) {
	t.Helper()
	if _, err := s.Get(t.Context(), id, nil); errors.Is(err, adapters.ErrNotFound) == want {
		t.Errorf("record %s: %v, want it there: %v", id, err, want)
	}
}

// TestChangedFileIsPickedUp, also one that keeps its size and its time.
func TestChangedFileIsPickedUp(t *testing.T) {
	t.Parallel()
	s, path, loads := watched(t, record("1", ""), nil)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(record("2", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	for r := next(t, loads); r.Kept != nil; r = next(t, loads) { // it may be read while it is written
	}
	has(t, s, "1", false)
	has(t, s, "2", true)
}

// TestBrokenReloadKeepsTheLast: nothing is half-loaded, and the report says so.
func TestBrokenReloadKeepsTheLast(t *testing.T) {
	t.Parallel()
	s, path, loads := watched(t, record("1", "")+record("2", ""), nil)
	_, cursor, _ := s.Changes(t.Context(), "")
	for _, broken := range []string{"", record("3", "") + `{"rec`, "\xff\xfe", record("4", "") + "\x00"} {
		if err := replace(path, []byte(broken)); err != nil {
			t.Fatal(err)
		}
		if r := next(t, loads); r.Kept == nil || r.Loaded != 2 {
			t.Errorf("%q was loaded, or the report forgets what is served: %+v", broken, r)
		}
		has(t, s, "1", true)
		has(t, s, "3", false)
		has(t, s, "4", false)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for r := next(t, loads); !strings.Contains(fmt.Sprint(r.Kept), "does not exist"); r = next(t, loads) {
	}
	has(t, s, "1", true)
	if changes, _, _ := s.Changes(t.Context(), cursor); len(changes) > 0 {
		t.Errorf("broken files made %d changes", len(changes))
	}
	if s.Report().Kept == nil {
		t.Error("the report does not say that an older load is served")
	}
	if err := replace(path, []byte(record("5", ""))); err != nil {
		t.Fatal(err)
	}
	for r := next(t, loads); r.Kept != nil; r = next(t, loads) {
	}
	has(t, s, "5", true)
	has(t, s, "1", false)
}

// TestRetentionEnds: a record whose time is over is not served from that moment on, and becomes a tombstone.
func TestRetentionEnds(t *testing.T) {
	t.Parallel()
	var late atomic.Bool
	now := func() time.Time {
		if late.Load() {
			return noon.Add(24 * time.Hour)
		}
		return noon
	}
	s, _, loads := watched(t, `{"record":{"recordId":"1","retentionUntil":"2026-11-22"},"name":{"family":[{"value":"Зозуля"}],"given":[{"value":"Яна"}]}}`+"\n"+record("2", ""), now)
	c := adapters.Criteria{Family: "Зозуля", Given: "Яна"}
	_, cursor, _ := s.Changes(t.Context(), "")
	has(t, s, "1", true)
	if ids, _ := s.Search(t.Context(), c, 5); len(ids) != 1 {
		t.Errorf("found %v", ids)
	}
	late.Store(true)
	has(t, s, "1", false)
	if ids, _ := s.Search(t.Context(), c, 5); len(ids) != 0 {
		t.Errorf("found %v after its time", ids)
	}
	for r := next(t, loads); r.Tombstones != 1; r = next(t, loads) {
	}
	changes, _, err := s.Changes(t.Context(), cursor)
	if err != nil || len(changes) != 1 || changes[0].ID != "1" || !changes[0].Deleted {
		t.Errorf("changes %v, %v", changes, err)
	}
}

// TestMappingIsWatched: a mapping is part of what the file says.
func TestMappingIsWatched(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, formatCSV, "id,x\n1,male\n", "columns:\n  id: {path: record.record_id}\n  x: {path: birth.sex}\n", map[string]any{"poll": "1h"})
	first, _ := s.Get(t.Context(), "1", everything())
	if err := replace(s.set.Mapping, []byte("columns:\n  id: {path: record.record_id}\n  x: {path: tracing.status}\n")); err != nil {
		t.Fatal(err)
	}
	if !s.due() {
		t.Fatal("a new mapping is not noticed")
	}
	if err := s.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, _ := s.Get(t.Context(), "1", everything())
	if second.Child.GetTracing().GetStatus() != "male" || first.Version == second.Version {
		t.Errorf("after the mapping changed: %v", second.Child)
	}
	if s.due() {
		t.Error("nothing changed, and it is loaded again")
	}
}

func TestCancelledLoad(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := dir(t, map[string]string{"c.jsonl": record("1", "")})
	if _, err := New(ctx, adapters.Settings{Values: map[string]any{"path": "c.jsonl"}, Dir: d}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestProgress: a large file says how far it is, and at the end that it is done.
func TestProgress(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		b.WriteString(record(fmt.Sprint(i), `,"physical":{"marks":"`+strings.Repeat("x", 500)+`"}`))
	}
	d := dir(t, map[string]string{"c.jsonl": b.String()})
	var seen []adapters.Progress
	r, err := adapters.Check(t.Context(), Open, adapters.Settings{
		Values: map[string]any{"path": "c.jsonl"}, Dir: d, Progress: func(p adapters.Progress) { seen = append(seen, p) },
	})
	if err != nil || r.Loaded != 5000 || r.Bytes != int64(b.Len()) {
		t.Fatalf("%+v, %v", r, err)
	}
	if len(seen) < 5 {
		t.Fatalf("%d reports of progress", len(seen))
	}
	for i, p := range seen {
		if p.Total != int64(b.Len()) || i > 0 && (p.Bytes < seen[i-1].Bytes || p.Records < seen[i-1].Records) {
			t.Errorf("progress goes back, or forgets the total: %+v", p)
		}
	}
	if last := seen[len(seen)-1]; last.Records != 5000 || last.Bytes != last.Total {
		t.Errorf("the last says %+v", last)
	}
}

// TestChangesInPages: a long list comes in parts, and a record that changed twice comes once.
func TestChangesInPages(t *testing.T) {
	t.Parallel()
	l := newChangeLog()
	for i := range maxChanges + 5 {
		l.append(fmt.Sprint(i), false, noon)
	}
	l.append("0", true, noon)
	first, cursor, err := l.after("")
	if err != nil || len(first) != maxChanges || first[0].ID != "1" {
		t.Fatalf("%d changes from %q, %v", len(first), first[0].ID, err)
	}
	second, cursor, err := l.after(cursor)
	if err != nil || len(second) != 5 || !second[4].Deleted {
		t.Fatalf("%d changes, %v", len(second), err)
	}
	if third, _, err := l.after(cursor); err != nil || len(third) != 0 {
		t.Errorf("%d changes at the end, %v", len(third), err)
	}
	for range 3 * maxChanges {
		l.append("0", false, noon)
	}
	l.compact()
	if len(l.entries) != maxChanges+5 {
		t.Errorf("%d entries after compaction", len(l.entries))
	}
	if rest, _, err := l.after(cursor); err != nil || len(rest) != 1 || rest[0].ID != "0" {
		t.Errorf("after compaction: %v, %v", rest, err)
	}
}

// TestCursorOverRestart: a reader goes on where it stood if the file is what it was, and
// begins anew if it is not, also if it became again what it was before.
func TestCursorOverRestart(t *testing.T) {
	t.Parallel()
	end := func(s *Source, cursor string) (n int, next string, err error) {
		changes, next, err := s.Changes(t.Context(), cursor)
		return len(changes), next, err
	}
	one, two := record("1", ""), record("1", "")+record("2", "")
	first, path, loads := watched(t, one, nil)
	n, cursor, err := end(first, "")
	if n != 1 || err != nil {
		t.Fatalf("%d changes, %v", n, err)
	}
	again, _, _ := watched(t, one, nil)
	if n, next, err := end(again, cursor); n != 0 || next != cursor || err != nil {
		t.Errorf("%d changes to %q, %v", n, next, err)
	}
	other, _, _ := watched(t, two, nil)
	if _, _, err := end(other, cursor); !errors.Is(err, adapters.ErrCursor) {
		t.Errorf("another file: %v", err)
	}
	for i, content := range []string{two, one} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for r := next(t, loads); r.Kept != nil || r.Loaded != 2-i; r = next(t, loads) { // it may be read while it is written
		}
	}
	if n, next, err := end(first, cursor); n != 0 || next != cursor || err != nil {
		t.Errorf("%d changes to %q, %v", n, next, err)
	}
	_, later, err := end(other, "")
	if n, _, err2 := end(first, later); err != nil || err2 != nil || n != 1 {
		t.Errorf("since there were two, of which one was deleted: %d changes, %v, %v", n, err, err2)
	}
}
