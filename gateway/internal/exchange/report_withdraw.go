package exchange

import (
	"context"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CodeReportState refuses to withdraw what was withdrawn or is closed.
const CodeReportState problem.Code = "report_state"

// WithdrawSighting takes a report back: here at once, and at everybody to whom it
// was sent as soon as their gateway has the message.
func (x *Exchange) WithdrawSighting(ctx context.Context, req *homewardv1.WithdrawSightingRequest) (*homewardv1.SubmittedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	for range maxDecisions {
		err := x.withdraw(ctx, req)
		if err == nil {
			return x.statusOf(ctx, req.GetId())
		}
		if !isMoved(err) {
			return nil, err
		}
	}
	return nil, problem.New(problem.CodeUnavailable, "the report keeps moving")
}

func (x *Exchange) withdraw(ctx context.Context, req *homewardv1.WithdrawSightingRequest) error {
	r, deliveries, err := x.submitted(ctx, req.GetId())
	if err != nil {
		return err
	}
	if shown := r.Shown(x.Now()); shown == sightings.StateWithdrawn || shown == sightings.StateClosed {
		return problem.Mismatch(CodeReportState, "state", "received or needs_info", shown)
	}
	was := r.State
	if r.State, r.Values, r.Question = sightings.StateWithdrawn, nil, ""; r.Erased.IsZero() {
		r.Due = x.Now() // the messages that carried it are erased within a minute
	}
	row, err := r.Matter(x.box, was)
	if err != nil {
		return err
	}
	extra := ledger.Commit{Matters: []ledger.Matter{row}}
	for _, d := range deliveries {
		if err := x.takeBack(d, &extra); err != nil {
			return err
		}
	}
	_, err = x.Ledger.Record(ctx, []byte(req.GetWhy()), x.reported(r.ID, officer(req.GetOfficer()), envelope.EventWithdrawn), extra)
	return err
}

// takeBack keeps a message from being sent that still waits, and tells its recipient
// in any case: it may have come without our knowing.
func (x *Exchange) takeBack(d sightings.Delivery, extra *ledger.Commit) error {
	if d.State == sightings.DeliveryWaiting {
		stopped := d
		stopped.State, stopped.Values, stopped.At = sightings.DeliveryStopped, nil, x.Now()
		row, err := stopped.Matter(x.box, sightings.DeliveryWaiting)
		if err != nil {
			return err
		}
		extra.Matters = append(extra.Matters, row)
	}
	return x.dispatch(sightings.Delivery{
		Recipient: d.Recipient, About: d.About, DeliveryBody: sightings.DeliveryBody{Event: envelope.EventWithdrawn, Report: d.Report},
	}, extra)
}
