package file

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"homeward.example/adapters"
)

// changeLog is what changed over the loads of this process. A cursor at its end is
// the digest of what was loaded: any process that has loaded the same goes on from
// there. One between two pages is the name of this log and a place in it. Any other is
// refused, since what was deleted in between is known to nobody.
type changeLog struct {
	mu      sync.RWMutex
	epoch   string
	seq     int64
	entries []logEntry
	latest  map[string]int64 // by id, the seq that counts
	loads   []loadEnd        // the last maxLoads
}

// loadEnd is a load: the digest of all its records, and where the log stood after it.
type loadEnd struct {
	digest string
	seq    int64
}

// maxLoads is how many loads a reader may be behind before it begins anew.
const maxLoads = 64

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
	if l.loads = append(l.loads, loadEnd{snap.digest(), l.seq}); len(l.loads) > maxLoads {
		l.loads = slices.Delete(l.loads, 0, 1)
	}
}

// digest names the records of a load, in the order of the file, and its tombstones.
func (snap *snapshot) digest() string {
	h := sha256.New()
	add := func(text string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		h.Write(append(size[:], text...))
	}
	for _, e := range snap.entries {
		add(e.id)
		add(e.version)
	}
	for _, id := range slices.Sorted(maps.Keys(snap.tombstones)) {
		add("")
		add(id)
	}
	return hex.EncodeToString(h.Sum(nil))
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
	if last := len(l.loads) - 1; last >= 0 && from == l.loads[last].seq {
		return out, l.loads[last].digest, nil
	}
	return out, l.epoch + "-" + strconv.FormatInt(from, 10), nil
}

func (l *changeLog) parse(cursor string) (int64, bool) {
	if cursor == "" {
		return 0, true
	}
	for _, load := range slices.Backward(l.loads) {
		if load.digest == cursor {
			return load.seq, true
		}
	}
	epoch, seq, ok := strings.Cut(cursor, "-")
	if !ok || epoch != l.epoch {
		return 0, false
	}
	n, err := strconv.ParseInt(seq, 10, 64)
	return n, err == nil && n >= 0 && n <= l.seq
}
