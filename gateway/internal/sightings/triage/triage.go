// Package triage compares a sighting with a holder's own records, when a person asks
// for it. Nothing on the way of a receipt imports it (security.md, promise 4).
package triage

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Index finds candidates among the records of one source. It holds records alone and
// no sighting, so that no number of false reports moves what is found for another
// child. It follows the source's changes, and is made anew if it has lost them.
type Index struct {
	source adapters.Adapter
	now    func() time.Time

	mu     sync.Mutex // of what follows; matching.Index is safe by itself
	index  *matching.Index
	cursor string
}

// New returns an index over a source, empty until it is asked.
func New(source adapters.Adapter, now func() time.Time) *Index {
	return &Index{source: source, now: now, index: matching.NewIndex(matching.Options{})}
}

// Candidates lists at most top records that a sighting may be about, the likeliest
// first. What has no band, since it is poor, is not listed, however alone it stands.
func (x *Index) Candidates(ctx context.Context, s *homewardv1.Sighting, top int) ([]sightings.Candidate, error) {
	index, err := x.refreshed(ctx)
	if err != nil {
		return nil, err
	}
	var out []sightings.Candidate
	for _, c := range index.Search(matching.FromRecord(Record(s, x.now())), top) {
		if c.Band == matching.None {
			continue
		}
		one := sightings.Candidate{Record: c.ID, Band: string(c.Band), Probability: c.Probability, Weight: c.Weight}
		for _, f := range c.Features {
			one.Features = append(one.Features, sightings.Feature{Name: f.Name, Weight: f.Weight, Reason: f.Reason})
		}
		out = append(out, one)
	}
	return out, nil
}

// refreshed takes in what changed at the source since it was asked last.
func (x *Index) refreshed(ctx context.Context) (*matching.Index, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := x.follow(ctx)
	if errors.Is(err, adapters.ErrCursor) {
		x.index, x.cursor = matching.NewIndex(matching.Options{}), ""
		err = x.follow(ctx)
	}
	return x.index, err
}

func (x *Index) follow(ctx context.Context) error {
	for {
		changes, next, err := x.source.Changes(ctx, x.cursor)
		if err != nil {
			return err
		}
		for _, c := range changes {
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
	if err := x.nameSiblings(ctx, r.Child); err != nil {
		return err
	}
	x.index.Put(c.ID, matching.FromRecord(r.Child))
	return nil
}

// nameSiblings adds the given names of siblings who have records of their own here:
// who is listed together survives a renaming.
func (x *Index) nameSiblings(ctx context.Context, c *homewardv1.ChildRecord) error {
	ids := c.GetFamily().GetSiblingRecordIds()
	for _, id := range ids[:min(len(ids), maxSiblings)] {
		sibling, err := x.source.Get(ctx, id, adapters.Mask{"name.given"})
		if errors.Is(err, adapters.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if given := sibling.Child.GetName().GetGiven(); len(given) > 0 {
			c.Family.Members = append(c.Family.Members, &homewardv1.FamilyMember{Relation: "sibling", Name: given[0].GetValue()})
		}
	}
	return nil
}

// maxSiblings of one record whose own records are looked up.
const maxSiblings = 7

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

// Record writes a sighting as a record with few fields, as package matching takes a
// question. Whether its name is the original or the imposed one nobody says.
func Record(s *homewardv1.Sighting, now time.Time) *homewardv1.ChildRecord {
	n, d := s.GetClaimedIdentity(), s.GetChildDescription()
	c := &homewardv1.ChildRecord{
		Name: &homewardv1.Name{
			Full: said(n.GetFull(), ""), Given: said(n.GetGiven(), ""), Patronymic: said(n.GetPatronymic(), ""), Family: said(n.GetFamily(), ""),
		},
		Birth: &homewardv1.Birth{BirthDate: said(n.GetBorn(), ""), Sex: d.GetSex()},
		Physical: &homewardv1.Physical{
			PhotoSha256: s.GetPhotoSha256(), Eye: d.GetEye(), Hair: d.GetHair(), Marks: d.GetMarks(),
		},
		Displacement: &homewardv1.Displacement{FacilityName: s.GetPlace().GetFacility()},
		Family:       &homewardv1.Family{},
		Listing:      &homewardv1.Listing{SiblingsListed: int32(len(s.GetSiblings()))},
	}
	if d.GetAge() > 0 {
		c.Birth.Age = said(strconv.Itoa(int(d.GetAge())), seenOn(s, now))
	}
	if p := s.GetPlace(); p.GetCountry()+p.GetRegion()+p.GetDistrict()+p.GetSettlement() != "" {
		c.Current = &homewardv1.Current{Location: &homewardv1.Place{
			Country: p.GetCountry(), Oblast: p.GetRegion(), Raion: p.GetDistrict(), Settlement: p.GetSettlement(),
		}}
	}
	for _, b := range s.GetSiblings() {
		c.Family.Members = append(c.Family.Members, &homewardv1.FamilyMember{Relation: "sibling", Name: b.GetGiven()})
	}
	return c
}

// said is one claim of which nobody says whose identity it is.
func said(value, at string) []*homewardv1.Assertion {
	if value == "" {
		return nil
	}
	return []*homewardv1.Assertion{{Value: value, AssertedAt: at}}
}

// seenOn is the date at which an age held: when the child was seen, else captured, else now.
func seenOn(s *homewardv1.Sighting, now time.Time) string {
	if s.GetObservedAt() != "" {
		return s.GetObservedAt()
	}
	if t, err := time.Parse(time.RFC3339, s.GetCapturedAt()); err == nil {
		now = t
	}
	return now.UTC().Format(time.DateOnly)
}
