package budget

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"sync"
	"time"

	"homeward.example/gateway/internal/problem"
)

// memoryLimit bounds the counters at about 30 MB. Under the default limits one
// participant can open a thirteenth of them in a window: 5000 questions, each of
// another officer, purpose, query and child.
const memoryLimit = 1 << 18

// Memory counts in fixed windows, in process. The zero value is ready, with the
// default limits. A restart starts the windows anew.
type Memory struct {
	Limits Limits

	mu       sync.Mutex
	mac      hash.Hash // under a key that dies with the process
	scratch  []byte
	counters map[name]window
	variants map[string]*variants // by participant
	swept    time.Time
	limit    int
}

type name [sha256.Size]byte

type window struct {
	start time.Time
	count int
}

// Spend implements Budget. Either every counter is drawn on or none is. When
// there is no room for another counter it refuses rather than forget one.
func (m *Memory) Spend(_ context.Context, r Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	limits := m.Limits.OrDefaults()
	m.sweep(r.Now, limits.Window)
	counters := limits.Counters(r)
	names := make([]name, len(counters), maxCounters)
	for i, c := range counters {
		names[i] = m.name(c.Key)
		w := m.current(names[i], r.Now, limits.Window)
		if w.count >= c.Limit {
			return Spent(c.Name, c.Limit, w.start.Add(limits.Window).Sub(r.Now))
		}
	}
	if len(m.counters)+len(names) > m.limit {
		return problem.New(problem.CodeUnavailable, "budget counters full")
	}
	if err := m.vary(r, limits); err != nil {
		return err
	}
	for i, n := range names {
		w := m.current(n, r.Now, limits.Window)
		w.count += counters[i].Cost
		m.counters[n] = w
	}
	return nil
}

// vary counts a question as a variant of each that differs in one criterion alone,
// or of none if one of them was tried out too often.
func (m *Memory) vary(r Request, limits Limits) error {
	if len(r.Rests) == 0 {
		return nil
	}
	v := m.variants[r.Participant]
	if v == nil {
		v = &variants{}
		m.variants[r.Participant] = v
	}
	v.on(r.Now)
	question := m.name([]string{"variant", r.Query})
	changed := make(map[name]sketch, len(r.Rests))
	for _, key := range r.VariantsOf() {
		n := m.name(key)
		changed[n] = v.under[n].with(question)
		if changed[n] != v.under[n] && changed[n].count() > limits.Variants {
			return limits.TooMany(r.Now)
		}
	}
	if !v.room(len(changed)) {
		return limits.TooMany(r.Now)
	}
	maps.Copy(v.under, changed)
	return nil
}

func (m *Memory) init() {
	if m.mac != nil {
		return
	}
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	m.mac = hmac.New(sha256.New, key)
	m.mac.Reset() // one that was reset before its first use leaves nothing behind when it is reset
	m.counters = make(map[name]window)
	m.variants = make(map[string]*variants)
	if m.limit == 0 {
		m.limit = memoryLimit
	}
}

// current returns the counter's window; a new one if the last has ended. A clock
// that stepped back stays in the window it was in.
func (m *Memory) current(n name, now time.Time, length time.Duration) window {
	w, ok := m.counters[n]
	if !ok || now.Sub(w.start) >= length {
		return window{start: now}
	}
	return w
}

// sweep drops windows that ended, once a window's length at most.
func (m *Memory) sweep(now time.Time, length time.Duration) {
	if now.Before(m.swept) {
		m.swept = time.Time{} // the clock stepped back
	}
	if now.Sub(m.swept) < length && len(m.counters) < m.limit/2 || now.Sub(m.swept) < time.Second {
		return
	}
	m.swept = now
	for n, w := range m.counters {
		if now.Sub(w.start) >= length {
			delete(m.counters, n)
		}
	}
}

func (m *Memory) name(parts []string) name {
	var n name
	m.scratch = AppendParts(m.scratch[:0], parts)
	m.mac.Write(m.scratch)
	clear(m.scratch) // a name may have been in it
	copy(n[:], m.mac.Sum(m.scratch[:0]))
	m.mac.Reset()
	return n
}

// AppendParts writes strings with their lengths, to be hashed: so that no two lists
// collide by joining.
func AppendParts(b []byte, parts []string) []byte {
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(p))), p...)
	}
	return b
}
