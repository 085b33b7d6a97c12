// Package follow keeps an index of a holder's records that follows its source's
// changes, so that finding a child does not touch the source. It is the one index
// of a gateway: questions and sightings are both compared with it. It holds no
// sighting, so that no number of false reports moves what is found. It is kept on disk,
// sealed, and follows on from there after a restart; it is made anew whenever the
// source says that it has lost track, or the file is of no use.
package follow

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/matching"
)

// Index of one source. It is empty until Refresh has ended once.
type Index struct {
	source adapters.Adapter

	mu      sync.Mutex // of the one that refreshes
	cursor  string
	index   *matching.Index                // being filled, or filled
	whole   atomic.Pointer[matching.Index] // what is searched
	keep    *Keep                          // nil: it is not kept
	loaded  bool                           // reading the file was tried
	unsaved bool                           // it changed since it was written
	saved   time.Time                      // when that was tried last
}

// New returns an index over a source.
func New(source adapters.Adapter) *Index {
	return &Index{source: source, index: matching.NewIndex(matching.Options{})}
}

// Ready is the index as it is; nil as long as it has not seen every record once.
func (x *Index) Ready() *matching.Index { return x.whole.Load() }

// Refresh takes in what changed at the source since it was called last. One call at a
// time does so; others wait for it. While it begins anew the old index is searched;
// one that was read from its file is not, until it has taken in what changed since.
func (x *Index) Refresh(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.load()
	err := x.follow(ctx)
	if errors.Is(err, adapters.ErrCursor) {
		x.index, x.cursor = matching.NewIndex(matching.Options{}), ""
		err = x.follow(ctx)
	}
	if err == nil {
		x.whole.Store(x.index)
		x.changed(false)
	}
	return err
}

// Find returns the ids of the records that a question may mean, the likeliest
// first: bare candidates, which must be compared again. It never waits: before the
// index is whole there are none.
func (x *Index) Find(c adapters.Criteria, limit int) []string {
	index := x.Ready()
	if index == nil {
		return nil
	}
	var ids []string
	for _, found := range index.Search(matching.FromCriteria(c), limit) {
		ids = append(ids, found.ID)
	}
	return ids
}

func (x *Index) follow(ctx context.Context) error {
	for {
		changes, next, err := x.source.Changes(ctx, x.cursor)
		if err != nil {
			return err
		}
		for _, c := range changes {
			x.unsaved = true
			if err := x.take(ctx, c); err != nil {
				return err
			}
		}
		x.cursor = next
		if len(changes) == 0 {
			return nil
		}
	}
}

func (x *Index) take(ctx context.Context, c adapters.Change) error {
	if c.Deleted {
		x.index.Remove(c.ID)
		return nil
	}
	r, err := x.source.Get(ctx, c.ID, Mask())
	if errors.Is(err, adapters.ErrNotFound) {
		x.index.Remove(c.ID)
		return nil
	}
	if err != nil {
		return err
	}
	x.index.Put(c.ID, matching.FromRecord(r.Child))
	return nil
}

// Mask is what of a record is compared: nothing of photos but their hashes.
func Mask() adapters.Mask {
	return adapters.Mask{
		"record.created_at", "name.full", "name.given", "name.patronymic", "name.family", "name.nickname", "name.other",
		"birth.birth_date", "birth.age", "birth.birth_place", "birth.sex",
		"documents.national_id", "documents.birth_certificate_no", "documents.passport_no", "documents.imposed_passport_no",
		"documents.icrc_ref", "documents.unhcr_id", "origin.last_address", "family.members.relation", "family.members.name",
		"family.sibling_record_ids", "separation.place", "displacement.transfer_route", "displacement.facility_name",
		"displacement.facility_region", "current.location", "physical.photo_sha256", "physical.perceptual_hash", "physical.eye",
		"physical.hair", "physical.marks", "listing.listed_name", "listing.listed_age", "listing.siblings_listed",
	}
}
