package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// CodeReportState refuses to withdraw what was withdrawn or is closed.
const CodeReportState problem.Code = "report_state"

// SubmitSightings records reports and puts them into the outbox, one message for
// each recipient. Those that this gateway sent before, or that stand twice in the
// request, are listed, and sent only if it says so.
func (x *Exchange) SubmitSightings(ctx context.Context, req *homewardv1.SubmitSightingsRequest) (*homewardv1.SubmitSightingsResponse, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	for _, s := range req.GetSightings() {
		if err := sightings.CheckSighting(s); err != nil {
			return nil, err
		}
	}
	recipients, err := x.recipientsOf(ctx, req.GetRecipients())
	if err != nil {
		return nil, err
	}
	x.submitting.Lock() // whoever asks again before there was an answer meets what the first try sent
	defer x.submitting.Unlock()
	resp := &homewardv1.SubmitSightingsResponse{}
	if resp.Duplicates, err = x.duplicates(ctx, req.GetSightings()); err != nil || req.GetDryRun() {
		return resp, err
	}
	for i, s := range req.GetSightings() {
		again := slices.ContainsFunc(resp.GetDuplicates(), func(d *homewardv1.DuplicateSighting) bool { return int(d.GetIndex()) == i })
		if again && !req.GetAgain() {
			continue
		}
		one, err := x.submit(ctx, s, recipients, officer(req.GetOfficer()))
		if err != nil {
			return nil, err
		}
		resp.Sightings = append(resp.Sightings, one)
	}
	return resp, nil
}

// recipientsOf checks whom a report may go to, before anything is recorded: the
// authority of origin if nobody is named.
func (x *Exchange) recipientsOf(ctx context.Context, named []string) ([]string, error) {
	if len(named) == 0 {
		origin, ok := x.origin()
		if !ok {
			return nil, problem.New(CodeUnknownHolder, "recipients: there is no authority of origin")
		}
		named = []string{origin.ID}
	}
	for _, id := range named {
		if _, ok := x.Registry.Participant(id); !ok || id == x.Self {
			return nil, problem.Mismatch(CodeUnknownHolder, "recipients", "another participant of the registry", "another name")
		}
		if _, err := x.mayReport(ctx, envelope.EventSubmitted, x.Self, id); err != nil {
			return nil, err
		}
	}
	return named, nil
}

// duplicates lists the reports whose capture was sent before, or stands twice.
func (x *Exchange) duplicates(ctx context.Context, list []*homewardv1.Sighting) ([]*homewardv1.DuplicateSighting, error) {
	var out []*homewardv1.DuplicateSighting
	first := make(map[string]int)
	for i, s := range list {
		values, err := sightings.Values(s)
		if err != nil {
			return nil, err
		}
		capture := x.submittedAs(s, values)
		if j, ok := first[capture]; ok {
			out = append(out, &homewardv1.DuplicateSighting{Index: int32(i), SameAs: int32(j)})
			continue
		}
		first[capture] = i
		rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterReport, Subject: capture})
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			if m.State != sightings.StateWithdrawn {
				out = append(out, &homewardv1.DuplicateSighting{Index: int32(i), Id: m.ID})
				break
			}
		}
	}
	return out, nil
}

// submittedAs is the keyed name by which a report that is submitted again is known:
// that of its capture, or of all that it says if it has none.
func (x *Exchange) submittedAs(s *homewardv1.Sighting, values map[string]json.RawMessage) string {
	if s.GetContentSha256() == "" && s.GetPhotoSha256() == "" {
		return x.subject("report\x00" + sightings.Hash("", values))
	}
	return x.capture(s, "")
}

// submit records one report with a message to each recipient, in one transaction.
func (x *Exchange) submit(ctx context.Context, s *homewardv1.Sighting, recipients []string, by envelope.Officer) (*homewardv1.SubmittedSighting, error) {
	values, err := sightings.Values(s)
	if err != nil {
		return nil, err
	}
	r := sightings.Report{
		ID: envelope.NewID(), State: sightings.StateReceived, At: x.Now(),
		ReportBody: sightings.ReportBody{Values: values, Officer: by, Content: s.GetContentSha256()},
	}
	r.Subject, r.Hash = x.submittedAs(s, values), sightings.Hash(r.ID, values)
	row, err := r.Matter(x.box, ledger.MatterNone)
	if err != nil {
		return nil, err
	}
	extra := ledger.Commit{Matters: []ledger.Matter{row}}
	for _, to := range recipients {
		d := sightings.Delivery{Recipient: to, About: r.ID, DeliveryBody: sightings.DeliveryBody{Event: envelope.EventSubmitted, Report: r.ID, Values: values}}
		if err := x.dispatch(d, &extra); err != nil {
			return nil, err
		}
	}
	content, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	if _, err := x.Ledger.Record(ctx, content, x.reported(r.ID, by, envelope.EventSubmitted), extra); err != nil {
		return nil, err
	}
	return x.statusOf(ctx, r.ID)
}

// reported starts the record of what this gateway's people do with a report.
func (x *Exchange) reported(id string, by envelope.Officer, outcome string) ledger.Decision {
	return ledger.Decision{
		Kind: ledger.KindReported, Holder: x.Self, Requester: x.Self, Peer: x.Self, Officer: by, Purpose: purposeSighting,
		QueryID: id, Policy: x.Engine.Ref(), Outcome: outcome,
	}
}

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
