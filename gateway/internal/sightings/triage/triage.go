// Package triage compares a sighting with a holder's own records, when a person asks
// for it. Nothing on the way of a receipt imports it (security.md, promise 4).
package triage

import (
	"context"
	"strconv"
	"time"

	"homeward.example/gateway/internal/follow"
	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Index finds candidates among the records of one source.
type Index struct {
	records *follow.Index
	now     func() time.Time
}

// New returns one over the index of a source.
func New(records *follow.Index, now func() time.Time) *Index {
	return &Index{records: records, now: now}
}

// Candidates lists at most top records that a sighting may be about, the likeliest
// first. What has no band, since it is poor, is not listed, however alone it stands.
func (x *Index) Candidates(ctx context.Context, s *homewardv1.Sighting, top int) ([]sightings.Candidate, error) {
	if err := x.records.Refresh(ctx); err != nil {
		return nil, err
	}
	var out []sightings.Candidate
	for _, c := range x.records.Ready().Search(matching.FromRecord(Record(s, x.now())), top) {
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
