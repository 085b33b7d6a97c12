package exchange

import (
	"context"
	"slices"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// takeSubmitted keeps a report, or what another holder shares for its review. It is
// the same work for every report, whatever the records say.
func (x *Exchange) takeSubmitted(ctx context.Context, from string, m envelope.Sighting, members []string) (takenReport, error) {
	id := x.sightingID(from, m.Report)
	row, found, err := x.matterOr(ctx, id)
	if err != nil {
		return takenReport{}, err
	}
	if found {
		return x.takenBefore(row, m)
	}
	r, err := x.newReceived(ctx, id, from, m, members)
	if err != nil {
		return takenReport{}, err
	}
	if r.Shared = m.Event == envelope.EventShared; r.Shared {
		why, err := sightings.Text(m.Values["why"], "why")
		if err != nil {
			return takenReport{}, err
		}
		r.Steps = []sightings.Step{{At: r.At, Organisation: from, Act: envelope.EventShared, Note: why}}
	}
	kept, err := r.Matter(x.box, ledger.MatterNone)
	return takenReport{r.Receipt, ledger.Commit{Matters: []ledger.Matter{kept}}}, err
}

// newReceived is a report as it came, of whoever it is.
func (x *Exchange) newReceived(ctx context.Context, id, from string, m envelope.Sighting, members []string) (sightings.Received, error) {
	report, err := sightings.Join(m.Values, members)
	if err == nil {
		err = sightings.CheckSighting(report)
	}
	if err != nil {
		return sightings.Received{}, err
	}
	standing, err := x.standingOf(ctx, from)
	if err != nil {
		return sightings.Received{}, err
	}
	receipt := x.receiptFor(from, m)
	receipt.Feedback = sightings.Feedback(report)
	return sightings.Received{
		ID: id, State: sightings.StatusReceived, Submitter: from, Subject: x.capture(report, id), At: x.Now(),
		ReceivedBody: sightings.ReceivedBody{
			Report: m.Report, Values: sightings.Keep(m.Values, members), Receipt: receipt,
			Reliability: standing.Reliability, Credibility: newCredibility, Quarantined: standing.Quarantined,
		},
	}, nil
}

// takenBefore gives the receipt of a report that came before. Its id with another
// content is refused: what was sent is what was signed.
func (x *Exchange) takenBefore(row ledger.Matter, m envelope.Sighting) (takenReport, error) {
	r, err := sightings.ReceivedOf(x.box, row)
	if err != nil {
		return takenReport{}, err
	}
	withdrawnFirst := r.Receipt.Hash == ""
	if !withdrawnFirst && r.Receipt.Hash != sightings.Hash(m.Report, m.Values) {
		return takenReport{}, problem.Mismatch(CodeReportChanged, "report_id", "the same content as before", "another")
	}
	receipt := r.Receipt
	receipt.Hash = sightings.Hash(m.Report, m.Values)
	return takenReport{receipt: receipt}, nil
}

// takeWithdrawn takes a report back: what it said is dropped, and who did what with
// it stays. One that overtook its report keeps the place for it.
func (x *Exchange) takeWithdrawn(ctx context.Context, from string, m envelope.Sighting) (takenReport, error) {
	id := x.sightingID(from, m.Report)
	row, found, err := x.matterOr(ctx, id)
	if err != nil {
		return takenReport{}, err
	}
	r := sightings.Received{ID: id, Submitter: from, Subject: x.subject("capture\x00" + id), At: x.Now()}
	was := ledger.MatterNone
	if found {
		if r, err = sightings.ReceivedOf(x.box, row); err != nil {
			return takenReport{}, err
		}
		was = row.State
	} else {
		r.Report, r.Receipt = m.Report, x.receiptFor(from, m)
		r.Receipt.Hash = "" // its content is not known yet
	}
	receipt := r.Receipt
	receipt.Hash = sightings.Hash(m.Report, m.Values)
	if r.State == sightings.StatusWithdrawn {
		return takenReport{receipt: receipt}, nil
	}
	r.State = sightings.StatusWithdrawn
	if r.Erased.IsZero() {
		r.Due = x.Now() // what follows here, and the messages that carried it, are erased within a minute
	}
	if r.Reopen(); !r.Linked() { // else a litigation hold may keep it, which nobody asks here
		r.Values, r.Candidates = nil, nil
	}
	r.Steps = append(r.Steps, sightings.Step{At: x.Now(), Organisation: from, Act: sightings.StatusWithdrawn})
	kept, err := r.Matter(x.box, was)
	extra := ledger.Commit{Matters: []ledger.Matter{kept}}
	if r.MergedInto != "" {
		err = firstOf(err, x.loseSource(ctx, r, &extra))
	}
	if len(r.SharedWith) > 0 {
		err = firstOf(err, x.stopWaiting(ctx, r.ID, &extra))
	}
	for _, to := range r.SharedWith {
		d := sightings.Delivery{Recipient: to, About: r.ID, DeliveryBody: sightings.DeliveryBody{Event: envelope.EventWithdrawn, Report: r.ID}}
		err = firstOf(err, x.dispatch(d, &extra))
	}
	return takenReport{receipt, extra}, err
}

// loseSource takes back what was confirmed on a sighting that is withdrawn.
func (x *Exchange) loseSource(ctx context.Context, r sightings.Received, extra *ledger.Commit) error {
	into, err := x.receivedSighting(ctx, r.MergedInto)
	if err != nil {
		return err
	}
	was := into.State
	if into, err = x.without(ctx, into, r.ID); err != nil || into.State == was {
		return err
	}
	into.Steps = append(into.Steps, sightings.Step{At: x.Now(), Organisation: x.Self, Act: into.State, Note: r.ID + " was withdrawn"})
	row, err := into.Matter(x.box, was)
	extra.Matters = append(extra.Matters, row)
	return err
}

// takeQuestion keeps at the submitter's gateway what a recipient asks.
func (x *Exchange) takeQuestion(ctx context.Context, from string, m envelope.Sighting) (takenReport, error) {
	row, found, err := x.matterOr(ctx, m.Report)
	if err != nil {
		return takenReport{}, err
	}
	if sent, err := x.sentTo(ctx, m.Report, from); err != nil {
		return takenReport{}, err
	} else if !found || !sent || row.Kind != ledger.MatterReport {
		return takenReport{}, problem.New(CodeReportUnknown, "report_id")
	}
	question, err := sightings.Text(m.Values["question"], "question")
	if err != nil {
		return takenReport{}, err
	}
	receipt := x.receiptFor(from, m)
	r, err := sightings.ReportOf(x.box, row)
	if err != nil || r.State != sightings.StateReceived {
		return takenReport{receipt: receipt}, err
	}
	r.State, r.Question = sightings.StateNeedsInfo, question
	kept, err := r.Matter(x.box, row.State)
	return takenReport{receipt, ledger.Commit{Matters: []ledger.Matter{kept}}}, err
}

// sentTo says whether a report was sent to a participant.
func (x *Exchange) sentTo(ctx context.Context, report, participant string) (bool, error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterDelivery, Subject: report, Participant: participant, Limit: 1})
	return len(rows) > 0, err
}

// sharedBy is a report that this holder shared with a participant; to all others it is unknown.
func (x *Exchange) sharedBy(ctx context.Context, report, with string) (row ledger.Matter, r sightings.Received, err error) {
	row, found, err := x.matterOr(ctx, report)
	if err != nil {
		return row, r, err
	}
	if found && row.Kind == ledger.MatterSighting {
		if r, err = sightings.ReceivedOf(x.box, row); err != nil {
			return row, r, err
		}
	}
	if r.Shared || !slices.Contains(r.SharedWith, with) {
		return row, r, problem.New(CodeReportUnknown, "report_id")
	}
	return row, r, nil
}

// takeReview keeps at the holder what the people of a second organisation say.
func (x *Exchange) takeReview(ctx context.Context, from string, m envelope.Sighting) (takenReport, error) {
	row, r, err := x.sharedBy(ctx, m.Report, from)
	if err != nil {
		return takenReport{}, err
	}
	review, err := sightings.ReviewOf(m.Values["review"], from, x.Now())
	if err != nil {
		return takenReport{}, err
	}
	receipt := x.receiptFor(from, m)
	if !r.Add(review) {
		return takenReport{receipt: receipt}, nil
	}
	if r, err = x.confirmed(ctx, r); err != nil {
		return takenReport{}, err
	}
	kept, err := r.Matter(x.box, row.State)
	return takenReport{receipt, ledger.Commit{Matters: []ledger.Matter{kept}}}, err
}

// newCredibility is that of every report until a person graded it: it cannot be judged.
const newCredibility = 6

// standingOf reads where a submitter stands: at first F, and heard.
func (x *Exchange) standingOf(ctx context.Context, submitter string) (sightings.Standing, error) {
	row, _, err := x.matterOr(ctx, sightings.StandingID(submitter))
	if err != nil {
		return sightings.Standing{}, err
	}
	s, err := sightings.StandingOf(x.box, row)
	if s.Submitter = submitter; s.Reliability == "" {
		s.Reliability = "F"
	}
	return s, err
}

// capture is the keyed name of what a report shows: the same content is the same
// source, whoever sends it.
func (x *Exchange) capture(s *homewardv1.Sighting, id string) string {
	for _, c := range []struct{ kind, value string }{
		{"sha256", s.GetContentSha256()}, {"photo", s.GetPhotoSha256()}, {"url", s.GetUrl()}, {"url", s.GetArchiveUrl()},
	} {
		if c.value != "" {
			return x.subject("capture\x00" + c.kind + "\x00" + c.value)
		}
	}
	return x.subject("capture\x00" + id)
}
