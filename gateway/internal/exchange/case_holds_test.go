package exchange_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/store"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// holding is a case system with one record, whose hold changes.
type holding struct {
	adapters.Adapter
	hold homewardv1.Tristate
	away error
}

func (h *holding) Changes(_ context.Context, cursor string) ([]adapters.Change, string, error) {
	if cursor != "" || h.away != nil {
		return nil, cursor, h.away
	}
	return []adapters.Change{{ID: "syn-other"}, {ID: "syn-1"}}, "1", nil
}

func (h *holding) Get(context.Context, string, adapters.Mask) (adapters.Record, error) {
	return adapters.Record{Child: &homewardv1.ChildRecord{Flags: &homewardv1.Flags{LitigationHold: h.hold}}}, nil
}

// Retention yields to a hold that came after every decision on the child; it goes on
// once the hold is gone, and erases nothing while the case system is away.
func TestRetentionYieldsToALaterHold(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DSN: t.TempDir() + "/ledger.db"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	source := &holding{hold: homewardv1.Tristate_TRISTATE_TRUE}
	x := exchange.New(exchange.Deps{Self: "gov-ua", Store: s, Ledger: ledger.New(s, clock), Now: clock, Source: source, SubjectKey: make([]byte, 32)})
	receipt, err := x.Ledger.Record(t.Context(), nil, ledger.Decision{
		Kind: ledger.KindAnswered, Holder: "gov-ua", Requester: "gov-pl", Peer: "gov-pl", Purpose: "RETURN", Outcome: "answered",
		Records: []ledger.DecidedRecord{{Subject: exchange.SubjectOf(x, "syn-1"), Input: []byte(`{"record":{"flags":{"litigation_hold":"no"}}}`)}},
	}, ledger.Commit{})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	for _, c := range []struct {
		name   string
		hold   homewardv1.Tristate
		away   error
		erased bool
	}{
		{"held", homewardv1.Tristate_TRISTATE_TRUE, nil, false},
		{"unknown", homewardv1.Tristate_TRISTATE_UNSPECIFIED, nil, false},
		{"away", homewardv1.Tristate_TRISTATE_FALSE, errors.New("away"), false},
		{"free", homewardv1.Tristate_TRISTATE_FALSE, nil, true},
	} {
		source.hold, source.away = c.hold, c.away
		e := ledger.Eraser{Ledger: x.Ledger, Store: s, Self: "gov-ua", Now: clock, Keeps: x.CaseHolds().Keep}
		if _, _, err := e.Expire(t.Context(), ledger.ClassQuestions, time.Minute, ledger.Mark{}); (err != nil) != (c.away != nil) {
			t.Errorf("%s: %v", c.name, err)
		}
		row, err := s.Decision(t.Context(), receipt.ID())
		if err != nil || (row.Erased != nil) != c.erased {
			t.Errorf("%s: erased %t, %v", c.name, row.Erased != nil, err)
		}
	}
}
