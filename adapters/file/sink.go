package file

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/adapters"
	"homeward.example/schemas/edtf"
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

// made is a row made ready to be kept: an entry, or what is wrong with it.
type made struct {
	row
	id          string
	entry       *entry
	field, what string
	cut         bool // it ends where the file ends
}

// maker makes rows ready. It touches nothing but itself, so that there can be many at once.
type maker struct {
	set  ready
	now  time.Time
	memo map[string][]string // skeletons of names: names repeat
}

// sink takes the rows of one load in their order, whatever their format.
type sink struct {
	maker
	file       string
	report     *adapters.Report
	progress   *progress
	entries    []*entry
	byID       map[string]int // in entries
	tombstones map[string]bool
}

// progress tells how far a load is. Bytes and rows are counted by different goroutines.
type progress struct {
	mu   sync.Mutex
	now  adapters.Progress
	tell func(adapters.Progress) // may be nil
}

func (p *progress) update(change func(*adapters.Progress)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.now)
	if p.tell != nil {
		p.tell(p.now)
	}
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

// add makes a row ready and takes it.
func (s *sink) add(r row) { s.take(s.make(r)) }

// make checks a row and makes the stored form of its record.
func (m *maker) make(r row) made {
	out := made{row: r}
	if out.field, out.what = validate(r.child); out.what != "" {
		return out
	}
	out.id = r.child.Record.RecordId
	if until, ok := lastMoment(r.child.Record.RetentionUntil); ok && !m.now.Before(until) {
		out.deleted = true // its retention ended: it is as good as wiped
	}
	if !out.deleted {
		out.entry = m.entry(r.child)
	}
	out.child = nil
	return out
}

// take keeps a row if it is good and reports it otherwise. Of two records with
// one id the first stays; a tombstone beats both.
func (s *sink) take(m made) {
	_, twice := s.byID[m.id]
	switch {
	case m.what != "":
		s.bad(m.row, m.field, m.what)
	case m.deleted:
		s.bury(m.id)
	case twice || s.tombstones[m.id]:
		s.bad(m.row, "record.record_id", "is there twice; the first one stays")
	default:
		s.byID[m.id] = len(s.entries)
		s.entries = append(s.entries, m.entry)
	}
	if (len(s.entries)+s.report.Bad)%progressRows == 0 {
		s.tell()
	}
}

func (s *sink) tell() {
	s.progress.update(func(p *adapters.Progress) { p.Records, p.Bad = len(s.entries), s.report.Bad })
}

func (s *sink) bury(id string) {
	if i, ok := s.byID[id]; ok {
		delete(s.byID, id)
		s.entries[i] = nil
	}
	s.tombstones[id] = true
}

// entry is the wire format of a record, its version, and what it is found by.
func (m *maker) entry(child *homewardv1.ChildRecord) *entry {
	e := &entry{id: child.Record.RecordId, defaulted: m.fill(child)}
	e.expires, _ = lastMoment(child.Record.RetentionUntil)
	// Deterministic: the version must be the same in each process that reads the file.
	wire, _ := proto.MarshalOptions{Deterministic: true}.Marshal(child)
	e.wire = string(wire)
	h := sha256.New()
	h.Write(wire)
	for _, path := range e.defaulted {
		h.Write([]byte{0})
		h.Write([]byte(path))
	}
	e.version = hex.EncodeToString(h.Sum(nil)[:16])
	m.keys(e, child)
	return e
}

// fill states the facts that the record leaves out and the settings have, and names them.
func (m *maker) fill(child *homewardv1.ChildRecord) (filled []string) {
	if child.Record.OriginSystem == "" && m.set.Origin != "" {
		child.Record.OriginSystem = m.set.Origin
		filled = append(filled, "record.origin_system")
	}
	for _, d := range m.set.defaults {
		group := d.target.parent(child)
		if group.Has(d.target.leaf) {
			continue
		}
		v := homewardv1.Tristate_TRISTATE_FALSE
		if d.value {
			v = homewardv1.Tristate_TRISTATE_TRUE
		}
		group.Set(d.target.leaf, protoreflect.ValueOfEnum(v.Number()))
		filled = append(filled, d.path)
	}
	return filled
}

// lastMoment is when an EDTF date or a time is over. The result is false for none.
func lastMoment(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	if d, ok := edtf.Parse(s); ok {
		last := d.Last
		return time.Date(last/10000, time.Month(last/100%100), last%100+1, 0, 0, 0, 0, time.UTC), true
	}
	return time.Time{}, false
}
