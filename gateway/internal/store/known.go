package store

import (
	"context"
	"encoding/json"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/ledger"
)

// known remembers what requesters received, since reading it from the database
// costs a tenth of an answer. What it says may be old: then the commit that was
// decided on it finds its version moved, the entry is dropped, and it is decided
// again. Only what releases nothing is not compared, and that releases nothing.
type known struct {
	cache *lru.Cache[pair, decide.Disclosed]
}

// knownEntries bounds it at some ten megabytes.
const knownEntries = 1 << 15

func newKnown() (known, error) {
	cache, err := lru.New[pair, decide.Disclosed](knownEntries)
	return known{cache}, err
}

// forget drops what a commit was decided on.
func (k known) forget(updates []ledger.DisclosureUpdate) {
	for _, u := range updates {
		k.cache.Remove(pair{u.Requester, u.Subject})
	}
}

// disclosedAtOnce is as many records as the policy lets into an answer.
const disclosedAtOnce = 5

const selectDisclosed = `SELECT subject, version, received FROM disclosed WHERE requester = ? AND subject IN (?, ?, ?, ?, ?)`

// Disclosed implements ledger.Store. A row that cannot be read as groups is
// Unreadable, and keeps its version.
func (s *Store) Disclosed(ctx context.Context, requester string, subjects []string) (map[string]decide.Disclosed, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable("disclosed", err)
	}
	out := make(map[string]decide.Disclosed, len(subjects))
	var missing []string
	for _, subject := range subjects {
		if d, ok := s.known.cache.Get(pair{requester, subject}); ok {
			out[subject] = d
		} else {
			missing = append(missing, subject)
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), disclosedAtOnce)
		if err := s.readDisclosed(ctx, requester, missing[:n], out); err != nil {
			return nil, unavailable("disclosed", err)
		}
		missing = missing[n:]
	}
	return out, nil
}

func (s *Store) readDisclosed(ctx context.Context, requester string, subjects []string, out map[string]decide.Disclosed) error {
	ctx, cancel := s.dialect.bound(ctx, patience)
	defer cancel()
	args := [1 + disclosedAtOnce]any{requester}
	for i := range disclosedAtOnce {
		args[1+i] = subjects[min(i, len(subjects)-1)] // the last one again fills the rest
	}
	rows, err := s.disclosed.QueryContext(ctx, args[:]...)
	if err != nil {
		return err
	}
	return drain(rows, func(r scanner) error {
		var subject, received string
		var d decide.Disclosed
		if err := r.Scan(&subject, &d.Version, &received); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(received), &d.Groups); err != nil || d.Groups == nil {
			d.Groups, d.Unreadable = nil, true
		}
		d.Groups = slices.Clip(d.Groups) // shared from now on: who appends gets a copy
		out[subject] = d
		s.known.cache.Add(pair{requester, subject}, d)
		return nil
	})
}
