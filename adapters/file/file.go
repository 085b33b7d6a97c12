// Package file is the adapter that reads a file: JSON lines of the schema, PFIF
// 1.1 to 1.4, or CSV with a mapping file. The file is read whole into memory
// and read again when it changes. A load either succeeds or changes nothing:
// what was loaded before is served until then. Rows that are wrong are reported
// by file, line, column and field, never by value, and the good ones load.
// README.md describes the settings and the formats.
package file

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"homeward.example/adapters"
)

// Source is one file. It is safe for concurrent use.
type Source struct {
	set  ready
	env  adapters.Settings
	cuts adapters.Cuts

	current atomic.Pointer[snapshot]
	log     changeLog

	mu      sync.Mutex // of loading
	seen    state
	report  adapters.Report
	reports sync.RWMutex // of report

	stop context.CancelFunc
	done chan struct{}
}

// Open loads a file and watches it until Close. It is an adapters.Open. The
// error is an adapters.Issue that says what keeps the file from being loaded.
func Open(ctx context.Context, env adapters.Settings) (adapters.Adapter, error) {
	s, err := New(ctx, env)
	if err != nil {
		return nil, err // not a nil *Source in an interface
	}
	return s, nil
}

// New is Open with the type.
func New(ctx context.Context, env adapters.Settings) (*Source, error) {
	set, err := read(env)
	if err != nil {
		return nil, err
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	s := &Source{set: set, env: env, done: make(chan struct{}), log: newChangeLog()}
	if err := s.Reload(ctx); err != nil {
		return nil, err
	}
	watch, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.watch(watch)
	return s, nil
}

// Search implements adapters.Adapter. Names are found by skeleton over all
// scripts and identities, dates within a day or with day and month swapped, and
// documents exactly; the likeliest come first.
func (s *Source) Search(ctx context.Context, c adapters.Criteria, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if limit <= 0 {
		return nil, nil
	}
	return s.current.Load().search(c, limit, s.env.Now()), nil
}

// Get implements adapters.Adapter. The record is decoded anew from its bytes,
// as far as the mask admits it.
func (s *Source) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	if err := ctx.Err(); err != nil {
		return adapters.Record{}, err
	}
	e := s.current.Load().byID[id]
	if e == nil || !e.live(s.env.Now()) {
		return adapters.Record{}, adapters.ErrNotFound
	}
	child, err := s.cuts.Of(mask).Decode(e.wire)
	if err != nil {
		return adapters.Record{}, adapters.ErrUnavailable
	}
	return adapters.Record{ID: e.id, Version: e.version, Child: child, Defaulted: append([]string(nil), e.defaulted...)}, nil
}

// Changes implements adapters.Adapter over the loads of this process.
func (s *Source) Changes(ctx context.Context, cursor string) ([]adapters.Change, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	return s.log.after(cursor)
}

// Report says what became of the last attempt to load the file.
func (s *Source) Report() adapters.Report {
	s.reports.RLock()
	defer s.reports.RUnlock()
	return s.report
}

// Close stops watching.
func (s *Source) Close() error {
	s.stop()
	<-s.done
	return nil
}
