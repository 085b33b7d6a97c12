package exchange

import (
	"context"
	"errors"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/ledger"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CaseHolds asks the case system for the litigation holds of now on the children of
// old decisions: a hold may be newer than every decision on its child. The ledger
// knows pseudonyms alone, so the records are listed once, when the first is looked for.
type CaseHolds struct {
	exchange *Exchange
	records  map[string]string // ids by pseudonym; nil until they are listed
}

// CaseHolds begins one pass over old decisions.
func (x *Exchange) CaseHolds() *CaseHolds { return &CaseHolds{exchange: x} }

// Keep says whether a decision must be kept, as ledger.Eraser.Keeps wants it. That the
// case system cannot be asked is an error: then nothing is erased.
func (h *CaseHolds) Keep(ctx context.Context, row ledger.Row) (bool, error) {
	if keep, err := h.exchange.KeepsDecision(ctx, row); keep || err != nil || h.exchange.Source == nil {
		return keep, err
	}
	d, err := ledger.ParseDecision(row.Content)
	if err != nil {
		return true, err
	}
	for _, child := range ledger.FacetsOf(d).Children {
		if err := h.list(ctx); err != nil {
			return true, err
		}
		id, ok := h.records[child]
		if !ok {
			continue // the case system has no such record, or not any more: what the ledger saw last counts
		}
		r, err := h.exchange.Source.Get(ctx, id, adapters.Mask{"flags.litigation_hold"})
		if errors.Is(err, adapters.ErrNotFound) {
			continue
		}
		if err != nil || r.Child.GetFlags().GetLitigationHold() != homewardv1.Tristate_TRISTATE_FALSE {
			return true, err
		}
	}
	return false, nil
}

// list reads the ids of all records.
func (h *CaseHolds) list(ctx context.Context) error {
	if h.records != nil {
		return nil
	}
	records := make(map[string]string)
	for cursor := ""; ; {
		changes, next, err := h.exchange.Source.Changes(ctx, cursor)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			h.records = records
			return nil
		}
		for _, c := range changes {
			records[h.exchange.subject(c.ID)] = c.ID
		}
		cursor = next
	}
}
