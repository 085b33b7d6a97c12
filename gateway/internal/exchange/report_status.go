package exchange

import (
	"context"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// submitted reads a report of this gateway with what was sent of it.
func (x *Exchange) submitted(ctx context.Context, id string) (r sightings.Report, sent []sightings.Delivery, err error) {
	row, err := x.Store.Matter(ctx, id)
	if err != nil {
		return r, nil, err
	}
	if row.Kind != ledger.MatterReport {
		return r, nil, problem.New(problem.CodeNotFound, "report")
	}
	if r, err = sightings.ReportOf(x.box, row); err != nil {
		return r, nil, err
	}
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterDelivery, Subject: id})
	if err != nil {
		return r, nil, err
	}
	for _, m := range rows {
		d, err := sightings.DeliveryOf(x.box, m)
		if err != nil {
			return r, nil, err
		}
		if d.Event == envelope.EventSubmitted {
			sent = append(sent, d)
		}
	}
	return r, sent, nil
}

// maxListed bounds a list of reports or sightings.
const maxListed = 1000

// SightingStatus shows what was submitted here.
func (x *Exchange) SightingStatus(ctx context.Context, req *homewardv1.SightingStatusRequest) (*homewardv1.SightingStatusResponse, error) {
	ids := []string{req.GetId()}
	resp := &homewardv1.SightingStatusResponse{}
	if req.GetId() == "" {
		rows, next, err := x.matterPage(ctx, ledger.MatterQuery{Kind: ledger.MatterReport}, req.GetPage(), req.GetLimit())
		if err != nil {
			return nil, err
		}
		resp.Next, ids = next, nil
		for _, m := range rows {
			ids = append(ids, m.ID)
		}
	}
	for _, id := range ids {
		one, err := x.statusOf(ctx, id)
		if err != nil {
			return nil, err
		}
		resp.Sightings = append(resp.Sightings, one)
	}
	return resp, nil
}

// statusOf is what the submitter may know of one report: nothing of it depends on
// what its recipients did, but that they have it, and what they asked before any matching.
func (x *Exchange) statusOf(ctx context.Context, id string) (*homewardv1.SubmittedSighting, error) {
	r, sent, err := x.submitted(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &homewardv1.SubmittedSighting{
		Id: r.ID, State: r.Shown(x.Now()), SubmittedAt: utc(r.At), ClosesAt: utc(r.At.Add(sightings.OpenFor)),
		ContentSha256: r.Content, Hash: r.Hash, DecisionId: r.Decision, Question: r.Question, ErasedAt: utcIf(r.Erased),
	}
	for _, d := range sent {
		out.Deliveries = append(out.Deliveries, deliveryShown(d))
	}
	return out, nil
}

func deliveryShown(d sightings.Delivery) *homewardv1.SightingDelivery {
	out := &homewardv1.SightingDelivery{Recipient: d.Recipient, State: d.State, At: utc(d.At)}
	if r := d.Receipt; r != nil {
		out.Receipt = &homewardv1.SightingReceipt{
			Reference: r.Reference, ReceivedAt: utc(time.Unix(r.Received, 0)), Hash: r.Hash,
			DecisionId: d.Decision, Leaf: d.Leaf, Feedback: r.Feedback, Evidence: d.Evidence,
		}
	}
	if p := d.Problem; p != nil {
		out.Problem = wire(&problem.Error{Code: problem.Code(p.Code), Remedy: p.Remedy})
		out.Problem.Detail = p.Detail
	}
	return out
}
