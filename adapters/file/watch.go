package file

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"time"

	"homeward.example/adapters"
)

// state is what the last attempt saw of the file and its mapping.
type state struct {
	file, mapping stamp
	hash          [32]byte
	at            time.Time // real time of the attempt
	failed        bool
}

// stamp is what a look at a file costs nothing to learn.
type stamp struct {
	size     int64
	modified time.Time
}

const (
	// racy is how coarse a file system's clock may be: a file that was written so
	// shortly before it was read may have been written again with the same stamp.
	racy = 2 * time.Second
	// retry is when a load that failed is tried again although nothing changed.
	retry = time.Minute
)

// watch looks at the file at each beat. Its own clock is the real one: the
// gateway's may be a test's.
func (s *Source) watch(ctx context.Context) {
	defer close(s.done)
	t := time.NewTicker(s.set.poll)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if s.due() {
				_ = s.Reload(ctx) // it is in the report
			}
		}
	}
}

// due says whether there is something new to load: another file, another
// mapping, or a record whose retention has ended.
func (s *Source) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	file, mapping := look(s.set.Path), look(s.set.Mapping)
	if s.seen.failed && now.Sub(s.seen.at) > retry {
		return true
	}
	if x := s.current.Load().expires; !s.seen.failed && !x.IsZero() && !s.env.Now().Before(x) {
		return true
	}
	same := file == s.seen.file && mapping == s.seen.mapping
	if same && s.seen.at.Sub(file.modified) > racy && s.seen.at.Sub(mapping.modified) > racy {
		return false
	}
	if h, ok := digest(s.set); !ok || h != s.seen.hash {
		return !same || ok
	}
	s.seen.file, s.seen.mapping, s.seen.at = file, mapping, now
	return false
}

func look(path string) stamp {
	if path == "" {
		return stamp{}
	}
	info, err := os.Stat(path)
	if err != nil {
		return stamp{size: -1}
	}
	return stamp{size: info.Size(), modified: info.ModTime()}
}

// digest is of the mapping and the file, in that order.
func digest(set ready) (sum [32]byte, ok bool) {
	h := sha256.New()
	for _, path := range []string{set.Mapping, set.Path} {
		if path == "" {
			continue
		}
		f, err := openRegular(path)
		if err != nil {
			return sum, false
		}
		_, err = io.Copy(h, io.LimitReader(f, set.MaxBytes+1))
		f.Close()
		if err != nil {
			return sum, false
		}
	}
	h.Sum(sum[:0])
	return sum, true
}

// Reload reads the file now. On error what was loaded before is still served,
// and the report says so.
func (s *Source) Reload(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := state{file: look(s.set.Path), mapping: look(s.set.Mapping), at: time.Now()}
	snap, report, err := load(ctx, s.set, s.env)
	if err == nil {
		seen.hash = snap.hash
		// The records first: who reads a change must find what changed.
		s.log.update(s.current.Swap(snap), snap, report.At)
	} else {
		report.Kept, seen.failed = err, true
		if kept := s.current.Load(); kept != nil {
			report.Loaded = len(kept.entries)
		}
	}
	s.seen = seen
	s.reports.Lock()
	s.report = report
	s.reports.Unlock()
	if s.env.Reloaded != nil {
		s.env.Reloaded(report)
	}
	return err
}

// A Source is what the gateway wants of an adapter, and of one that loads.
var (
	_ adapters.Adapter  = (*Source)(nil)
	_ adapters.Reporter = (*Source)(nil)
)
