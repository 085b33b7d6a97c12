package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Sighting is the report of an NGO, as its recipient and as its submitter see it.
type Sighting struct {
	ID        string            `json:"id"`
	Submitter string            `json:"submitter"`
	Recipient string            `json:"recipient"`
	Reference map[string]string `json:"reference"` // the receipt's, in words
	Status    string            `json:"status"`    // all that the submitter sees
	// Triage is the sighting's id and state at its recipient.
	Triage     string      `json:"triage"`
	State      string      `json:"state"`
	Candidates []Candidate `json:"candidates"`
	// RightChild: the first candidate is the child of this demo.
	RightChild bool `json:"right_child"`
	// ToldNothing: the submitter's status is the same before and after the match.
	ToldNothing bool `json:"told_nothing"`
}

// Candidate is a record that the sighting may be about.
type Candidate struct {
	Record      string   `json:"record"`
	Band        string   `json:"band"`
	Probability float64  `json:"probability"`
	Reasons     []Reason `json:"reasons"`
}

// Reason for or against a candidate; Weight is in bits.
type Reason struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"`
	Text   string  `json:"text"`
}

// shownCandidates is how many the demo prints.
const shownCandidates = 3

// listing shows the child of the demo under the Russian form of its first name, with
// its age and two siblings, and nothing else that is known of it.
func listing(now time.Time) *homewardv1.Sighting {
	age := func(born time.Time) int32 { return int32(now.Sub(born) / (365.25 * 24 * time.Hour)) }
	return &homewardv1.Sighting{
		SourceType: "open_web", Url: "https://listing.example/synthetic/1", CapturedAt: now.UTC().Format(time.RFC3339),
		ClaimedIdentity:  &homewardv1.ClaimedIdentity{Given: "Александр"},
		ChildDescription: &homewardv1.ChildDescription{Age: age(time.Date(2014, 3, 9, 0, 0, 0, 0, time.UTC)), Sex: "male"},
		Siblings: []*homewardv1.SightedSibling{
			{Given: "Мария", Age: age(time.Date(2011, 8, 24, 0, 0, 0, 0, time.UTC))},
			{Given: "София", Age: age(time.Date(2017, 5, 12, 0, 0, 0, 0, time.UTC))},
		},
	}
}

// writeListing leaves the listing there, to be submitted by whoever tries it.
func (f *Federation) writeListing() error {
	s := listing(f.made)
	s.Url = "https://listing.example/synthetic/2" // not the one that the demo itself submits
	b, err := protojson.MarshalOptions{Multiline: true, UseProtoNames: true}.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.Dir, "listing.json"), append(b, '\n'), 0o600)
}

// sighted lets the NGO submit the listing, and gov-ua triage it.
func (s *Story) sighted(ctx context.Context, r *Report) error {
	ngo, ua := s.gateways[Submitter].Exchange(), s.gateways[Origin].Exchange()
	resp, err := ngo.SubmitSightings(ctx, &homewardv1.SubmitSightingsRequest{Officer: officer(), Sightings: []*homewardv1.Sighting{listing(time.Now())}})
	if err != nil {
		return fmt.Errorf("sighting: %w", err)
	}
	before, err := arrived(ctx, ngo, resp.GetSightings()[0].GetId())
	if err != nil {
		return err
	}
	list, err := ua.ListSightings(ctx, &homewardv1.ListSightingsRequest{State: "received", Limit: 1})
	if err != nil || len(list.GetSightings()) == 0 {
		return fmt.Errorf("no sighting at %s: %w", Origin, err)
	}
	triaged, err := ua.ReviewSighting(ctx, &homewardv1.ReviewSightingRequest{
		Id: list.GetSightings()[0].GetId(), State: "triaged", Officer: &homewardv1.Officer{Id: "demo-officer-ua", Role: "tracing_officer"},
	})
	if err != nil {
		return fmt.Errorf("triage: %w", err)
	}
	after, err := statusOf(ctx, ngo, before.GetId())
	if err != nil {
		return err
	}
	r.Sighting = sightingShown(before, triaged)
	r.Sighting.ToldNothing = proto.Equal(before, after)
	r.Sighting.RightChild = len(r.Sighting.Candidates) > 0 && r.Sighting.Candidates[0].Record == s.Child.IDs[Origin]
	return nil
}

// arrived waits until the recipient has a report: its submitter's gateway sends by itself.
func arrived(ctx context.Context, x *exchange.Exchange, id string) (*homewardv1.SubmittedSighting, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		got, err := statusOf(ctx, x, id)
		if err != nil || got.GetDeliveries()[0].GetState() != "waiting" {
			return got, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the sighting does not arrive: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func statusOf(ctx context.Context, x *exchange.Exchange, id string) (*homewardv1.SubmittedSighting, error) {
	resp, err := x.SightingStatus(ctx, &homewardv1.SightingStatusRequest{Id: id})
	if err != nil {
		return nil, err
	}
	return resp.GetSightings()[0], nil
}

func sightingShown(sent *homewardv1.SubmittedSighting, t *homewardv1.TriagedSighting) Sighting {
	d := sent.GetDeliveries()[0]
	out := Sighting{
		ID: sent.GetId(), Submitter: Submitter, Recipient: d.GetRecipient(), Status: sent.GetState() + ", " + d.GetState(),
		Reference: d.GetReceipt().GetReference(), Triage: t.GetId(), State: t.GetState(), Candidates: []Candidate{},
	}
	for _, c := range t.GetCandidates()[:min(len(t.GetCandidates()), shownCandidates)] {
		one := Candidate{Record: c.GetRecordId(), Band: c.GetBand(), Probability: c.GetProbability(), Reasons: []Reason{}}
		for _, f := range c.GetFeatures() {
			one.Reasons = append(one.Reasons, Reason{f.GetName(), f.GetWeight(), f.GetReason()})
		}
		out.Candidates = append(out.Candidates, one)
	}
	return out
}
