package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

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
	resp := &homewardv1.SubmitSightingsResponse{}
	if resp.Duplicates, err = x.duplicates(ctx, req.GetSightings()); err != nil || req.GetDryRun() {
		return resp, err
	}
	for i, s := range req.GetSightings() {
		again := slices.ContainsFunc(resp.GetDuplicates(), func(d *homewardv1.DuplicateSighting) bool { return int(d.GetIndex()) == i })
		if again && !req.GetAgain() {
			continue
		}
		one, before, err := x.submitNew(ctx, s, recipients, officer(req.GetOfficer()), req.GetAgain())
		switch {
		case err != nil:
			return nil, err
		case before != "":
			resp.Duplicates = append(resp.Duplicates, &homewardv1.DuplicateSighting{Index: int32(i), Id: before})
		default:
			resp.Sightings = append(resp.Sightings, one)
		}
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
		before, _, err := x.sentBefore(ctx, capture)
		if err != nil {
			return nil, err
		}
		if before != "" {
			out = append(out, &homewardv1.DuplicateSighting{Index: int32(i), Id: before})
		}
	}
	return out, nil
}

// sentBefore finds the report of a capture that stands, "" if there is none, and
// counts those that were ever submitted.
func (x *Exchange) sentBefore(ctx context.Context, capture string) (stands string, count int, err error) {
	rows, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterReport, Subject: capture})
	if err != nil {
		return "", 0, err
	}
	for _, m := range rows {
		if m.State != sightings.StateWithdrawn {
			return m.ID, len(rows), nil
		}
	}
	return "", len(rows), nil
}

// submittedAs is the keyed name by which a report that is submitted again is known:
// that of its capture, or of all that it says if it has none.
func (x *Exchange) submittedAs(s *homewardv1.Sighting, values map[string]json.RawMessage) string {
	if s.GetContentSha256() == "" && s.GetPhotoSha256() == "" {
		return x.subject("report\x00" + sightings.Hash("", values))
	}
	return x.capture(s, "")
}

// submitClaimed is how long it is remembered which report of a capture came first:
// more than two submissions of the same instant are apart.
const submitClaimed = 2 * time.Minute

// submitNew submits a report unless it was sent before: then it returns that one's id.
// Each claims to be the first, second or later report of its capture, which the store
// lets one do, so that whoever asks again before there was an answer, of this gateway
// or of another replica, meets what the first try sent.
func (x *Exchange) submitNew(ctx context.Context, s *homewardv1.Sighting, recipients []string, by envelope.Officer, again bool) (one *homewardv1.SubmittedSighting, before string, err error) {
	values, err := sightings.Values(s)
	if err != nil {
		return nil, "", err
	}
	r := sightings.Report{
		State: sightings.StateReceived, Subject: x.submittedAs(s, values),
		ReportBody: sightings.ReportBody{Values: values, Officer: by, Content: s.GetContentSha256()},
	}
	for range maxDecisions {
		before, count, err := x.sentBefore(ctx, r.Subject)
		if err != nil || before != "" && !again {
			return nil, before, err
		}
		turn := &ledger.Claim{Issuer: x.Self, JTI: "report " + r.Subject + " " + strconv.Itoa(count), Expires: x.Now().Add(submitClaimed)}
		one, err := x.submit(ctx, r, recipients, turn)
		if !errors.Is(err, problem.New(ledger.CodeReplayed, "")) {
			return one, "", err
		}
	}
	return nil, "", problem.New(problem.CodeUnavailable, "others submit the same report")
}

// submit records one report with a message to each recipient, in one transaction.
func (x *Exchange) submit(ctx context.Context, r sightings.Report, recipients []string, turn *ledger.Claim) (*homewardv1.SubmittedSighting, error) {
	r.ID, r.At = envelope.NewID(), x.Now()
	r.Hash = sightings.Hash(r.ID, r.Values)
	row, err := r.Matter(x.box, ledger.MatterNone)
	if err != nil {
		return nil, err
	}
	extra := ledger.Commit{Claim: turn, Matters: []ledger.Matter{row}}
	for _, to := range recipients {
		d := sightings.Delivery{Recipient: to, About: r.ID, DeliveryBody: sightings.DeliveryBody{Event: envelope.EventSubmitted, Report: r.ID, Values: r.Values}}
		if err := x.dispatch(d, &extra); err != nil {
			return nil, err
		}
	}
	content, err := json.Marshal(r.Values)
	if err != nil {
		return nil, err
	}
	if _, err := x.Ledger.Record(ctx, content, x.reported(r.ID, r.Officer, envelope.EventSubmitted), extra); err != nil {
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
