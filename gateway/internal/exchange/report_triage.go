package exchange

import (
	"context"
	"encoding/json"
	"slices"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Matcher finds the records that a sighting may be about. It is asked when a person
// triages, and by nothing else.
type Matcher interface {
	Candidates(ctx context.Context, s *homewardv1.Sighting, top int) ([]sightings.Candidate, error)
}

// candidates is how many a reviewer is shown.
const candidates = 10

// act is what one person does with a sighting: the sighting as it stands, and what
// to send with it.
type act struct {
	sightings.Received
	by    envelope.Officer
	extra ledger.Commit
}

// acting runs one person's act on a sighting and records it: again if somebody else
// moved the sighting meanwhile.
func (x *Exchange) acting(ctx context.Context, id string, by *homewardv1.Officer, do func(*act) (step sightings.Step, err error)) (*homewardv1.TriagedSighting, error) {
	for range maxDecisions {
		a, err := x.begin(ctx, id, officer(by))
		if err != nil {
			return nil, err
		}
		if !a.Erased.IsZero() {
			return nil, problem.Mismatch(sightings.CodeTransition, "state", "a sighting that was not erased", "erased")
		}
		was := a.State
		step, err := do(a)
		if err != nil {
			return nil, err
		}
		step.At, step.Organisation, step.Officer = x.Now(), x.Self, a.by
		a.Steps = append(a.Steps, step)
		if a.Received, err = x.confirmed(ctx, a.Received); err != nil {
			return nil, err
		}
		err = x.commit(ctx, a, was, step.Act)
		if err == nil {
			return x.TriagedSighting(ctx, id)
		}
		if !isMoved(err) {
			return nil, err
		}
	}
	return nil, problem.New(problem.CodeUnavailable, "the sighting keeps moving")
}

func (x *Exchange) begin(ctx context.Context, id string, by envelope.Officer) (*act, error) {
	r, err := x.receivedSighting(ctx, id)
	return &act{Received: r, by: by}, err
}

func (x *Exchange) commit(ctx context.Context, a *act, was, outcome string) error {
	row, err := a.Matter(x.box, was)
	if err != nil {
		return err
	}
	a.extra.Matters = append([]ledger.Matter{row}, a.extra.Matters...)
	_, err = x.Ledger.Record(ctx, row.Body, ledger.Decision{
		Kind: ledger.KindTriaged, Holder: x.Self, Requester: x.Self, Peer: a.Submitter, Officer: a.by, Purpose: purposeSighting,
		QueryID: a.ID, Policy: x.Engine.Ref(), Outcome: outcome,
	}, a.extra)
	return err
}

// receivedSighting reads one that came here.
func (x *Exchange) receivedSighting(ctx context.Context, id string) (sightings.Received, error) {
	row, err := x.Store.Matter(ctx, id)
	if err != nil {
		return sightings.Received{}, err
	}
	if row.Kind != ledger.MatterSighting {
		return sightings.Received{}, problem.New(problem.CodeNotFound, "sighting")
	}
	return sightings.ReceivedOf(x.box, row)
}

// group is a sighting with all that are merged with it.
func (x *Exchange) group(ctx context.Context, r sightings.Received) ([]sightings.Received, error) {
	out := []sightings.Received{r}
	for _, id := range r.Merged {
		other, err := x.receivedSighting(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, other)
	}
	for i := range out { // as it stands now: a row that came meanwhile says what stood then
		standing, err := x.standingOf(ctx, out[i].Submitter)
		if err != nil {
			return nil, err
		}
		out[i].Quarantined, out[i].Source = standing.Quarantined, x.runBy(out[i].Submitter)
	}
	return out, nil
}

// confirmed makes a sighting confirmed once two organisations confirmed it for one
// child on two independent sources. Of a shared one its holder decides that.
func (x *Exchange) confirmed(ctx context.Context, r sightings.Received) (sightings.Received, error) {
	if r.State != sightings.StatusProbable || len(r.Organisations()) < 2 {
		return r, nil
	}
	group, err := x.group(ctx, r)
	var others []string
	for _, participant := range r.Organisations() {
		if o := x.runBy(participant); !slices.Contains(others, o) && !submittedBy(group, o) { // nobody judges what they saw
			others = append(others, o)
		}
	}
	if err == nil && len(others) >= 2 && sightings.Sources(group) >= 2 {
		r.State = sightings.StatusConfirmed
	}
	return r, err
}

func submittedBy(group []sightings.Received, organisation string) bool {
	return slices.ContainsFunc(group, func(r sightings.Received) bool { return r.From() == organisation })
}

// runBy is the organisation that runs a participant: two participants of one are no two
// organisations.
func (x *Exchange) runBy(participant string) string {
	if p, ok := x.Registry.Participant(participant); ok {
		return p.RunBy()
	}
	return participant
}

// ReviewSighting records what a person decided on a sighting.
func (x *Exchange) ReviewSighting(ctx context.Context, req *homewardv1.ReviewSightingRequest) (*homewardv1.TriagedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	return x.acting(ctx, req.GetId(), req.GetOfficer(), func(a *act) (sightings.Step, error) {
		step := sightings.Step{Act: or(req.GetState(), "graded"), Child: req.GetChild(), Note: req.GetNote()}
		if err := x.grade(ctx, a, req); err != nil {
			return step, err
		}
		if req.GetState() == "" {
			return step, nil
		}
		return step, x.advance(ctx, a, req)
	})
}

// advance moves a sighting to the status that a person gives it.
func (x *Exchange) advance(ctx context.Context, a *act, req *homewardv1.ReviewSightingRequest) error {
	to := req.GetState()
	again := to == sightings.StatusTriaged && a.State == to
	confirms := to == sightings.StatusConfirmed && a.State == sightings.StatusProbable
	if err := sightings.MayFollow(a.State, to); err != nil && !again {
		return err
	}
	if sightings.About(to) {
		a.Child = or(req.GetChild(), a.Child)
		if a.Child == "" && !a.Shared {
			return problem.New(sightings.CodeChild, "child")
		}
	}
	if a.Closing != nil && to == sightings.StatusActioned {
		return problem.Mismatch(sightings.CodeClosing, "closing", "the word of the authority of origin first", a.Closing.Outcome)
	}
	if to == sightings.StatusUnderReview {
		a.Reopen()
	}
	switch to {
	case sightings.StatusTriaged:
		if err := x.findCandidates(ctx, a); err != nil {
			return err
		}
	case sightings.StatusNeedsInfo:
		if err := x.askMore(a, req.GetNote()); err != nil {
			return err
		}
	case sightings.StatusDuplicate:
		if _, err := x.receivedSighting(ctx, req.GetDuplicateOf()); err != nil || req.GetDuplicateOf() == a.ID {
			return problem.New(sightings.CodeMerge, "duplicate_of")
		}
		a.DuplicateOf = req.GetDuplicateOf()
	case sightings.StatusConfirmed:
		if err := x.enoughSources(ctx, a); err != nil {
			return err
		}
	}
	if !confirms { // that is done when two organisations have (confirmed)
		a.State = to
	}
	return x.tellHolder(a, req)
}

// enoughSources refuses to confirm on one source, before a second organisation is asked.
func (x *Exchange) enoughSources(ctx context.Context, a *act) error {
	if a.Shared {
		return nil // its holder knows the sources
	}
	group, err := x.group(ctx, a.Received)
	if err != nil {
		return err
	}
	if sightings.Sources(group) < 2 {
		return problem.Mismatch(sightings.CodeSources, "sources", "two independent ones, merged", "one")
	}
	return nil
}

// findCandidates finds the candidates among one's own records.
func (x *Exchange) findCandidates(ctx context.Context, a *act) error {
	a.Triaged, a.Candidates = true, nil
	if x.Matcher == nil {
		return nil // this participant holds no records
	}
	report, err := a.Sighting()
	if err != nil {
		return err
	}
	a.Candidates, err = x.Matcher.Candidates(ctx, report, candidates)
	return err
}

// askMore tells the submitter what is missing, if nobody did anything with the report
// yet: later a question would tell that something was found, or was not.
func (x *Exchange) askMore(a *act, question string) error {
	if a.Asked = a.State == sightings.StatusReceived && !a.Shared; !a.Asked {
		return nil
	}
	text, err := json.Marshal(question)
	if err != nil {
		return err
	}
	return x.dispatch(sightings.Delivery{Recipient: a.Submitter, About: a.ID, DeliveryBody: sightings.DeliveryBody{
		Event: envelope.EventNeedsInfo, Report: a.Report, Values: map[string]json.RawMessage{"question": text},
	}}, &a.extra)
}

// tellHolder sends to the holder of a shared sighting what one's own people say of it.
func (x *Exchange) tellHolder(a *act, req *homewardv1.ReviewSightingRequest) error {
	if !a.Shared || req.GetState() == sightings.StatusTriaged {
		return nil
	}
	review, err := json.Marshal(sightings.Step{At: x.Now(), Officer: a.by, Act: req.GetState(), Note: req.GetNote()})
	if err != nil {
		return err
	}
	return x.dispatch(sightings.Delivery{Recipient: a.Submitter, About: a.ID, DeliveryBody: sightings.DeliveryBody{
		Event: envelope.EventReviewed, Report: a.Report, Values: map[string]json.RawMessage{"review": review},
	}}, &a.extra)
}

// grade keeps the holder's grades, and that of the submitter for its next reports.
func (x *Exchange) grade(ctx context.Context, a *act, req *homewardv1.ReviewSightingRequest) error {
	report, err := a.Sighting()
	if err != nil {
		return err
	}
	group, err := x.group(ctx, a.Received)
	if err != nil {
		return err
	}
	if err := sightings.MayGrade(report.GetSourceType(), sightings.Sources(group), req.GetCredibility()); err != nil {
		return err
	}
	if req.GetCredibility() != 0 {
		a.Credibility = req.GetCredibility()
	}
	if req.GetReliability() == "" || a.Shared {
		return nil
	}
	a.Reliability = req.GetReliability()
	standing, err := x.standingOf(ctx, a.Submitter)
	if err != nil {
		return err
	}
	was := standing.Row
	standing.Reliability, standing.At = a.Reliability, x.Now()
	row, err := standing.Matter(x.box)
	row.Was = or(was, ledger.MatterNone) // nobody's quarantine is undone by a grade
	a.extra.Matters = append(a.extra.Matters, row)
	return err
}

// ShareSighting shows a sighting to the people of one other organisation. What goes
// there the policy says: never who submitted it, or who the witness is.
func (x *Exchange) ShareSighting(ctx context.Context, req *homewardv1.ShareSightingRequest) (*homewardv1.TriagedSighting, error) {
	if err := sightings.Check(req); err != nil {
		return nil, err
	}
	to := req.GetParticipant()
	members, err := x.mayReport(ctx, envelope.EventShared, x.Self, to)
	if err != nil {
		return nil, err
	}
	return x.acting(ctx, req.GetId(), req.GetOfficer(), func(a *act) (sightings.Step, error) {
		step := sightings.Step{Act: envelope.EventShared, Note: to + ": " + req.GetWhy()}
		group, err := x.group(ctx, a.Received)
		if err != nil {
			return step, err
		}
		if by := x.runBy(to); a.Shared || a.State == sightings.StatusWithdrawn || submittedBy(group, by) || by == x.runBy(x.Self) {
			return step, problem.Mismatch(CodeUnknownHolder, "participant", "another organisation than the submitter and this one, and a sighting of one's own", to)
		}
		why, err := json.Marshal(req.GetWhy())
		if err != nil {
			return step, err
		}
		values := sightings.Keep(a.Values, members)
		values["why"] = why
		if !slices.Contains(a.SharedWith, to) {
			a.SharedWith = append(a.SharedWith, to)
		}
		return step, x.dispatch(sightings.Delivery{Recipient: to, About: a.ID, DeliveryBody: sightings.DeliveryBody{
			Event: envelope.EventShared, Report: a.ID, Values: values,
		}}, &a.extra)
	})
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
