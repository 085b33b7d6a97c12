package file

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/adapters"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// maxIssues bounds the list in a report; the rest is counted.
const maxIssues = 100

// row is one record as a parser read it, with its place.
type row struct {
	child        *homewardv1.ChildRecord
	line, column int
	deleted      bool // a placeholder of a record that was wiped
}

// sink takes the rows of one load, whatever their format.
type sink struct {
	set        ready
	file       string
	now        time.Time
	report     *adapters.Report
	progress   func()
	entries    []*entry
	byID       map[string]int // in entries
	tombstones map[string]bool
}

const progressRows = 1000

// bad reports a row that does not load.
func (s *sink) bad(r row, field, what string) {
	s.report.Bad++
	if len(s.report.Issues) >= maxIssues {
		s.report.More++
		return
	}
	s.report.Issues = append(s.report.Issues, adapters.Issue{
		File: s.file, Line: r.line, Column: r.column, Field: field, What: what,
	})
}

// add takes a row if it is good and reports it otherwise. Of two records with
// one id the first stays; a tombstone beats both.
func (s *sink) add(r row) {
	if field, what := validate(r.child); what != "" {
		s.bad(r, field, what)
		return
	}
	id := r.child.Record.RecordId
	if r.deleted || s.expired(r.child.Record) {
		s.bury(id)
		return
	}
	if _, twice := s.byID[id]; twice || s.tombstones[id] {
		s.bad(r, "record.record_id", "is there twice; the first one stays")
		return
	}
	s.byID[id] = len(s.entries)
	s.entries = append(s.entries, s.entry(r.child))
	if len(s.entries)%progressRows == 0 {
		s.progress()
	}
}

// expired says that a record's retention ended. It is then as good as wiped.
func (s *sink) expired(info *homewardv1.RecordInfo) bool {
	until, ok := lastMoment(info.RetentionUntil)
	return ok && !s.now.Before(until)
}

func (s *sink) bury(id string) {
	if i, ok := s.byID[id]; ok {
		delete(s.byID, id)
		s.entries[i] = nil
	}
	s.tombstones[id] = true
}

// entry makes the stored form of a record: the wire format, its version, and
// what it is found by.
func (s *sink) entry(child *homewardv1.ChildRecord) *entry {
	e := &entry{id: child.Record.RecordId, defaulted: s.fill(child)}
	e.expires, _ = lastMoment(child.Record.RetentionUntil)
	// Deterministic: the version must be the same in each process that reads the file.
	e.wire, _ = proto.MarshalOptions{Deterministic: true}.Marshal(child)
	h := sha256.New()
	h.Write(e.wire)
	for _, path := range e.defaulted {
		h.Write([]byte{0})
		h.Write([]byte(path))
	}
	e.version = hex.EncodeToString(h.Sum(nil)[:16])
	e.keys(child)
	return e
}

// fill states the facts that the record leaves out and the settings have, and names them.
func (s *sink) fill(child *homewardv1.ChildRecord) (filled []string) {
	if child.Record.OriginSystem == "" && s.set.Origin != "" {
		child.Record.OriginSystem = s.set.Origin
		filled = append(filled, "record.origin_system")
	}
	for _, d := range s.set.defaults {
		m := d.target.parent(child)
		if m.Has(d.target.leaf) {
			continue
		}
		v := homewardv1.Tristate_TRISTATE_FALSE
		if d.value {
			v = homewardv1.Tristate_TRISTATE_TRUE
		}
		m.Set(d.target.leaf, protoreflect.ValueOfEnum(v.Number()))
		filled = append(filled, d.path)
	}
	return filled
}

// lastMoment is when an EDTF date or a time is over. The result is false for none.
func lastMoment(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	if d, ok := calendar(s); ok {
		last := d.Last
		return time.Date(last/10000, time.Month(last/100%100), last%100+1, 0, 0, 0, 0, time.UTC), true
	}
	return time.Time{}, false
}
