package trust

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Problems of the registry.
const (
	CodeInvalid problem.Code = "registry_invalid"
	CodeExpired problem.Code = "registry_expired"
	CodeOlder   problem.Code = "registry_older"
)

// Anyone stands in an agreement for every participant.
const Anyone = "*"

// poll is how often the registry and the blocked list are looked at.
const poll = 500 * time.Millisecond

// Options of a live registry. File and Key, or Source, are mandatory.
type Options struct {
	// File is the signed registry and Key the public key that signs it.
	File string
	Key  envelope.PublicKey
	// Seen is a file that remembers the newest registry over a restart; none is
	// remembered if it is empty.
	Seen string
	// Source replaces the file.
	Source Source
	// Clock tells the time; time.Now if nil.
	Clock func() time.Time
	// Blocked lists the participants that this gateway refuses by its own
	// decision; asked at every poll. Nil where SetBlocked is called instead.
	Blocked func() []string
	// Activate is told of a registry before it comes into force, and its error keeps
	// it out. May be nil.
	Activate func(version int64, digest [32]byte) error
	// Log gets every change and every refused file; nil is silent.
	Log *slog.Logger
}

// Live is the registry as it stands now. Its methods may be called from many
// goroutines; what they return is shared and must not be changed.
type Live struct {
	o     Options
	mu    sync.Mutex // one writer at a time
	state atomic.Pointer[state]
}

// state is replaced as a whole, so that a reader never sees half of a change.
type state struct {
	*index
	blocked map[string]bool
	err     error // why the newest file is not the one in force
}

// Open reads the registry for the first time and fails if it is not good: a
// gateway that trusts nobody has nothing to do. Watch keeps it up to date.
func Open(o Options) (*Live, error) {
	if o.Source == nil {
		o.Source = &fileSource{path: o.File, key: o.Key}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &Live{o: o}
	l.state.Store(&state{})
	if err := l.Refresh(); err != nil {
		return nil, err
	}
	return l, nil
}

// Watch refreshes twice a second until the context ends.
func (l *Live) Watch(ctx context.Context) {
	t := time.NewTicker(poll)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_ = l.Refresh() // logged there
		}
	}
}

// Refresh looks at the source and the blocked list once. A file that is not
// good leaves the last good one in force until that expires.
func (l *Live) Refresh() error {
	if l.o.Blocked != nil {
		l.SetBlocked(l.o.Blocked())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.state.Load()
	next, err := l.load(old.index)
	if err != nil && (old.err == nil || old.err.Error() != err.Error()) {
		l.o.Log.Error("registry refused", "err", err)
	}
	if next != old.index {
		l.o.Log.Info("registry in force", "version", next.registry.Version, "expires", next.registry.Expires)
	}
	l.state.Store(&state{index: next, blocked: old.blocked, err: err})
	return err
}

// load returns the index that is in force from now on: a newer one, or the old with a reason.
func (l *Live) load(old *index) (*index, error) {
	r, digest, err := l.o.Source.Load(l.o.Clock())
	switch {
	case err != nil:
		return old, err
	case old != nil && digest == old.digest:
		return old, nil
	case old != nil && r.Version <= old.registry.Version:
		// An equal version with other content would let two gateways disagree unseen.
		return old, problem.Mismatch(CodeOlder, "registry version",
			"more than "+version(old.registry.Version), version(r.Version))
	}
	if err := (seen{l.o.Seen}).check(r, digest); err != nil {
		return old, err
	}
	if old != nil {
		if err := endedStay(old.registry, r); err != nil {
			return old, problem.Wrap(CodeInvalid, "registry", err)
		}
	}
	if err := Validate(r); err != nil { // a source may not have
		return old, problem.Wrap(CodeInvalid, "registry", err)
	}
	next, err := newIndex(r, digest)
	if err != nil {
		return old, problem.Wrap(CodeInvalid, "registry", err)
	}
	if l.o.Activate != nil {
		if err := l.o.Activate(r.Version, digest); err != nil {
			return old, err
		}
	}
	if err := (seen{l.o.Seen}).note(r, digest); err != nil {
		return old, err
	}
	return next, nil
}

// endedStay: a log that ended stays ended, with the checkpoint that was continued, and no
// earlier than was said. An end that was named too early may be corrected: nobody who
// saw more believes it.
func endedStay(old, next Registry) error {
	ended := make(map[string][]EndedLog)
	for _, p := range next.Participants {
		ended[p.ID] = p.EndedLogs
	}
	for _, p := range old.Participants {
		now, there := ended[p.ID]
		for i, e := range p.EndedLogs {
			if there && (i >= len(now) || !e.stays(now[i])) {
				return fmt.Errorf("participant %q: ended_logs: expected %s to end as in the registry in force, or later than at %d entries, and to be continued from the same checkpoint", p.ID, e.Origin, e.Size)
			}
		}
	}
	return nil
}

func (e EndedLog) stays(now EndedLog) bool {
	return now.Continues == e.Continues && (now.Size > e.Size || now == e)
}

// SetBlocked replaces the list of participants that are refused here.
func (l *Live) SetBlocked(ids []string) {
	blocked := make(map[string]bool, len(ids))
	for _, id := range ids {
		blocked[id] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.state.Load()
	if !maps.Equal(old.blocked, blocked) {
		l.o.Log.Warn("blocked participants changed", "participant", strings.Join(ids, " "))
		l.state.Store(&state{index: old.index, blocked: blocked, err: old.err})
	}
}
