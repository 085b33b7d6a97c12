package api

import "sync"

// slots counts the requests in work. One caller gets a share, so that a
// compromised participant cannot shut the others out. The zero value is ready.
type slots struct {
	mu    sync.Mutex
	total int
	by    map[string]int
}

func (s *slots) take(name string, l Limits) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= l.Concurrent || s.by[name] >= l.PerCaller {
		return false
	}
	if s.by == nil {
		s.by = make(map[string]int)
	}
	s.total++
	s.by[name]++
	return true
}

func (s *slots) give(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.by[name]--; s.by[name] == 0 {
		delete(s.by, name)
	}
}
