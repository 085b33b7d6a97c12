package file

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"homeward.example/adapters"
)

// changeLog is what changed over the loads of this process. A cursor is the
// name of the process's log and a place in it; one of an earlier process is
// refused, since what was deleted in between is known to nobody.
type changeLog struct {
	mu      sync.RWMutex
	epoch   string
	seq     int64
	entries []logEntry
	latest  map[string]int64 // by id, the seq that counts
}

type logEntry struct {
	seq int64
	adapters.Change
}

// maxChanges is the most that one call returns.
const maxChanges = 10_000

func newChangeLog() changeLog {
	return changeLog{epoch: rand.Text(), latest: make(map[string]int64)}
}

// update records what differs between two loads. old is nil at the first.
func (l *changeLog) update(old, snap *snapshot, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var before map[string]*entry
	if old != nil {
		before = old.byID
		for _, e := range old.entries {
			if snap.byID[e.id] == nil {
				l.append(e.id, true, at)
			}
		}
	}
	for id := range snap.tombstones {
		if before[id] == nil && (old == nil || !old.tombstones[id]) {
			l.append(id, true, at)
		}
	}
	for _, e := range snap.entries {
		if b := before[e.id]; b == nil || b.version != e.version {
			l.append(e.id, false, at)
		}
	}
	l.compact()
}

func (l *changeLog) append(id string, deleted bool, at time.Time) {
	l.seq++
	l.entries = append(l.entries, logEntry{l.seq, adapters.Change{ID: id, Deleted: deleted, At: at}})
	l.latest[id] = l.seq
}

// compact drops what a later change of the same record replaced.
func (l *changeLog) compact() {
	if len(l.entries) > 2*len(l.latest) {
		l.entries = slices.DeleteFunc(l.entries, func(e logEntry) bool { return l.latest[e.ID] != e.seq })
	}
}

func (l *changeLog) after(cursor string) ([]adapters.Change, string, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	from, ok := l.parse(cursor)
	if !ok {
		return nil, "", adapters.ErrCursor
	}
	start, _ := slices.BinarySearchFunc(l.entries, from+1, func(e logEntry, seq int64) int { return int(e.seq - seq) })
	var out []adapters.Change
	for _, e := range l.entries[start:] {
		if len(out) == maxChanges {
			break
		}
		from = e.seq
		if l.latest[e.ID] == e.seq {
			out = append(out, e.Change)
		}
	}
	return out, l.epoch + "-" + strconv.FormatInt(from, 10), nil
}

func (l *changeLog) parse(cursor string) (int64, bool) {
	if cursor == "" {
		return 0, true
	}
	epoch, seq, ok := strings.Cut(cursor, "-")
	if !ok || epoch != l.epoch {
		return 0, false
	}
	n, err := strconv.ParseInt(seq, 10, 64)
	return n, err == nil && n >= 0 && n <= l.seq
}
