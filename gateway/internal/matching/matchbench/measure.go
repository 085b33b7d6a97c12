package matchbench

import (
	"context"
	"fmt"
	"slices"
	"time"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Subject is what is measured: the matcher, or a baseline.
type Subject interface {
	// Name in the table.
	Name() string
	// Add takes records before the first search; what it does is timed.
	Add(ctx context.Context, records []*homewardv1.ChildRecord) error
	// Finish is called once after the last Add; it is timed too.
	Finish(ctx context.Context) error
	// Search returns at most top candidates, the best one first.
	Search(ctx context.Context, query *homewardv1.ChildRecord, top int) ([]Found, error)
	// Bytes is how much the index takes, in memory or on disk.
	Bytes(ctx context.Context) (int64, error)
	Close() error
}

// Found is one candidate. Baselines have no probability and no band.
type Found struct {
	ID          string
	Probability float64
	Band        string
}

// top is how many candidates are asked for.
const top = 10

// batch is how many records are made before they are added: making them is not timed.
const batch = 10_000

// outcome is what one subject did.
type outcome struct {
	name  string
	build time.Duration
	bytes int64
	times []time.Duration // of each query, ordered
	ranks map[string][]int
	bands map[string]*hits
	cells []*cell
}

// hits counts candidates and those that were right.
type hits struct{ right, all int }

func (h *hits) count(right bool) {
	h.all++
	if right {
		h.right++
	}
}

func (h *hits) share() float64 {
	if h.all == 0 {
		return 0
	}
	return float64(h.right) / float64(h.all)
}

// cell is one row of the reliability table: candidates whose stated probability
// is at least from, and below the next row's.
type cell struct {
	from, sum float64
	hits
}

func newOutcome(name string) *outcome {
	o := &outcome{name: name, ranks: make(map[string][]int), bands: make(map[string]*hits)}
	for _, from := range []float64{0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99} {
		o.cells = append(o.cells, &cell{from: from})
	}
	return o
}

// fill gives the records to all subjects, batch by batch.
func (s *Set) fill(ctx context.Context, subjects []Subject, outcomes []*outcome) error {
	records := make([]*homewardv1.ChildRecord, 0, batch)
	add := func() error {
		for i, subject := range subjects {
			begun := time.Now()
			if err := subject.Add(ctx, records); err != nil {
				return fmt.Errorf("%s: %w", subject.Name(), err)
			}
			outcomes[i].build += time.Since(begun)
		}
		records = records[:0]
		return ctx.Err()
	}
	for c := range s.Records() {
		if records = append(records, c); len(records) == batch {
			if err := add(); err != nil {
				return err
			}
		}
	}
	if err := add(); err != nil {
		return err
	}
	for i, subject := range subjects {
		begun := time.Now()
		if err := subject.Finish(ctx); err != nil {
			return fmt.Errorf("%s: %w", subject.Name(), err)
		}
		outcomes[i].build += time.Since(begun)
		var err error
		if outcomes[i].bytes, err = subject.Bytes(ctx); err != nil {
			return fmt.Errorf("%s: %w", subject.Name(), err)
		}
	}
	return nil
}

// ask puts each query to all subjects, one after the other, so that whatever else
// the machine does slows all of them.
func (s *Set) ask(ctx context.Context, subjects []Subject, outcomes []*outcome) error {
	for q := range s.Queries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, subject := range subjects {
			begun := time.Now()
			found, err := subject.Search(ctx, q.Child, top)
			if err != nil {
				return fmt.Errorf("%s: %w", subject.Name(), err)
			}
			outcomes[i].times = append(outcomes[i].times, time.Since(begun))
			outcomes[i].note(q, found)
		}
	}
	for _, o := range outcomes {
		slices.Sort(o.times)
	}
	return nil
}

func (o *outcome) note(q Query, found []Found) {
	rank := 0 // not found
	for i, f := range found {
		right := f.ID == q.Truth
		if right {
			rank = i + 1
		}
		if f.Band != "" {
			if o.bands[f.Band] == nil {
				o.bands[f.Band] = &hits{}
			}
			o.bands[f.Band].count(right)
		}
		for _, c := range slices.Backward(o.cells) {
			if f.Probability >= c.from {
				c.sum += f.Probability
				c.count(right)
				break
			}
		}
	}
	if q.Truth != "" {
		o.ranks[q.Kind] = append(o.ranks[q.Kind], rank)
	}
}

// recall is the share of queries whose record is among the first k; of all kinds if kind is "".
func (o *outcome) recall(kind string, k int) float64 {
	var h hits
	for of, ranks := range o.ranks {
		if kind == "" || of == kind {
			for _, rank := range ranks {
				h.count(rank > 0 && rank <= k)
			}
		}
	}
	return h.share()
}

// quantile of the times in milliseconds.
func (o *outcome) quantile(q float64) float64 {
	if len(o.times) == 0 {
		return 0
	}
	return o.times[min(len(o.times)-1, int(q*float64(len(o.times))))].Seconds() * 1000
}
