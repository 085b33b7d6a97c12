package matchbench

import (
	"context"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Homeward is the matcher itself.
type Homeward struct{ index *matching.Index }

// NewHomeward is an empty index.
func NewHomeward() *Homeward { return &Homeward{matching.NewIndex(matching.Options{})} }

// Name of the matcher.
func (*Homeward) Name() string { return "homeward" }

// Add puts records.
func (h *Homeward) Add(_ context.Context, records []*homewardv1.ChildRecord) error {
	for _, c := range records {
		h.index.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
	}
	return nil
}

// Finish has nothing to do: the index is always complete.
func (*Homeward) Finish(context.Context) error { return nil }

// Search reads the query and searches.
func (h *Homeward) Search(_ context.Context, query *homewardv1.ChildRecord, top int) ([]Found, error) {
	candidates := h.index.Search(matching.FromRecord(query), top)
	out := make([]Found, len(candidates))
	for i, c := range candidates {
		out[i] = Found{ID: c.ID, Probability: c.Probability, Band: string(c.Band)}
	}
	return out, nil
}

// Bytes is what the index says of itself.
func (h *Homeward) Bytes(context.Context) (int64, error) { return int64(h.index.Bytes()), nil }

// Close has nothing to give back.
func (*Homeward) Close() error { return nil }
